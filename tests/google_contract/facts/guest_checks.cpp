// Guests: copies on other calendars of the emulator, answers that travel back, what a guest may not
// change, mails.
#include "tests/google_contract/facts/contract.hpp"

namespace contract {
namespace {

using enum Known;

Json invitation(const std::vector<std::string>& guests, const std::string& summary = "Meeting") {
  Json body = timed(summary), list = Json::array();
  for (const std::string& email : guests) list.push(Json::object({{"email", email}}));
  body.set("attendees", std::move(list));
  return body;
}

std::string event_path(const std::string& id, const std::string& query = "") {
  return "/calendars/primary/events/" + id + query;
}

// Messages of one kind about an event.
std::int64_t mails(Emulated& p, const std::string& id, const char* kind) {
  const Answer stats = p.control("GET", "/stats");
  return stats.json["mails_by_event"][id][kind].as_integer(0);
}

Json answered(const Answer& copy, const std::string& email, const std::string& response) {
  Json list = copy.json["attendees"];
  for (Json& one : list.mutable_items())
    if (one.string("email") == email) one.set("responseStatus", response);
  return Json::object({{"attendees", std::move(list)}});
}

}  // namespace

void guest_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"guests", fact, known, std::move(run)});
  };
  add("a guest with an account gets a copy: same iCalUID, same id", observed, [](Own& p) {
    const Person guest = p.another();
    const Answer made = p.insert(invitation({guest.email}));
    const Answer copy = p.as(guest, "GET", event_path(made.text("id")));
    EXPECT_EQ(copy.status, 200);
    EXPECT_EQ(copy.text("iCalUID"), made.text("iCalUID"));
    EXPECT_EQ(copy.text("organizer.email"), p.me.email);
    EXPECT_EQ(copy.dump("organizer.self"), "absent");
  });
  add("the copy has its own etag", documented, [](Own& p) {
    const Person guest = p.another();
    const Answer made = p.insert(invitation({guest.email}));
    EXPECT_NE(p.as(guest, "GET", event_path(made.text("id"))).text("etag"), made.text("etag"));
  });
  add("self marks the own entry in each copy", documented, [](Own& p) {
    const Person guest = p.another();
    const std::string id = p.insert(invitation({guest.email})).text("id");
    EXPECT_EQ(p.as(guest, "GET", event_path(id)).dump("attendees.0.self"), "true");
    EXPECT_EQ(p.event(id).dump("attendees.0.self"), "absent");
  });
  add("the organizer's change travels to the copy", documented, [](Own& p) {
    const Person guest = p.another();
    const std::string id = p.insert(invitation({guest.email})).text("id");
    (void)p.patch(event_path(id), js("{'summary':'Changed'}"));
    EXPECT_EQ(p.as(guest, "GET", event_path(id)).text("summary"), "Changed");
  });
  add("an answer travels back to the organizer", documented, [](Own& p) {
    const Person guest = p.another();
    const std::string id = p.insert(invitation({guest.email})).text("id");
    const Answer copy = p.as(guest, "GET", event_path(id));
    EXPECT_EQ(
        p.as(guest, "PATCH", event_path(id), answered(copy, guest.email, "accepted").dump()).status,
        200);
    EXPECT_EQ(p.event(id).text("attendees.0.responseStatus"), "accepted");
  });
  add("and to the other guests", documented, [](Own& p) {
    const Person a = p.another(), b = p.another();
    const std::string id = p.insert(invitation({a.email, b.email})).text("id");
    (void)p.as(a, "PATCH", event_path(id),
               answered(p.as(a, "GET", event_path(id)), a.email, "tentative").dump());
    EXPECT_NE(p.as(b, "GET", event_path(id)).body.find("tentative"), std::string::npos);
  });
  add("an answer comes in the organizer's next sync", documented, [](Own& p) {
    const Person guest = p.another();
    const std::string id = p.insert(invitation({guest.email})).text("id"), token = p.sync_token();
    (void)p.as(guest, "PATCH", event_path(id),
               answered(p.as(guest, "GET", event_path(id)), guest.email, "declined").dump());
    EXPECT_EQ(p.since(token).text("items.0.attendees.0.responseStatus"), "declined");
  });
  add("a guest's change of the title: 403 forbiddenForNonOrganizer", documented, [](Own& p) {
    const Person guest = p.another();
    const std::string id = p.insert(invitation({guest.email})).text("id");
    const Answer answer = p.as(guest, "PATCH", event_path(id), "{\"summary\":\"Mine\"}");
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.reason(), "forbiddenForNonOrganizer");
  });
  add("a guest's PUT that leaves out shared fields: 403", documented, [](Own& p) {
    const Person guest = p.another();
    Json body = invitation({guest.email});
    body.set("location", "Room");
    const std::string id = p.insert(body).text("id");
    EXPECT_EQ(p.as(guest, "PUT", event_path(id), timed("Meeting").dump()).reason(),
              "forbiddenForNonOrganizer");
  });
  add("a guest's PATCH of reminders, colour, private properties passes", documented, [](Own& p) {
    const Person guest = p.another();
    const std::string id = p.insert(invitation({guest.email})).text("id");
    for (const char* change :
         {"{'colorId':'4'}", "{'reminders':{'useDefault':false}}",
          "{'extendedProperties':{'private':{'crm':'1'}}}", "{'transparency':'transparent'}"})
      EXPECT_EQ(p.as(guest, "PATCH", event_path(id), js(change).dump()).status, 200) << change;
    EXPECT_EQ(p.event(id).dump("colorId"), "absent") << "they stay on the copy";
  });
  add("private extended properties of the organizer are not on the copy, shared ones are",
      documented, [](Own& p) {
        const Person guest = p.another();
        Json body = invitation({guest.email});
        body.set("extendedProperties", js("{'private':{'a':'1'},'shared':{'b':'2'}}"));
        const std::string id = p.insert(body).text("id");
        EXPECT_EQ(p.as(guest, "GET", event_path(id)).dump("extendedProperties"),
                  "{\"shared\":{\"b\":\"2\"}}");
      });
  add("a guest's own settings survive the organizer's change", documented, [](Own& p) {
    const Person guest = p.another();
    const std::string id = p.insert(invitation({guest.email})).text("id");
    (void)p.as(guest, "PATCH", event_path(id), "{\"colorId\":\"4\"}");
    (void)p.patch(event_path(id), js("{'summary':'Changed'}"));
    EXPECT_EQ(p.as(guest, "GET", event_path(id)).text("colorId"), "4");
  });
  add("guestsCanModify lets the guest change the title for all", documented, [](Own& p) {
    const Person guest = p.another();
    Json body = invitation({guest.email});
    body.set("guestsCanModify", true);
    const std::string id = p.insert(body).text("id");
    EXPECT_EQ(p.as(guest, "PATCH", event_path(id), "{\"summary\":\"Ours\"}").status, 200);
    EXPECT_EQ(p.event(id).text("summary"), "Ours");
  });
  add("a guest may not change another guest's answer", documented, [](Own& p) {
    const Person a = p.another(), b = p.another();
    const std::string id = p.insert(invitation({a.email, b.email})).text("id");
    EXPECT_EQ(p.as(a, "PATCH", event_path(id),
                   answered(p.as(a, "GET", event_path(id)), b.email, "declined").dump())
                  .status,
              403);
  });
  add("the organizer's later word on a guest's answer is overwritten by the guest's own", observed,
      [](Own& p) {
        const Person guest = p.another();
        const std::string id = p.insert(invitation({guest.email})).text("id");
        (void)p.as(guest, "PATCH", event_path(id),
                   answered(p.as(guest, "GET", event_path(id)), guest.email, "accepted").dump());
        (void)p.patch(event_path(id), answered(p.event(id), guest.email, "declined"));
        EXPECT_EQ(p.event(id).text("attendees.0.responseStatus"), "accepted");
      });
  add("attendeesOmitted: true changes only the own answer", documented, [](Own& p) {
    const Person a = p.another(), b = p.another();
    const std::string id = p.insert(invitation({a.email, b.email})).text("id");
    Json change = js("{'attendeesOmitted':true}");
    change.set("attendees",
               Json::array({Json::object({{"email", a.email}, {"responseStatus", "accepted"}})}));
    EXPECT_EQ(p.as(a, "PATCH", event_path(id), change.dump()).status, 200);
    EXPECT_EQ(p.event(id).count("attendees"), 2u);
    EXPECT_EQ(p.event(id).text("attendees.0.responseStatus"), "accepted");
  });
  add("a guest left out of the list is uninvited: his copy is cancelled", documented, [](Own& p) {
    const Person a = p.another(), b = p.another();
    const std::string id = p.insert(invitation({a.email, b.email})).text("id");
    (void)p.patch(event_path(id),
                  Json::object({{"attendees", Json::array({Json::object({{"email", a.email}})})}}));
    EXPECT_EQ(p.as(b, "GET", event_path(id)).text("status"), "cancelled");
    EXPECT_EQ(p.as(a, "GET", event_path(id)).text("status"), "confirmed");
  });
  add("guests survive a change of the title", documented, [](Probe& p) {
    const std::string id = p.insert(invitation({"x@example.org", "y@example.org"})).text("id");
    EXPECT_EQ(p.patch(event_path(id), js("{'summary':'B'}")).count("attendees"), 2u);
  });
  add("the organizer deletes: the copies are cancelled", documented, [](Own& p) {
    const Person guest = p.another();
    const std::string id = p.insert(invitation({guest.email})).text("id");
    (void)p.remove(event_path(id));
    EXPECT_EQ(p.as(guest, "GET", event_path(id)).text("status"), "cancelled");
  });
  add("a guest deletes his copy: that is a no", documented, [](Own& p) {
    const Person guest = p.another();
    const std::string id = p.insert(invitation({guest.email})).text("id");
    EXPECT_EQ(p.as(guest, "DELETE", event_path(id)).status, 204);
    EXPECT_EQ(p.event(id).text("status"), "confirmed");
    EXPECT_EQ(p.event(id).text("attendees.0.responseStatus"), "declined");
  });
  add("invited to one instance only: an exception without its master", observed, [](Own& p) {
    const Person guest = p.another();
    const std::string id = p.insert(daily()).text("id"), one = id + "_20261202T080000Z";
    (void)p.patch(
        event_path(one),
        Json::object({{"attendees", Json::array({Json::object({{"email", guest.email}})})}}));
    const Answer list = p.as(guest, "GET", "/calendars/primary/events");
    ASSERT_EQ(list.count(), 1u);
    EXPECT_EQ(list.text("items.0.id"), one);
    EXPECT_EQ(list.text("items.0.recurringEventId"), id);
    EXPECT_EQ(p.as(guest, "GET", event_path(id)).status, 404);
  });
  add("a series with guests is a series on their calendars", documented, [](Own& p) {
    const Person guest = p.another();
    Json body = daily();
    body.set("attendees", Json::array({Json::object({{"email", guest.email}})}));
    (void)p.insert(body);
    EXPECT_EQ(p.as(guest, "GET", "/calendars/primary/events?singleEvents=true").count(), 5u);
  });
  add("privateCopy: nothing goes to the guests", documented, [](Own& p) {
    const Person guest = p.another();
    Json body = invitation({guest.email});
    body.set("privateCopy", true);
    const std::string id = p.insert(body).text("id");
    EXPECT_EQ(p.as(guest, "GET", event_path(id)).status, 404);
  });
  add("the organizer as attendee has organizer: true", documented, [](Own& p) {
    EXPECT_EQ(p.insert(invitation({p.me.email, "x@example.org"})).dump("attendees.0.organizer"),
              "true");
  });
  add("the organizer is not an attendee by himself", documented,
      [](Probe& p) { EXPECT_EQ(p.insert(invitation({"x@example.org"})).count("attendees"), 1u); });

  const auto mail = [&](const char* fact, Known known, Run run) {
    checks.push_back({"mails", fact, known, std::move(run)});
  };
  mail("the default sends no mail", documented, [](Emulated& p) {
    EXPECT_EQ(mails(p, p.insert(invitation({"x@example.org"})).text("id"), "invitation"), 0);
  });
  mail("sendUpdates=all: one invitation for each guest", documented, [](Emulated& p) {
    EXPECT_EQ(
        mails(
            p,
            p.insert(invitation({"x@example.org", "y@example.org"}), "?sendUpdates=all").text("id"),
            "invitation"),
        2);
  });
  mail("externalOnly: only guests without an account here", documented, [](Emulated& p) {
    EXPECT_EQ(mails(p,
                    p.insert(invitation({"x@example.org", p.another().email}),
                             "?sendUpdates=externalOnly")
                        .text("id"),
                    "invitation"),
              1);
  });
  mail("none: no mail", documented, [](Emulated& p) {
    EXPECT_EQ(mails(p, p.insert(invitation({"x@example.org"}), "?sendUpdates=none").text("id"),
                    "invitation"),
              0);
  });
  mail("the older sendNotifications=true is all", documented, [](Emulated& p) {
    EXPECT_EQ(
        mails(p, p.insert(invitation({"x@example.org"}), "?sendNotifications=true").text("id"),
              "invitation"),
        1);
  });
  mail("an unknown sendUpdates is refused", documented, [](Own& p) {
    EXPECT_EQ(p.insert(invitation({"x@example.org"}), "?sendUpdates=some").reason(),
              "invalidParameter");
  });
  mail("a new title mails a change to those who stay", documented, [](Emulated& p) {
    const std::string id = p.insert(invitation({"x@example.org"})).text("id");
    (void)p.patch(event_path(id, "?sendUpdates=all"), js("{'summary':'B'}"));
    EXPECT_EQ(mails(p, id, "update"), 1);
  });
  mail("a new colour mails nobody", guessed, [](Emulated& p) {
    const std::string id = p.insert(invitation({"x@example.org"})).text("id");
    (void)p.patch(event_path(id, "?sendUpdates=all"), js("{'colorId':'3'}"));
    EXPECT_EQ(mails(p, id, "update"), 0);
  });
  mail("deleting mails a cancellation", documented, [](Emulated& p) {
    const std::string id = p.insert(invitation({"x@example.org"})).text("id");
    (void)p.remove(event_path(id, "?sendUpdates=all"));
    EXPECT_EQ(mails(p, id, "cancellation"), 1);
  });
  mail("one guest more: an invitation for him alone", documented, [](Emulated& p) {
    const std::string id = p.insert(invitation({"x@example.org"})).text("id");
    (void)p.patch(event_path(id, "?sendUpdates=all"),
                  invitation({"x@example.org", "y@example.org"}));
    EXPECT_EQ(mails(p, id, "invitation"), 1);
    EXPECT_EQ(mails(p, id, "update"), 0);
  });
  mail("a guest's answer mails the organizer", documented, [](Emulated& p) {
    const Person guest = p.another();
    const std::string id = p.insert(invitation({guest.email})).text("id");
    (void)p.as(guest, "PATCH", event_path(id, "?sendUpdates=all"),
               answered(p.as(guest, "GET", event_path(id)), guest.email, "accepted").dump());
    EXPECT_EQ(mails(p, id, "response"), 1);
  });
}

}  // namespace contract
