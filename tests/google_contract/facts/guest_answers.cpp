// What a guest does to the own copy: answers and private settings, of one occurrence too, and
// deleting it.
#include "tests/google_contract/facts/guest_bodies.hpp"

namespace contract {
namespace {

Response invite(Client& client, const std::vector<std::string>& guests) {
  return client.insert(inviting(daily(), guests));
}

std::string second_of(const Response& made) {
  return made.text("id") + "_20261202T080000Z";
}

std::string status_of(TwoAccounts& client, const User& guest, const std::string& id) {
  return client.as(guest, "GET", event_path(id)).text("status");
}

SECTION("guests.answers");

FACT(TwoAccounts, "an answer for one occurrence makes it an exception for all", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email});
  const std::string one = second_of(made);
  const Response copy = client.as(guest, "GET", event_path(one));
  EXPECT_EQ(
      client.as(guest, "PATCH", event_path(one), answered(copy, guest.email, "declined").dump())
          .status,
      200);
  EXPECT_EQ(response_of(client.event(one).json, guest.email), "declined");
  EXPECT_EQ(response_of(client.event(made.text("id")).json, guest.email), "needsAction");
  EXPECT_EQ(client.events("?iCalUID=" + escape(made.text("iCalUID"))).count(), 2u);
}

FACT(PrivateAccount, "the answer for one occurrence reaches the other guests", documented) {
  const User a = client.another_user(), b = client.another_user();
  const Response made = invite(client, {a.email, b.email});
  const std::string one = second_of(made);
  const Response copy = client.as(a, "GET", event_path(one));
  (void)client.as(a, "PATCH", event_path(one), answered(copy, a.email, "tentative").dump());
  EXPECT_EQ(response_of(client.as(b, "GET", event_path(one)).json, a.email), "tentative");
}

FACT(TwoAccounts, "attendeesOmitted answers for one occurrence", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, {"x@example.org", guest.email});
  const std::string one = second_of(made);
  EXPECT_EQ(
      client.as(guest, "PATCH", event_path(one), own_answer(guest.email, "accepted").dump()).status,
      200);
  EXPECT_EQ(response_of(client.event(one).json, guest.email), "accepted");
  EXPECT_EQ(client.event(one).count("attendees"), 2u);
}

FACT(TwoAccounts, "an empty PATCH of one occurrence passes", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email});
  const Response patched = client.as(guest, "PATCH", event_path(second_of(made)), "{}");
  EXPECT_EQ(patched.status, 200);
  EXPECT_EQ(patched.text("id"), second_of(made));
  EXPECT_EQ(patched.text("status"), "confirmed");
}

FACT(TwoAccounts, "a PUT of the unchanged occurrence or series passes", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email, "x@example.org"});
  for (const std::string& id : {second_of(made), made.text("id")}) {
    const Response copy = client.as(guest, "GET", event_path(id));
    EXPECT_EQ(client.as(guest, "PUT", event_path(id), copy.body).status, 200) << id;
  }
}

FACT(TwoAccounts, "own settings of one occurrence stay in the guest's calendar", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email});
  const std::string one = second_of(made);
  for (const char* change : {"{'colorId':'4'}", "{'reminders':{'useDefault':false}}",
                             "{'extendedProperties':{'private':{'crm':'1'}}}",
                             "{'transparency':'transparent'}", "{'visibility':'private'}"})
    EXPECT_EQ(client.as(guest, "PATCH", event_path(one), json(change).dump()).status, 200)
        << change;
  const Response copy = client.as(guest, "GET", event_path(one));
  EXPECT_EQ(copy.text("colorId"), "4");
  EXPECT_EQ(copy.text("extendedProperties.private.crm"), "1");
  EXPECT_EQ(client.as(guest, "GET", event_path(made.text("id"))).dump("colorId"), "absent");
  EXPECT_EQ(client.event(one).dump("colorId"), "absent");
  EXPECT_EQ(client.event(one).dump("extendedProperties"), "absent");
}

