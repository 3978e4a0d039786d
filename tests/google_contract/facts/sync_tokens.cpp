// Sync tokens: when Google gives one, what it excludes, what it brings, how it expires.
#include <set>

#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

void expect_excluded(Client& client, const std::string& parameter) {
  const Response response = client.changes_since(client.sync_token(), "&" + parameter);
  EXPECT_EQ(response.status, 400) << response.body;
}

void expect_no_token(Client& client, const std::string& parameter) {
  EXPECT_EQ(client.events("?" + parameter).dump("nextSyncToken"), "absent");
}

SECTION("sync");

FACT(Client, "a sync token excludes iCalUID=x", documented) {
  expect_excluded(client, "iCalUID=x");
}

FACT(Client, "a sync token excludes orderBy=updated", documented) {
  expect_excluded(client, "orderBy=updated");
}

FACT(Client, "a sync token excludes privateExtendedProperty=a%3Db", documented) {
  expect_excluded(client, "privateExtendedProperty=a%3Db");
}

FACT(Client, "a sync token excludes q=x", documented) {
  expect_excluded(client, "q=x");
}

FACT(Client, "a sync token excludes sharedExtendedProperty=a%3Db", documented) {
  expect_excluded(client, "sharedExtendedProperty=a%3Db");
}

FACT(Client, "a sync token excludes timeMin=2026-12-01T00:00:00Z", documented) {
  expect_excluded(client, "timeMin=2026-12-01T00:00:00Z");
}

FACT(Client, "a sync token excludes timeMax=2026-12-01T00:00:00Z", documented) {
  expect_excluded(client, "timeMax=2026-12-01T00:00:00Z");
}

FACT(Client, "a sync token excludes updatedMin=2026-12-01T00:00:00Z", documented) {
  expect_excluded(client, "updatedMin=2026-12-01T00:00:00Z");
}

FACT(Client, "a sync token excludes showDeleted=false", documented) {
  expect_excluded(client, "showDeleted=false");
}

FACT(Client, "a first request with q=x gives no token", guessed) {
  expect_no_token(client, "q=x");
}

FACT(Client, "a first request with iCalUID=x gives no token", guessed) {
  expect_no_token(client, "iCalUID=x");
}

FACT(Client, "a first request with privateExtendedProperty=a%3Db gives no token", guessed) {
  expect_no_token(client, "privateExtendedProperty=a%3Db");
}

FACT(Client, "a first request with sharedExtendedProperty=a%3Db gives no token", guessed) {
  expect_no_token(client, "sharedExtendedProperty=a%3Db");
}

FACT(Client, "a first request with orderBy gives no token", observed) {
  EXPECT_EQ(client.events("?singleEvents=true&orderBy=startTime").dump("nextSyncToken"), "absent");
}

FACT(Client, "a first request with timeMin gives one", documented) {
  EXPECT_NE(client.events("?timeMin=2026-01-01T00:00:00Z").dump("nextSyncToken"), "absent");
}

FACT(Client, "singleEvents=true gives one", documented) {
  EXPECT_NE(client.events("?singleEvents=true").dump("nextSyncToken"), "absent");
}

FACT(Client, "nothing changed: no items and a token", documented) {
  (void)client.insert(timed("A"));
  const Response next = client.changes_since(client.sync_token());
  EXPECT_EQ(next.count(), 0u);
  EXPECT_NE(next.text("nextSyncToken"), "");
}

FACT(Client, "a new event comes in full", documented) {
  const std::string token = client.sync_token();
  (void)client.insert(timed("A"));
  EXPECT_EQ(client.changes_since(token).text("items.0.summary"), "A");
}

FACT(Client, "a changed event comes in full, not as a difference", documented) {
  const std::string id = client.insert(timed("A")).text("id"), token = client.sync_token();
  (void)client.patch(event_path(id), json("{'location':'L'}"));
  const Response next = client.changes_since(token);
  EXPECT_EQ(next.text("items.0.summary"), "A");
  EXPECT_EQ(next.text("items.0.location"), "L");
}

FACT(Client, "changed twice, it comes once", documented) {
  const std::string id = client.insert(timed("A")).text("id"), token = client.sync_token();
  for (const char* text : {"{'summary':'B'}", "{'summary':'C'}"})
    (void)client.patch(event_path(id), json(text));
  const Response next = client.changes_since(token);
  EXPECT_EQ(next.count(), 1u);
  EXPECT_EQ(next.text("items.0.summary"), "C");
}

