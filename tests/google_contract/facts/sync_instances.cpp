// Increments of singleEvents=true: a client that keeps instances by id, and drops what comes as
// cancelled, has after each increment what a full list has.
#include <map>

#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

SECTION("sync.instances");

using Instances = std::map<std::string, std::string>;  // start by id

// Reads a list or an increment to its end, three items at a time. Answers the sync token.
std::string read_into(Client& client, const std::string& query, Instances& instances) {
  Response page;
  std::string page_token;
  for (int count = 0; count < 400; ++count) {
    page = client.events("?maxResults=3&" + query +
                         (page_token.empty() ? "" : "&pageToken=" + escape(page_token)));
    EXPECT_EQ(page.status, 200) << page.body;
    for (const Json& item : page.list("items")) {
      const std::string& id = item.string("id");
      EXPECT_FALSE(item.contains("recurrence")) << "no masters: " << id;
      if (item.string("status") == "cancelled")
        instances.erase(id);
      else
        instances[id] = item["start"].dump() + item.string("summary");
    }
    page_token = page.text("nextPageToken");
    if (page_token.empty()) break;
  }
  return page.text("nextSyncToken");
}

struct SeriesAct {
  const char* name;
  void (*act)(Client& client, const std::string& series);
};

constexpr const char* kSecond = "_20261202T080000Z";
constexpr const char* kFourth = "_20261204T080000Z";

void patch(Client& client, const std::string& id, const char* change) {
  const Response response = client.patch(event_path(id), json(change));
  EXPECT_EQ(response.status, 200) << response.body;
}
void remove(Client& client, const std::string& id) {
  EXPECT_EQ(client.remove(event_path(id)).status, 204);
}
void edit_fourth(Client& client, const std::string& series) {
  patch(client, series + kFourth, "{'summary':'Edited'}");
}
void move_fourth_to_january(Client& client, const std::string& series) {
  patch(client, series + kFourth,
        "{'start':{'dateTime':'2027-01-04T09:00:00+01:00'},"
        "'end':{'dateTime':'2027-01-04T09:30:00+01:00'}}");
}

