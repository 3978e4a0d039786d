// Hostile input: texts, times, rules and guests at the edge of what is allowed, and beyond it.
#include "tests/google_contract/facts/hostile.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

SECTION("hostile");

FACT(PrivateAccount,
     "texts come back as they were sent: emoji, right-to-left, formulas, marks, quotes", guessed) {
  for (const std::string& text :
       Texts{"👩‍👩‍👧‍👦", "Z" + repeated("\xcc\x81", 2'000),
             "\xe2\x80\xaegnirts\xe2\x80\xac", std::string("a\xe2\x80\x8b") + "b",
             std::string("\xd0\xb0") + "dmin@example.com", "e\xcc\x81 é", "=1+1",
             "{{ 7*7 }} ${x} %s %n", "'; DROP TABLE events; --", "Ignore all previous instructions",
             "<script>alert(1)</script>", "a\r\nb\tc", repeated("x", 8'000)}) {
    const Response made = client.insert(timed(text));
    EXPECT_EQ(made.status, 200) << text.substr(0, 60);
    EXPECT_EQ(client.event(made.text("id")).text("summary"), text) << text.substr(0, 60);
  }
  Json big = timed("A");
  big.set("description", repeated("d", 1 << 20));
  expect_well_formed(client.insert(big), "a megabyte of description");
  expect_well_formed(client.insert(timed(std::string("a\0b", 3))), "a NUL");
  EXPECT_EQ(client.events().status, 200);
}

FACT(PrivateAccount, "times at every edge", guessed) {
  const std::vector<std::string> moments{
      R"({})",
      R"({"date":"2026-12-01","dateTime":"2026-12-01T10:00:00Z"})",
      R"({"date":"0000-01-01"})",
      R"({"date":"9999-12-31"})",
      R"({"date":"2026-02-30"})",
      R"({"date":"2026-13-01"})",
      R"({"date":"20261201"})",
      R"({"date":""})",
      R"({"date":"-0001-01-01"})",
      R"({"date":"99999999-01-01"})",
      R"({"dateTime":"2026-12-01T24:00:00Z"})",
      R"({"dateTime":"2026-12-01T23:59:60Z"})",
      R"({"dateTime":"2026-12-01T10:00:00+14:00"})",
      R"({"dateTime":"2026-12-01T10:00:00+25:00"})",
      R"({"dateTime":"2026-12-01T10:00:00-99:99"})",
      R"({"dateTime":"2026-12-01T10:00:00"})",
      R"({"dateTime":"2026-12-01T10:00:00","timeZone":"Nowhere/City"})",
      R"({"dateTime":"2026-12-01T10:00:00","timeZone":"Etc/GMT+5"})",
      R"({"dateTime":"2026-12-01T10:00:00","timeZone":"US/Pacific-New"})",
      R"({"dateTime":"2026-12-01T10:00:00","timeZone":"../../etc/passwd"})",
      R"({"dateTime":"2026-03-29T02:30:00","timeZone":"Europe/Berlin"})",
      R"({"dateTime":"2026-10-25T02:30:00","timeZone":"Europe/Berlin"})",
      R"({"dateTime":"0001-01-01T00:00:00Z"})",
      R"({"dateTime":"9999-12-31T23:59:59Z"})",
      R"({"dateTime":"2026-12-01T10:00:00.123456789Z"})",
      R"({"dateTime":"2026-12-01t10:00:00z"})",
      R"({"dateTime":"2026-12-01 10:00:00Z"})",
      R"({"dateTime":"now"})"};
  for (const std::string& start : moments)
    for (const std::string& end : moments)
      for (const char* more : {"", R"(,"recurrence":["RRULE:FREQ=YEARLY"])"}) {
        if (*more != 0 && start != end) continue;
        const std::string body =
            R"({"summary":"A","start":)" + start + R"(,"end":)" + end + more + "}";
        expect_well_formed(insert_text(client, body), body);
      }
  EXPECT_EQ(client.events("?maxResults=2500").status, 200);
  EXPECT_EQ(
      client
          .events(
              "?maxResults=2500&singleEvents=true&orderBy=startTime&timeMax=2030-01-01T00:00:00Z")
          .status,
      200);
  for (const char* bound : {"0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "now", "2026-12-01",
                            "2026-12-01T00:00:00+99:99"})
    for (const char* name : {"timeMin", "timeMax", "updatedMin"})
      expect_well_formed(
          client.events(std::string("?singleEvents=true&") + name + "=" + escape(bound)), bound);
}

FACT(PrivateAccount, "rules: refused, or they can be listed and expanded", guessed) {
  for (const std::string& rule :
       Texts{"RRULE:FREQ=DAILY;COUNT=0",
             "RRULE:FREQ=DAILY;COUNT=1000000000",
             "RRULE:FREQ=DAILY;UNTIL=20200101",
             "RRULE:FREQ=DAILY;UNTIL=20261231",
             "RRULE:FREQ=DAILY;INTERVAL=0",
             "RRULE:FREQ=DAILY;INTERVAL=1000000000",
             "RRULE:FREQ=DAILY;INTERVAL=-1",
             "RRULE:FREQ=YEARLY;BYDAY=54MO",
             "RRULE:FREQ=YEARLY;BYDAY=-54MO",
             "RRULE:FREQ=MONTHLY;BYMONTHDAY=-31",
             "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
             "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
             "RRULE:FREQ=SECONDLY",
             "RRULE:FREQ=MINUTELY",
             "RRULE:FREQ=HOURLY",
             "RRULE:FREQ=DAILY;COUNT=3;UNTIL=20261231T000000Z",
             "EXRULE:FREQ=DAILY",
             "RDATE;VALUE=PERIOD:20261201T090000Z/PT1H",
             "RDATE:20261205T090000Z",
             "EXDATE:20261201T080000Z",
             "EXDATE;TZID=Nowhere/City:20261202T090000",
             "EXDATE:" + repeated("20261202T080000Z,", 10'000) + "20261203T080000Z",
             "RRULE:FREQ=DAILY\r\nRRULE:FREQ=WEEKLY",
             "RRULE:FREQ=DAILY\nX-EVIL:1",
             "rrule:freq=daily;count=3",
             "RRULE:FREQ = DAILY",
             " RRULE:FREQ=DAILY",
             "RRULE:FREQ=DAILY;UNKNOWN=1",
             "RRULE:",
             "RRULE",
             "",
             "RRULE:FREQ=",
             "RRULE:FREQ=DAILY;BYDAY=" + repeated("MO,", 20'000) + "TU",
             "RRULE:FREQ=YEARLY;BYSETPOS=367;BYMONTH=1",
             "RRULE:FREQ=DAILY;BYHOUR=25",
             "RRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO",
             "RRULE:FREQ=YEARLY;BYYEARDAY=366",
             "RRULE:FREQ=WEEKLY;WKST=XX"}) {
    const Response made = client.insert(daily("S", rule));
    expect_well_formed(made, rule);
    if (made.status != 200) continue;
    expect_well_formed(
        client.get(std::string(kEvents) + "/" + made.text("id") + "/instances?maxResults=2500"),
        rule);
    EXPECT_EQ(
        client
            .events("?singleEvents=true&timeMin=2026-11-01T00:00:00Z&timeMax=2030-01-01T00:00:"
                    "00Z&maxResults=2500")
            .status,
        200)
        << rule.substr(0, 100);
    expect_well_formed(client.remove(std::string(kEvents) + "/" + made.text("id")), rule);
  }
  Json many = daily("S");
  many.set("recurrence", Json::array({"RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2"}));
  expect_well_formed(client.insert(many), "two rules");
}

FACT(PrivateAccount, "guests: none, twice, without address, 320 characters, 5000 of them",
     guessed) {
  const std::string rest = kDates + "}";
  std::string many;
  for (int i = 0; i < 5'000; ++i)
    many +=
        (i == 0 ? "" : ",") + std::string("{\"email\":\"g") + std::to_string(i) + "@example.org\"}";
  for (const std::string& list :
       Texts{"[]", "[{}]", R"([{"displayName":"nobody"}])",
             R"([{"email":"A@example.org"},{"email":"a@EXAMPLE.org"}])",
             R"([{"email":"a+b@example.org"}])", R"([{"email":"jürgen@müller.example"}])",
             R"([{"email":"\"a b\"@x.example"}])", R"([{"email":"@"}])",
             R"([{"email":"a@example.org","responseStatus":"perhaps"}])",

             R"([{"email":"a@example.org","self":true},{"email":"b@example.org","self":true}])",
             R"([{"email":"a@example.org","additionalGuests":-1}])",
             "[{\"email\":\"" + repeated("a", 320) + "@example.org\"}]", "[" + many + "]",
             "[{\"email\":\"" + client.me.email +
                 "\",\"organizer\":true,\"responseStatus\":\"declined\"}]"})
    expect_well_formed(insert_text(client, "{\"attendees\":" + list + "," + rest), list);
  EXPECT_EQ(client.events().status, 200);
}

}  // namespace
}  // namespace contract
