// Guests of a series: what the organizer does to some or all occurrences arrives in their calendar.
// Google's guide "Events and attendees" says that the organizer's changes of shared properties
// travel to the attendees' copies; what this means for each occurrence follows from it.
#include "tests/google_contract/facts/guest_bodies.hpp"

namespace contract {
namespace {

// A daily series of five with this guest.
Response invite(Client& client, const User& guest) {
  return client.insert(inviting(daily(), {guest.email}));
}

std::string second_of(const Response& made) {
  return made.text("id") + "_20261202T080000Z";
}
std::string third_of(const Response& made) {
  return made.text("id") + "_20261203T080000Z";
}

constexpr const char* kMoved =
    "{'start':{'dateTime':'2026-12-02T15:00:00+01:00','timeZone':'Europe/Berlin'},"
    "'end':{'dateTime':'2026-12-02T15:30:00+01:00','timeZone':'Europe/Berlin'}}";

// The guest's calendar shows the occurrence as a cancelled exception and the others as they were.
void expect_cancelled_for(TwoAccounts& client, const User& guest, const Response& made) {
  const Response one = client.as(guest, "GET", event_path(second_of(made)));
  EXPECT_EQ(one.text("status"), "cancelled");
  EXPECT_EQ(one.text("recurringEventId"), made.text("id"));
  EXPECT_EQ(one.text("originalStartTime.dateTime"), "2026-12-02T09:00:00+01:00");
  EXPECT_EQ(copies(client, guest, made, "&singleEvents=true").count(), 4u);
  EXPECT_EQ(client.as(guest, "GET", event_path(made.text("id") + "/instances")).count(), 4u);
  EXPECT_EQ(client.as(guest, "GET", event_path(made.text("id") + "/instances", "?showDeleted=true"))
                .count(),
            5u);
}

SECTION("guests.series");

FACT(TwoAccounts, "one occurrence deleted is cancelled for the guest", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  EXPECT_EQ(client.remove(event_path(second_of(made))).status, 204);
  expect_cancelled_for(client, guest, made);
}

FACT(TwoAccounts, "status=cancelled for one occurrence does the same", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  (void)client.patch(event_path(second_of(made)), json("{'status':'cancelled'}"));
  expect_cancelled_for(client, guest, made);
}

// A guest who is taken off the list gets a cancelled event, seen with single events in
// googleapis/google-api-nodejs-client#3212.
FACT(TwoAccounts, "uninvited from one occurrence: it is cancelled for the guest", observed) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  EXPECT_EQ(client.patch(event_path(second_of(made)), json("{'attendees':[]}")).status, 200);
  expect_cancelled_for(client, guest, made);
  EXPECT_EQ(client.event(second_of(made)).text("status"), "confirmed");
}

FACT(TwoAccounts, "a cancelled occurrence that is restored comes back for the guest", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  (void)client.remove(event_path(second_of(made)));
  (void)client.patch(event_path(second_of(made)), json("{'status':'confirmed'}"));
  EXPECT_EQ(client.as(guest, "GET", event_path(second_of(made))).text("status"), "confirmed");
  EXPECT_EQ(copies(client, guest, made, "&singleEvents=true").count(), 5u);
}

FACT(TwoAccounts, "invited again to one occurrence: it comes back", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  (void)client.patch(event_path(second_of(made)), json("{'attendees':[]}"));
  (void)client.patch(event_path(second_of(made)), guest_list({guest.email}));
  EXPECT_EQ(occurrences(client, guest, made), occurrences(client, made));
}

FACT(TwoAccounts, "one occurrence moved and renamed is the same for the guest", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  (void)client.patch(event_path(second_of(made)), merged(json(kMoved), "{'summary':'Other'}"));
  const Response one = client.as(guest, "GET", event_path(second_of(made)));
  EXPECT_EQ(one.text("start.dateTime"), "2026-12-02T15:00:00+01:00");
  EXPECT_EQ(one.text("summary"), "Other");
  EXPECT_EQ(occurrences(client, guest, made), occurrences(client, made));
}

FACT(TwoAccounts, "a rule that changes is the same for the guest", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  (void)client.remove(event_path(second_of(made)));
  (void)client.patch(event_path(made.text("id")),
                     json("{'recurrence':['RRULE:FREQ=DAILY;COUNT=3']}"));
  EXPECT_EQ(occurrences(client, guest, made), occurrences(client, made));
  EXPECT_EQ(copies(client, guest, made, "&singleEvents=true").count(), 2u);
}

FACT(TwoAccounts, "a deleted series is gone for the guest, restored it is back", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  (void)client.patch(event_path(second_of(made)), json("{'summary':'Other'}"));
  (void)client.remove(event_path(third_of(made)));
  (void)client.remove(event_path(made.text("id")));
  EXPECT_EQ(copies(client, guest, made).count(), 0u);
  EXPECT_EQ(client.as(guest, "GET", event_path(made.text("id"))).text("status"), "cancelled");
  EXPECT_EQ(client.as(guest, "GET", event_path(second_of(made))).text("status"), "cancelled");
  (void)client.patch(event_path(made.text("id")), json("{'status':'confirmed'}"));
  EXPECT_EQ(occurrences(client, guest, made), occurrences(client, made));
  EXPECT_EQ(copies(client, guest, made, "&singleEvents=true").count(), 4u);
}

FACT(TwoAccounts, "invited later: a cancelled occurrence is cancelled for the guest", documented) {
  const User guest = client.another_user();
  const Response made = client.insert(daily());
  (void)client.remove(event_path(second_of(made)));
  (void)client.patch(event_path(made.text("id")), guest_list({guest.email}));
  expect_cancelled_for(client, guest, made);
}

// An exception has attendees of its own, which a change of the master leaves alone.
FACT(TwoAccounts, "invited later: an exception by its own attendees", guessed) {
  const User guest = client.another_user();
  const Response made = client.insert(daily());
  (void)client.patch(event_path(second_of(made)),
                     merged(inviting(json(kMoved), {guest.email}), "{'summary':'With'}"));
  (void)client.patch(event_path(third_of(made)), json("{'summary':'Without'}"));
  (void)client.patch(event_path(made.text("id")), guest_list({guest.email}));
  EXPECT_EQ(occurrences(client, guest, made),
            "2026-12-01T09:00:00+01:00 Series\n2026-12-02T15:00:00+01:00 With\n"
            "2026-12-04T09:00:00+01:00 Series\n2026-12-05T09:00:00+01:00 Series\n");
  EXPECT_EQ(client.as(guest, "GET", event_path(third_of(made))).text("status"), "cancelled");
}

FACT(TwoAccounts, "uninvited and invited again: the series as it is now", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  (void)client.patch(event_path(made.text("id")), json("{'attendees':[]}"));
  EXPECT_EQ(copies(client, guest, made).count(), 0u);
  (void)client.remove(event_path(second_of(made)));
  (void)client.patch(event_path(made.text("id")),
                     merged(guest_list({guest.email}), "{'summary':'Now'}"));
  EXPECT_EQ(occurrences(client, guest, made), occurrences(client, made));
}

FACT(TwoAccounts, "uninvited from the series, still invited to one occurrence", guessed) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  (void)client.patch(event_path(second_of(made)), json("{'summary':'Stays'}"));
  (void)client.patch(event_path(made.text("id")), json("{'attendees':[]}"));
  const Response list = copies(client, guest, made);
  ASSERT_EQ(list.count(), 1u);
  EXPECT_EQ(list.text("items.0.summary"), "Stays");
  EXPECT_EQ(client.as(guest, "GET", event_path(second_of(made))).text("status"), "confirmed");
  (void)client.patch(event_path(second_of(made)), json("{'attendees':[]}"));
  EXPECT_EQ(copies(client, guest, made).count(), 0u);
  EXPECT_EQ(client.as(guest, "GET", event_path(second_of(made))).text("status"), "cancelled");
}

