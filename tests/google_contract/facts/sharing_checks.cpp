// acl, roles, freeBusy.
#include "tests/google_contract/facts/contract.hpp"

namespace contract {
namespace {

using enum Known;

Json rule(const std::string& role, const std::string& type, const std::string& value) {
  Json scope = Json::object({{"type", type}});
  if (!value.empty()) scope.set("value", value);
  return Json::object({{"role", role}, {"scope", std::move(scope)}});
}

Person shared(Shared& p, const std::string& role) {
  Person other = p.another();
  (void)p.post("/calendars/primary/acl", rule(role, "user", other.email));
  return other;
}

std::string mine(Probe& p) {
  return "/calendars/" + escape(p.calendar);
}

Json query(const std::string& from, const std::string& until, const std::string& id) {
  return Json::object({{"timeMin", from},
                       {"timeMax", until},
                       {"items", Json::array({Json::object({{"id", id}})})}});
}

std::vector<Json> stretches(Probe& p, const Json& body) {
  return p.post("/freeBusy", body).json["calendars"][p.calendar]["busy"].items();
}

}  // namespace

void sharing_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"acl", fact, known, std::move(run)});
  };
  add("the owner's rule is there from the start", documented, [](Probe& p) {
    const Answer list = p.get("/calendars/primary/acl");
    EXPECT_EQ(list.text("kind"), "calendar#acl");
    EXPECT_EQ(list.text("items.0.id"), "user:" + p.me.email);
    EXPECT_EQ(list.text("items.0.role"), "owner");
    EXPECT_NE(list.dump("nextSyncToken"), "absent");
  });
  add("insert answers the rule with the id user:<address>", observed, [](Probe& p) {
    const Answer made = p.post("/calendars/primary/acl", rule("reader", "user", "x@example.org"));
    EXPECT_EQ(made.status, 200);
    EXPECT_EQ(made.text("id"), "user:x@example.org");
    EXPECT_EQ(made.text("kind"), "calendar#aclRule");
  });
  add("the public rule has the id default and no value", observed, [](Own& p) {
    const Answer made = p.post("/calendars/primary/acl", rule("reader", "default", ""));
    EXPECT_EQ(made.text("id"), "default");
    EXPECT_EQ(made.dump("scope"), "{\"type\":\"default\"}");
  });
  add("the public may not write: illegalAccessRoleForDefault", observed, [](Own& p) {
    EXPECT_EQ(p.post("/calendars/primary/acl", rule("writer", "default", "")).reason(),
              "illegalAccessRoleForDefault");
  });
  add("role and scope are required", documented, [](Probe& p) {
    EXPECT_EQ(p.post("/calendars/primary/acl", js("{'role':'reader'}")).status, 400);
    EXPECT_EQ(
        p.post("/calendars/primary/acl", js("{'scope':{'type':'user','value':'x@example.org'}}"))
            .status,
        400);
  });
  add("an unknown role or scope type is refused", guessed, [](Probe& p) {
    EXPECT_EQ(p.post("/calendars/primary/acl", rule("emperor", "user", "x@example.org")).status,
              400);
    EXPECT_EQ(p.post("/calendars/primary/acl", rule("reader", "planet", "x")).status, 400);
  });
  add("patch changes the role; get shows it", documented, [](Probe& p) {
    (void)p.post("/calendars/primary/acl", rule("reader", "user", "x@example.org"));
    EXPECT_EQ(p.patch("/calendars/primary/acl/user%3Ax%40example.org", js("{'role':'writer'}"))
                  .text("role"),
              "writer");
    EXPECT_EQ(p.get("/calendars/primary/acl/user%3Ax%40example.org").text("role"), "writer");
  });
  add("update wants the scope", documented, [](Probe& p) {
    (void)p.post("/calendars/primary/acl", rule("reader", "user", "x@example.org"));
    EXPECT_EQ(
        p.put("/calendars/primary/acl/user%3Ax%40example.org", js("{'role':'writer'}")).status,
        400);
    EXPECT_EQ(p.put("/calendars/primary/acl/user%3Ax%40example.org",
                    rule("writer", "user", "x@example.org"))
                  .status,
              200);
  });
  add("a deleted rule shows as role none in the next sync", documented, [](Probe& p) {
    (void)p.post("/calendars/primary/acl", rule("reader", "user", "x@example.org"));
    const std::string token = p.get("/calendars/primary/acl").text("nextSyncToken");
    EXPECT_EQ(p.remove("/calendars/primary/acl/user%3Ax%40example.org").status, 204);
    const Answer next = p.get("/calendars/primary/acl?syncToken=" + escape(token));
    EXPECT_EQ(next.count(), 1u);
    EXPECT_EQ(next.text("items.0.role"), "none");
    EXPECT_EQ(p.get("/calendars/primary/acl").count(), 1u);
  });
  add("only an owner sees the rules", documented,
      [](Shared& p) { EXPECT_EQ(p.as(shared(p, "writer"), "GET", mine(p) + "/acl").status, 403); });
  add("the owner cannot take his own right away: cannotChangeOwnAcl", observed, [](Own& p) {
    EXPECT_EQ(p.remove("/calendars/primary/acl/" + escape("user:" + p.me.email)).reason(),
              "cannotChangeOwnAcl");
  });
  add("sharing mails the person unless sendNotifications=false", documented, [](Emulated& p) {
    const auto mails = [&](const std::string& address) {
      int count = 0;
      for (const Json& mail : p.control("GET", "/stats").list("mails"))
        for (const Json& to : mail["recipients"].items())
          count += to.as_string() == address ? 1 : 0;
      return count;
    };
    const std::string a = unique("a") + "@example.org", b = unique("b") + "@example.org";
    (void)p.post("/calendars/primary/acl", rule("reader", "user", a));
    (void)p.post("/calendars/primary/acl?sendNotifications=false", rule("reader", "user", b));
    EXPECT_EQ(mails(a), 1);
    EXPECT_EQ(mails(b), 0);
  });
  add("without a rule a foreign calendar is 404", documented,
      [](Shared& p) { EXPECT_EQ(p.as(p.another(), "GET", mine(p) + "/events").status, 404); });
  add("a reader reads and may not write", documented, [](Shared& p) {
    const Person reader = shared(p, "reader");
    const std::string id = p.insert(timed("A")).text("id");
    EXPECT_EQ(p.as(reader, "GET", mine(p) + "/events/" + id).text("summary"), "A");
    EXPECT_EQ(p.as(reader, "PATCH", mine(p) + "/events/" + id, "{\"summary\":\"B\"}").status, 403);
  });
  add("a reader does not see the details of private events", documented, [](Shared& p) {
    const Person reader = shared(p, "reader");
    Json body = timed("Secret");
    body.set("visibility", "private");
    const std::string id = p.insert(body).text("id");
    const Answer shown = p.as(reader, "GET", mine(p) + "/events/" + id);
    EXPECT_EQ(shown.dump("summary"), "absent");
    EXPECT_EQ(shown.body.find("Secret"), std::string::npos);
    EXPECT_NE(shown.dump("start"), "absent");
  });
  add("a freeBusyReader sees times only", documented, [](Shared& p) {
    const Person reader = shared(p, "freeBusyReader");
    (void)p.insert(timed("Topic"));
    const Answer shown = p.as(reader, "GET", mine(p) + "/events");
    EXPECT_EQ(shown.count(), 1u);
    EXPECT_EQ(shown.body.find("Topic"), std::string::npos);
    EXPECT_EQ(shown.text("accessRole"), "freeBusyReader");
  });
  add("a writer writes; the organizer stays the calendar", documented, [](Shared& p) {
    const Person writer = shared(p, "writer");
    const Answer made = p.as(writer, "POST", mine(p) + "/events", timed("W").dump());
    EXPECT_EQ(made.status, 200);
    EXPECT_EQ(made.text("organizer.email"), p.calendar);
    EXPECT_EQ(made.text("creator.email"), writer.email);
  });
  add("a changed rule makes the calendar's sync tokens too old", documented, [](Probe& p) {
    const std::string token = p.sync_token();
    (void)p.post("/calendars/primary/acl", rule("reader", "user", "x@example.org"));
    EXPECT_EQ(p.since(token).status, 410);
  });
  add("sharing puts nothing into the other's list; inserting it there does", documented,
      [](Shared& p) {
        const Person other = shared(p, "reader");
        EXPECT_EQ(p.as(other, "GET", "/users/me/calendarList/" + escape(p.calendar)).status, 404);
        EXPECT_EQ(
            p.as(other, "POST", "/users/me/calendarList", Json::object({{"id", p.calendar}}).dump())
                .status,
            200);
        EXPECT_EQ(
            p.as(other, "GET", "/users/me/calendarList/" + escape(p.calendar)).text("accessRole"),
            "reader");
      });
  add("a withdrawn right: 404 at the next request", documented, [](Shared& p) {
    const Person other = shared(p, "reader");
    EXPECT_EQ(p.as(other, "GET", mine(p) + "/events").status, 200);
    (void)p.remove("/calendars/primary/acl/" + escape("user:" + other.email));
    EXPECT_EQ(p.as(other, "GET", mine(p) + "/events").status, 404);
  });

  const auto busy = [&](const char* fact, Known known, Run run) {
    checks.push_back({"freeBusy", fact, known, std::move(run)});
  };
  const std::string from = "2026-12-01T00:00:00Z", until = "2026-12-03T00:00:00Z";
  busy("kind, the window, busy stretches in UTC", documented, [=](Probe& p) {
    (void)p.insert(timed("A"));
    const Answer answer = p.post("/freeBusy", query(from, until, p.calendar));
    EXPECT_EQ(answer.text("kind"), "calendar#freeBusy");
    EXPECT_EQ(answer.json["calendars"][p.calendar]["busy"].dump(),
              "[{\"start\":\"2026-12-01T09:00:00Z\",\"end\":\"2026-12-01T10:00:00Z\"}]");
  });
  busy("timeZone writes them in that zone", documented, [=](Probe& p) {
    (void)p.insert(timed("A"));
    Json body = query(from, until, p.calendar);
    body.set("timeZone", "Europe/Berlin");
    EXPECT_EQ(stretches(p, body).at(0).string("start"), "2026-12-01T10:00:00+01:00");
  });
  busy("neighbouring and overlapping events are one stretch", observed, [=](Probe& p) {
    (void)p.insert(timed("A"));
    (void)p.insert(timed("B", "2026-12-01T10:30:00+01:00", "2026-12-01T12:00:00+01:00"));
    EXPECT_EQ(stretches(p, query(from, until, p.calendar)).size(), 1u);
  });
  busy("transparent, cancelled and declined events do not block", documented, [=](Own& p) {
    Json free = timed("Free");
    free.set("transparency", "transparent");
    (void)p.insert(free);
    (void)p.remove("/calendars/primary/events/" + p.insert(timed("Gone")).text("id"));
    Json declined = timed("No");
    declined.set("attendees",
                 Json::array({Json::object({{"email", p.me.email}, {"responseStatus", "declined"}}),
                              js("{'email':'x@example.org'}")}));
    (void)p.insert(declined);
    EXPECT_EQ(stretches(p, query(from, until, p.calendar)).size(), 0u);
  });
  busy("a series blocks each day, but not its cancelled instance", documented, [=](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    EXPECT_EQ(stretches(p, query(from, until, p.calendar)).size(), 2u);
    (void)p.remove("/calendars/primary/events/" + id + "_20261202T080000Z");
    EXPECT_EQ(stretches(p, query(from, until, p.calendar)).size(), 1u);
  });
  busy("primary stands for the caller's own calendar", documented, [=](Own& p) {
    (void)p.insert(timed("A"));
    EXPECT_EQ(p.post("/freeBusy", query(from, until, "primary")).count("calendars.primary.busy"),
              1u);
  });
  busy("an unknown calendar: 200 with errors notFound", documented, [=](Probe& p) {
    const Answer answer = p.post("/freeBusy", query(from, until, "nobody@example.org"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(
        answer.json["calendars"]["nobody@example.org"]["errors"].items().front().string("reason"),
        "notFound");
  });
  busy("a group: its calendars, and the busy times of each", documented, [=](Emulated& p) {
    const Person other = p.another();
    (void)p.as(other, "POST", "/calendars/primary/acl",
               Json::object({{"role", "freeBusyReader"},
                             {"scope", Json::object({{"type", "user"}, {"value", p.me.email}})}})
                   .dump());
    (void)p.as(other, "POST", "/calendars/primary/events", timed("B").dump());
    (void)p.insert(timed("A"));
    const std::string group = unique("team") + "@example.com";
    EXPECT_EQ(p.control("POST", "/groups",
                        Json::object({{"email", group},
                                      {"members", Json::array({p.me.email, other.email})}}))
                  .status,
              200);
    const Answer answer = p.post("/freeBusy", query(from, until, group));
    EXPECT_EQ(answer.json["groups"][group]["calendars"].items().size(), 2u);
    EXPECT_FALSE(answer.json["calendars"].contains(group));
    for (const std::string& member : {p.me.email, other.email})
      EXPECT_EQ(answer.json["calendars"][member]["busy"].items().size(), 1u) << member;
  });
  busy("a group over groupExpansionMax: groupTooBig", documented, [=](Emulated& p) {
    const std::string group = unique("team") + "@example.com";
    (void)p.control(
        "POST", "/groups",
        Json::object(
            {{"email", group},
             {"members", Json::array({"a@example.com", "b@example.com", "c@example.com"})}}));
    Json body = query(from, until, group);
    body.set("groupExpansionMax", 2);
    const Answer answer = p.post("/freeBusy", body);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json["groups"][group]["errors"].items().at(0).string("reason"), "groupTooBig");
    EXPECT_EQ(answer.json["groups"][group]["errors"].items().at(0).string("domain"), "global");
    EXPECT_TRUE(answer.json["calendars"].members().empty());
  });
  busy("calendars over calendarExpansionMax: tooManyCalendarsRequested", documented, [=](Probe& p) {
    Json body = query(from, until, p.calendar);
    body.set("items", Json::array({Json::object({{"id", p.calendar}}),
                                   Json::object({{"id", "nobody@example.org"}})}));
    body.set("calendarExpansionMax", 1);
    const Answer answer = p.post("/freeBusy", body);
    EXPECT_EQ(answer.status, 200);
    EXPECT_FALSE(answer.json["calendars"][p.calendar].contains("errors"));
    EXPECT_EQ(
        answer.json["calendars"]["nobody@example.org"]["errors"].items().at(0).string("reason"),
        "tooManyCalendarsRequested");
  });
  busy("an empty range: 400 timeRangeEmpty", documented, [=](Probe& p) {
    EXPECT_EQ(p.post("/freeBusy", query(until, from, p.calendar)).reason(), "timeRangeEmpty");
  });
  busy("a very long range is refused", observed, [=](Probe& p) {
    EXPECT_EQ(p.post("/freeBusy", query(from, "2036-12-03T00:00:00Z", p.calendar)).status, 400);
  });
  busy("timeMin is required", documented, [=](Probe& p) {
    EXPECT_EQ(p.post("/freeBusy", js("{'timeMax':'2026-12-03T00:00:00Z','items':[]}")).status, 400);
  });
}

}  // namespace contract
