// Series: the instances that a rule gives.
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

// `start`: local time in Berlin, or a date. `lines`: the recurrence, as json() takes it. `last`:
// the start of the last instance, as Google writes it.
void expect_instances(Client& client, const std::string& start, const std::string& lines,
                      std::size_t count, const std::string& last) {
  const bool day = start.size() == 10;
  Json body = day ? all_day("S", start, start) : timed("S", start, start);
  if (day) {
    std::string next = start;  // no start here is the last day of a month
    next.replace(8, 2,
                 std::to_string(std::stoi(next.substr(8)) + 1)
                     .insert(0, std::stoi(next.substr(8)) < 9 ? "0" : ""));
    body.member("end").set("date", next);
  } else {
    for (const char* name : {"start", "end"}) body.member(name).set("timeZone", "Europe/Berlin");
  }
  body.set("recurrence", json(lines));
  const Response made = client.insert(body);
  ASSERT_EQ(made.status, 200) << made.body;
  const Response all =
      client.instances(made.text("id"), "?maxResults=100&timeMax=2040-01-01T00:00:00Z");
  ASSERT_EQ(all.count(), count) << all.body;
  const Json& begin = all.json["items"].items().back()["start"];
  EXPECT_EQ(begin.contains("date") ? begin.string("date") : begin.string("dateTime"), last);
}

SECTION("series.rules");

FACT(Client, "daily, three times", documented) {
  expect_instances(client, "2026-12-01T09:00:00", "['RRULE:FREQ=DAILY;COUNT=3']", 3,
                   "2026-12-03T09:00:00+01:00");
}

FACT(Client, "UNTIL in UTC includes the last instance at that moment", documented) {
  expect_instances(client, "2026-12-01T09:00:00", "['RRULE:FREQ=DAILY;UNTIL=20261203T080000Z']", 3,
                   "2026-12-03T09:00:00+01:00");
}

FACT(Client, "UNTIL one second before leaves it out", documented) {
  expect_instances(client, "2026-12-01T09:00:00", "['RRULE:FREQ=DAILY;UNTIL=20261203T075959Z']", 2,
                   "2026-12-02T09:00:00+01:00");
}

FACT(Client, "weekly on two days", documented) {
  expect_instances(client, "2026-12-01T09:00:00", "['RRULE:FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4']", 4,
                   "2026-12-10T09:00:00+01:00");
}

FACT(Client, "every second week", documented) {
  expect_instances(client, "2026-12-01T09:00:00", "['RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3']", 3,
                   "2026-12-29T09:00:00+01:00");
}

FACT(Client, "every second week on a Sunday that is not the start", observed) {
  expect_instances(client, "2026-12-01T09:00:00",
                   "['RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;COUNT=2']", 3,
                   "2026-12-20T09:00:00+01:00");
}

FACT(Client, "no named day left in the first week: the next week that counts", observed) {
  expect_instances(client, "2026-12-03T09:00:00",
                   "['RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=2']", 3,
                   "2026-12-28T09:00:00+01:00");
}

FACT(Client, "a start that the rule does not name is an instance, which COUNT does not count",
     observed) {
  expect_instances(client, "2026-12-07T09:00:00",
                   "['RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU,TH,SA;COUNT=5']", 6,
                   "2026-12-17T09:00:00+01:00");
}

FACT(Client, "a rule that names no day at all leaves the start", guessed) {
  expect_instances(client, "2026-12-07T09:00:00", "['RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30']",
                   1, "2026-12-07T09:00:00+01:00");
}

FACT(Client, "monthly on the 31st skips the short months", documented) {
  expect_instances(client, "2027-01-31T09:00:00", "['RRULE:FREQ=MONTHLY;COUNT=4']", 4,
                   "2027-07-31T09:00:00+02:00");
}

FACT(Client, "the last Friday of a month", documented) {
  expect_instances(client, "2026-12-25T09:00:00", "['RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3']", 3,
                   "2027-02-26T09:00:00+01:00");
}

FACT(Client, "yearly on 29 February", documented) {
  expect_instances(client, "2028-02-29T09:00:00", "['RRULE:FREQ=YEARLY;COUNT=2']", 2,
                   "2032-02-29T09:00:00+01:00");
}

