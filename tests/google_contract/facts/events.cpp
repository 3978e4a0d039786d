// Events: ids, limits, types.
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

SECTION("events.ids");

FACT(Client, "a server-made id has 26 characters of [a-v0-9]", observed) {
  const std::string id = client.insert(timed("A")).text("id");
  EXPECT_EQ(id.size(), 26u);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdefghijklmnopqrstuv"), std::string::npos);
}

FACT(Client, "the same id again: 409 duplicate", documented) {
  Json body = timed("A");
  body.set("id", "abcde00001");
  EXPECT_EQ(client.insert(body).status, 200);
  const Response again = client.insert(body);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.reason(), "duplicate");
  EXPECT_EQ(client.events().count(), 1u);
}

FACT(Client, "the same id in another calendar is another event", documented) {
  Json body = timed("A");
  body.set("id", "abcde00002");
  const std::string other = client.new_calendar();
  EXPECT_EQ(client.insert(body).status, 200);
  EXPECT_EQ(client.post("/calendars/" + escape(other) + "/events", body).status, 200);
}

FACT(Client, "a deleted id inserted again: 409", observed) {
  Json body = timed("A");
  body.set("id", "abcde00003");
  (void)client.insert(body);
  (void)client.remove("/calendars/primary/events/abcde00003");
  EXPECT_EQ(client.insert(body).status, 409);
}

FACT(Client, "a deleted event comes back by PUT with status confirmed", observed) {
  const std::string id = client.insert(timed("A")).text("id");
  (void)client.remove(event_path(id));
  Json body = timed("Again");
  body.set("status", "confirmed");
  EXPECT_EQ(client.put(event_path(id), body).status, 200);
  EXPECT_EQ(client.event(id).text("status"), "confirmed");
  EXPECT_EQ(client.event(id).text("summary"), "Again");
  EXPECT_EQ(client.events().count(), 1u);
}

FACT(Client, "a 1024-character id is accepted, one more is not", documented) {
  Json body = timed("A");
  body.set("id", std::string(1024, 'a'));
  EXPECT_EQ(client.insert(body).status, 200);
  body.set("id", std::string(1025, 'a'));
  EXPECT_EQ(client.insert(body).status, 400);
}

FACT(Client, "an imported event has the id _ + base32hex of its iCalUID", observed) {
  Json body = timed("A");
  body.set("iCalUID", "uid@x");
  const Response made = client.post("/calendars/primary/events/import", body);
  EXPECT_EQ(made.text("id"), "_elkm8g3o");
  EXPECT_EQ(made.text("iCalUID"), "uid@x");
}

SECTION("events.limits");

FACT(Client, "an extended key over 44 characters is dropped without a word", documented) {
  Json body = timed("A");
  body.set("extendedProperties",
           Json::object({{"private", Json::object({{std::string(44, 'k'), "in"},
                                                   {std::string(45, 'l'), "out"}})}}));
  const Response made = client.insert(body);
  EXPECT_EQ(made.json["extendedProperties"]["private"].members().size(), 1u);
}

FACT(Client, "an extended value over 1024 characters is cut", documented) {
  Json body = timed("A");
  body.set("extendedProperties",
           Json::object({{"private", Json::object({{"k", std::string(1025, 'v')}})}}));
  EXPECT_EQ(client.insert(body).text("extendedProperties.private.k").size(), 1024u);
}

FACT(Client, "over 300 extended properties: refused", documented) {
  Json body = timed("A"), many = Json::object();
  for (int i = 0; i < 301; ++i) many.set("k" + std::to_string(i), "v");
  body.set("extendedProperties", Json::object({{"private", std::move(many)}}));
  EXPECT_EQ(client.insert(body).status, 400);
}

FACT(Client, "a description over 8192 characters is cut or refused", observed) {
  Json body = timed("A");
  body.set("description", std::string(9'000, 'd'));
  const Response made = client.insert(body);
  EXPECT_TRUE(made.status == 400 || made.text("description").size() == 8192u);
}

FACT(Client, "over 25 attachments: refused", documented) {
  Json body = timed("A"), many = Json::array();
  for (int i = 0; i < 26; ++i)
    many.push(Json::object({{"fileUrl", "https://example.org/" + std::to_string(i)}}));
  body.set("attachments", std::move(many));
  EXPECT_EQ(client.insert(body, "?supportsAttachments=true").status, 400);
}

FACT(PrivateAccount, "200 attendees are accepted", documented) {
  Json body = timed("A"), many = Json::array();
  for (int i = 0; i < 200; ++i)
    many.push(Json::object({{"email", "g" + std::to_string(i) + "@example.org"}}));
  body.set("attendees", std::move(many));
  EXPECT_EQ(client.insert(body).count("attendees"), 200u);
}

SECTION("events.types");

FACT(PrivateAccount, "a working location needs transparent and its place", documented) {
  EXPECT_EQ(
      client
          .insert(merged(timed("Home"),
                         "{'eventType':'workingLocation','transparency':'transparent',"
                         "'workingLocationProperties':{'type':'homeOffice','homeOffice':{}}}"))
          .status,
      200);
}

FACT(PrivateAccount, "focus time on the primary calendar", documented) {
  EXPECT_EQ(client.insert(merged(timed("F"), "{'eventType':'focusTime'}")).text("eventType"),
            "focusTime");
}

FACT(Client, "focus time on a secondary calendar is refused", documented) {
  const std::string other = client.new_calendar();
  EXPECT_EQ(client
                .post("/calendars/" + escape(other) + "/events",
                      merged(timed("F"), "{'eventType':'focusTime'}"))
                .reason(),
            "eventTypeRestriction");
}

FACT(Client, "the type cannot be changed", documented) {
  const std::string id = client.insert(timed("A")).text("id");
  EXPECT_EQ(client.patch(event_path(id), json("{'eventType':'focusTime'}")).reason(),
            "eventTypeRestriction");
}

FACT(PrivateAccount, "a birthday: all day, yearly", documented) {
  EXPECT_EQ(client
                .insert(merged(all_day("B"),
                               "{'eventType':'birthday','transparency':'transparent',"
                               "'visibility':'private','recurrence':['RRULE:FREQ=YEARLY'],"
                               "'birthdayProperties':{'type':'birthday'}}"))
                .status,
            200);
}

}  // namespace
}  // namespace contract