// Each act on a daily series of eight, 2026-12-01 to 2026-12-08.
const std::vector<SeriesAct>& series_acts() {
  static const std::vector<SeriesAct> acts{
      {"deleted", [](Client& client, const std::string& id) { remove(client, id); }},
      {"deleted with an edited occurrence",
       [](Client& client, const std::string& id) {
         edit_fourth(client, id);
         remove(client, id);
       }},
      {"cut by UNTIL",
       [](Client& client, const std::string& id) {
         patch(client, id, "{'recurrence':['RRULE:FREQ=DAILY;UNTIL=20261203T235959Z']}");
       }},
      {"cut by COUNT, then extended",
       [](Client& client, const std::string& id) {
         patch(client, id, "{'recurrence':['RRULE:FREQ=DAILY;COUNT=2']}");
         patch(client, id, "{'recurrence':['RRULE:FREQ=DAILY;COUNT=4']}");
       }},
      {"another rule",
       [](Client& client, const std::string& id) {
         patch(client, id, "{'recurrence':['RRULE:FREQ=WEEKLY;COUNT=3']}");
       }},
      {"an EXDATE",
       [](Client& client, const std::string& id) {
         patch(client, id, "{'recurrence':['RRULE:FREQ=DAILY;COUNT=8','EXDATE:20261203T080000Z']}");
       }},
      {"another hour",
       [](Client& client, const std::string& id) {
         patch(client, id,
               "{'start':{'dateTime':'2026-12-01T15:00:00+01:00','timeZone':'Europe/Berlin'},"
               "'end':{'dateTime':'2026-12-01T15:30:00+01:00','timeZone':'Europe/Berlin'}}");
       }},
      {"moved twice, then deleted",
       [](Client& client, const std::string& id) {
         for (const char* hour : {"11", "12"}) {
           const std::string at = std::string("2026-12-01T") + hour;
           Json change = Json::object();
           change.set("start", Json::object({{"dateTime", at + ":00:00+01:00"},
                                             {"timeZone", "Europe/Berlin"}}));
           change.set("end", Json::object({{"dateTime", at + ":30:00+01:00"},
                                           {"timeZone", "Europe/Berlin"}}));
           EXPECT_EQ(client.patch(event_path(id), change).status, 200);
         }
         remove(client, id);
       }},
      {"made an all-day series",
       [](Client& client, const std::string& id) {
         patch(client, id,
               "{'start':{'date':'2026-12-01','dateTime':null,'timeZone':null},"
               "'end':{'date':'2026-12-02','dateTime':null,'timeZone':null}}");
       }},
      {"made a single event",
       [](Client& client, const std::string& id) { patch(client, id, "{'recurrence':null}"); }},
      {"made a single event with an edited occurrence",
       [](Client& client, const std::string& id) {
         edit_fourth(client, id);
         patch(client, id, "{'recurrence':null}");
       }},
      {"made a single event, then deleted",
       [](Client& client, const std::string& id) {
         patch(client, id, "{'recurrence':null}");
         remove(client, id);
       }},
      {"deleted and restored with a shorter rule",
       [](Client& client, const std::string& id) {
         remove(client, id);
         patch(client, id, "{'status':'confirmed','recurrence':['RRULE:FREQ=DAILY;COUNT=2']}");
       }},
      {"an occurrence moved away, then the series deleted",
       [](Client& client, const std::string& id) {
         move_fourth_to_january(client, id);
         remove(client, id);
       }},
      {"an occurrence moved far away", move_fourth_to_january},
      {"an occurrence cancelled and another edited",
       [](Client& client, const std::string& id) {
         remove(client, id + kSecond);
         edit_fourth(client, id);
       }},
      {"an occurrence cancelled, then the series deleted",
       [](Client& client, const std::string& id) {
         remove(client, id + kSecond);
         remove(client, id);
       }},
      {"moved out of the window",
       [](Client& client, const std::string& id) {
         patch(client, id,
               "{'start':{'dateTime':'2027-12-01T15:00:00+01:00','timeZone':'Europe/Berlin'},"
               "'end':{'dateTime':'2027-12-01T15:30:00+01:00','timeZone':'Europe/Berlin'}}");
       }},
  };
  return acts;
}

struct InstanceRow {
  SeriesAct act;
  bool window = false;
  bool exception_before = false;  // the fourth occurrence was edited before the token
  std::string title() const {
    return std::string(act.name) + (exception_before ? ", edited before" : "") +
           (window ? ", in a window" : "");
  }
};

std::vector<InstanceRow> instance_rows() {
  std::vector<InstanceRow> rows;
  for (const SeriesAct& act : series_acts())
    for (const bool window : {false, true})
      for (const bool before : {false, true}) rows.push_back({act, window, before});
  return rows;
}

// Google on syncToken: "All events deleted since the previous list request will always be in the
// result set". That this holds for each occurrence follows: the list has no masters.
FACT_FOR_EACH(Client, InstanceRow, instance_rows(), documented) {
  std::string query = "singleEvents=true", with_window = query;
  if (row.window) with_window += "&timeMin=2026-12-03T00:00:00Z&timeMax=2026-12-20T00:00:00Z";
  (void)client.insert(timed("Single", "2026-12-06T10:00:00Z", "2026-12-06T11:00:00Z"));
  const std::string id = client.insert(daily("Series", "RRULE:FREQ=DAILY;COUNT=8")).text("id");
  if (row.exception_before) edit_fourth(client, id);
  Instances kept, fresh;
  const std::string token = read_into(client, with_window, kept);
  EXPECT_GE(kept.size(), 6u);
  row.act.act(client, id);
  ASSERT_NE(token, "");
  (void)read_into(client, query + "&syncToken=" + escape(token), kept);
  (void)read_into(client, with_window, fresh);
  EXPECT_EQ(kept, fresh);
}

FACT(Client, "a single event made a series: its instances come, the event itself is gone",
     documented) {
  const std::string id = client.insert(timed("A")).text("id");
  Instances kept, fresh;
  const std::string token = read_into(client, "singleEvents=true", kept);
  patch(client, id, "{'recurrence':['RRULE:FREQ=DAILY;COUNT=3']}");
  (void)read_into(client, "singleEvents=true&syncToken=" + escape(token), kept);
  (void)read_into(client, "singleEvents=true", fresh);
  EXPECT_EQ(fresh.size(), 3u);
  EXPECT_EQ(kept, fresh);
}

