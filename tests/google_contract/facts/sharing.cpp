// acl, roles, freeBusy.
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

Json rule(const std::string& role, const std::string& type, const std::string& value) {
  Json scope = Json::object({{"type", type}});
  if (!value.empty()) scope.set("value", value);
  return Json::object({{"role", role}, {"scope", std::move(scope)}});
}

// A second user who has this role on the calendar.
User share_with_another(TwoAccounts& client, const std::string& role) {
  User other = client.another_user();
  (void)client.post("/calendars/primary/acl", rule(role, "user", other.email));
  return other;
}

// The calendar as others name it.
std::string calendar_path(Client& client) {
  return "/calendars/" + escape(client.calendar);
}

SECTION("acl");

FACT(Client, "the owner's rule is there from the start", documented) {
  const Response list = client.get("/calendars/primary/acl");
  EXPECT_EQ(list.text("kind"), "calendar#acl");
  EXPECT_EQ(list.text("items.0.id"), "user:" + client.me.email);
  EXPECT_EQ(list.text("items.0.role"), "owner");
  EXPECT_NE(list.dump("nextSyncToken"), "absent");
}

FACT(Client, "insert answers the rule with the id user:<address>", observed) {
  const Response made =
      client.post("/calendars/primary/acl", rule("reader", "user", "x@example.org"));
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(made.text("id"), "user:x@example.org");
  EXPECT_EQ(made.text("kind"), "calendar#aclRule");
}

FACT(PrivateAccount, "the public rule has the id default and no value", observed) {
  const Response made = client.post("/calendars/primary/acl", rule("reader", "default", ""));
  EXPECT_EQ(made.text("id"), "default");
  EXPECT_EQ(made.dump("scope"), "{\"type\":\"default\"}");
}

FACT(PrivateAccount, "the public may not write: illegalAccessRoleForDefault", observed) {
  EXPECT_EQ(client.post("/calendars/primary/acl", rule("writer", "default", "")).reason(),
            "illegalAccessRoleForDefault");
}

FACT(Client, "role and scope are required", documented) {
  EXPECT_EQ(client.post("/calendars/primary/acl", json("{'role':'reader'}")).status, 400);
  EXPECT_EQ(
      client
          .post("/calendars/primary/acl", json("{'scope':{'type':'user','value':'x@example.org'}}"))
          .status,
      400);
}

FACT(Client, "an unknown role or scope type is refused", guessed) {
  EXPECT_EQ(client.post("/calendars/primary/acl", rule("emperor", "user", "x@example.org")).status,
            400);
  EXPECT_EQ(client.post("/calendars/primary/acl", rule("reader", "planet", "x")).status, 400);
}

FACT(Client, "patch changes the role; get shows it", documented) {
  (void)client.post("/calendars/primary/acl", rule("reader", "user", "x@example.org"));
  EXPECT_EQ(client.patch("/calendars/primary/acl/user%3Ax%40example.org", json("{'role':'writer'}"))
                .text("role"),
            "writer");
  EXPECT_EQ(client.get("/calendars/primary/acl/user%3Ax%40example.org").text("role"), "writer");
}

FACT(Client, "update wants the scope", documented) {
  (void)client.post("/calendars/primary/acl", rule("reader", "user", "x@example.org"));
  EXPECT_EQ(
      client.put("/calendars/primary/acl/user%3Ax%40example.org", json("{'role':'writer'}")).status,
      400);
  EXPECT_EQ(client
                .put("/calendars/primary/acl/user%3Ax%40example.org",
                     rule("writer", "user", "x@example.org"))
                .status,
            200);
}