FACT(TwoAccounts, "an occurrence kept without its series comes back with it", guessed) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  (void)client.patch(event_path(second_of(made)), json("{'summary':'Stays'}"));
  (void)client.patch(event_path(made.text("id")), json("{'attendees':[]}"));
  (void)client.as(guest, "DELETE", event_path(second_of(made)));
  (void)client.patch(event_path(second_of(made)), json("{'attendees':[]}"));
  (void)client.patch(event_path(second_of(made)), guest_list({guest.email}));
  (void)client.patch(event_path(made.text("id")), guest_list({guest.email}));
  EXPECT_EQ(occurrences(client, guest, made), occurrences(client, made));
}

FACT(TwoAccounts, "the guest's own settings of a series hold for a new exception", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  EXPECT_EQ(client.as(guest, "PATCH", event_path(made.text("id")), "{\"colorId\":\"4\"}").status,
            200);
  (void)client.patch(event_path(second_of(made)), json("{'summary':'Other'}"));
  const Response one = client.as(guest, "GET", event_path(second_of(made)));
  EXPECT_EQ(one.text("summary"), "Other");
  EXPECT_EQ(one.text("colorId"), "4");
}

FACT(PrivateAccount, "an increment and the busy times of the guest follow", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  const std::string events = "/calendars/primary/events",
                    token = client.as(guest, "GET", events).text("nextSyncToken");
  (void)client.remove(event_path(second_of(made)));
  (void)client.patch(event_path(third_of(made)), json("{'attendees':[]}"));
  const Response next = client.as(guest, "GET", events + "?syncToken=" + escape(token));
  std::string cancelled;
  for (const Json& item : next.list("items"))
    if (item.string("status") == "cancelled") cancelled += item.string("id") + "\n";
  EXPECT_EQ(cancelled, second_of(made) + "\n" + third_of(made) + "\n");
  Json query = json("{'timeMin':'2026-12-01T00:00:00Z','timeMax':'2026-12-08T00:00:00Z'}");
  query.set("items", Json::array({Json::object({{"id", guest.email}})}));
  const Response busy = client.as(guest, "POST", "/freeBusy", query.dump());
  EXPECT_EQ(busy.json["calendars"][guest.email]["busy"].items().size(), 3u) << busy.body;
}

FACT(PrivateAccount, "an all-day series is the same in the guest's time zone", documented) {
  const User guest = client.another_user();
  ASSERT_EQ(client.as(guest, "PATCH", "/calendars/primary", "{\"timeZone\":\"Asia/Tokyo\"}").status,
            200);
  const Response made = client.insert(inviting(
      merged(all_day("Days"), "{'recurrence':['RRULE:FREQ=DAILY;COUNT=4']}"), {guest.email}));
  const std::string one = made.text("id") + "_20261225";
  (void)client.patch(event_path(one), json("{'summary':'Other'}"));
  (void)client.remove(event_path(made.text("id") + "_20261226"));
  std::string seen;
  for (const Json& item :
       copies(client, guest, made, "&singleEvents=true&orderBy=startTime").list("items"))
    seen += item["start"].string("date") + " " + item.string("summary") + "\n";
  EXPECT_EQ(seen, "2026-12-24 Days\n2026-12-25 Other\n2026-12-27 Days\n");
}

FACT(PrivateAccount, "clearing the organizer's calendar cancels the copies", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, guest);
  EXPECT_EQ(client.call("POST", "/calendars/primary/clear").status, 204);
  EXPECT_EQ(client.as(guest, "GET", event_path(made.text("id"))).text("status"), "cancelled");
}

}  // namespace
}  // namespace contract