FACT(TwoAccounts, "own settings of one occurrence survive the organizer's changes", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email});
  const std::string one = second_of(made);
  (void)client.as(guest, "PATCH", event_path(one), "{\"colorId\":\"4\"}");
  (void)client.patch(event_path(made.text("id")), json("{'summary':'All'}"));
  EXPECT_EQ(client.as(guest, "GET", event_path(one)).text("summary"), "All");
  EXPECT_EQ(client.as(guest, "GET", event_path(one)).text("colorId"), "4");
  (void)client.patch(event_path(one), json("{'summary':'One'}"));
  EXPECT_EQ(client.as(guest, "GET", event_path(one)).text("summary"), "One");
  EXPECT_EQ(client.as(guest, "GET", event_path(one)).text("colorId"), "4");
}

FACT(TwoAccounts, "a guest may not rename or move one occurrence", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email});
  for (const char* change :
       {"{'summary':'Mine'}",
        "{'start':{'dateTime':'2026-12-02T08:00:00+01:00','timeZone':'Europe/Berlin'}}"}) {
    const Response refused =
        client.as(guest, "PATCH", event_path(second_of(made)), json(change).dump());
    EXPECT_EQ(refused.status, 403) << change;
    EXPECT_EQ(refused.reason(), "forbiddenForNonOrganizer") << change;
  }
}

FACT(TwoAccounts, "an answer for the series leaves the exceptions' answers", guessed) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email});
  const std::string one = second_of(made);
  (void)client.as(guest, "PATCH", event_path(one), own_answer(guest.email, "declined").dump());
  (void)client.as(guest, "PATCH", event_path(made.text("id")),
                  own_answer(guest.email, "accepted").dump());
  EXPECT_EQ(response_of(client.event(made.text("id")).json, guest.email), "accepted");
  EXPECT_EQ(response_of(client.event(one).json, guest.email), "declined");
}

FACT(TwoAccounts, "a copy that the guest deletes is cancelled for the guest alone", documented) {
  const User guest = client.another_user();
  const Response made = client.insert(inviting(timed("Meeting"), {guest.email}));
  const std::string id = made.text("id");
  EXPECT_EQ(client.as(guest, "DELETE", event_path(id)).status, 204);
  EXPECT_EQ(status_of(client, guest, id), "cancelled");
  EXPECT_EQ(copies(client, guest, made).count(), 0u);
  EXPECT_EQ(client.event(id).text("status"), "confirmed");
  EXPECT_EQ(response_of(client.event(id).json, guest.email), "declined");
}

FACT(TwoAccounts, "the guest's second DELETE is 410 deleted", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email});
  for (const std::string& id : {second_of(made), made.text("id")}) {
    EXPECT_EQ(client.as(guest, "DELETE", event_path(id)).status, 204);
    const Response again = client.as(guest, "DELETE", event_path(id));
    EXPECT_EQ(again.status, 410);
    EXPECT_EQ(again.reason(), "deleted");
  }
}

FACT(TwoAccounts, "one occurrence that the guest deletes is a no for it alone", documented) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email});
  EXPECT_EQ(client.as(guest, "DELETE", event_path(second_of(made))).status, 204);
  EXPECT_EQ(status_of(client, guest, second_of(made)), "cancelled");
  EXPECT_EQ(copies(client, guest, made, "&singleEvents=true").count(), 4u);
  EXPECT_EQ(response_of(client.event(second_of(made)).json, guest.email), "declined");
  EXPECT_EQ(response_of(client.event(made.text("id")).json, guest.email), "needsAction");
}

FACT(TwoAccounts, "what the guest deleted stays deleted when the organizer changes it", guessed) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email});
  (void)client.as(guest, "DELETE", event_path(second_of(made)));
  (void)client.patch(event_path(second_of(made)), json("{'summary':'Other'}"));
  (void)client.patch(event_path(made.text("id")), json("{'location':'Room'}"));
  EXPECT_EQ(status_of(client, guest, second_of(made)), "cancelled");
  (void)client.as(guest, "DELETE", event_path(made.text("id")));
  (void)client.patch(event_path(made.text("id")), json("{'summary':'Series 2'}"));
  EXPECT_EQ(status_of(client, guest, made.text("id")), "cancelled");
  EXPECT_EQ(copies(client, guest, made).count(), 0u);
}

