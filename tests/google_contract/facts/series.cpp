// Series: instances and their ids, exceptions, cancelled instances.
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

SECTION("series");

FACT(Client, "an instance's id is <series>_<start in UTC>Z", observed) {
  const std::string id = client.insert(daily()).text("id");
  EXPECT_EQ(client.instances(id).text("items.0.id"), id + "_20261201T080000Z");
}

FACT(Client, "of an all-day series <series>_<date>", observed) {
  Json body = all_day("D", "2026-12-01", "2026-12-02");
  body.set("recurrence", json("['RRULE:FREQ=DAILY;COUNT=2']"));
  const std::string id = client.insert(body).text("id");
  EXPECT_EQ(client.instances(id).text("items.1.id"), id + "_20261202");
}

FACT(Client, "the same local time has another suffix in summer", observed) {
  Json body = daily("S", "RRULE:FREQ=DAILY;COUNT=2");
  body.set("start", json("{'dateTime':'2027-03-27T09:00:00','timeZone':'Europe/Berlin'}"));
  body.set("end", json("{'dateTime':'2027-03-27T10:00:00','timeZone':'Europe/Berlin'}"));
  const std::string id = client.insert(body).text("id");
  EXPECT_EQ(client.instances(id).text("items.0.id"), id + "_20270327T080000Z");
  EXPECT_EQ(client.instances(id).text("items.1.id"), id + "_20270328T070000Z");
}

FACT(Client, "an instance has recurringEventId, originalStartTime, iCalUID, no recurrence",
     documented) {
  const Response made = client.insert(daily());
  const Response one = client.event(made.text("id") + "_20261202T080000Z");
  EXPECT_EQ(one.text("recurringEventId"), made.text("id"));
  EXPECT_EQ(one.text("originalStartTime.dateTime"), "2026-12-02T09:00:00+01:00");
  EXPECT_EQ(one.text("iCalUID"), made.text("iCalUID"));
  EXPECT_EQ(one.dump("recurrence"), "absent");
}

FACT(Client, "an id that names no instance: 404", documented) {
  const std::string id = client.insert(daily()).text("id");
  EXPECT_EQ(client.event(id + "_20261202T090000Z").status, 404);
  EXPECT_EQ(client.event(id + "_20270101T080000Z").status, 404);
  EXPECT_EQ(client.event(id + "_20261202T080000Z_20261202T080000Z").status, 404);
}

FACT(Client, "a patch of an instance makes an exception, the others stay", documented) {
  const std::string id = client.insert(daily()).text("id");
  EXPECT_EQ(client.patch(event_path(id + "_20261202T080000Z"), json("{'summary':'Other'}"))
                .text("summary"),
            "Other");
  EXPECT_EQ(client.event(id + "_20261203T080000Z").text("summary"), "Series");
  EXPECT_EQ(client.events().count(), 2u);
}

FACT(Client, "a moved instance keeps its id and originalStartTime", documented) {
  const std::string id = client.insert(daily()).text("id"), one = id + "_20261202T080000Z";
  const Response moved =
      client.patch(event_path(one), json("{'start':{'dateTime':'2026-12-02T15:00:00+01:00'},"
                                         "'end':{'dateTime':'2026-12-02T15:30:00+01:00'}}"));
  EXPECT_EQ(moved.text("id"), one);
  EXPECT_EQ(moved.text("originalStartTime.dateTime"), "2026-12-02T09:00:00+01:00");
  EXPECT_EQ(moved.text("start.dateTime"), "2026-12-02T15:00:00+01:00");
}

FACT(Client, "deleting an instance adds no EXDATE", observed) {
  const std::string id = client.insert(daily()).text("id");
  EXPECT_EQ(client.remove(event_path(id + "_20261202T080000Z")).status, 204);
  EXPECT_EQ(client.event(id).dump("recurrence"), "[\"RRULE:FREQ=DAILY;COUNT=5\"]");
  EXPECT_EQ(client.instances(id).count(), 4u);
}

FACT(Client, "deleting an exception cancels its slot, the plain instance does not come back",
     observed) {
  const std::string id = client.insert(daily()).text("id"),
                    one = event_path(id + "_20261202T080000Z");
  (void)client.patch(one, json("{'summary':'Other'}"));
  (void)client.remove(one);
  EXPECT_EQ(client.instances(id).count(), 4u);
  EXPECT_EQ(client.get(one).text("status"), "cancelled");
}

FACT(Client, "a cancelled instance comes with showDeleted", documented) {
  const std::string id = client.insert(daily()).text("id");
  (void)client.remove(event_path(id + "_20261202T080000Z"));
  EXPECT_EQ(client.instances(id, "?showDeleted=true").count(), 5u);
}

FACT(Client, "a cancelled instance is restored by a patch of its status", observed) {
  const std::string id = client.insert(daily()).text("id"),
                    one = event_path(id + "_20261202T080000Z");
  (void)client.remove(one);
  EXPECT_EQ(client.patch(one, json("{'status':'confirmed'}")).status, 200);
  EXPECT_EQ(client.instances(id).count(), 5u);
}

