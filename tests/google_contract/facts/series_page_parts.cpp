// Series: how far what Google's own page does with "this and following" and "all" reaches.
#include "tests/google_contract/facts/guest_bodies.hpp"

namespace contract {
namespace {

Response on_page(EmulatorOnly& client, const std::string& instance, const std::string& scope,
                 const std::string& change) {
  const Json body = Json::object(
      {{"email", client.me.email}, {"calendar", "primary"}, {"event", instance}, {"scope", scope}});
  return client.control("POST", "/series", merged(body, change));
}

// The titles of all instances, in order.
std::string titles(EmulatorOnly& client) {
  std::string out;
  for (const Json& item : client.events("?singleEvents=true&orderBy=startTime").list("items"))
    out += (out.empty() ? "" : " ") + item.string("summary");
  return out;
}

SECTION("series.page");

FACT(EmulatorOnly, "all events: a guest comes to the guests and responses of each date",
     documented) {
  const std::string id = client.insert(inviting(daily(), {"a@example.org"})).text("id"),
                    one = id + "_20261203T080000Z";
  (void)client.patch(event_path(one),
                     json("{'attendees':[{'email':'a@example.org','responseStatus':'declined'},"
                          "{'email':'b@example.org'}]}"));
  EXPECT_EQ(on_page(client, id + "_20261202T080000Z", "all",
                    "{'change':{'attendees':[{'email':'a@example.org',"
                    "'responseStatus':'needsAction'},{'email':'c@example.org'}]}}")
                .status,
            200);
  EXPECT_EQ(client.event(id).count("attendees"), 2u);
  EXPECT_EQ(client.event(one).count("attendees"), 3u);
  EXPECT_EQ(response_of(client.event(one).json, "a@example.org"), "declined");
}

FACT(EmulatorOnly, "this and following reaches the later parts of a series", documented) {
  const std::string id = client.insert(daily("A")).text("id");
  (void)on_page(client, id + "_20261204T080000Z", "following", "{'change':{'location':'L'}}");
  (void)on_page(client, id + "_20261202T080000Z", "following", "{'change':{'summary':'B'}}");
  EXPECT_EQ(titles(client), "A B B B B");
  EXPECT_EQ(client.event(id + "_20261205T080000Z").text("location"), "L");
  EXPECT_EQ(client.event(id + "_20261203T080000Z").text("location"), "");
}

FACT(EmulatorOnly, "delete this and following: the later parts are gone too", guessed) {
  const std::string id = client.insert(daily("A")).text("id");
  (void)on_page(client, id + "_20261204T080000Z", "following", "{'change':{'summary':'B'}}");
  EXPECT_EQ(on_page(client, id + "_20261202T080000Z", "following", "{'delete':true}").status, 200);
  EXPECT_EQ(titles(client), "A");
}

FACT(EmulatorOnly, "another end leaves the exceptions that the rule still has", guessed) {
  const std::string id = client.insert(daily("A")).text("id");
  (void)client.patch(event_path(id + "_20261202T080000Z"), json("{'summary':'B'}"));
  (void)client.patch(event_path(id + "_20261205T080000Z"), json("{'summary':'C'}"));
  (void)on_page(client, id, "all", "{'change':{'recurrence':['RRULE:FREQ=DAILY;COUNT=3']}}");
  EXPECT_EQ(titles(client), "A B A");
  (void)on_page(client, id, "all",
                "{'change':{'recurrence':['RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3']}}");
  EXPECT_EQ(titles(client), "A A A");
}

FACT(EmulatorOnly, "this and following moved to another day takes BYDAY along, without exceptions",
     guessed) {
  const std::string id = client.insert(daily("W", "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=4")).text("id");
  (void)client.patch(event_path(id + "_20261215T080000Z"), json("{'summary':'Mine'}"));
  const Response next =
      on_page(client, id + "_20261208T080000Z", "following",
              "{'change':{'start':{'dateTime':'2026-12-09T10:00:00','timeZone':'Europe/Berlin'},"
              "'end':{'dateTime':'2026-12-09T10:30:00','timeZone':'Europe/Berlin'}}}");
  EXPECT_EQ(next.dump("recurrence"), "[\"RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=3\"]");
  EXPECT_EQ(titles(client), "W W W W");
}

}  // namespace
}  // namespace contract
