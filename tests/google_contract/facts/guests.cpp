// Guests: their copies, their answers, what they may not change, and Google's mails to them.
#include <set>

#include "tests/google_contract/facts/guest_bodies.hpp"

namespace contract {
namespace {

Json invitation(const std::vector<std::string>& guests, const std::string& summary = "Meeting") {
  return inviting(timed(summary), guests);
}

SECTION("guests");

FACT(PrivateAccount, "a guest with an account gets a copy: same iCalUID, same id", observed) {
  const User guest = client.another_user();
  const Response made = client.insert(invitation({guest.email}));
  const Response copy = client.as(guest, "GET", event_path(made.text("id")));
  EXPECT_EQ(copy.status, 200);
  EXPECT_EQ(copy.text("iCalUID"), made.text("iCalUID"));
  EXPECT_EQ(copy.text("organizer.email"), client.me.email);
  EXPECT_EQ(copy.dump("organizer.self"), "absent");
}

FACT(PrivateAccount, "the copy has its own etag", documented) {
  const User guest = client.another_user();
  const Response made = client.insert(invitation({guest.email}));
  EXPECT_NE(client.as(guest, "GET", event_path(made.text("id"))).text("etag"), made.text("etag"));
}

FACT(PrivateAccount, "self marks the own entry in each copy", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(invitation({guest.email})).text("id");
  EXPECT_EQ(client.as(guest, "GET", event_path(id)).dump("attendees.0.self"), "true");
  EXPECT_EQ(client.event(id).dump("attendees.0.self"), "absent");
}

FACT(PrivateAccount, "the organizer's change travels to the copy", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(invitation({guest.email})).text("id");
  (void)client.patch(event_path(id), json("{'summary':'Changed'}"));
  EXPECT_EQ(client.as(guest, "GET", event_path(id)).text("summary"), "Changed");
}

FACT(PrivateAccount, "an answer travels back to the organizer", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(invitation({guest.email})).text("id");
  const Response copy = client.as(guest, "GET", event_path(id));
  EXPECT_EQ(
      client.as(guest, "PATCH", event_path(id), answered(copy, guest.email, "accepted").dump())
          .status,
      200);
  EXPECT_EQ(client.event(id).text("attendees.0.responseStatus"), "accepted");
}

FACT(PrivateAccount, "and to the other guests", documented) {
  const User a = client.another_user(), b = client.another_user();
  const std::string id = client.insert(invitation({a.email, b.email})).text("id");
  (void)client.as(a, "PATCH", event_path(id),
                  answered(client.as(a, "GET", event_path(id)), a.email, "tentative").dump());
  EXPECT_NE(client.as(b, "GET", event_path(id)).body.find("tentative"), std::string::npos);
}

FACT(PrivateAccount, "an answer comes in the organizer's next sync", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(invitation({guest.email})).text("id"),
                    token = client.sync_token();
  (void)client.as(
      guest, "PATCH", event_path(id),
      answered(client.as(guest, "GET", event_path(id)), guest.email, "declined").dump());
  EXPECT_EQ(client.changes_since(token).text("items.0.attendees.0.responseStatus"), "declined");
}

FACT(PrivateAccount, "a guest's change of the title: 403 forbiddenForNonOrganizer", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(invitation({guest.email})).text("id");
  const Response response = client.as(guest, "PATCH", event_path(id), "{\"summary\":\"Mine\"}");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.reason(), "forbiddenForNonOrganizer");
}

FACT(PrivateAccount, "a guest's PUT that leaves out shared fields: 403", documented) {
  const User guest = client.another_user();
  Json body = invitation({guest.email});
  body.set("location", "Room");
  const std::string id = client.insert(body).text("id");
  EXPECT_EQ(client.as(guest, "PUT", event_path(id), timed("Meeting").dump()).reason(),
            "forbiddenForNonOrganizer");
}

FACT(PrivateAccount, "a guest's PATCH of reminders, colour, private properties passes",
     documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(invitation({guest.email})).text("id");
  for (const char* change :
       {"{'colorId':'4'}", "{'reminders':{'useDefault':false}}",
        "{'extendedProperties':{'private':{'crm':'1'}}}", "{'transparency':'transparent'}"})
    EXPECT_EQ(client.as(guest, "PATCH", event_path(id), json(change).dump()).status, 200) << change;
  EXPECT_EQ(client.event(id).dump("colorId"), "absent") << "they stay on the copy";
}

FACT(PrivateAccount, "the copy has the organizer's shared properties, not the private ones",
     documented) {
  const User guest = client.another_user();
  Json body = invitation({guest.email});
  body.set("extendedProperties", json("{'private':{'a':'1'},'shared':{'b':'2'}}"));
  const std::string id = client.insert(body).text("id");
  EXPECT_EQ(client.as(guest, "GET", event_path(id)).dump("extendedProperties"),
            "{\"shared\":{\"b\":\"2\"}}");
}

FACT(PrivateAccount, "a guest's own settings survive the organizer's change", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(invitation({guest.email})).text("id");
  (void)client.as(guest, "PATCH", event_path(id), "{\"colorId\":\"4\"}");
  (void)client.patch(event_path(id), json("{'summary':'Changed'}"));
  EXPECT_EQ(client.as(guest, "GET", event_path(id)).text("colorId"), "4");
}

FACT(PrivateAccount, "guestsCanModify lets the guest change the title for all", documented) {
  const User guest = client.another_user();
  Json body = invitation({guest.email});
  body.set("guestsCanModify", true);
  const std::string id = client.insert(body).text("id");
  EXPECT_EQ(client.as(guest, "PATCH", event_path(id), "{\"summary\":\"Ours\"}").status, 200);
  EXPECT_EQ(client.event(id).text("summary"), "Ours");
}

FACT(PrivateAccount, "a guest may not change another guest's answer", documented) {
  const User a = client.another_user(), b = client.another_user();
  const std::string id = client.insert(invitation({a.email, b.email})).text("id");
  EXPECT_EQ(client
                .as(a, "PATCH", event_path(id),
                    answered(client.as(a, "GET", event_path(id)), b.email, "declined").dump())
                .status,
            403);
}

FACT(PrivateAccount,
     "the organizer's later word on a guest's answer is overwritten by the guest's own", observed) {
  const User guest = client.another_user();
  const std::string id = client.insert(invitation({guest.email})).text("id");
  (void)client.as(
      guest, "PATCH", event_path(id),
      answered(client.as(guest, "GET", event_path(id)), guest.email, "accepted").dump());
  (void)client.patch(event_path(id), answered(client.event(id), guest.email, "declined"));
  EXPECT_EQ(client.event(id).text("attendees.0.responseStatus"), "accepted");
}

FACT(PrivateAccount, "attendeesOmitted: true changes only the own answer", documented) {
  const User a = client.another_user(), b = client.another_user();
  const std::string id = client.insert(invitation({a.email, b.email})).text("id");
  Json change = json("{'attendeesOmitted':true}");
  change.set("attendees",
             Json::array({Json::object({{"email", a.email}, {"responseStatus", "accepted"}})}));
  EXPECT_EQ(client.as(a, "PATCH", event_path(id), change.dump()).status, 200);
  EXPECT_EQ(client.event(id).count("attendees"), 2u);
  EXPECT_EQ(client.event(id).text("attendees.0.responseStatus"), "accepted");
}

FACT(PrivateAccount, "a guest left out of the list is uninvited: his copy is cancelled",
     documented) {
  const User a = client.another_user(), b = client.another_user();
  const std::string id = client.insert(invitation({a.email, b.email})).text("id");
  (void)client.patch(
      event_path(id),
      Json::object({{"attendees", Json::array({Json::object({{"email", a.email}})})}}));
  EXPECT_EQ(client.as(b, "GET", event_path(id)).text("status"), "cancelled");
  EXPECT_EQ(client.as(a, "GET", event_path(id)).text("status"), "confirmed");
}

FACT(Client, "guests survive a change of the title", documented) {
  const std::string id = client.insert(invitation({"x@example.org", "y@example.org"})).text("id");
  EXPECT_EQ(client.patch(event_path(id), json("{'summary':'B'}")).count("attendees"), 2u);
}

FACT(PrivateAccount, "the organizer deletes: the copies are cancelled", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(invitation({guest.email})).text("id");
  (void)client.remove(event_path(id));
  EXPECT_EQ(client.as(guest, "GET", event_path(id)).text("status"), "cancelled");
}

FACT(PrivateAccount, "a guest deletes his copy: that is a no", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(invitation({guest.email})).text("id");
  EXPECT_EQ(client.as(guest, "DELETE", event_path(id)).status, 204);
  EXPECT_EQ(client.event(id).text("status"), "confirmed");
  EXPECT_EQ(client.event(id).text("attendees.0.responseStatus"), "declined");
}

FACT(PrivateAccount, "invited to one instance only: an exception without its master", observed) {
  const User guest = client.another_user();
  const std::string id = client.insert(daily()).text("id"), one = id + "_20261202T080000Z";
  (void)client.patch(
      event_path(one),
      Json::object({{"attendees", Json::array({Json::object({{"email", guest.email}})})}}));
  const Response list = client.as(guest, "GET", "/calendars/primary/events");
  ASSERT_EQ(list.count(), 1u);
  EXPECT_EQ(list.text("items.0.id"), one);
  EXPECT_EQ(list.text("items.0.recurringEventId"), id);
  EXPECT_EQ(client.as(guest, "GET", event_path(id)).status, 404);
}

FACT(PrivateAccount, "a series with guests is a series on their calendars", documented) {
  const User guest = client.another_user();
  Json body = daily();
  body.set("attendees", Json::array({Json::object({{"email", guest.email}})}));
  (void)client.insert(body);
  EXPECT_EQ(client.as(guest, "GET", "/calendars/primary/events?singleEvents=true").count(), 5u);
}

FACT(PrivateAccount, "privateCopy: nothing goes to the guests", documented) {
  const User guest = client.another_user();
  Json body = invitation({guest.email});
  body.set("privateCopy", true);
  const std::string id = client.insert(body).text("id");
  EXPECT_EQ(client.as(guest, "GET", event_path(id)).status, 404);
}

FACT(PrivateAccount, "the organizer as attendee has organizer: true", documented) {
  EXPECT_EQ(
      client.insert(invitation({client.me.email, "x@example.org"})).dump("attendees.0.organizer"),
      "true");
}

FACT(Client, "the organizer is not an attendee by himself", documented) {
  EXPECT_EQ(client.insert(invitation({"x@example.org"})).count("attendees"), 1u);
}

// The number of mails of one kind about an event.
std::int64_t mails_about(EmulatorOnly& client, const std::string& id, const char* kind) {
  const Response stats = client.control("GET", "/stats");
  return stats.json["mails_by_event"][id][kind].as_integer(0);
}

SECTION("mails");

FACT(EmulatorOnly, "the default sends no mail", documented) {
  EXPECT_EQ(
      mails_about(client, client.insert(invitation({"x@example.org"})).text("id"), "invitation"),
      0);
}

FACT(EmulatorOnly, "sendUpdates=all: one invitation for each guest", documented) {
  EXPECT_EQ(
      mails_about(client,
                  client.insert(invitation({"x@example.org", "y@example.org"}), "?sendUpdates=all")
                      .text("id"),
                  "invitation"),
      2);
}

FACT(EmulatorOnly, "externalOnly: only guests without an account here", documented) {
  EXPECT_EQ(mails_about(client,
                        client
                            .insert(invitation({"x@example.org", client.another_user().email}),
                                    "?sendUpdates=externalOnly")
                            .text("id"),
                        "invitation"),
            1);
}

FACT(EmulatorOnly, "none: no mail", documented) {
  EXPECT_EQ(
      mails_about(client,
                  client.insert(invitation({"x@example.org"}), "?sendUpdates=none").text("id"),
                  "invitation"),
      0);
}

FACT(EmulatorOnly, "the older sendNotifications=true is all", documented) {
  EXPECT_EQ(mails_about(
                client,
                client.insert(invitation({"x@example.org"}), "?sendNotifications=true").text("id"),
                "invitation"),
            1);
}

FACT(PrivateAccount, "an unknown sendUpdates is refused", documented) {
  EXPECT_EQ(client.insert(invitation({"x@example.org"}), "?sendUpdates=some").reason(),
            "invalidParameter");
}

FACT(EmulatorOnly, "a new title mails a change to those who stay", documented) {
  const std::string id = client.insert(invitation({"x@example.org"})).text("id");
  (void)client.patch(event_path(id, "?sendUpdates=all"), json("{'summary':'B'}"));
  EXPECT_EQ(mails_about(client, id, "update"), 1);
}

FACT(EmulatorOnly, "a new colour sends no mail", guessed) {
  const std::string id = client.insert(invitation({"x@example.org"})).text("id");
  (void)client.patch(event_path(id, "?sendUpdates=all"), json("{'colorId':'3'}"));
  EXPECT_EQ(mails_about(client, id, "update"), 0);
}

FACT(EmulatorOnly, "deleting mails a cancellation", documented) {
  const std::string id = client.insert(invitation({"x@example.org"})).text("id");
  (void)client.remove(event_path(id, "?sendUpdates=all"));
  EXPECT_EQ(mails_about(client, id, "cancellation"), 1);
}

FACT(EmulatorOnly, "one guest more: an invitation for him alone", documented) {
  const std::string id = client.insert(invitation({"x@example.org"})).text("id");
  (void)client.patch(event_path(id, "?sendUpdates=all"),
                     invitation({"x@example.org", "y@example.org"}));
  EXPECT_EQ(mails_about(client, id, "invitation"), 1);
  EXPECT_EQ(mails_about(client, id, "update"), 0);
}

FACT(EmulatorOnly, "a guest's answer mails the organizer", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(invitation({guest.email})).text("id");
  (void)client.as(
      guest, "PATCH", event_path(id, "?sendUpdates=all"),
      answered(client.as(guest, "GET", event_path(id)), guest.email, "accepted").dump());
  EXPECT_EQ(mails_about(client, id, "response"), 1);
}

// "kind recipient" of every mail about an event, sorted.
std::string mails_of(EmulatorOnly& client, const std::string& id) {
  std::set<std::string> lines;
  for (const Json& mail : client.control("GET", "/stats").list("mails"))
    if (mail.string("event") == id)
      for (const Json& to : mail["recipients"].items())
        lines.insert(mail.string("kind") + " " + to.as_string());
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

FACT(EmulatorOnly, "one change: invitation, cancellation and update by guest", documented) {
  const std::string id = client.insert(invitation({"x@example.org", "y@example.org"})).text("id");
  (void)client.patch(event_path(id, "?sendUpdates=all"),
                     invitation({"y@example.org", "z@example.org"}, "Other"));
  EXPECT_EQ(mails_of(client, id),
            "cancellation x@example.org\ninvitation z@example.org\nupdate y@example.org\n");
}

FACT(EmulatorOnly, "mails about one occurrence name it", documented) {
  const std::string id = client.insert(inviting(daily(), {"x@example.org"})).text("id"),
                    one = id + "_20261202T080000Z", other = id + "_20261203T080000Z",
                    third = id + "_20261204T080000Z";
  (void)client.patch(event_path(one, "?sendUpdates=all"), guest_list({"y@example.org"}));
  (void)client.remove(event_path(other, "?sendUpdates=all"));
  (void)client.patch(event_path(third, "?sendUpdates=all"), json("{'location':'Room'}"));
  EXPECT_EQ(mails_of(client, one), "cancellation x@example.org\ninvitation y@example.org\n");
  EXPECT_EQ(mails_of(client, other), "cancellation x@example.org\n");
  EXPECT_EQ(mails_of(client, third), "update x@example.org\n");
  EXPECT_EQ(mails_of(client, id), "");
}

FACT(EmulatorOnly, "a restored event invites again", guessed) {
  const std::string id = client.insert(invitation({"x@example.org"})).text("id");
  (void)client.remove(event_path(id));
  (void)client.patch(event_path(id, "?sendUpdates=all"), json("{'status':'confirmed'}"));
  EXPECT_EQ(mails_of(client, id), "invitation x@example.org\n");
}

FACT(EmulatorOnly, "the organizer gets no mail about the own event, nor does a room", guessed) {
  Json body = invitation({client.me.email, "x@example.org"});
  body.member("attendees").push(json("{'email':'room@example.org','resource':true}"));
  const std::string id = client.insert(body, "?sendUpdates=all").text("id");
  EXPECT_EQ(mails_of(client, id), "invitation x@example.org\n");
}

FACT(EmulatorOnly, "a guest's deletion mails the organizer a response, once", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(inviting(daily(), {guest.email})).text("id"),
                    one = id + "_20261202T080000Z";
  (void)client.as(guest, "DELETE", event_path(one, "?sendUpdates=all"));
  (void)client.as(guest, "DELETE", event_path(one, "?sendUpdates=all"));
  EXPECT_EQ(mails_about(client, one, "response"), 1);
  EXPECT_EQ(mails_of(client, one), "response " + client.me.email + "\n");
}

FACT(EmulatorOnly, "a guest who invites others: an invitation for them alone", documented) {
  const User guest = client.another_user();
  const std::string id = client.insert(invitation({guest.email, "x@example.org"})).text("id");
  (void)client.as(guest, "PATCH", event_path(id, "?sendUpdates=all"),
                  guest_list({guest.email, "x@example.org", "y@example.org"}).dump());
  EXPECT_EQ(mails_of(client, id), "invitation y@example.org\n");
}

FACT(EmulatorOnly, "a guest who changes the event: a change for all others", guessed) {
  const User guest = client.another_user();
  Json body = invitation({guest.email, "x@example.org"});
  body.set("guestsCanModify", true);
  const std::string id = client.insert(body).text("id");
  (void)client.as(guest, "PATCH", event_path(id, "?sendUpdates=all"), "{\"summary\":\"B\"}");
  EXPECT_EQ(mails_of(client, id), "update " + client.me.email + "\nupdate x@example.org\n");
}

FACT(EmulatorOnly, "a move mails the guests the change of the organizer", documented) {
  const std::string other = client.new_calendar(),
                    id = client.insert(invitation({"x@example.org"})).text("id");
  (void)client.call("POST", event_path(id) + "/move?sendUpdates=all&destination=" + escape(other));
  EXPECT_EQ(mails_of(client, id), "update x@example.org\n");
}

}  // namespace
}  // namespace contract
