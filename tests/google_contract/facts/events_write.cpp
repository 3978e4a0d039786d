// Events: patch, update, delete, import, move.
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

SECTION("events.write");

FACT(Client, "patch changes only what is sent", documented) {
  const std::string id =
      client.insert(merged(timed("A"), "{'location':'L','description':'D'}")).text("id");
  const Response next = client.patch(event_path(id), json("{'summary':'B'}"));
  EXPECT_EQ(next.text("summary"), "B");
  EXPECT_EQ(next.text("location"), "L");
  EXPECT_EQ(next.text("description"), "D");
}

FACT(Client, "null in a patch clears", documented) {
  const std::string id = client.insert(merged(timed("A"), "{'location':'L'}")).text("id");
  EXPECT_EQ(client.patch(event_path(id), json("{'location':null}")).dump("location"), "absent");
}

FACT(Client, "arrays are replaced as a whole by patch", documented) {
  const std::string id =
      client
          .insert(merged(timed("A"),
                         "{'attendees':[{'email':'a@example.org'},{'email':'b@example.org'}]}"))
          .text("id");
  const Response next =
      client.patch(event_path(id), json("{'attendees':[{'email':'c@example.org'}]}"));
  EXPECT_EQ(next.count("attendees"), 1u);
}

FACT(Client, "maps are merged by key: one extended property", documented) {
  const std::string id =
      client.insert(merged(timed("A"), "{'extendedProperties':{'private':{'a':'1','b':'2'}}}"))
          .text("id");
  const Response next =
      client.patch(event_path(id), json("{'extendedProperties':{'private':{'a':null,'c':'3'}}}"));
  EXPECT_EQ(next.dump("extendedProperties.private"), "{\"b\":\"2\",\"c\":\"3\"}");
}

FACT(Client, "a patch of extended properties keeps the other kind", documented) {
  const std::string id =
      client
          .insert(
              merged(timed("A"), "{'extendedProperties':{'private':{'a':'1'},'shared':{'s':'2'}}}"))
          .text("id");
  EXPECT_EQ(client.patch(event_path(id), json("{'extendedProperties':{'private':{'a':'9'}}}"))
                .text("extendedProperties.shared.s"),
            "2");
}

FACT(Client, "update clears what is left out", documented) {
  const std::string id =
      client
          .insert(merged(timed("A"),
                         "{'location':'L','extendedProperties':{'private':{'a':'1'}},"
                         "'attendees':[{'email':'a@example.org'}]}"))
          .text("id");
  const Response next = client.put(event_path(id), timed("B"));
  for (const char* name : {"location", "extendedProperties", "attendees"})
    EXPECT_EQ(next.dump(name), "absent") << name;
}

FACT(Client, "update wants start and end", documented) {
  EXPECT_EQ(
      client.put(event_path(client.insert(timed("A")).text("id")), json("{'summary':'B'}")).status,
      400);
}

FACT(Client, "timed becomes all-day by patch with null for the other member", observed) {
  const std::string id = client.insert(timed("A")).text("id");
  const Response next = client.patch(
      event_path(id), json("{'start':{'date':'2026-12-01','dateTime':null,'timeZone':null},"
                           "'end':{'date':'2026-12-02','dateTime':null,'timeZone':null}}"));
  EXPECT_EQ(next.dump("start"), "{\"date\":\"2026-12-01\"}");
}

FACT(Client, "without the null it is refused", observed) {
  EXPECT_EQ(client
                .patch(event_path(client.insert(timed("A")).text("id")),
                       json("{'start':{'date':'2026-12-01'},'end':{'date':'2026-12-02'}}"))
                .status,
            400);
}

FACT(Client, "a moved start raises the sequence, a new title does not", observed) {
  const std::string id = client.insert(timed("A")).text("id");
  EXPECT_EQ(client.patch(event_path(id), json("{'summary':'B'}")).dump("sequence"), "0");
  EXPECT_EQ(client.patch(event_path(id), json("{'end':{'dateTime':'2026-12-01T12:00:00+01:00'}}"))
                .dump("sequence"),
            "1");
}

FACT(Client, "a lower sequence than the stored one: 400", observed) {
  const std::string id = client.insert(merged(timed("A"), "{'sequence':5}")).text("id");
  EXPECT_EQ(client.patch(event_path(id), json("{'sequence':4}")).reason(), "invalid");
}

FACT(Client, "reminders alone move the etag but not updated", observed) {
  const Response made = client.insert(timed("A"));
  const Response next = client.patch(event_path(made.text("id")),
                                     json("{'reminders':{'useDefault':false,"
                                          "'overrides':[{'method':'popup','minutes':7}]}}"));
  EXPECT_EQ(next.text("updated"), made.text("updated"));
  EXPECT_NE(next.text("etag"), made.text("etag"));
}

FACT(Client, "reminders alone do come in the incremental answer", observed) {
  const std::string id = client.insert(timed("A")).text("id"), token = client.sync_token();
  (void)client.patch(event_path(id), json("{'reminders':{'useDefault':false,'overrides':[]}}"));
  EXPECT_EQ(client.changes_since(token).count(), 1u);
}

