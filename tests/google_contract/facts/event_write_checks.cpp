// The event resource, written again: patch, update, delete, import, move.
#include "tests/google_contract/facts/contract.hpp"

namespace contract {

using enum Known;

void event_write_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"events.write", fact, known, std::move(run)});
  };
  const auto path = [](const std::string& id) { return "/calendars/primary/events/" + id; };
  add("patch changes only what is sent", documented, [path](Probe& p) {
    const std::string id =
        p.insert(laid_over(timed("A"), "{'location':'L','description':'D'}")).text("id");
    const Answer next = p.patch(path(id), js("{'summary':'B'}"));
    EXPECT_EQ(next.text("summary"), "B");
    EXPECT_EQ(next.text("location"), "L");
    EXPECT_EQ(next.text("description"), "D");
  });
  add("null in a patch clears", documented, [path](Probe& p) {
    const std::string id = p.insert(laid_over(timed("A"), "{'location':'L'}")).text("id");
    EXPECT_EQ(p.patch(path(id), js("{'location':null}")).dump("location"), "absent");
  });
  add("arrays are replaced as a whole by patch", documented, [path](Probe& p) {
    const std::string id =
        p.insert(laid_over(timed("A"),
                           "{'attendees':[{'email':'a@example.org'},{'email':'b@example.org'}]}"))
            .text("id");
    const Answer next = p.patch(path(id), js("{'attendees':[{'email':'c@example.org'}]}"));
    EXPECT_EQ(next.count("attendees"), 1u);
  });
  add("maps are merged by key: one extended property", documented, [path](Probe& p) {
    const std::string id =
        p.insert(laid_over(timed("A"), "{'extendedProperties':{'private':{'a':'1','b':'2'}}}"))
            .text("id");
    const Answer next =
        p.patch(path(id), js("{'extendedProperties':{'private':{'a':null,'c':'3'}}}"));
    EXPECT_EQ(next.dump("extendedProperties.private"), "{\"b\":\"2\",\"c\":\"3\"}");
  });
  add("a patch of extended properties keeps the other kind", documented, [path](Probe& p) {
    const std::string id =
        p.insert(laid_over(timed("A"),
                           "{'extendedProperties':{'private':{'a':'1'},'shared':{'s':'2'}}}"))
            .text("id");
    EXPECT_EQ(p.patch(path(id), js("{'extendedProperties':{'private':{'a':'9'}}}"))
                  .text("extendedProperties.shared.s"),
              "2");
  });
  add("update clears what is left out", documented, [path](Probe& p) {
    const std::string id = p.insert(laid_over(timed("A"),
                                              "{'location':'L','extendedProperties':{'private':{'a'"
                                              ":'1'}},'attendees':[{'email':'a@example.org'}]}"))
                               .text("id");
    const Answer next = p.put(path(id), timed("B"));
    for (const char* name : {"location", "extendedProperties", "attendees"})
      EXPECT_EQ(next.dump(name), "absent") << name;
  });
  add("update wants start and end", documented, [path](Probe& p) {
    EXPECT_EQ(p.put(path(p.insert(timed("A")).text("id")), js("{'summary':'B'}")).status, 400);
  });
  add("timed becomes all-day by patch with null for the other member", observed, [path](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id");
    const Answer next =
        p.patch(path(id), js("{'start':{'date':'2026-12-01','dateTime':null,'timeZone':null},'end':"
                             "{'date':'2026-12-02','dateTime':null,'timeZone':null}}"));
    EXPECT_EQ(next.dump("start"), "{\"date\":\"2026-12-01\"}");
  });
  add("without the null it is refused", observed, [path](Probe& p) {
    EXPECT_EQ(p.patch(path(p.insert(timed("A")).text("id")),
                      js("{'start':{'date':'2026-12-01'},'end':{'date':'2026-12-02'}}"))
                  .status,
              400);
  });
  add("a moved start raises the sequence, a new title does not", observed, [path](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id");
    EXPECT_EQ(p.patch(path(id), js("{'summary':'B'}")).dump("sequence"), "0");
    EXPECT_EQ(
        p.patch(path(id), js("{'end':{'dateTime':'2026-12-01T12:00:00+01:00'}}")).dump("sequence"),
        "1");
  });
  add("a lower sequence than the stored one: 400", observed, [path](Probe& p) {
    const std::string id = p.insert(laid_over(timed("A"), "{'sequence':5}")).text("id");
    EXPECT_EQ(p.patch(path(id), js("{'sequence':4}")).reason(), "invalid");
  });
  add("reminders alone move the etag but not updated", observed, [path](Probe& p) {
    const Answer made = p.insert(timed("A"));
    const Answer next = p.patch(
        path(made.text("id")),
        js("{'reminders':{'useDefault':false,'overrides':[{'method':'popup','minutes':7}]}}"));
    EXPECT_EQ(next.text("updated"), made.text("updated"));
    EXPECT_NE(next.text("etag"), made.text("etag"));
  });
  add("reminders alone do come in the incremental answer", observed, [path](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id"), token = p.sync_token();
    (void)p.patch(path(id), js("{'reminders':{'useDefault':false,'overrides':[]}}"));
    EXPECT_EQ(p.since(token).count(), 1u);
  });
  add("delete answers 204 without a body", observed, [path](Probe& p) {
    const Answer answer = p.remove(path(p.insert(timed("A")).text("id")));
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.body, "");
  });
  add("delete of a deleted event: 410 deleted", documented, [path](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id");
    (void)p.remove(path(id));
    const Answer again = p.remove(path(id));
    EXPECT_EQ(again.status, 410);
    EXPECT_EQ(again.reason(), "deleted");
  });
  add("get of a deleted event: 200 with status cancelled", documented, [path](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id");
    (void)p.remove(path(id));
    EXPECT_EQ(p.event(id).status, 200);
    EXPECT_EQ(p.event(id).text("status"), "cancelled");
  });
  add("status: cancelled by patch deletes", observed, [path](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id");
    EXPECT_EQ(p.patch(path(id), js("{'status':'cancelled'}")).status, 200);
    EXPECT_EQ(p.events().count(), 0u);
  });
  add("an unknown id: 404 notFound for get, patch, put, delete", documented, [path](Probe& p) {
    EXPECT_EQ(p.event("unknown00").reason(), "notFound");
    EXPECT_EQ(p.patch(path("unknown00"), js("{'summary':'B'}")).status, 404);
    EXPECT_EQ(p.put(path("unknown00"), timed("B")).status, 404);
    EXPECT_EQ(p.remove(path("unknown00")).status, 404);
  });
  add("import: a second import of the uid changes the first copy", guessed, [](Probe& p) {
    Json body = timed("A");
    body.set("iCalUID", "twice@x");
    const Answer first = p.post("/calendars/primary/events/import", body);
    body.set("summary", "B");
    const Answer second = p.post("/calendars/primary/events/import", body);
    EXPECT_EQ(second.text("id"), first.text("id"));
    EXPECT_EQ(p.events().count(), 1u);
    EXPECT_EQ(p.events().text("items.0.summary"), "B");
  });
  add("import wants the iCalUID", documented, [](Probe& p) {
    EXPECT_EQ(p.post("/calendars/primary/events/import", timed("A")).status, 400);
  });
  add("import with an id: 400 invalid", observed, [](Probe& p) {
    EXPECT_EQ(p.post("/calendars/primary/events/import",
                     laid_over(timed("A"), "{'iCalUID':'u@x','id':'abcde00009'}"))
                  .reason(),
              "invalid");
  });
  add("import of somebody else's event: participantIsNeitherOrganizerNorAttendee", observed,
      [](Probe& p) {
        EXPECT_EQ(p.post("/calendars/primary/events/import",
                         laid_over(timed("A"),
                                   "{'iCalUID':'u@x','organizer':{'email':'boss@example.org'}}"))
                      .reason(),
                  "participantIsNeitherOrganizerNorAttendee");
      });
  add("import keeps a foreign organizer when the calendar takes part", documented, [](Own& p) {
    Json body = laid_over(timed("A"), "{'iCalUID':'u@x','organizer':{'email':'boss@example.org'}}");
    body.set("attendees", Json::array({Json::object({{"email", p.me.email}})}));
    EXPECT_EQ(p.post("/calendars/primary/events/import", body).text("organizer.email"),
              "boss@example.org");
  });
  add("somebody else's event can be imported again, changed, when its organizer is not at Google",
      guessed, [](Own& p) {
        Json body =
            laid_over(timed("A"), "{'iCalUID':'again@x','organizer':{'email':'boss@example.org'}}");
        body.set("attendees", Json::array({Json::object({{"email", p.me.email}})}));
        const Answer first = p.post("/calendars/primary/events/import", body);
        body.set("summary", "B");
        const Answer second = p.post("/calendars/primary/events/import", body);
        EXPECT_EQ(second.status, 200) << second.body;
        EXPECT_EQ(second.text("id"), first.text("id"));
        EXPECT_EQ(second.text("summary"), "B");
      });
  add("import mails nobody", observed, [](Emulated& p) {
    const std::string guest = unique("g") + "@example.org";
    Json body = laid_over(timed("A"), "{'iCalUID':'u@x'}");
    body.set("attendees", Json::array({Json::object({{"email", guest}})}));
    (void)p.post("/calendars/primary/events/import?sendUpdates=all", body);
    EXPECT_EQ(p.control("GET", "/stats").body.find(guest), std::string::npos);
  });
  add("move: the id stays, the organizer becomes the other calendar", guessed, [path](Probe& p) {
    const std::string other = p.post("/calendars", js("{'summary':'S'}")).text("id"),
                      id = p.insert(timed("A")).text("id");
    const Answer moved = p.call("POST", path(id) + "/move?destination=" + escape(other));
    EXPECT_EQ(moved.status, 200);
    EXPECT_EQ(moved.text("id"), id);
    EXPECT_EQ(moved.text("organizer.email"), other);
    EXPECT_EQ(p.event(id).text("status"), "cancelled");
    EXPECT_EQ(p.get("/calendars/" + escape(other) + "/events").count(), 1u);
  });
  add("move wants the destination", documented, [path](Probe& p) {
    EXPECT_EQ(p.call("POST", path(p.insert(timed("A")).text("id")) + "/move").reason(), "required");
  });
  add("an instance cannot be moved alone: cannotChangeOrganizerOfInstance", observed,
      [path](Probe& p) {
        const std::string other = p.post("/calendars", js("{'summary':'S'}")).text("id"),
                          id = p.insert(daily()).text("id");
        EXPECT_EQ(
            p.call("POST", path(id + "_20261202T080000Z") + "/move?destination=" + escape(other))
                .reason(),
            "cannotChangeOrganizerOfInstance");
      });
  add("quickAdd is not served: 501", guessed, [](Probe& p) {
    EXPECT_EQ(p.call("POST", "/calendars/primary/events/quickAdd?text=lunch").status, 501);
  });
}

}  // namespace contract
