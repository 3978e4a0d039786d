// Pages and increments together: what changes while a client reads pages is in a later page or in
// the next increment, in every list that has sync tokens.
#include <map>

#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

SECTION("sync.pages");

constexpr const char* kCalendarLists = "/users/me/calendarList";

std::string next_page(const Response& page) {
  return "&pageToken=" + escape(page.text("nextPageToken"));
}

// Reads the rest of a list whose first page is `first`, then its next increment. Answers the items
// by id, each as it came last.
std::map<std::string, Json> rest_of(Client& client, const std::string& path,
                                    const std::string& query, const Response& first,
                                    const std::string& increment_query) {
  std::map<std::string, Json> items;
  const auto keep = [&](const Response& page) {
    for (const Json& item : page.list("items")) items[item.string("id")] = item;
  };
  Response page = first;
  for (int count = 0; count < 50 && !page.text("nextPageToken").empty(); ++count) {
    page = client.get(path + "?" + query + next_page(page));
    keep(page);
  }
  std::string token = page.text("nextSyncToken");
  EXPECT_NE(token, "");
  page = client.get(path + "?" + increment_query + "&syncToken=" + escape(token));
  keep(page);
  return items;
}

struct ListRow {
  const char* name;
  const char* query;  // of the full list, with pages of two
  const char* increment;
  bool begins_incremental = false;  // the pages are those of an increment
  std::string title() const {
    return std::string("deleted after its page, it comes later: ") + name;
  }
};

const std::vector<ListRow>& list_rows() {
  static const std::vector<ListRow> rows{
      {"events", "maxResults=2", "maxResults=250"},
      {"events, showDeleted", "maxResults=2&showDeleted=true", "showDeleted=true"},
      {"singleEvents", "maxResults=2&singleEvents=true", "singleEvents=true"},
      {"events in a window",
       "maxResults=2&timeMin=2026-11-01T00:00:00Z&timeMax=2027-02-01T00:00:00Z", "maxResults=250"},
      {"singleEvents in a window",
       "maxResults=2&singleEvents=true&timeMin=2026-11-01T00:00:00Z&timeMax=2027-02-01T00:00:00Z",
       "singleEvents=true"},
      {"an increment", "maxResults=2", "maxResults=250", true},
      {"an increment of singleEvents", "maxResults=2&singleEvents=true", "singleEvents=true", true},
      {"pages of one", "maxResults=1", "maxResults=1000"},
  };
  return rows;
}

// Google on syncToken: "All events deleted since the previous list request will always be in the
// result set".
FACT_FOR_EACH(NewCalendar, ListRow, list_rows(), documented) {
  const std::string path = "/calendars/primary/events";
  std::string query = row.query;
  if (row.begins_incremental)
    query += "&syncToken=" + escape(client.get(path + "?" + row.increment).text("nextSyncToken"));
  for (int day = 1; day <= 5; ++day)
    (void)client.insert(timed("E" + std::to_string(day),
                              "2026-12-0" + std::to_string(day) + "T10:00:00Z",
                              "2026-12-0" + std::to_string(day) + "T11:00:00Z"));
  const Response first = client.get(path + "?" + query);
  ASSERT_GE(first.count(), 1u);
  const std::string id = first.text("items.0.id");
  EXPECT_EQ(client.remove(event_path(id)).status, 204);
  const auto later = rest_of(client, path, query, first, row.increment);
  ASSERT_TRUE(later.contains(id)) << "the client keeps an event that is deleted";
  EXPECT_EQ(later.at(id).string("status"), "cancelled");
}

FACT(Client, "deleted between two pages, the last token brings it", documented) {
  const std::string path = "/calendars/primary/events";
  const std::string id = client.insert(timed("A")).text("id");
  for (int i = 0; i < 3; ++i) (void)client.insert(timed("E"));
  const Response first = client.get(path + "?maxResults=2");
  (void)client.remove(event_path(id));
  const Response second = client.get(path + "?maxResults=2" + next_page(first));
  (void)client.insert(timed("New"));
  const std::string token = second.text("nextSyncToken");
  ASSERT_NE(token, "");
  const Response increment = client.changes_since(token);
  EXPECT_EQ(increment.count(), 2u);
  EXPECT_NE(increment.body.find(id), std::string::npos);
}