FACT(Client, "a deleted rule shows as role none in the next sync", documented) {
  (void)client.post("/calendars/primary/acl", rule("reader", "user", "x@example.org"));
  const std::string token = client.get("/calendars/primary/acl").text("nextSyncToken");
  EXPECT_EQ(client.remove("/calendars/primary/acl/user%3Ax%40example.org").status, 204);
  const Response next = client.get("/calendars/primary/acl?syncToken=" + escape(token));
  EXPECT_EQ(next.count(), 1u);
  EXPECT_EQ(next.text("items.0.role"), "none");
  EXPECT_EQ(client.get("/calendars/primary/acl").count(), 1u);
}

FACT(TwoAccounts, "only an owner sees the rules", documented) {
  EXPECT_EQ(
      client.as(share_with_another(client, "writer"), "GET", calendar_path(client) + "/acl").status,
      403);
}

FACT(PrivateAccount, "the owner cannot take his own right away: cannotChangeOwnAcl", observed) {
  EXPECT_EQ(client.remove("/calendars/primary/acl/" + escape("user:" + client.me.email)).reason(),
            "cannotChangeOwnAcl");
}

FACT(EmulatorOnly, "sharing mails the person unless sendNotifications=false", documented) {
  const auto mails = [&](const std::string& address) {
    int count = 0;
    for (const Json& mail : client.control("GET", "/stats").list("mails"))
      for (const Json& to : mail["recipients"].items()) count += to.as_string() == address ? 1 : 0;
    return count;
  };
  const std::string a = unique_id("a") + "@example.org", b = unique_id("b") + "@example.org";
  (void)client.post("/calendars/primary/acl", rule("reader", "user", a));
  (void)client.post("/calendars/primary/acl?sendNotifications=false", rule("reader", "user", b));
  EXPECT_EQ(mails(a), 1);
  EXPECT_EQ(mails(b), 0);
}

FACT(TwoAccounts, "without a rule a foreign calendar is 404", documented) {
  EXPECT_EQ(client.as(client.another_user(), "GET", calendar_path(client) + "/events").status, 404);
}

FACT(TwoAccounts, "a reader reads and may not write", documented) {
  const User reader = share_with_another(client, "reader");
  const std::string id = client.insert(timed("A")).text("id");
  EXPECT_EQ(client.as(reader, "GET", calendar_path(client) + "/events/" + id).text("summary"), "A");
  EXPECT_EQ(
      client.as(reader, "PATCH", calendar_path(client) + "/events/" + id, "{\"summary\":\"B\"}")
          .status,
      403);
}

FACT(TwoAccounts, "a reader does not see the details of private events", documented) {
  const User reader = share_with_another(client, "reader");
  Json body = timed("Secret");
  body.set("visibility", "private");
  const std::string id = client.insert(body).text("id");
  const Response shown = client.as(reader, "GET", calendar_path(client) + "/events/" + id);
  EXPECT_EQ(shown.dump("summary"), "absent");
  EXPECT_EQ(shown.body.find("Secret"), std::string::npos);
  EXPECT_NE(shown.dump("start"), "absent");
}

FACT(TwoAccounts, "a freeBusyReader sees times only", documented) {
  const User reader = share_with_another(client, "freeBusyReader");
  (void)client.insert(timed("Topic"));
  const Response shown = client.as(reader, "GET", calendar_path(client) + "/events");
  EXPECT_EQ(shown.count(), 1u);
  EXPECT_EQ(shown.body.find("Topic"), std::string::npos);
  EXPECT_EQ(shown.text("accessRole"), "freeBusyReader");
}

FACT(TwoAccounts, "a writer writes; the organizer stays the calendar", documented) {
  const User writer = share_with_another(client, "writer");
  const Response made =
      client.as(writer, "POST", calendar_path(client) + "/events", timed("W").dump());
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(made.text("organizer.email"), client.calendar);
  EXPECT_EQ(made.text("creator.email"), writer.email);
}

FACT(Client, "a changed rule makes the calendar's sync tokens too old", documented) {
  const std::string token = client.sync_token();
  (void)client.post("/calendars/primary/acl", rule("reader", "user", "x@example.org"));
  EXPECT_EQ(client.changes_since(token).status, 410);
}

