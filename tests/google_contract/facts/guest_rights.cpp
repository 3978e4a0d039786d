// Who sees and changes the list of guests: guestsCanSeeOtherGuests, guestsCanInviteOthers,
// guestsCanModify, attendeesOmitted, maxAttendees; and who becomes the organizer by a move.
#include "tests/google_contract/facts/guest_bodies.hpp"

namespace contract {
namespace {

std::string addresses(const Json& event) {
  std::string out;
  for (const Json& one : event["attendees"].items()) out += one.string("email") + " ";
  return out;
}

Response hidden_guests(Client& client, const User& guest) {
  return client.insert(merged(inviting(daily(), {"x@example.org", guest.email, "y@example.org"}),
                              "{'guestsCanSeeOtherGuests':false}"));
}

SECTION("guests.rights");

FACT(TwoAccounts, "guestsCanSeeOtherGuests=false: a guest sees no other guest", documented) {
  const User guest = client.another_user();
  const Response made = hidden_guests(client, guest);
  const std::string own = guest.email + " ";
  EXPECT_EQ(addresses(client.as(guest, "GET", event_path(made.text("id"))).json), own);
  EXPECT_EQ(addresses(copies(client, guest, made).json["items"].items().at(0)), own);
  EXPECT_EQ(addresses(client.as(guest, "GET", event_path(made.text("id") + "/instances"))
                          .json["items"]
                          .items()
                          .at(1)),
            own);
  EXPECT_EQ(client.event(made.text("id")).count("attendees"), 3u);
}

FACT(TwoAccounts, "and sees attendeesOmitted", guessed) {
  const User guest = client.another_user();
  const Response made = hidden_guests(client, guest);
  EXPECT_EQ(client.as(guest, "GET", event_path(made.text("id"))).dump("attendeesOmitted"), "true");
}

FACT(PrivateAccount, "who takes part as the organizer stays visible", documented) {
  const User guest = client.another_user();
  const Response made =
      client.insert(merged(inviting(timed("M"), {client.me.email, guest.email, "y@example.org"}),
                           "{'guestsCanSeeOtherGuests':false}"));
  EXPECT_EQ(addresses(client.as(guest, "GET", event_path(made.text("id"))).json),
            client.me.email + " " + guest.email + " ");
}

FACT(TwoAccounts, "an answer with the cut list loses no guest", documented) {
  const User guest = client.another_user();
  const Response made = hidden_guests(client, guest);
  for (const std::string& id : {made.text("id"), made.text("id") + "_20261202T080000Z"}) {
    const Response copy = client.as(guest, "GET", event_path(id));
    EXPECT_EQ(
        client.as(guest, "PATCH", event_path(id), answered(copy, guest.email, "accepted").dump())
            .status,
        200);
    Json whole = client.as(guest, "GET", event_path(id)).json;
    EXPECT_EQ(client.as(guest, "PUT", event_path(id), whole.dump()).status, 200);
    EXPECT_EQ(client.event(id).count("attendees"), 3u) << id;
    EXPECT_EQ(response_of(client.event(id).json, guest.email), "accepted") << id;
  }
}

FACT(TwoAccounts, "the guests appear when the organizer shows them", documented) {
  const User guest = client.another_user();
  const Response made = hidden_guests(client, guest);
  (void)client.patch(event_path(made.text("id")), json("{'guestsCanSeeOtherGuests':true}"));
  const Response copy = client.as(guest, "GET", event_path(made.text("id")));
  EXPECT_EQ(copy.count("attendees"), 3u);
  EXPECT_EQ(copy.dump("attendeesOmitted"), "absent");
}

FACT(TwoAccounts, "a guest may invite others unless the organizer forbids it", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(inviting(timed("M"), {guest.email})).text("id");
  const std::string more = guest_list({guest.email, "x@example.org"}).dump();
  EXPECT_EQ(client.as(guest, "PATCH", event_path(id), more).status, 200);
  EXPECT_EQ(client.event(id).count("attendees"), 2u);
  const std::string closed =
      client.insert(merged(inviting(timed("M"), {guest.email}), "{'guestsCanInviteOthers':false}"))
          .text("id");
  EXPECT_EQ(client.as(guest, "PATCH", event_path(closed), more).status, 403);
  EXPECT_EQ(client.event(closed).count("attendees"), 1u);
}

FACT(TwoAccounts, "guestsCanModify: a guest moves one occurrence for all", documented) {
  const User guest = client.another_user();
  const Response made =
      client.insert(merged(inviting(daily(), {guest.email}), "{'guestsCanModify':true}"));
  const std::string one = made.text("id") + "_20261202T080000Z";
  const char* change =
      "{'location':'Room',"
      "'start':{'dateTime':'2026-12-02T15:00:00+01:00','timeZone':'Europe/Berlin'},"
      "'end':{'dateTime':'2026-12-02T15:30:00+01:00','timeZone':'Europe/Berlin'}}";
  EXPECT_EQ(client.as(guest, "PATCH", event_path(one), json(change).dump()).status, 200);
  EXPECT_EQ(client.event(one).text("start.dateTime"), "2026-12-02T15:00:00+01:00");
  EXPECT_EQ(client.event(one).text("location"), "Room");
  EXPECT_EQ(occurrences(client, guest, made), occurrences(client, made));
}

FACT(PrivateAccount, "guestsCanModify: a guest uninvites another", documented) {
  const User a = client.another_user(), b = client.another_user();
  const std::string id =
      client.insert(merged(inviting(timed("M"), {a.email, b.email}), "{'guestsCanModify':true}"))
          .text("id");
  EXPECT_EQ(client.as(a, "PATCH", event_path(id), guest_list({a.email}).dump()).status, 200);
  EXPECT_EQ(client.event(id).count("attendees"), 1u);
  EXPECT_EQ(client.as(b, "GET", event_path(id)).text("status"), "cancelled");
}

FACT(PrivateAccount, "the organizer's attendeesOmitted changes the own answer only", documented) {
  const std::string id =
      client.insert(inviting(timed("M"), {client.me.email, "x@example.org"})).text("id");
  const Response patched = client.patch(event_path(id), own_answer(client.me.email, "tentative"));
  EXPECT_EQ(patched.count("attendees"), 2u);
  EXPECT_EQ(response_of(patched.json, client.me.email), "tentative");
  EXPECT_EQ(patched.dump("attendeesOmitted"), "absent");
}

FACT(TwoAccounts, "maxAttendees cuts the answer of a write to the own entry", documented) {
  const User guest = client.another_user();
  const Response made = client.insert(
      inviting(timed("M"), {"x@example.org", guest.email, "y@example.org"}), "?maxAttendees=2");
  EXPECT_EQ(made.dump("attendeesOmitted"), "true");
  EXPECT_EQ(made.count("attendees"), 0u);
  const Response copy =
      client.as(guest, "PATCH", event_path(made.text("id"), "?maxAttendees=2"), "{}");
  EXPECT_EQ(addresses(copy.json), guest.email + " ");
  EXPECT_EQ(client.event(made.text("id")).count("attendees"), 3u);
}

// A calendar of the organizer's that the guest may move events from, and the guest's copy.
FACT(PrivateAccount, "move into a guest's calendar: the copy becomes the event", documented) {
  const User guest = client.another_user();
  const Json rule = Json::object(
      {{"role", "writer"}, {"scope", Json::object({{"type", "user"}, {"value", guest.email}})}});
  ASSERT_EQ(client.post("/calendars/primary/acl", rule).status, 200);
  const Response made =
      client.insert(inviting(daily(), {client.me.email, guest.email, "x@example.org"}));
  const std::string id = made.text("id"), one = id + "_20261202T080000Z",
                    other = id + "_20261203T080000Z";
  (void)client.patch(event_path(one), json("{'summary':'Other'}"));
  (void)client.as(guest, "PATCH", event_path(id), "{\"colorId\":\"4\"}");
  (void)client.as(guest, "PATCH", event_path(other), "{\"colorId\":\"5\"}");
  const Response moved = client.as(guest, "POST",
                                   "/calendars/" + escape(client.me.email) + "/events/" + id +
                                       "/move?destination=" + escape(guest.email));
  EXPECT_EQ(moved.status, 200) << moved.body;
  EXPECT_EQ(moved.text("id"), id);
  EXPECT_EQ(moved.text("organizer.email"), guest.email);
  EXPECT_EQ(moved.text("colorId"), "4");
  const Response copy = client.event(id);
  EXPECT_EQ(copy.text("status"), "confirmed") << "the former organizer is a guest";
  EXPECT_EQ(copy.text("organizer.email"), guest.email);
  EXPECT_EQ(client.patch(event_path(id), json("{'summary':'Mine'}")).reason(),
            "forbiddenForNonOrganizer");
  EXPECT_EQ(client.as(guest, "PATCH", event_path(other), "{\"summary\":\"Third\"}").text("colorId"),
            "5");
  EXPECT_EQ(client.event(other).text("summary"), "Third");
  EXPECT_EQ(client.event(one).text("summary"), "Other");
  EXPECT_EQ(client.events("?singleEvents=true").count(), 5u);
}

FACT(PrivateAccount, "move: a former organizer who is no guest keeps a tombstone", documented) {
  const User guest = client.another_user();
  const Json rule = Json::object(
      {{"role", "writer"}, {"scope", Json::object({{"type", "user"}, {"value", guest.email}})}});
  ASSERT_EQ(client.post("/calendars/primary/acl", rule).status, 200);
  const std::string id = client.insert(inviting(timed("M"), {guest.email})).text("id");
  EXPECT_EQ(client
                .as(guest, "POST",
                    "/calendars/" + escape(client.me.email) + "/events/" + id +
                        "/move?destination=" + escape(guest.email))
                .status,
            200);
  EXPECT_EQ(client.event(id).text("status"), "cancelled");
  EXPECT_EQ(client.as(guest, "PATCH", event_path(id), "{\"summary\":\"Mine\"}").status, 200);
}

}  // namespace
}  // namespace contract
