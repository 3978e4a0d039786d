// Sync tokens: when one is given, what it excludes, what it brings, how it dies.
#include "tests/google_contract/facts/contract.hpp"

namespace contract {

using enum Known;

void sync_checks(Checks& checks) {
  const auto add = [&](const std::string& fact, Known known, Run run) {
    checks.push_back({"sync", fact, known, std::move(run)});
  };
  for (const auto& [parameter, known] : std::initializer_list<std::pair<const char*, Known>>{
           {"iCalUID=x", documented},
           {"orderBy=updated", documented},
           {"privateExtendedProperty=a%3Db", documented},
           {"q=x", documented},
           {"sharedExtendedProperty=a%3Db", documented},
           {"timeMin=2026-12-01T00:00:00Z", documented},
           {"timeMax=2026-12-01T00:00:00Z", documented},
           {"updatedMin=2026-12-01T00:00:00Z", documented},
           {"showDeleted=false", documented}})
    add(std::string("a sync token excludes ") + parameter, known,
        [query = std::string(parameter)](Probe& p) {
          const Answer answer = p.since(p.sync_token(), "&" + query);
          EXPECT_EQ(answer.status, 400) << answer.body;
        });
  for (const char* parameter :
       {"q=x", "iCalUID=x", "privateExtendedProperty=a%3Db", "sharedExtendedProperty=a%3Db"})
    add(std::string("a first request with ") + parameter + " gives no token", guessed,
        [query = std::string(parameter)](Probe& p) {
          EXPECT_EQ(p.events("?" + query).dump("nextSyncToken"), "absent");
        });
  add("a first request with orderBy gives no token", observed, [](Probe& p) {
    EXPECT_EQ(p.events("?singleEvents=true&orderBy=startTime").dump("nextSyncToken"), "absent");
  });
  add("a first request with timeMin gives one", documented, [](Probe& p) {
    EXPECT_NE(p.events("?timeMin=2026-01-01T00:00:00Z").dump("nextSyncToken"), "absent");
  });
  add("singleEvents=true gives one", documented,
      [](Probe& p) { EXPECT_NE(p.events("?singleEvents=true").dump("nextSyncToken"), "absent"); });
  add("nothing changed: no items and a token", documented, [](Probe& p) {
    (void)p.insert(timed("A"));
    const Answer next = p.since(p.sync_token());
    EXPECT_EQ(next.count(), 0u);
    EXPECT_NE(next.text("nextSyncToken"), "");
  });
  add("a new event comes in full", documented, [](Probe& p) {
    const std::string token = p.sync_token();
    (void)p.insert(timed("A"));
    EXPECT_EQ(p.since(token).text("items.0.summary"), "A");
  });
  add("a changed event comes in full, not as a difference", documented, [](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id"), token = p.sync_token();
    (void)p.patch("/calendars/primary/events/" + id, js("{'location':'L'}"));
    const Answer next = p.since(token);
    EXPECT_EQ(next.text("items.0.summary"), "A");
    EXPECT_EQ(next.text("items.0.location"), "L");
  });
  add("changed twice, it comes once", documented, [](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id"), token = p.sync_token();
    for (const char* text : {"{'summary':'B'}", "{'summary':'C'}"})
      (void)p.patch("/calendars/primary/events/" + id, js(text));
    const Answer next = p.since(token);
    EXPECT_EQ(next.count(), 1u);
    EXPECT_EQ(next.text("items.0.summary"), "C");
  });
  add("a deleted event comes as kind, etag, id, status alone", observed, [](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id"), token = p.sync_token();
    (void)p.remove("/calendars/primary/events/" + id);
    const Answer next = p.since(token);
    ASSERT_EQ(next.count(), 1u);
    std::set<std::string> names;
    for (const auto& [name, value] : next.json["items"].items().front().members())
      names.insert(name);
    EXPECT_EQ(names, (std::set<std::string>{"etag", "id", "kind", "status"}));
  });
  add("one instance edited: the master and all its exceptions, one etag", observed, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    (void)p.patch("/calendars/primary/events/" + id + "_20261202T080000Z", js("{'summary':'X'}"));
    const std::string token = p.sync_token();
    (void)p.patch("/calendars/primary/events/" + id + "_20261204T080000Z", js("{'summary':'Y'}"));
    const Answer next = p.since(token);
    EXPECT_EQ(next.count(), 3u);
    std::set<std::string> etags, updated;
    for (const Json& item : next.list("items")) {
      etags.insert(item.string("etag"));
      updated.insert(item.string("updated"));
    }
    EXPECT_EQ(etags.size(), 1u);
    EXPECT_EQ(updated.size(), 1u);
  });
  add("one instance deleted: the master and the cancelled item with recurringEventId and "
      "originalStartTime",
      observed, [](Probe& p) {
        const std::string id = p.insert(daily()).text("id"), token = p.sync_token();
        (void)p.remove("/calendars/primary/events/" + id + "_20261202T080000Z");
        const Answer next = p.since(token);
        EXPECT_EQ(next.count(), 2u);
        for (const Json& item : next.list("items"))
          if (item.string("status") == "cancelled") {
            EXPECT_EQ(item.string("recurringEventId"), id);
            EXPECT_EQ(item["originalStartTime"].string("dateTime"), "2026-12-02T09:00:00+01:00");
          }
      });
  add("a deleted series is one tombstone, its exceptions are not listed", observed, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    (void)p.patch("/calendars/primary/events/" + id + "_20261202T080000Z", js("{'summary':'X'}"));
    const std::string token = p.sync_token();
    (void)p.remove("/calendars/primary/events/" + id);
    const Answer next = p.since(token);
    EXPECT_EQ(next.count(), 1u);
    EXPECT_EQ(next.text("items.0.id"), id);
    EXPECT_EQ(next.dump("items.0.recurringEventId"), "absent");
  });
  add("an incremental answer in pages: syncToken and pageToken together, the token at the end",
      documented, [](Probe& p) {
        const std::string token = p.sync_token();
        for (int i = 0; i < 5; ++i) (void)p.insert(timed("E"));
        const Answer first = p.since(token, "&maxResults=3");
        EXPECT_EQ(first.count(), 3u);
        EXPECT_EQ(first.dump("nextSyncToken"), "absent");
        const Answer second =
            p.since(token, "&maxResults=3&pageToken=" + escape(first.text("nextPageToken")));
        EXPECT_EQ(second.count(), 2u);
        EXPECT_NE(second.dump("nextSyncToken"), "absent");
      });
  add("what changes while one pages is not lost", documented, [](Probe& p) {
    const std::string token = p.sync_token(), early = p.insert(timed("Early")).text("id");
    for (int i = 0; i < 3; ++i) (void)p.insert(timed("E"));
    const Answer first = p.since(token, "&maxResults=2");
    (void)p.patch("/calendars/primary/events/" + early, js("{'summary':'Changed'}"));
    const Answer second =
        p.since(token, "&maxResults=10&pageToken=" + escape(first.text("nextPageToken")));
    const Answer later = p.since(second.text("nextSyncToken"));
    EXPECT_NE((second.body + later.body).find("Changed"), std::string::npos);
  });
  add("the same for a sorted list of instances", documented, [](Probe& p) {
    const std::string early = p.insert(timed("Early")).text("id");
    for (int i = 2; i < 6; ++i)
      (void)p.insert(timed("E", "2026-12-0" + std::to_string(i) + "T10:00:00Z",
                           "2026-12-0" + std::to_string(i) + "T11:00:00Z"));
    const Answer first = p.events("?singleEvents=true&maxResults=2");
    (void)p.patch("/calendars/primary/events/" + early, js("{'summary':'Changed'}"));
    const Answer second = p.events("?singleEvents=true&maxResults=10&pageToken=" +
                                   escape(first.text("nextPageToken")));
    const Answer later =
        p.events("?singleEvents=true&syncToken=" + escape(second.text("nextSyncToken")));
    EXPECT_NE((second.body + later.body).find("Changed"), std::string::npos);
  });
  add("maxResults may differ from the first request", guessed, [](Probe& p) {
    EXPECT_EQ(p.since(p.events("?maxResults=10").text("nextSyncToken"), "&maxResults=20").status,
              200);
  });
  add("a damaged token: 400 invalid", observed, [](Probe& p) {
    std::string token = p.sync_token();
    token[token.size() / 2] = token[token.size() / 2] == 'A' ? 'B' : 'A';
    const Answer answer = p.since(token);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.reason(), "invalid");
  });
  add("a token of another calendar: 400 invalid", observed, [](Probe& p) {
    const std::string other = p.post("/calendars", js("{'summary':'S'}")).text("id");
    const Answer answer =
        p.since(p.get("/calendars/" + escape(other) + "/events").text("nextSyncToken"));
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.reason(), "invalid");
  });
  add("a token of another person: 400", guessed, [](Own& p) {
    const Person other = p.another();
    EXPECT_EQ(p.since(p.as(other, "GET", "/calendars/primary/events").text("nextSyncToken")).status,
              400);
  });
  add("an expired token: 410 fullSyncRequired", documented, [](Emulated& p) {
    const std::string token = p.sync_token();
    (void)p.control("POST", "/sync_tokens/expire", Json::object({{"calendar", p.me.email}}));
    const Answer answer = p.since(token);
    EXPECT_EQ(answer.status, 410);
    EXPECT_EQ(answer.reason(), "fullSyncRequired");
  });
  add("after a 410 the full list has no tombstones", observed, [](Emulated& p) {
    const std::string id = p.insert(timed("A")).text("id");
    (void)p.remove("/calendars/primary/events/" + id);
    (void)p.control("POST", "/sync_tokens/expire", Json::object({{"calendar", p.me.email}}));
    EXPECT_EQ(p.events().count(), 0u);
  });
  add("an old token still works: it brings everything since", documented, [](Probe& p) {
    const std::string token = p.sync_token();
    for (int i = 0; i < 3; ++i) {
      (void)p.insert(timed("E"));
      (void)p.sync_token();
    }
    EXPECT_EQ(p.since(token).count(), 3u);
  });
  add("a window in the first request: tombstones come whatever their time", guessed, [](Probe& p) {
    const std::string id =
        p.insert(timed("Old", "2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z")).text("id");
    const std::string token = p.events("?timeMin=2026-06-01T00:00:00Z").text("nextSyncToken");
    (void)p.remove("/calendars/primary/events/" + id);
    EXPECT_EQ(p.since(token).count(), 1u);
  });
  add("an event moved away: cancelled in the source, new in the target", observed, [](Probe& p) {
    const std::string other = p.post("/calendars", js("{'summary':'S'}")).text("id"),
                      there = "/calendars/" + escape(other) + "/events";
    const std::string id = p.insert(timed("A")).text("id"), token = p.sync_token(),
                      other_token = p.get(there).text("nextSyncToken");
    (void)p.call("POST", "/calendars/primary/events/" + id + "/move?destination=" + escape(other));
    EXPECT_EQ(p.since(token).text("items.0.status"), "cancelled");
    EXPECT_EQ(p.get(there + "?syncToken=" + escape(other_token)).text("items.0.id"), id);
  });
  add("the token is to be percent-encoded; it may end in =", observed,
      [](Probe& p) { EXPECT_EQ(p.since(p.sync_token()).status, 200); });
  add("a restored event comes as confirmed", observed, [](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id");
    (void)p.remove("/calendars/primary/events/" + id);
    const std::string token = p.sync_token();
    (void)p.patch("/calendars/primary/events/" + id, js("{'status':'confirmed'}"));
    EXPECT_EQ(p.since(token).text("items.0.status"), "confirmed");
  });
}

}  // namespace contract
