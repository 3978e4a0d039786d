// Series: what Google's own page does with "this and following" and "all".
#include "tests/google_contract/facts/guest_bodies.hpp"

namespace contract {
namespace {

// `scope`: "following" or "all". A null `change` deletes.
Response edit_on_page(EmulatorOnly& client, const std::string& instance, const std::string& scope,
                      const Json& change) {
  Json body = Json::object(
      {{"email", client.me.email}, {"calendar", "primary"}, {"event", instance}, {"scope", scope}});
  if (change.is_null())
    body.set("delete", true);
  else
    body.set("change", change);
  return client.control("POST", "/series", body);
}

// A change of both times.
Json in_berlin(const std::string& start, const std::string& end) {
  const auto time = [](const std::string& text) {
    return Json::object({{"dateTime", text}, {"timeZone", "Europe/Berlin"}});
  };
  return Json::object({{"start", time(start)}, {"end", time(end)}});
}

SECTION("series.page");

FACT(EmulatorOnly, "this and following, same start: UNTIL on the old master, new id <id>_R<start>",
     observed) {
  const Response made = client.insert(daily("Dishes", "RRULE:FREQ=DAILY"));
  const std::string id = made.text("id"), token = client.sync_token();
  EXPECT_EQ(
      edit_on_page(client, id + "_20261203T080000Z", "following", json("{'summary':'Dishes 2'}"))
          .status,
      200);
  EXPECT_EQ(client.event(id).dump("recurrence"), "[\"RRULE:FREQ=DAILY;UNTIL=20261202T225959Z\"]");
  const Response next = client.event(id + "_R20261203T080000");
  EXPECT_EQ(next.dump("recurrence"), "[\"RRULE:FREQ=DAILY\"]");
  EXPECT_EQ(next.text("iCalUID"), id + "_R20261203T080000@google.com");
  EXPECT_EQ(next.dump("sequence"), "0");
  EXPECT_EQ(next.text("created"), made.text("created"));
  EXPECT_EQ(client.changes_since(token).count(), 2u) << "no cancelled instances";
}

FACT(EmulatorOnly, "instances of a cut-off series drop the _R part", observed) {
  const std::string id = client.insert(daily("D", "RRULE:FREQ=DAILY")).text("id");
  (void)edit_on_page(client, id + "_20261203T080000Z", "following", json("{'summary':'E'}"));
  const Response one = client.event(id + "_20261205T080000Z");
  EXPECT_EQ(one.text("summary"), "E");
  EXPECT_EQ(one.text("recurringEventId"), id + "_R20261203T080000");
}

FACT(EmulatorOnly, "with another start time the new series has an unrelated id and sequence 1",
     observed) {
  const std::string id = client.insert(daily("D", "RRULE:FREQ=DAILY")).text("id");
  const Response next =
      edit_on_page(client, id + "_20261203T080000Z", "following",
                   in_berlin("2026-12-03T11:00:00+01:00", "2026-12-03T11:30:00+01:00"));
  EXPECT_EQ(next.text("id").find(id), std::string::npos);
  EXPECT_EQ(next.dump("sequence"), "1");
}

FACT(EmulatorOnly, "of a start that the rule does not name a COUNT knows nothing", guessed) {
  const std::string id = client.insert(daily("S", "RRULE:FREQ=DAILY;BYDAY=WE,TH,FR,SA;COUNT=4"))
                             .text("id");  // begins on a Tuesday
  const Response next =
      edit_on_page(client, id + "_20261204T080000Z", "following", json("{'summary':'T'}"));
  EXPECT_EQ(next.dump("recurrence"), "[\"RRULE:FREQ=DAILY;BYDAY=WE,TH,FR,SA;COUNT=2\"]");
}

FACT(EmulatorOnly, "a COUNT goes down by what stays in the old series", guessed) {
  const std::string id = client.insert(daily()).text("id");
  const Response next =
      edit_on_page(client, id + "_20261203T080000Z", "following", json("{'summary':'E'}"));
  EXPECT_EQ(next.dump("recurrence"), "[\"RRULE:FREQ=DAILY;COUNT=3\"]");
  EXPECT_EQ(client.events("?singleEvents=true").count(), 5u);
}

FACT(EmulatorOnly, "a cut copies the extended properties: two series with one CRM id", observed) {
  Json body = daily("D", "RRULE:FREQ=DAILY");
  body.set("extendedProperties", json("{'private':{'crm':'42'}}"));
  const std::string id = client.insert(body).text("id");
  EXPECT_EQ(edit_on_page(client, id + "_20261203T080000Z", "following", json("{'summary':'E'}"))
                .text("extendedProperties.private.crm"),
            "42");
  EXPECT_EQ(client.event(id).text("extendedProperties.private.crm"), "42");
}

FACT(EmulatorOnly,
     "delete this and following: exceptions behind the cut come as {id, status} alone", observed) {
  const std::string id = client.insert(daily("D", "RRULE:FREQ=DAILY")).text("id"),
                    late = id + "_20261204T080000Z", early = id + "_20261201T080000Z";
  (void)client.patch(event_path(late), json("{'summary':'Late'}"));
  (void)client.remove(event_path(early));
  const std::string token = client.sync_token();
  EXPECT_EQ(edit_on_page(client, id + "_20261203T080000Z", "following", Json()).status, 200);
  const Response next = client.changes_since(token);
  EXPECT_EQ(next.count(), 3u);
  for (const Json& item : next.list("items")) {
    if (item.string("id") == late) {
      EXPECT_EQ(item.string("status"), "cancelled");
      EXPECT_FALSE(item.contains("recurringEventId"));
      EXPECT_FALSE(item.contains("originalStartTime"));
    }
    if (item.string("id") == early) {
      EXPECT_TRUE(item.contains("recurringEventId"))
          << "an earlier cancelled exception comes again in full";
    }
  }
}

FACT(EmulatorOnly, "all events, text: exceptions and the cut-off parts are overwritten", observed) {
  const std::string id = client.insert(daily("D", "RRULE:FREQ=DAILY")).text("id");
  (void)client.patch(event_path(id + "_20261201T080000Z"), json("{'summary':'Mine'}"));
  (void)edit_on_page(client, id + "_20261203T080000Z", "following", json("{'location':'L'}"));
  EXPECT_EQ(edit_on_page(client, id + "_20261202T080000Z", "all", json("{'summary':'All'}")).status,
            200);
  EXPECT_EQ(client.event(id + "_20261201T080000Z").text("summary"), "All");
  EXPECT_EQ(client.event(id + "_20261205T080000Z").text("summary"), "All");
}

FACT(EmulatorOnly,
     "all events, time: the series moves by what the instance moved, on the wall clock", guessed) {
  const std::string id = client.insert(daily()).text("id");
  (void)edit_on_page(client, id + "_20261203T080000Z", "all",
                     in_berlin("2026-12-03T10:00:00+01:00", "2026-12-03T11:00:00+01:00"));
  EXPECT_EQ(client.event(id).text("start.dateTime"), "2026-12-01T10:00:00+01:00");
  EXPECT_EQ(client.event(id).text("end.dateTime"), "2026-12-01T11:00:00+01:00");
  EXPECT_EQ(client.instances(id).count(), 5u);
}

FACT(EmulatorOnly, "a weekly series moved to another day takes BYDAY along", guessed) {
  const std::string id = client.insert(daily("W", "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=3")).text("id");
  (void)edit_on_page(client, id + "_20261208T080000Z", "all",
                     in_berlin("2026-12-09T09:00:00+01:00", "2026-12-09T09:30:00+01:00"));
  EXPECT_EQ(client.event(id).dump("recurrence"), "[\"RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=3\"]");
  EXPECT_EQ(client.instances(id).count(), 3u);
}

FACT(EmulatorOnly, "the first instance as cut is the whole series", guessed) {
  const std::string id = client.insert(daily()).text("id");
  EXPECT_EQ(edit_on_page(client, id + "_20261201T080000Z", "following", json("{'summary':'E'}"))
                .text("id"),
            id);
  EXPECT_EQ(client.events().count(), 1u);
}

FACT(EmulatorOnly, "delete all: the series is gone", documented) {
  const std::string id = client.insert(daily()).text("id");
  EXPECT_EQ(edit_on_page(client, id + "_20261203T080000Z", "all", Json()).status, 200);
  EXPECT_EQ(client.events().count(), 0u);
}

FACT(EmulatorOnly, "a cut gives each part the added dates on its side", guessed) {
  Json body = daily("D");
  body.set("recurrence",
           json("['RRULE:FREQ=DAILY;COUNT=3','RDATE;TZID=Europe/Berlin:20261201T150000,"
                "20261205T150000','RDATE:20261208T080000Z']"));
  const std::string id = client.insert(body).text("id");
  ASSERT_EQ(client.events("?singleEvents=true").count(), 6u);
  const Response next =
      edit_on_page(client, id + "_20261203T080000Z", "following", json("{'summary':'E'}"));
  EXPECT_EQ(client.event(id).dump("recurrence"),
            "[\"RRULE:FREQ=DAILY;UNTIL=20261202T225959Z\","
            "\"RDATE;TZID=Europe/Berlin:20261201T150000\"]");
  EXPECT_EQ(next.dump("recurrence"),
            "[\"RRULE:FREQ=DAILY;COUNT=1\",\"RDATE;TZID=Europe/Berlin:20261205T150000\","
            "\"RDATE:20261208T080000Z\"]");
  EXPECT_EQ(client.events("?singleEvents=true").count(), 6u);
}

// What the guest's calendar shows of both parts of a cut series.
std::string all_of(EmulatorOnly& client, const User& user) {
  std::string out;
  const Response list =
      client.as(user, "GET", "/calendars/primary/events?singleEvents=true&orderBy=startTime");
  for (const Json& item : list.list("items"))
    out += item["start"].string("dateTime") + " " + item.string("summary") + "\n";
  return out;
}

FACT(EmulatorOnly, "this and following: the guest has both parts, exceptions too", documented) {
  const User guest = client.another_user();
  const std::string id =
      client.insert(inviting(daily("D", "RRULE:FREQ=DAILY;COUNT=6"), {guest.email})).text("id");
  (void)client.patch(event_path(id + "_20261204T080000Z"), json("{'summary':'Late'}"));
  (void)client.remove(event_path(id + "_20261205T080000Z"));
  (void)client.as(guest, "PATCH", event_path(id + "_20261206T080000Z"), "{\"colorId\":\"4\"}");
  (void)edit_on_page(client, id + "_20261203T080000Z", "following", json("{'location':'L'}"));
  EXPECT_EQ(all_of(client, guest), all_of(client, client.me));
  EXPECT_EQ(client.as(guest, "GET", "/calendars/primary/events?singleEvents=true").count(), 5u);
  const Response own = client.as(guest, "GET", event_path(id + "_20261206T080000Z"));
  EXPECT_EQ(own.text("colorId"), "4") << "the guest's own exception moved along";
  EXPECT_EQ(own.text("recurringEventId"), id + "_R20261203T080000");
  EXPECT_EQ(own.text("location"), "L");
}

FACT(EmulatorOnly, "a guest of the later part alone answers its occurrences", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(inviting(daily(), {guest.email})).text("id"),
                    one = id + "_20261204T080000Z";
  (void)client.patch(event_path(id), json("{'attendees':[]}"));
  (void)edit_on_page(client, id + "_20261203T080000Z", "following", guest_list({guest.email}));
  EXPECT_EQ(all_of(client, guest).substr(0, 10), "2026-12-03");
  EXPECT_EQ(
      client.as(guest, "PATCH", event_path(one), own_answer(guest.email, "accepted").dump()).status,
      200);
  EXPECT_EQ(response_of(client.event(one).json, guest.email), "accepted");
}

FACT(EmulatorOnly, "delete this and following: gone for the guest, too", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(inviting(daily(), {guest.email})).text("id");
  (void)client.patch(event_path(id + "_20261204T080000Z"), json("{'summary':'Late'}"));
  (void)client.as(guest, "PATCH", event_path(id + "_20261205T080000Z"), "{\"colorId\":\"4\"}");
  (void)edit_on_page(client, id + "_20261203T080000Z", "following", Json());
  EXPECT_EQ(all_of(client, guest), all_of(client, client.me));
  EXPECT_EQ(client.as(guest, "GET", "/calendars/primary/events?singleEvents=true").count(), 2u);
}

FACT(EmulatorOnly, "all events, time: the guest keeps no exception of the old times", documented) {
  const User guest = client.another_user();
  const std::string id =
      client.insert(inviting(daily("D", "RRULE:FREQ=DAILY;COUNT=4"), {guest.email})).text("id");
  (void)client.patch(event_path(id + "_20261202T080000Z"),
                     in_berlin("2026-12-02T15:00:00+01:00", "2026-12-02T15:30:00+01:00"));
  (void)client.remove(event_path(id + "_20261203T080000Z"));
  (void)client.as(guest, "PATCH", event_path(id + "_20261204T080000Z"), "{\"colorId\":\"4\"}");
  (void)edit_on_page(client, id + "_20261201T080000Z", "all",
                     in_berlin("2026-12-01T10:00:00+01:00", "2026-12-01T10:30:00+01:00"));
  EXPECT_EQ(all_of(client, guest), all_of(client, client.me));
  EXPECT_EQ(client.as(guest, "GET", "/calendars/primary/events?singleEvents=true").count(), 4u);
}

FACT(EmulatorOnly, "a guest answers for all events: exceptions with other guests too", guessed) {
  const User guest = client.another_user();
  const std::string id = client.insert(inviting(daily(), {guest.email})).text("id"),
                    one = id + "_20261202T080000Z";
  (void)client.patch(event_path(one), guest_list({guest.email, "x@example.org"}));
  Json body = Json::object(
      {{"email", guest.email},
       {"calendar", "primary"},
       {"event", id},
       {"scope", "all"},
       {"change", answered(client.as(guest, "GET", event_path(id)), guest.email, "accepted")}});
  EXPECT_EQ(client.control("POST", "/series", body).status, 200);
  EXPECT_EQ(response_of(client.event(id).json, guest.email), "accepted");
  EXPECT_EQ(response_of(client.event(one).json, guest.email), "accepted");
  EXPECT_EQ(client.event(one).count("attendees"), 2u);
}

FACT(EmulatorOnly, "a guest with guestsCanModify cuts the organizer's series", guessed) {
  const User guest = client.another_user();
  const std::string id =
      client.insert(merged(inviting(daily(), {guest.email}), "{'guestsCanModify':true}"))
          .text("id");
  const Json body = Json::object({{"email", guest.email},
                                  {"calendar", "primary"},
                                  {"event", id + "_20261203T080000Z"},
                                  {"scope", "following"},
                                  {"change", json("{'summary':'E'}")}});
  const Response next = client.control("POST", "/series", body);
  EXPECT_EQ(next.text("id"), id + "_R20261203T080000");
  EXPECT_EQ(client.event(next.text("id")).text("summary"), "E");
  EXPECT_EQ(all_of(client, guest), all_of(client, client.me));
}

}  // namespace
}  // namespace contract