FACT(Client, "a deleted event comes as kind, etag, id, status alone", observed) {
  const std::string id = client.insert(timed("A")).text("id"), token = client.sync_token();
  (void)client.remove(event_path(id));
  const Response next = client.changes_since(token);
  ASSERT_EQ(next.count(), 1u);
  std::set<std::string> names;
  for (const auto& [name, value] : next.json["items"].items().front().members()) names.insert(name);
  EXPECT_EQ(names, (std::set<std::string>{"etag", "id", "kind", "status"}));
}

FACT(Client, "one instance edited: the master and all its exceptions, one etag", observed) {
  const std::string id = client.insert(daily()).text("id");
  (void)client.patch(event_path(id + "_20261202T080000Z"), json("{'summary':'X'}"));
  const std::string token = client.sync_token();
  (void)client.patch(event_path(id + "_20261204T080000Z"), json("{'summary':'Y'}"));
  const Response next = client.changes_since(token);
  EXPECT_EQ(next.count(), 3u);
  std::set<std::string> etags, updated;
  for (const Json& item : next.list("items")) {
    etags.insert(item.string("etag"));
    updated.insert(item.string("updated"));
  }
  EXPECT_EQ(etags.size(), 1u);
  EXPECT_EQ(updated.size(), 1u);
}

FACT(Client, "one instance deleted: the master and a cancelled item with its original start",
     observed) {
  const std::string id = client.insert(daily()).text("id"), token = client.sync_token();
  (void)client.remove(event_path(id + "_20261202T080000Z"));
  const Response next = client.changes_since(token);
  EXPECT_EQ(next.count(), 2u);
  for (const Json& item : next.list("items"))
    if (item.string("status") == "cancelled") {
      EXPECT_EQ(item.string("recurringEventId"), id);
      EXPECT_EQ(item["originalStartTime"].string("dateTime"), "2026-12-02T09:00:00+01:00");
    }
}

FACT(Client, "a deleted series is one tombstone, its exceptions are not listed", observed) {
  const std::string id = client.insert(daily()).text("id");
  (void)client.patch(event_path(id + "_20261202T080000Z"), json("{'summary':'X'}"));
  const std::string token = client.sync_token();
  (void)client.remove(event_path(id));
  const Response next = client.changes_since(token);
  EXPECT_EQ(next.count(), 1u);
  EXPECT_EQ(next.text("items.0.id"), id);
  EXPECT_EQ(next.dump("items.0.recurringEventId"), "absent");
}

FACT(Client, "an incremental answer in pages: syncToken with pageToken, the token at the end",
     documented) {
  const std::string token = client.sync_token();
  for (int i = 0; i < 5; ++i) (void)client.insert(timed("E"));
  const Response first = client.changes_since(token, "&maxResults=3");
  EXPECT_EQ(first.count(), 3u);
  EXPECT_EQ(first.dump("nextSyncToken"), "absent");
  const Response second =
      client.changes_since(token, "&maxResults=3&pageToken=" + escape(first.text("nextPageToken")));
  EXPECT_EQ(second.count(), 2u);
  EXPECT_NE(second.dump("nextSyncToken"), "absent");
}

FACT(Client, "what changes while one pages is not lost", documented) {
  const std::string token = client.sync_token(), early = client.insert(timed("Early")).text("id");
  for (int i = 0; i < 3; ++i) (void)client.insert(timed("E"));
  const Response first = client.changes_since(token, "&maxResults=2");
  (void)client.patch(event_path(early), json("{'summary':'Changed'}"));
  const Response second = client.changes_since(
      token, "&maxResults=10&pageToken=" + escape(first.text("nextPageToken")));
  const Response later = client.changes_since(second.text("nextSyncToken"));
  EXPECT_NE((second.body + later.body).find("Changed"), std::string::npos);
}