FACT(Client, "BYSETPOS counts the days of a week as well", documented) {
  expect_instances(client, "2026-12-04T09:00:00",
                   "['RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1;COUNT=3']", 3,
                   "2026-12-18T09:00:00+01:00");
}

FACT(Client, "BYSETPOS: a day at two positions is one day", documented) {
  expect_instances(client, "2026-12-27T09:00:00",
                   "['RRULE:FREQ=MONTHLY;BYDAY=SU;BYSETPOS=4,-1;COUNT=3']", 3,
                   "2027-01-31T09:00:00+01:00");
}

FACT(Client, "every second week, weeks beginning on a Saturday", documented) {
  expect_instances(client, "2026-12-04T09:00:00",
                   "['RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SA;BYDAY=MO,FR;COUNT=3']", 3,
                   "2026-12-18T09:00:00+01:00");
}

FACT(Client, "daily on the last days of a month", documented) {
  expect_instances(client, "2026-12-31T09:00:00", "['RRULE:FREQ=DAILY;BYMONTHDAY=-1;COUNT=3']", 3,
                   "2027-02-28T09:00:00+01:00");
}

FACT(Client, "the last week of a year reaches into January", documented) {
  expect_instances(client, "2027-01-01T09:00:00",
                   "['RRULE:FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR;COUNT=2']", 2,
                   "2027-12-31T09:00:00+01:00");
}

FACT(Client, "EXDATE takes one away", documented) {
  expect_instances(client, "2026-12-01T09:00:00",
                   "['RRULE:FREQ=DAILY;COUNT=3','EXDATE;TZID=Europe/Berlin:20261202T090000']", 2,
                   "2026-12-03T09:00:00+01:00");
}

FACT(Client, "EXDATE in UTC as well", documented) {
  expect_instances(client, "2026-12-01T09:00:00",
                   "['RRULE:FREQ=DAILY;COUNT=3','EXDATE:20261203T080000Z']", 2,
                   "2026-12-02T09:00:00+01:00");
}

FACT(Client, "a date EXDATE on a timed series does nothing", observed) {
  expect_instances(client, "2026-12-01T09:00:00",
                   "['RRULE:FREQ=DAILY;COUNT=3','EXDATE;VALUE=DATE:20261202']", 3,
                   "2026-12-03T09:00:00+01:00");
}

FACT(Client, "RDATE adds one", documented) {
  expect_instances(client, "2026-12-01T09:00:00",
                   "['RRULE:FREQ=DAILY;COUNT=2','RDATE;TZID=Europe/Berlin:20261210T100000']", 3,
                   "2026-12-10T10:00:00+01:00");
}

FACT(Client, "a series of RDATE alone", observed) {
  expect_instances(client, "2026-12-01T09:00:00",
                   "['RDATE;TZID=Europe/Berlin:20261205T090000,20261207T090000']", 3,
                   "2026-12-07T09:00:00+01:00");
}

FACT(Client, "EXRULE takes away", documented) {
  expect_instances(client, "2026-12-01T09:00:00",
                   "['RRULE:FREQ=DAILY;COUNT=7','EXRULE:FREQ=WEEKLY;COUNT=5']", 6,
                   "2026-12-07T09:00:00+01:00");
}

FACT(Client, "summer time: the wall clock stays", documented) {
  expect_instances(client, "2027-03-27T09:00:00", "['RRULE:FREQ=DAILY;COUNT=3']", 3,
                   "2027-03-29T09:00:00+02:00");
}

FACT(Client, "winter time: the wall clock stays", documented) {
  expect_instances(client, "2026-10-24T09:00:00", "['RRULE:FREQ=DAILY;COUNT=3']", 3,
                   "2026-10-26T09:00:00+01:00");
}

FACT(Client, "all-day across summer time", documented) {
  expect_instances(client, "2027-03-27", "['RRULE:FREQ=DAILY;COUNT=3']", 3, "2027-03-29");
}

FACT(Client, "all-day UNTIL is a date, inclusive", documented) {
  expect_instances(client, "2026-12-01", "['RRULE:FREQ=DAILY;UNTIL=20261205']", 5, "2026-12-05");
}

FACT(Client, "all-day EXDATE", documented) {
  expect_instances(client, "2026-12-01",
                   "['RRULE:FREQ=DAILY;COUNT=3','EXDATE;VALUE=DATE:20261202']", 2, "2026-12-03");
}

}  // namespace
}  // namespace contract