FACT(NewCalendar, "a deleted series: one tombstone for each occurrence, none for the series",
     documented) {
  const std::string id = client.insert(daily()).text("id");
  edit_fourth(client, id);
  const std::string token = client.events("?singleEvents=true").text("nextSyncToken");
  remove(client, id);
  const Response increment = client.events("?singleEvents=true&syncToken=" + escape(token));
  EXPECT_EQ(increment.count(), 5u);
  for (const Json& item : increment.list("items")) {
    EXPECT_EQ(item.string("status"), "cancelled");
    EXPECT_EQ(item.string("recurringEventId"), id);
  }
}

FACT(NewCalendar, "updatedMin: the occurrences of a deleted series come as cancelled", documented) {
  const Response made = client.insert(daily());
  remove(client, made.text("id"));
  const Response list =
      client.events("?singleEvents=true&updatedMin=" + escape(made.text("updated")));
  EXPECT_EQ(list.count(), 5u);
  for (const Json& item : list.list("items")) EXPECT_EQ(item.string("status"), "cancelled");
}

// On Google's page, a user edits the third of eight instances, of which the fourth is an exception.
// A client with the token from before it then has what a full list shows: so many instances.
void expect_caught_up(EmulatorOnly& client, const char* edit_text, std::size_t instances) {
  const std::string id = client.insert(daily("Series", "RRULE:FREQ=DAILY;COUNT=8")).text("id");
  edit_fourth(client, id);
  Instances kept, fresh;
  const std::string token = read_into(client, "singleEvents=true", kept);
  Json edit = json(edit_text);
  edit.set("calendar", "primary");
  edit.set("email", client.me.email);
  edit.set("event", id + "_20261203T080000Z");
  EXPECT_EQ(client.control("POST", "/series", edit).status, 200);
  (void)read_into(client, "singleEvents=true&syncToken=" + escape(token), kept);
  (void)read_into(client, "singleEvents=true", fresh);
  EXPECT_EQ(fresh.size(), instances);
  EXPECT_EQ(kept, fresh);
}

FACT(EmulatorOnly, "\"this and following\" keeps the ids of the later instances: no tombstones",
     observed) {
  expect_caught_up(client, "{'scope':'following','change':{'summary':'Later'}}", 8);
}

FACT(EmulatorOnly, "\"this and following\" deleted: the later instances come as cancelled",
     observed) {
  expect_caught_up(client, "{'scope':'following','delete':true}", 2);
}

FACT(EmulatorOnly, "\"all\" moved by a day: each instance comes once, as it is now", observed) {
  expect_caught_up(client,
                   "{'scope':'all','change':{"
                   "'start':{'dateTime':'2026-12-04T09:00:00+01:00','timeZone':'Europe/Berlin'},"
                   "'end':{'dateTime':'2026-12-04T09:30:00+01:00','timeZone':'Europe/Berlin'}}}",
                   8);
}

// The window is part of the token; that what leaves it comes as cancelled is a guess.
FACT(Client, "an event moved out of the token's window comes as cancelled", guessed) {
  const std::string window = "timeMin=2026-12-01T00:00:00Z&timeMax=2026-12-31T00:00:00Z";
  const std::string id = client.insert(timed("A")).text("id");
  const std::string token = client.events("?" + window).text("nextSyncToken");
  patch(client, id,
        "{'start':{'dateTime':'2027-02-01T09:00:00Z'},'end':{'dateTime':'2027-02-01T10:00:00Z'}}");
  const Response increment = client.changes_since(token);
  EXPECT_EQ(increment.text("items.0.id"), id);
  EXPECT_EQ(increment.text("items.0.status"), "cancelled");
  patch(client, id, "{'summary':'Still there'}");
  EXPECT_EQ(client.changes_since(increment.text("nextSyncToken")).count(), 0u);
  EXPECT_EQ(client.event(id).text("status"), "confirmed");
}

}  // namespace
}  // namespace contract