FACT(Client, "delete answers 204 without a body", observed) {
  const Response response = client.remove(event_path(client.insert(timed("A")).text("id")));
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.body, "");
}

FACT(Client, "delete of a deleted event: 410 deleted", documented) {
  const std::string id = client.insert(timed("A")).text("id");
  (void)client.remove(event_path(id));
  const Response again = client.remove(event_path(id));
  EXPECT_EQ(again.status, 410);
  EXPECT_EQ(again.reason(), "deleted");
}

FACT(Client, "get of a deleted event: 200 with status cancelled", documented) {
  const std::string id = client.insert(timed("A")).text("id");
  (void)client.remove(event_path(id));
  EXPECT_EQ(client.event(id).status, 200);
  EXPECT_EQ(client.event(id).text("status"), "cancelled");
}

FACT(Client, "status: cancelled by patch deletes", observed) {
  const std::string id = client.insert(timed("A")).text("id");
  EXPECT_EQ(client.patch(event_path(id), json("{'status':'cancelled'}")).status, 200);
  EXPECT_EQ(client.events().count(), 0u);
}

FACT(Client, "an unknown id: 404 notFound for get, patch, put, delete", documented) {
  EXPECT_EQ(client.event("unknown00").reason(), "notFound");
  EXPECT_EQ(client.patch(event_path("unknown00"), json("{'summary':'B'}")).status, 404);
  EXPECT_EQ(client.put(event_path("unknown00"), timed("B")).status, 404);
  EXPECT_EQ(client.remove(event_path("unknown00")).status, 404);
}

FACT(Client, "import wants the iCalUID", documented) {
  EXPECT_EQ(client.post("/calendars/primary/events/import", timed("A")).status, 400);
}

FACT(Client, "import with an id: 400 invalid", observed) {
  EXPECT_EQ(client
                .post("/calendars/primary/events/import",
                      merged(timed("A"), "{'iCalUID':'u@x','id':'abcde00009'}"))
                .reason(),
            "invalid");
}

FACT(Client, "import of a foreign event: participantIsNeitherOrganizerNorAttendee", observed) {
  EXPECT_EQ(
      client
          .post("/calendars/primary/events/import",
                merged(timed("A"), "{'iCalUID':'u@x','organizer':{'email':'boss@example.org'}}"))
          .reason(),
      "participantIsNeitherOrganizerNorAttendee");
}

FACT(PrivateAccount, "import keeps a foreign organizer when the calendar takes part", documented) {
  Json body = merged(timed("A"), "{'iCalUID':'u@x','organizer':{'email':'boss@example.org'}}");
  body.set("attendees", Json::array({Json::object({{"email", client.me.email}})}));
  EXPECT_EQ(client.post("/calendars/primary/events/import", body).text("organizer.email"),
            "boss@example.org");
}

FACT(PrivateAccount,
     "a foreign event can be reimported, changed, when its organizer is not at Google", guessed) {
  Json body = merged(timed("A"), "{'iCalUID':'again@x','organizer':{'email':'boss@example.org'}}");
  body.set("attendees", Json::array({Json::object({{"email", client.me.email}})}));
  const Response first = client.post("/calendars/primary/events/import", body);
  body.set("summary", "B");
  const Response second = client.post("/calendars/primary/events/import", body);
  EXPECT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(second.text("id"), first.text("id"));
  EXPECT_EQ(second.text("summary"), "B");
}

FACT(EmulatorOnly, "import sends no mail", observed) {
  const std::string guest = unique_id("g") + "@example.org";
  Json body = merged(timed("A"), "{'iCalUID':'u@x'}");
  body.set("attendees", Json::array({Json::object({{"email", guest}})}));
  (void)client.post("/calendars/primary/events/import?sendUpdates=all", body);
  EXPECT_EQ(client.control("GET", "/stats").body.find(guest), std::string::npos);
}

FACT(Client, "move: the id stays, the organizer becomes the other calendar", guessed) {
  const std::string other = client.new_calendar(), id = client.insert(timed("A")).text("id");
  const Response moved = client.call("POST", event_path(id) + "/move?destination=" + escape(other));
  EXPECT_EQ(moved.status, 200);
  EXPECT_EQ(moved.text("id"), id);
  EXPECT_EQ(moved.text("organizer.email"), other);
  EXPECT_EQ(client.event(id).text("status"), "cancelled");
  EXPECT_EQ(client.get("/calendars/" + escape(other) + "/events").count(), 1u);
}

FACT(Client, "move wants the destination", documented) {
  EXPECT_EQ(
      client.call("POST", event_path(client.insert(timed("A")).text("id")) + "/move").reason(),
      "required");
}

FACT(Client, "an instance cannot be moved alone: cannotChangeOrganizerOfInstance", observed) {
  const std::string other = client.new_calendar(), id = client.insert(daily()).text("id");
  EXPECT_EQ(
      client
          .call("POST", event_path(id + "_20261202T080000Z") + "/move?destination=" + escape(other))
          .reason(),
      "cannotChangeOrganizerOfInstance");
}

}  // namespace
}  // namespace contract