FACT(Client, "one instance cancelled after its page: it comes later", documented) {
  const std::string path = "/calendars/primary/events", query = "maxResults=2&singleEvents=true";
  const std::string id = client.insert(daily()).text("id");
  const Response first = client.get(path + "?" + query);
  const std::string instance = first.text("items.0.id");
  (void)client.remove(event_path(instance));
  const auto later = rest_of(client, path, query, first, "singleEvents=true");
  ASSERT_TRUE(later.contains(instance));
  EXPECT_EQ(later.at(instance).string("status"), "cancelled");
}

FACT(Client, "moved to another calendar after its page: it comes later as cancelled", documented) {
  const std::string path = "/calendars/primary/events";
  const std::string other = client.new_calendar();
  for (int i = 0; i < 4; ++i) (void)client.insert(timed("E"));
  const Response first = client.get(path + "?maxResults=2");
  const std::string id = first.text("items.0.id");
  EXPECT_EQ(client.call("POST", event_path(id + "/move?destination=" + escape(other))).status, 200);
  const auto later = rest_of(client, path, "maxResults=2", first, "maxResults=250");
  ASSERT_TRUE(later.contains(id));
  EXPECT_EQ(later.at(id).string("status"), "cancelled");
}

FACT(PrivateAccount, "calendarList: an entry removed after its page comes later as deleted",
     documented) {
  for (const char* name : {"A", "B", "C", "D"}) (void)client.new_calendar(name);
  const Response first = client.get(std::string(kCalendarLists) + "?maxResults=2");
  const std::string id = first.text("items.1.id");
  ASSERT_NE(id, client.me.email);
  EXPECT_EQ(client.remove(std::string(kCalendarLists) + "/" + escape(id)).status, 204);
  const auto later = rest_of(client, kCalendarLists, "maxResults=2", first, "maxResults=100");
  ASSERT_TRUE(later.contains(id));
  EXPECT_TRUE(later.at(id)["deleted"].as_bool());
}

FACT(PrivateAccount, "calendarList: an entry hidden after its page comes later", documented) {
  for (const char* name : {"A", "B", "C", "D"}) (void)client.new_calendar(name);
  const Response first = client.get(std::string(kCalendarLists) + "?maxResults=2");
  const std::string id = first.text("items.1.id");
  (void)client.patch(std::string(kCalendarLists) + "/" + escape(id), json("{'hidden':true}"));
  const auto later = rest_of(client, kCalendarLists, "maxResults=2", first, "maxResults=100");
  ASSERT_TRUE(later.contains(id));
  EXPECT_TRUE(later.at(id)["hidden"].as_bool());
}

FACT(PrivateAccount, "acl: a rule removed after its page comes later with the role none",
     documented) {
  const std::string path = "/calendars/" + escape(client.new_calendar()) + "/acl";
  for (const char* address : {"a@example.org", "b@example.org", "c@example.org"}) {
    Json rule = json("{'role':'reader','scope':{'type':'user'}}");
    rule.member("scope").set("value", address);
    ASSERT_EQ(client.post(path + "?sendNotifications=false", rule).status, 200);
  }
  const Response first = client.get(path + "?maxResults=2");
  const std::string id = first.text("items.1.id");
  ASSERT_EQ(id, "user:a@example.org");
  EXPECT_EQ(client.remove(path + "/" + escape(id)).status, 204);
  const auto later = rest_of(client, path, "maxResults=2", first, "maxResults=100");
  ASSERT_TRUE(later.contains(id));
  EXPECT_EQ(later.at(id).string("role"), "none");
}

}  // namespace
}  // namespace contract