FACT(TwoAccounts, "sharing puts nothing into the other's list; inserting it there does",
     documented) {
  const User other = share_with_another(client, "reader");
  EXPECT_EQ(client.as(other, "GET", "/users/me/calendarList/" + escape(client.calendar)).status,
            404);
  EXPECT_EQ(client
                .as(other, "POST", "/users/me/calendarList",
                    Json::object({{"id", client.calendar}}).dump())
                .status,
            200);
  EXPECT_EQ(client.as(other, "GET", "/users/me/calendarList/" + escape(client.calendar))
                .text("accessRole"),
            "reader");
}

FACT(TwoAccounts, "a withdrawn right: 404 at the next request", documented) {
  const User other = share_with_another(client, "reader");
  EXPECT_EQ(client.as(other, "GET", calendar_path(client) + "/events").status, 200);
  (void)client.remove("/calendars/primary/acl/" + escape("user:" + other.email));
  EXPECT_EQ(client.as(other, "GET", calendar_path(client) + "/events").status, 404);
}

const std::string kFrom = "2026-12-01T00:00:00Z", kUntil = "2026-12-03T00:00:00Z";

Json query(const std::string& from, const std::string& until, const std::string& id) {
  return Json::object({{"timeMin", from},
                       {"timeMax", until},
                       {"items", Json::array({Json::object({{"id", id}})})}});
}

std::vector<Json> busy_times(Client& client, const Json& body) {
  return client.post("/freeBusy", body).json["calendars"][client.calendar]["busy"].items();
}

SECTION("freeBusy");

FACT(Client, "kind, the window, busy stretches in UTC", documented) {
  (void)client.insert(timed("A"));
  const Response response = client.post("/freeBusy", query(kFrom, kUntil, client.calendar));
  EXPECT_EQ(response.text("kind"), "calendar#freeBusy");
  EXPECT_EQ(response.json["calendars"][client.calendar]["busy"].dump(),
            "[{\"start\":\"2026-12-01T09:00:00Z\",\"end\":\"2026-12-01T10:00:00Z\"}]");
}

FACT(Client, "timeZone writes them in that zone", documented) {
  (void)client.insert(timed("A"));
  Json body = query(kFrom, kUntil, client.calendar);
  body.set("timeZone", "Europe/Berlin");
  EXPECT_EQ(busy_times(client, body).at(0).string("start"), "2026-12-01T10:00:00+01:00");
}

FACT(Client, "neighbouring and overlapping events are one stretch", observed) {
  (void)client.insert(timed("A"));
  (void)client.insert(timed("B", "2026-12-01T10:30:00+01:00", "2026-12-01T12:00:00+01:00"));
  EXPECT_EQ(busy_times(client, query(kFrom, kUntil, client.calendar)).size(), 1u);
}

FACT(PrivateAccount, "transparent, cancelled and declined events do not block", documented) {
  Json free = timed("Free");
  free.set("transparency", "transparent");
  (void)client.insert(free);
  (void)client.remove(event_path(client.insert(timed("Gone")).text("id")));
  Json declined = timed("No");
  declined.set(
      "attendees",
      Json::array({Json::object({{"email", client.me.email}, {"responseStatus", "declined"}}),
                   json("{'email':'x@example.org'}")}));
  (void)client.insert(declined);
  EXPECT_EQ(busy_times(client, query(kFrom, kUntil, client.calendar)).size(), 0u);
}

FACT(Client, "a series blocks each day, but not its cancelled instance", documented) {
  const std::string id = client.insert(daily()).text("id");
  EXPECT_EQ(busy_times(client, query(kFrom, kUntil, client.calendar)).size(), 2u);
  (void)client.remove(event_path(id + "_20261202T080000Z"));
  EXPECT_EQ(busy_times(client, query(kFrom, kUntil, client.calendar)).size(), 1u);
}

