// Faults on demand: in the content of a list.
#include "tests/google_contract/facts/fault_fixtures.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

using List = std::vector<std::string>;

constexpr const char* kEventPath = "/calendar/v3/calendars/{calendarId}/events/{eventId}";

List texts(const Response& response, const char* member) {
  List out;
  for (const Json& item : response.list("items")) out.push_back(item.string(member));
  return out;
}

// The titles on all pages.
List summaries(EmulatorOnly& client, const std::string& query) {
  List seen;
  std::string token;
  for (int i = 0; i < 20; ++i) {
    const Response page =
        client.events(query + (token.empty() ? "" : "&pageToken=" + escape(token)));
    for (const std::string& summary : texts(page, "summary")) seen.push_back(summary);
    token = page.text("nextPageToken");
    if (token.empty()) return seen;
  }
  ADD_FAILURE() << "the pages do not end";
  return seen;
}

SECTION("faults.lists");

FACT(FaultRules, "carry copy: the last event of a page comes again with the next one", guessed) {
  for (const char* name : {"A", "B", "C"}) (void)client.insert(timed(name));
  set_fault(client, "{'carry':'copy'}", ",'times':2");
  EXPECT_EQ(summaries(client, "?maxResults=2"), (List{"A", "B", "B", "C"}));
}

FACT(FaultRules, "carry move: it comes with the next page instead", guessed) {
  for (const char* name : {"A", "B", "C"}) (void)client.insert(timed(name));
  set_fault(client, "{'carry':'move'}", ",'times':2");
  EXPECT_EQ(client.events("?maxResults=2").count(), 1u);
  (void)client.control("DELETE", "/faults");
  set_fault(client, "{'carry':'move'}", ",'times':2");
  EXPECT_EQ(summaries(client, "?maxResults=2"), (List{"A", "B", "C"}));
}

FACT(FaultRules, "same_page_token: the token leads to the same page again", guessed) {
  for (const char* name : {"A", "B", "C", "D", "E"}) (void)client.insert(timed(name));
  const std::string second = client.events("?maxResults=2").text("nextPageToken");
  set_fault(client, "{'same_page_token':true}");
  EXPECT_EQ(client.events("?maxResults=2&pageToken=" + escape(second)).text("nextPageToken"),
            second);
  EXPECT_NE(client.events("?maxResults=2&pageToken=" + escape(second)).text("nextPageToken"),
            second);
}

FACT(FaultRules, "the page token dies in the middle of paging", guessed) {
  for (const char* name : {"A", "B", "C"}) (void)client.insert(timed(name));
  EXPECT_EQ(client
                .control("POST", "/faults",
                         json("{'match':{'query_contains':'pageToken='},'effect':{'status':410}}"))
                .status,
            200);
  const Response first = client.events("?maxResults=2");
  EXPECT_EQ(first.status, 200);
  const Response second =
      client.events("?maxResults=2&pageToken=" + escape(first.text("nextPageToken")));
  EXPECT_EQ(second.status, 410);
  EXPECT_EQ(second.reason(), "fullSyncRequired");
}

FACT(FaultRules, "strip_cancelled: a deleted event has no more than its id", guessed) {
  const std::string token = client.sync_token();
  (void)client.remove(event_path(client.insert(timed("A")).text("id")));
  set_fault(client, "{'strip_cancelled':true}");
  const Json item = client.changes_since(token).json["items"].items().at(0);
  EXPECT_EQ(item.string("status"), "cancelled");
  EXPECT_FALSE(item.contains("start"));
  EXPECT_FALSE(item.contains("summary"));
}

FACT(FaultRules, "omit_items: events without start and summary", guessed) {
  (void)client.insert(timed("A"));
  set_fault(client, "{'omit_items':['start','summary']}");
  const Response response = client.events();
  EXPECT_EQ(response.dump("items.0.start"), "absent");
  EXPECT_NE(response.dump("items.0.end"), "absent");
}

FACT(FaultRules, "reverse_items: the exception before its series", guessed) {
  const std::string id = client.insert(daily()).text("id");
  (void)client.patch(event_path(id + "_20261202T080000Z"), json("{'summary':'Moved'}"));
  const List usual = texts(client.events(), "summary");
  set_fault(client, "{'reverse_items':true}");
  const List turned = texts(client.events(), "summary");
  EXPECT_EQ(usual, List(turned.rbegin(), turned.rend()));
  EXPECT_EQ(usual.size(), 2u);
}

FACT(FaultRules, "set_items and only: an etag changes without content, content without an etag",
     guessed) {
  const std::string a = client.insert(timed("A")).text("id"),
                    b = client.insert(timed("B")).text("id");
  const Response before = client.events();
  set_fault(client, "{'set_items':{'etag':'\\\"1\\\"'},'only':'" + a + "'}");
  const Response etag = client.events();
  EXPECT_EQ(etag.text("items.0.etag"), "\"1\"");
  EXPECT_EQ(etag.text("items.0.summary"), "A");
  EXPECT_EQ(etag.dump("items.1"), before.dump("items.1"));
  set_fault(client, "{'set_items':{'summary':'Changed'},'only':'" + b + "'}");
  const Response content = client.events();
  EXPECT_EQ(content.text("items.1.summary"), "Changed");
  EXPECT_EQ(content.text("items.1.etag"), before.text("items.1.etag"));
}

FACT(FaultRules, "set_items: `updated` goes back, attendeesOmitted", guessed) {
  (void)client.insert(timed("A"));
  set_fault(client,
            "{'set_items':{'updated':'2001-01-01T00:00:00.000Z',"
            "'attendeesOmitted':true}}");
  const Response response = client.events();
  EXPECT_EQ(response.text("items.0.updated"), "2001-01-01T00:00:00.000Z");
  EXPECT_EQ(response.dump("items.0.attendeesOmitted"), "true");
}

FACT(FaultRules, "set and omit work on a single event as well", guessed) {
  const std::string id = client.insert(timed("A")).text("id");
  set_fault(client, "{'set':{'summary':'B'},'omit':['start']}", "", kEventPath);
  const Response response = client.event(id);
  EXPECT_EQ(response.text("summary"), "B");
  EXPECT_EQ(response.dump("start"), "absent");
  EXPECT_EQ(client.event(id).text("summary"), "A");
}

FACT(FaultRules, "stale with seconds: lists lag behind, whole and incremental, and lose nothing",
     guessed) {
  const std::string token = client.sync_token();
  (void)client.insert(timed("A"));
  (void)client.control("POST", "/clock", json("{'advance':40}"));
  (void)client.insert(timed("B"));
  set_fault(client, "{'stale':30}", ",'times':0");
  EXPECT_EQ(texts(client.events(), "summary"), List{"A"});
  const Response late = client.changes_since(token);
  EXPECT_EQ(texts(late, "summary"), List{"A"});
  (void)client.control("POST", "/clock", json("{'advance':31}"));
  EXPECT_EQ(texts(client.changes_since(late.text("nextSyncToken")), "summary"), List{"B"});
}

FACT(FaultRules, "reply_to: the answer of another request", guessed) {
  set_fault(client, "{'reply_to':{'path':'/calendar/v3/colors'}}");
  EXPECT_EQ(client.events().text("kind"), "calendar#colors");
  set_fault(client,
            "{'reply_to':{'path':'/calendar/v3/users/me/calendarList?maxResults=1'},"
            "'when':'after'}");
  EXPECT_EQ(client.insert(timed("A")).text("kind"), "calendar#calendarList");
  EXPECT_EQ(client.events().count(), 1u);
}

}  // namespace
}  // namespace contract