FACT(Client, "an EXDATE that was sent stays in recurrence and makes no exception", observed) {
  Json body = daily();
  body.member("recurrence").push("EXDATE;TZID=Europe/Berlin:20261202T090000");
  const std::string id = client.insert(body).text("id");
  EXPECT_EQ(client.events().count(), 1u);
  EXPECT_EQ(client.event(id).count("recurrence"), 2u);
  EXPECT_EQ(client.instances(id, "?showDeleted=true").count(), 4u);
}

FACT(Client, "one etag for the whole series: an exception changes the master's", observed) {
  const Response made = client.insert(daily());
  const std::string id = made.text("id");
  const Response changed =
      client.patch(event_path(id + "_20261202T080000Z"), json("{'summary':'Other'}"));
  EXPECT_NE(client.event(id).text("etag"), made.text("etag"));
  EXPECT_EQ(client.event(id).text("etag"), changed.text("etag"));
}

FACT(Client, "a text edit of an exception leaves its sequence, a move raises it", observed) {
  const std::string id = client.insert(daily()).text("id");
  EXPECT_EQ(client.patch(event_path(id + "_20261202T080000Z"), json("{'summary':'Other'}"))
                .dump("sequence"),
            "0");
  EXPECT_EQ(client
                .patch(event_path(id + "_20261203T080000Z"),
                       json("{'start':{'dateTime':'2026-12-03T15:00:00+01:00'},"
                            "'end':{'dateTime':'2026-12-03T15:30:00+01:00'}}"))
                .dump("sequence"),
            "1");
}

FACT(Client, "originalStart of instances picks one", documented) {
  const std::string id = client.insert(daily()).text("id");
  const Response one =
      client.instances(id, "?originalStart=" + escape("2026-12-03T09:00:00+01:00"));
  EXPECT_EQ(one.count(), 1u);
  EXPECT_EQ(one.text("items.0.id"), id + "_20261203T080000Z");
}

FACT(Client, "originalStart may be written with another offset", guessed) {
  const std::string id = client.insert(daily()).text("id");
  EXPECT_EQ(client.instances(id, "?originalStart=2026-12-03T08:00:00Z").count(), 1u);
}

FACT(Client, "instances come in pages", documented) {
  const std::string id = client.insert(daily()).text("id");
  const Response first = client.instances(id, "?maxResults=3");
  EXPECT_EQ(first.count(), 3u);
  const Response second =
      client.instances(id, "?maxResults=3&pageToken=" + escape(first.text("nextPageToken")));
  EXPECT_EQ(second.count(), 2u);
  EXPECT_EQ(second.dump("nextPageToken"), "absent");
}

FACT(Client, "timeMin and timeMax of instances", documented) {
  const std::string id = client.insert(daily()).text("id");
  EXPECT_EQ(
      client.instances(id, "?timeMin=2026-12-02T00:00:00Z&timeMax=2026-12-04T00:00:00Z").count(),
      2u);
}

FACT(Client, "instances of a single event are refused", guessed) {
  EXPECT_EQ(client.instances(client.insert(timed("A")).text("id")).status, 400);
}

FACT(Client, "instances of an unknown series: 404", documented) {
  EXPECT_EQ(client.instances("unknown00").status, 404);
}

FACT(Client, "deleting the series deletes its instances", documented) {
  const std::string id = client.insert(daily()).text("id");
  (void)client.remove(event_path(id));
  EXPECT_EQ(client.events("?singleEvents=true").count(), 0u);
  EXPECT_EQ(client.event(id + "_20261202T080000Z").text("status"), "cancelled");
}

FACT(Client, "a PUT without recurrence turns the series into a single event", observed) {
  const std::string id = client.insert(daily()).text("id");
  EXPECT_EQ(client.put(event_path(id), timed("Single")).status, 200);
  EXPECT_EQ(client.events("?singleEvents=true").count(), 1u);
}

FACT(Client, "UNTIL set through the API leaves the exceptions behind it", observed) {
  const std::string id = client.insert(daily()).text("id");
  (void)client.patch(event_path(id + "_20261204T080000Z"), json("{'summary':'Late'}"));
  (void)client.patch(event_path(id),
                     json("{'recurrence':['RRULE:FREQ=DAILY;UNTIL=20261202T225959Z']}"));
  EXPECT_EQ(client.event(id + "_20261204T080000Z").text("status"), "confirmed");
  EXPECT_EQ(client.events("?singleEvents=true").count(), 3u);
}

FACT(Client, "an instance may not be given a rule", documented) {
  const std::string id = client.insert(daily()).text("id");
  EXPECT_EQ(client
                .patch(event_path(id + "_20261202T080000Z"),
                       json("{'recurrence':['RRULE:FREQ=DAILY;COUNT=2']}"))
                .dump("recurrence"),
            "absent");
}

FACT(Client, "a series far away in time answers its instance ids", guessed) {
  const std::string id = client.insert(daily("Endless", "RRULE:FREQ=DAILY")).text("id");
  EXPECT_EQ(client.event(id + "_20361201T080000Z").status, 200);
}

}  // namespace
}  // namespace contract