FACT(PrivateAccount, "primary is the caller's own calendar", documented) {
  (void)client.insert(timed("A"));
  EXPECT_EQ(
      client.post("/freeBusy", query(kFrom, kUntil, "primary")).count("calendars.primary.busy"),
      1u);
}

FACT(Client, "an unknown calendar: 200 with errors notFound", documented) {
  const Response response = client.post("/freeBusy", query(kFrom, kUntil, "nobody@example.org"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(
      response.json["calendars"]["nobody@example.org"]["errors"].items().front().string("reason"),
      "notFound");
}

FACT(EmulatorOnly, "a group: its calendars, and the busy times of each", documented) {
  const User other = client.another_user();
  (void)client.as(
      other, "POST", "/calendars/primary/acl",
      Json::object({{"role", "freeBusyReader"},
                    {"scope", Json::object({{"type", "user"}, {"value", client.me.email}})}})
          .dump());
  (void)client.as(other, "POST", "/calendars/primary/events", timed("B").dump());
  (void)client.insert(timed("A"));
  const std::string group = unique_id("team") + "@example.com";
  EXPECT_EQ(client
                .control("POST", "/groups",
                         Json::object({{"email", group},
                                       {"members", Json::array({client.me.email, other.email})}}))
                .status,
            200);
  const Response response = client.post("/freeBusy", query(kFrom, kUntil, group));
  EXPECT_EQ(response.json["groups"][group]["calendars"].items().size(), 2u);
  EXPECT_FALSE(response.json["calendars"].contains(group));
  for (const std::string& member : {client.me.email, other.email})
    EXPECT_EQ(response.json["calendars"][member]["busy"].items().size(), 1u) << member;
}

FACT(EmulatorOnly, "a group over groupExpansionMax: groupTooBig", documented) {
  const std::string group = unique_id("team") + "@example.com";
  (void)client.control(
      "POST", "/groups",
      Json::object(
          {{"email", group},
           {"members", Json::array({"a@example.com", "b@example.com", "c@example.com"})}}));
  Json body = query(kFrom, kUntil, group);
  body.set("groupExpansionMax", 2);
  const Response response = client.post("/freeBusy", body);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.json["groups"][group]["errors"].items().at(0).string("reason"), "groupTooBig");
  EXPECT_EQ(response.json["groups"][group]["errors"].items().at(0).string("domain"), "global");
  EXPECT_TRUE(response.json["calendars"].members().empty());
}

FACT(Client, "calendars over calendarExpansionMax: tooManyCalendarsRequested", documented) {
  Json body = query(kFrom, kUntil, client.calendar);
  body.set("items", Json::array({Json::object({{"id", client.calendar}}),
                                 Json::object({{"id", "nobody@example.org"}})}));
  body.set("calendarExpansionMax", 1);
  const Response response = client.post("/freeBusy", body);
  EXPECT_EQ(response.status, 200);
  EXPECT_FALSE(response.json["calendars"][client.calendar].contains("errors"));
  EXPECT_EQ(
      response.json["calendars"]["nobody@example.org"]["errors"].items().at(0).string("reason"),
      "tooManyCalendarsRequested");
}

FACT(Client, "an empty range: 400 timeRangeEmpty", documented) {
  EXPECT_EQ(client.post("/freeBusy", query(kUntil, kFrom, client.calendar)).reason(),
            "timeRangeEmpty");
}

FACT(Client, "a very long range is refused", observed) {
  EXPECT_EQ(client.post("/freeBusy", query(kFrom, "2036-12-03T00:00:00Z", client.calendar)).status,
            400);
}

FACT(Client, "timeMin is required", documented) {
  EXPECT_EQ(client.post("/freeBusy", json("{'timeMax':'2026-12-03T00:00:00Z','items':[]}")).status,
            400);
}

}  // namespace
}  // namespace contract
