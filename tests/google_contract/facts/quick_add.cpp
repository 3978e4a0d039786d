// events.quickAdd: the texts that Google shows in its documentation and on its page.
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

Response quick_add(Client& client, const std::string& text) {
  return client.call("POST", "/calendars/primary/events/quickAdd?text=" + escape(text));
}

void expect_times(const Response& event, const std::string& from, const std::string& until) {
  EXPECT_EQ(event.status, 200) << event.body;
  EXPECT_EQ(event.text("start.dateTime").substr(4, 12), from) << event.body;
  EXPECT_EQ(event.text("end.dateTime").substr(4, 12), until) << event.body;
}

SECTION("events.quickAdd");

FACT(Client, "\"Appointment at Somewhere on June 3rd 10am-10:25am\"", documented) {
  const Response event = quick_add(client, "Appointment at Somewhere on June 3rd 10am-10:25am");
  expect_times(event, "-06-03T10:00", "-06-03T10:25");
  EXPECT_TRUE(event.text("summary").starts_with("Appointment"));
  EXPECT_EQ(client.event(event.text("id")).text("status"), "confirmed");
}

// The guide of the Calendar Data API, for example in its Java sample EventFeedDemo.
FACT(Client, "\"Tennis with John April 11 3pm-3:30pm\"", documented) {
  const Response event = quick_add(client, "Tennis with John April 11 3pm-3:30pm");
  expect_times(event, "-04-11T15:00", "-04-11T15:30");
  EXPECT_EQ(event.text("summary"), "Tennis with John");
}

// The hint of Google's page: billbennett.co.nz/google-calendar-rubbish-quick-add.
FACT(Client, "\"Dinner with Michael 7 p.m. tomorrow\" lasts an hour", observed) {
  const Response event = quick_add(client, "Dinner with Michael 7 p.m. tomorrow");
  EXPECT_EQ(event.status, 200) << event.body;
  EXPECT_EQ(event.text("start.dateTime").substr(10, 6), "T19:00");
  EXPECT_EQ(event.text("end.dateTime").substr(10, 6), "T20:00");
  EXPECT_EQ(event.text("summary"), "Dinner with Michael");
}

FACT(EmulatorOnly, "what follows at is the place; the zone is the calendar's", guessed) {
  const Response event = quick_add(client, "Lunch at Joe's Bar on June 3rd 10am-10:25am");
  EXPECT_EQ(event.text("summary"), "Lunch");
  EXPECT_EQ(event.text("location"), "Joe's Bar");
  EXPECT_EQ(event.text("start.timeZone"), "Europe/Berlin");
  EXPECT_EQ(event.text("start.dateTime").substr(16), ":00+02:00");
}

FACT(Client, "the day may come before the time; a year may be given", guessed) {
  expect_times(quick_add(client, "Night 11:30pm-0:15 on December 31 2030"), "-12-31T23:30",
               "-01-01T00:15");
  expect_times(quick_add(client, "Talk on Feb 29, 2028 at 9am"), "-02-29T09:00", "-02-29T10:00");
}

FACT(Client, "no text: 400 required", documented) {
  const Response response = client.call("POST", "/calendars/primary/events/quickAdd");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.reason(), "required");
}

FACT(EmulatorOnly, "a text of another form: 400, and no event", guessed) {
  for (const char* text : {"Lunch", "Lunch at noon", "June 3rd 10am", "10am-11am tomorrow",
                           "Lunch on June 31st 10am", "Lunch tomorrow", "Lunch 25:00 tomorrow",
                           "Lunch 13pm tomorrow", "Lunch next week 10am", "\xff\xfe 10am tomorrow"})
    EXPECT_EQ(quick_add(client, text).status, 400) << text;
  EXPECT_EQ(client.events().count(), 0u);
}

FACT(TwoAccounts, "a reader of the calendar may not: 403", documented) {
  const User other = client.another_user();
  (void)client.post(
      "/calendars/primary/acl",
      json("{'role':'reader','scope':{'type':'user','value':'" + other.email + "'}}"));
  EXPECT_EQ(client
                .as(other, "POST",
                    "/calendars/" + escape(client.calendar) +
                        "/events/quickAdd?text=" + escape("A tomorrow 7pm"))
                .status,
            403);
}

}  // namespace
}  // namespace contract