FACT(TwoAccounts, "a guest who deletes a series declines its exceptions", guessed) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email});
  (void)client.patch(event_path(second_of(made)), json("{'summary':'Other'}"));
  (void)client.as(guest, "DELETE", event_path(made.text("id")));
  EXPECT_EQ(response_of(client.event(second_of(made)).json, guest.email), "declined");
}

FACT(TwoAccounts, "a deleted series leaves no occurrence to an uninvited guest", guessed) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email});
  (void)client.patch(event_path(second_of(made)), json("{'summary':'Other'}"));
  (void)client.as(guest, "DELETE", event_path(made.text("id")));
  (void)client.patch(event_path(made.text("id")), json("{'attendees':[]}"));
  EXPECT_EQ(copies(client, guest, made).count(), 0u);
  EXPECT_EQ(
      client.as(guest, "PATCH", event_path(made.text("id")), "{\"status\":\"confirmed\"}").status,
      403);
}

FACT(TwoAccounts, "a guest restores what they deleted with status=confirmed", guessed) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email});
  for (const std::string& id : {second_of(made), made.text("id")}) {
    (void)client.as(guest, "DELETE", event_path(id));
    (void)client.patch(event_path(id), json("{'location':'Room'}"));
    EXPECT_EQ(client.as(guest, "PATCH", event_path(id), "{\"status\":\"confirmed\"}").status, 200);
    EXPECT_EQ(status_of(client, guest, id), "confirmed");
    EXPECT_EQ(client.as(guest, "GET", event_path(id)).text("location"), "Room");
  }
  EXPECT_EQ(copies(client, guest, made, "&singleEvents=true").count(), 5u);
}

FACT(TwoAccounts, "a guest does not restore what the organizer cancelled", guessed) {
  const User guest = client.another_user();
  const Response made = invite(client, {guest.email});
  (void)client.remove(event_path(second_of(made)));
  EXPECT_EQ(
      client.as(guest, "PATCH", event_path(second_of(made)), "{\"status\":\"confirmed\"}").status,
      403);
  EXPECT_EQ(client.event(second_of(made)).text("status"), "cancelled");
}

FACT(TwoAccounts, "uninvited and invited again, the deleted copy is a new invitation", guessed) {
  const User guest = client.another_user();
  const Response made = client.insert(inviting(timed("Meeting"), {guest.email}));
  const std::string path = event_path(made.text("id"));
  (void)client.as(guest, "DELETE", path);
  (void)client.patch(path, json("{'attendees':[]}"));
  (void)client.patch(path, guest_list({guest.email}));
  const Response copy = client.as(guest, "GET", path);
  EXPECT_EQ(copy.text("status"), "confirmed");
  EXPECT_EQ(response_of(copy.json, guest.email), "needsAction");
}

FACT(PrivateAccount, "a deleted copy comes once as a tombstone and is not busy", documented) {
  const User guest = client.another_user();
  const Response made = client.insert(inviting(timed("Meeting"), {guest.email}));
  const std::string events = "/calendars/primary/events",
                    token = client.as(guest, "GET", events).text("nextSyncToken");
  (void)client.as(guest, "DELETE", event_path(made.text("id")));
  const Response next = client.as(guest, "GET", events + "?syncToken=" + escape(token));
  ASSERT_EQ(next.count(), 1u);
  EXPECT_EQ(next.text("items.0.status"), "cancelled");
  (void)client.patch(event_path(made.text("id")), json("{'summary':'Other'}"));
  EXPECT_EQ(
      client.as(guest, "GET", events + "?syncToken=" + escape(next.text("nextSyncToken"))).count(),
      0u);
  Json query = json("{'timeMin':'2026-12-01T00:00:00Z','timeMax':'2026-12-08T00:00:00Z'}");
  query.set("items", Json::array({Json::object({{"id", guest.email}})}));
  EXPECT_EQ(client.as(guest, "POST", "/freeBusy", query.dump())
                .json["calendars"][guest.email]["busy"]
                .items()
                .size(),
            0u);
}

}  // namespace
}  // namespace contract