FACT(Client, "the same for a sorted list of instances", documented) {
  const std::string early = client.insert(timed("Early")).text("id");
  for (int i = 2; i < 6; ++i)
    (void)client.insert(timed("E", "2026-12-0" + std::to_string(i) + "T10:00:00Z",
                              "2026-12-0" + std::to_string(i) + "T11:00:00Z"));
  const Response first = client.events("?singleEvents=true&maxResults=2");
  (void)client.patch(event_path(early), json("{'summary':'Changed'}"));
  const Response second = client.events("?singleEvents=true&maxResults=10&pageToken=" +
                                        escape(first.text("nextPageToken")));
  const Response later =
      client.events("?singleEvents=true&syncToken=" + escape(second.text("nextSyncToken")));
  EXPECT_NE((second.body + later.body).find("Changed"), std::string::npos);
}

FACT(Client, "maxResults may differ from the first request", guessed) {
  EXPECT_EQ(
      client.changes_since(client.events("?maxResults=10").text("nextSyncToken"), "&maxResults=20")
          .status,
      200);
}

FACT(Client, "a damaged token: 400 invalid", observed) {
  std::string token = client.sync_token();
  token[token.size() / 2] = token[token.size() / 2] == 'A' ? 'B' : 'A';
  const Response response = client.changes_since(token);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.reason(), "invalid");
}

FACT(Client, "a token of another calendar: 400 invalid", observed) {
  const std::string other = client.new_calendar();
  const Response response = client.changes_since(
      client.get("/calendars/" + escape(other) + "/events").text("nextSyncToken"));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.reason(), "invalid");
}

FACT(PrivateAccount, "a token of another person: 400", guessed) {
  const User other = client.another_user();
  EXPECT_EQ(
      client
          .changes_since(client.as(other, "GET", "/calendars/primary/events").text("nextSyncToken"))
          .status,
      400);
}

FACT(EmulatorOnly, "an expired token: 410 fullSyncRequired", documented) {
  const std::string token = client.sync_token();
  (void)client.control("POST", "/sync_tokens/expire",
                       Json::object({{"calendar", client.me.email}}));
  const Response response = client.changes_since(token);
  EXPECT_EQ(response.status, 410);
  EXPECT_EQ(response.reason(), "fullSyncRequired");
}

FACT(EmulatorOnly, "after a 410 the full list has no tombstones", observed) {
  const std::string id = client.insert(timed("A")).text("id");
  (void)client.remove(event_path(id));
  (void)client.control("POST", "/sync_tokens/expire",
                       Json::object({{"calendar", client.me.email}}));
  EXPECT_EQ(client.events().count(), 0u);
}

FACT(Client, "an old token still works: it brings everything since", documented) {
  const std::string token = client.sync_token();
  for (int i = 0; i < 3; ++i) {
    (void)client.insert(timed("E"));
    (void)client.sync_token();
  }
  EXPECT_EQ(client.changes_since(token).count(), 3u);
}

FACT(Client, "a window in the first request: tombstones come whatever their time", guessed) {
  const std::string id =
      client.insert(timed("Old", "2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z")).text("id");
  const std::string token = client.events("?timeMin=2026-06-01T00:00:00Z").text("nextSyncToken");
  (void)client.remove(event_path(id));
  EXPECT_EQ(client.changes_since(token).count(), 1u);
}

FACT(Client, "an event moved away: cancelled in the source, new in the target", observed) {
  const std::string other = client.new_calendar(),
                    there = "/calendars/" + escape(other) + "/events";
  const std::string id = client.insert(timed("A")).text("id"), token = client.sync_token(),
                    other_token = client.get(there).text("nextSyncToken");
  (void)client.call("POST", event_path(id + "/move?destination=" + escape(other)));
  EXPECT_EQ(client.changes_since(token).text("items.0.status"), "cancelled");
  EXPECT_EQ(client.get(there + "?syncToken=" + escape(other_token)).text("items.0.id"), id);
}

FACT(Client, "the token is to be percent-encoded; it may end in =", observed) {
  EXPECT_EQ(client.changes_since(client.sync_token()).status, 200);
}

FACT(Client, "a restored event comes as confirmed", observed) {
  const std::string id = client.insert(timed("A")).text("id");
  (void)client.remove(event_path(id));
  const std::string token = client.sync_token();
  (void)client.patch(event_path(id), json("{'status':'confirmed'}"));
  EXPECT_EQ(client.changes_since(token).text("items.0.status"), "confirmed");
}

}  // namespace
}  // namespace contract
