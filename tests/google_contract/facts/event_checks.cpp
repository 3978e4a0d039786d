// The event resource: what is accepted, what becomes of it, ids, times, reminders, extended
// properties, types.
#include "tests/google_contract/facts/contract.hpp"

namespace contract {
namespace {

using enum Known;

// A body that is refused: laid over a good one; null takes a member away.
struct Refused {
  const char* fact;
  Known known;
  const char* change;
  int status;
  const char* reason;
};

// What an inserted body reads as.
struct Shown {
  const char* fact;
  Known known;
  const char* change;
  const char* path;
  const char* expected;  // JSON text, or "absent"
};

std::string quoted(std::string text) {
  for (char& c : text)
    if (c == '\'') c = '"';
  return text;
}

const Refused kRefused[] = {
    {"without start", documented, "{'start':null}", 400, "required"},
    {"without end", documented, "{'end':null}", 400, "required"},
    {"end before start: timeRangeEmpty", observed,
     "{'end':{'dateTime':'2026-12-01T09:00:00+01:00'}}", 400, "timeRangeEmpty"},
    {"an all-day event of no day", guessed,
     "{'start':{'date':'2026-12-01'},'end':{'date':'2026-12-01'}}", 400, "timeRangeEmpty"},
    {"start a date and end a time", documented, "{'start':{'date':'2026-12-01'}}", 400, "invalid"},
    {"date and dateTime together", documented,
     "{'start':{'date':'2026-12-01','dateTime':'2026-12-01T10:00:00Z'}}", 400, "invalid"},
    {"a time without offset and zone", documented, "{'start':{'dateTime':'2026-12-01T10:00:00'}}",
     400, "required"},
    {"an unknown zone", observed,
     "{'start':{'dateTime':'2026-12-01T10:00:00','timeZone':'Mars/Base'}}", 400, "invalid"},
    {"a Windows zone name", observed,
     "{'start':{'dateTime':'2026-12-01T10:00:00','timeZone':'W. Europe Standard Time'}}", 400,
     "invalid"},
    {"a day that does not exist", documented,
     "{'start':{'date':'2026-02-30'},'end':{'date':'2026-03-01'}}", 400, "invalid"},
    {"a time that is none", documented, "{'start':{'dateTime':'tomorrow'}}", 400, "invalid"},
    {"an upper-case id", documented, "{'id':'ABCDEF'}", 400, "invalid"},
    {"an id with w to z", documented, "{'id':'abcxyz'}", 400, "invalid"},
    {"an id with a hyphen", documented, "{'id':'abc-def-0'}", 400, "invalid"},
    {"an id under five characters", documented, "{'id':'abc'}", 400, "invalid"},
    {"an unknown status", documented, "{'status':'perhaps'}", 400, "invalid"},
    {"an unknown transparency", documented, "{'transparency':'blue'}", 400, "invalid"},
    {"an unknown visibility", documented, "{'visibility':'nobody'}", 400, "invalid"},
    {"an unknown colorId", documented, "{'colorId':'12'}", 400, "invalid"},
    {"an attendee who is no address", observed, "{'attendees':[{'email':'nobody'}]}", 400,
     "invalid"},
    {"an attendee without address", documented, "{'attendees':[{'displayName':'N'}]}", 400,
     "invalid"},
    {"an unknown responseStatus", documented,
     "{'attendees':[{'email':'x@example.org','responseStatus':'well'}]}", 400, "invalid"},
    {"the sixth reminder", observed,
     "{'reminders':{'useDefault':false,'overrides':[{'method':'popup','minutes':1},{'method':'"
     "popup','minutes':2},{'method':'popup','minutes':3},{'method':'popup','minutes':4},"
     "{'method':'popup','minutes':5},{'method':'popup','minutes':6}]}}",
     400, "eventRemindersCountExceedsLimit"},
    {"default reminders and overrides together", observed,
     "{'reminders':{'useDefault':true,'overrides':[{'method':'popup','minutes':1}]}}", 400,
     "cannotUseDefaultRemindersAndSpecifyOverride"},
    {"a source that is no web address", documented, "{'source':{'title':'t','url':'javascript:x'}}",
     400, "invalid"},
    {"a series without a zone: required", observed,
     "{'start':{'dateTime':'2026-12-01T10:00:00Z'},'end':{'dateTime':'2026-12-01T11:00:00Z'},'"
     "recurrence':['RRULE:FREQ=DAILY']}",
     400, "required"},
    {"COUNT and UNTIL together", documented,
     "{'start':{'dateTime':'2026-12-01T10:00:00','timeZone':'Europe/"
     "Berlin'},'end':{'dateTime':'2026-12-01T11:00:00','timeZone':'Europe/Berlin'},"
     "'recurrence':['RRULE:FREQ=DAILY;COUNT=2;UNTIL=20261205T000000Z']}",
     400, "invalid"},
    {"UNTIL with a time on an all-day series", documented,
     "{'start':{'date':'2026-12-01'},'end':{'date':'2026-12-02'},'recurrence':['RRULE:FREQ=DAILY;"
     "UNTIL=20261205T000000Z']}",
     400, "invalid"},
    {"DTSTART in recurrence", documented,
     "{'start':{'date':'2026-12-01'},'end':{'date':'2026-12-02'},'recurrence':['DTSTART:20261201','"
     "RRULE:FREQ=DAILY']}",
     400, "invalid"},
    {"a rule that is none", documented,
     "{'start':{'date':'2026-12-01'},'end':{'date':'2026-12-02'},'recurrence':['RRULE:FREQ="
     "SOMETIMES']}",
     400, "invalid"},
    {"a rule that repeats within a day", guessed,
     "{'start':{'dateTime':'2026-12-01T10:00:00','timeZone':'Europe/"
     "Berlin'},'end':{'dateTime':'2026-12-01T11:00:00','timeZone':'Europe/"
     "Berlin'},'recurrence':['RRULE:FREQ=SECONDLY;BYHOUR=1']}",
     400, "invalid"},
    {"a rule with a line break", guessed,
     "{'start':{'date':'2026-12-01'},'end':{'date':'2026-12-02'},'recurrence':['RRULE:FREQ="
     "DAILY\\nATTENDEE:x']}",
     400, "invalid"},
    {"an unknown eventType", documented, "{'eventType':'party'}", 400, "invalid"},
    {"fromGmail cannot be created", documented, "{'eventType':'fromGmail'}", 400,
     "eventTypeRestriction"},
    {"focus time all day", documented,
     "{'eventType':'focusTime','start':{'date':'2026-12-01'},'end':{'date':'2026-12-02'}}", 400,
     "malformedFocusTimeEvent"},
    {"out of office that does not block", documented,
     "{'eventType':'outOfOffice','transparency':'transparent'}", 400, "malformedOutOfOfficeEvent"},
    {"a working location without a location", documented,
     "{'eventType':'workingLocation','transparency':'transparent'}", 400,
     "malformedWorkingLocationEvent"},
    {"a birthday with private extended properties", observed,
     "{'eventType':'birthday','start':{'date':'2026-12-01'},'end':{'date':'2026-12-02'},'"
     "recurrence':['RRULE:FREQ=YEARLY'],'extendedProperties':{'private':{'a':'b'}}}",
     400, "eventTypeRestriction"},
    {"a timed birthday", documented, "{'eventType':'birthday'}", 400, "eventTypeRestriction"},
    {"an extended property that is no text", documented,
     "{'extendedProperties':{'private':{'a':1}}}", 400, "invalid"},
};

const Shown kShown[] = {
    {"kind is calendar#event", documented, "{}", "kind", "'calendar#event'"},
    {"status is confirmed", documented, "{}", "status", "'confirmed'"},
    {"sequence is 0", documented, "{}", "sequence", "0"},
    {"eventType is default", documented, "{}", "eventType", "'default'"},
    {"a timed event without reminders reads useDefault: true", observed, "{}", "reminders",
     "{'useDefault':true}"},
    {"transparency opaque is not sent", observed, "{'transparency':'opaque'}", "transparency",
     "absent"},
    {"transparent is", documented, "{'transparency':'transparent'}", "transparency",
     "'transparent'"},
    {"visibility default is not sent", observed, "{'visibility':'default'}", "visibility",
     "absent"},
    {"private is", documented, "{'visibility':'private'}", "visibility", "'private'"},
    {"an empty summary is absent", observed, "{'summary':''}", "summary", "absent"},
    {"an empty description is absent", observed, "{'description':''}", "description", "absent"},
    {"guestsCanInviteOthers true is not sent", observed, "{'guestsCanInviteOthers':true}",
     "guestsCanInviteOthers", "absent"},
    {"guestsCanInviteOthers false is", observed, "{'guestsCanInviteOthers':false}",
     "guestsCanInviteOthers", "false"},
    {"guestsCanSeeOtherGuests false is sent", observed, "{'guestsCanSeeOtherGuests':false}",
     "guestsCanSeeOtherGuests", "false"},
    {"guestsCanModify false is not sent", observed, "{'guestsCanModify':false}", "guestsCanModify",
     "absent"},
    {"guestsCanModify true is", documented, "{'guestsCanModify':true}", "guestsCanModify", "true"},
    {"HTML in the description is kept", documented, "{'description':'<b>x</b>'}", "description",
     "'<b>x</b>'"},
    {"the answer's time is in the calendar's zone", observed,
     "{'start':{'dateTime':'2026-12-01T09:00:00Z'}}", "start.dateTime",
     "'2026-12-01T10:00:00+01:00'"},
    {"start.timeZone keeps the event's zone", observed,
     "{'start':{'dateTime':'2026-12-01T04:00:00','timeZone':'America/New_York'}}", "start.timeZone",
     "'America/New_York'"},
    {"the offset wins over the zone's", documented,
     "{'start':{'dateTime':'2026-12-01T09:30:00Z','timeZone':'America/New_York'}}",
     "start.dateTime", "'2026-12-01T10:30:00+01:00'"},
    {"start and end may have different zones", documented,
     "{'end':{'dateTime':'2026-12-01T06:00:00','timeZone':'America/New_York'}}", "end.timeZone",
     "'America/New_York'"},
    {"a timed event of no length is accepted", guessed,
     "{'end':{'dateTime':'2026-12-01T10:00:00+01:00'}}", "end.dateTime",
     "'2026-12-01T10:00:00+01:00'"},
    {"fractions of a second are dropped", guessed,
     "{'start':{'dateTime':'2026-12-01T10:00:00.500+01:00'}}", "start.dateTime",
     "'2026-12-01T10:00:00+01:00'"},
    {"an all-day event has dates only", documented,
     "{'start':{'date':'2026-12-24'},'end':{'date':'2026-12-25'}}", "start",
     "{'date':'2026-12-24'}"},
    {"a time in the gap moves to a valid one", guessed,
     "{'start':{'dateTime':'2027-03-28T02:30:00','timeZone':'Europe/"
     "Berlin'},'end':{'dateTime':'2027-03-28T04:00:00','timeZone':'Europe/Berlin'}}",
     "start.dateTime", "'2027-03-28T03:30:00+02:00'"},
    {"a client's id is kept", documented, "{'id':'0123456789abcdefghijklmnopqrstuv'}", "id",
     "'0123456789abcdefghijklmnopqrstuv'"},
    {"iCalUID is <id>@google.com", observed, "{'id':'abcde12345'}", "iCalUID",
     "'abcde12345@google.com'"},
    {"an iCalUID of the client is kept", documented, "{'iCalUID':'own@example.org'}", "iCalUID",
     "'own@example.org'"},
    {"minutes below 0 become 0", observed,
     "{'reminders':{'useDefault':false,'overrides':[{'method':'popup','minutes':-5}]}}",
     "reminders.overrides.0.minutes", "0"},
    {"minutes over 40320 become 40320", observed,
     "{'reminders':{'useDefault':false,'overrides':[{'method':'popup','minutes':50000}]}}",
     "reminders.overrides.0.minutes", "40320"},
    {"a reminder given twice is there once", observed,
     "{'reminders':{'useDefault':false,'overrides':[{'method':'popup','minutes':5},{'method':'"
     "popup','minutes':5}]}}",
     "reminders.overrides", "[{'method':'popup','minutes':5}]"},
    {"an unknown method is dropped without a word", observed,
     "{'reminders':{'useDefault':false,'overrides':[{'method':'sms','minutes':5},{'method':'email',"
     "'minutes':9}]}}",
     "reminders.overrides", "[{'method':'email','minutes':9}]"},
    {"useDefault with an empty list is the default", observed,
     "{'reminders':{'useDefault':true,'overrides':[]}}", "reminders", "{'useDefault':true}"},
    {"no reminders at all read useDefault: false without overrides", observed,
     "{'reminders':{'useDefault':false,'overrides':[]}}", "reminders", "{'useDefault':false}"},
    {"an all-day event without reminders reads the calendar's defaults as overrides", observed,
     "{'start':{'date':'2026-12-24'},'end':{'date':'2026-12-25'}}", "reminders",
     "{'useDefault':false,'overrides':[{'method':'popup','minutes':30}]}"},
    {"a new attendee's answer is needsAction", documented,
     "{'attendees':[{'email':'x@example.org'}]}", "attendees.0.responseStatus", "'needsAction'"},
    {"an organizer may set an answer at the start", documented,
     "{'attendees':[{'email':'x@example.org','responseStatus':'accepted'}]}",
     "attendees.0.responseStatus", "'accepted'"},
    {"an attendee given twice is there once", guessed,
     "{'attendees':[{'email':'x@example.org'},{'email':'X@example.org'}]}", "attendees.1",
     "absent"},
    {"optional false is not sent", observed,
     "{'attendees':[{'email':'x@example.org','optional':false}]}", "attendees.0.optional",
     "absent"},
    {"conferenceData is ignored without conferenceDataVersion=1", documented,
     "{'conferenceData':{'createRequest':{'requestId':'r'}}}", "conferenceData", "absent"},
    {"attachments are ignored without supportsAttachments", documented,
     "{'attachments':[{'fileUrl':'https://example.org/a'}]}", "attachments", "absent"},
    {"shared extended properties are kept", documented,
     "{'extendedProperties':{'shared':{'k':'v'}}}", "extendedProperties.shared.k", "'v'"},
    {"private ones are kept", documented, "{'extendedProperties':{'private':{'k':'v'}}}",
     "extendedProperties.private.k", "'v'"},
    {"a source is kept", documented, "{'source':{'title':'CRM','url':'https://crm.example.org/1'}}",
     "source.url", "'https://crm.example.org/1'"},
    {"a colorId is kept", documented, "{'colorId':'11'}", "colorId", "'11'"},
    {"unknown members are ignored", guessed, "{'nonsense':{'a':1}}", "nonsense", "absent"},
    {"hangoutLink is read-only", documented, "{'hangoutLink':'https://evil.example.org'}",
     "hangoutLink", "absent"},
    {"an organizer in the body is ignored", documented,
     "{'organizer':{'email':'boss@example.org'}}", "organizer.self", "true"},
};

void body_checks(Checks& checks) {
  const auto add = [&](const char* section, const char* fact, Known known, Run run) {
    checks.push_back({section, fact, known, std::move(run)});
  };
  for (const Refused& one : kRefused) {
    const auto refused = [one](Probe& p) {
      const Answer answer = p.insert(laid_over(timed("A"), one.change));
      EXPECT_EQ(answer.status, one.status) << answer.body;
      EXPECT_EQ(answer.reason(), one.reason) << answer.body;
      EXPECT_EQ(p.events().count(), 0u) << "a refused event must leave nothing behind";
    };
    const bool typed = std::string_view(one.change).find("eventType") !=
                       std::string_view::npos;  // which only the primary calendar has
    checks.push_back({"events.refused", std::string("refused: ") + one.fact, one.known,
                      typed ? Run([refused](Own& p) { refused(p); }) : Run(refused)});
  }
  for (const Shown& one : kShown)
    checks.push_back({"events.shown", one.fact, one.known, [one](Probe& p) {
                        const Answer made = p.insert(laid_over(timed("A"), one.change));
                        ASSERT_EQ(made.status, 200) << made.body;
                        EXPECT_EQ(made.dump(one.path), quoted(one.expected));
                        EXPECT_EQ(p.event(made.text("id")).dump(one.path), quoted(one.expected))
                            << "read back";
                      }});

  add("events.ids", "a server-made id has 26 characters of [a-v0-9]", observed, [](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id");
    EXPECT_EQ(id.size(), 26u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdefghijklmnopqrstuv"), std::string::npos);
  });
  add("events.ids", "the same id again: 409 duplicate", documented, [](Probe& p) {
    Json body = timed("A");
    body.set("id", "abcde00001");
    EXPECT_EQ(p.insert(body).status, 200);
    const Answer again = p.insert(body);
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.reason(), "duplicate");
    EXPECT_EQ(p.events().count(), 1u);
  });
  add("events.ids", "the same id in another calendar is another event", documented, [](Probe& p) {
    Json body = timed("A");
    body.set("id", "abcde00002");
    const std::string other = p.post("/calendars", js("{'summary':'S'}")).text("id");
    EXPECT_EQ(p.insert(body).status, 200);
    EXPECT_EQ(p.post("/calendars/" + escape(other) + "/events", body).status, 200);
  });
  add("events.ids", "a deleted id inserted again: 409", observed, [](Probe& p) {
    Json body = timed("A");
    body.set("id", "abcde00003");
    (void)p.insert(body);
    (void)p.remove("/calendars/primary/events/abcde00003");
    EXPECT_EQ(p.insert(body).status, 409);
  });
  add("events.ids", "a deleted event comes back by PUT with status confirmed", observed,
      [](Probe& p) {
        const std::string id = p.insert(timed("A")).text("id");
        (void)p.remove("/calendars/primary/events/" + id);
        Json body = timed("Again");
        body.set("status", "confirmed");
        EXPECT_EQ(p.put("/calendars/primary/events/" + id, body).status, 200);
        EXPECT_EQ(p.event(id).text("status"), "confirmed");
        EXPECT_EQ(p.event(id).text("summary"), "Again");
        EXPECT_EQ(p.events().count(), 1u);
      });
  add("events.ids", "a 1024-character id is accepted, one more is not", documented, [](Probe& p) {
    Json body = timed("A");
    body.set("id", std::string(1024, 'a'));
    EXPECT_EQ(p.insert(body).status, 200);
    body.set("id", std::string(1025, 'a'));
    EXPECT_EQ(p.insert(body).status, 400);
  });
  add("events.ids", "an imported event has the id _ + base32hex of its iCalUID", observed,
      [](Probe& p) {
        Json body = timed("A");
        body.set("iCalUID", "uid@x");
        const Answer made = p.post("/calendars/primary/events/import", body);
        EXPECT_EQ(made.text("id"), "_elkm8g3o");
        EXPECT_EQ(made.text("iCalUID"), "uid@x");
      });

  add("events.limits", "an extended key over 44 characters is dropped without a word", documented,
      [](Probe& p) {
        Json body = timed("A");
        body.set("extendedProperties",
                 Json::object({{"private", Json::object({{std::string(44, 'k'), "in"},
                                                         {std::string(45, 'l'), "out"}})}}));
        const Answer made = p.insert(body);
        EXPECT_EQ(made.json["extendedProperties"]["private"].members().size(), 1u);
      });
  add("events.limits", "an extended value over 1024 characters is cut", documented, [](Probe& p) {
    Json body = timed("A");
    body.set("extendedProperties",
             Json::object({{"private", Json::object({{"k", std::string(1025, 'v')}})}}));
    EXPECT_EQ(p.insert(body).text("extendedProperties.private.k").size(), 1024u);
  });
  add("events.limits", "over 300 extended properties: refused", documented, [](Probe& p) {
    Json body = timed("A"), many = Json::object();
    for (int i = 0; i < 301; ++i) many.set("k" + std::to_string(i), "v");
    body.set("extendedProperties", Json::object({{"private", std::move(many)}}));
    EXPECT_EQ(p.insert(body).status, 400);
  });
  add("events.limits", "a description over 8192 characters is cut or refused", observed,
      [](Probe& p) {
        Json body = timed("A");
        body.set("description", std::string(9'000, 'd'));
        const Answer made = p.insert(body);
        EXPECT_TRUE(made.status == 400 || made.text("description").size() == 8192u);
      });
  add("events.limits", "over 25 attachments: refused", documented, [](Probe& p) {
    Json body = timed("A"), many = Json::array();
    for (int i = 0; i < 26; ++i)
      many.push(Json::object({{"fileUrl", "https://example.org/" + std::to_string(i)}}));
    body.set("attachments", std::move(many));
    EXPECT_EQ(p.insert(body, "?supportsAttachments=true").status, 400);
  });
  add("events.limits", "200 attendees are accepted", documented, [](Own& p) {
    Json body = timed("A"), many = Json::array();
    for (int i = 0; i < 200; ++i)
      many.push(Json::object({{"email", "g" + std::to_string(i) + "@example.org"}}));
    body.set("attendees", std::move(many));
    EXPECT_EQ(p.insert(body).count("attendees"), 200u);
  });
  add("events.shown", "supportsAttachments=true keeps attachments", documented, [](Probe& p) {
    Json body = timed("A");
    body.set("attachments", js("[{'fileUrl':'https://example.org/a','title':'A'}]"));
    EXPECT_EQ(p.insert(body, "?supportsAttachments=true").text("attachments.0.title"), "A");
  });
  add("events.shown", "conferenceDataVersion=1 with a createRequest makes a Meet", documented,
      [](Probe& p) {
        Json body = timed("A");
        body.set("conferenceData", js("{'createRequest':{'requestId':'r1','conferenceSolutionKey':{"
                                      "'type':'hangoutsMeet'}}}"));
        const Answer made = p.insert(body, "?conferenceDataVersion=1");
        EXPECT_EQ(made.text("conferenceData.entryPoints.0.entryPointType"), "video");
        EXPECT_EQ(made.text("hangoutLink"), made.text("conferenceData.entryPoints.0.uri"));
        EXPECT_EQ(made.text("conferenceData.conferenceId").size(), 12u);
      });
  add("events.shown", "conferenceData: null with version 1 takes it away", observed, [](Probe& p) {
    Json body = timed("A");
    body.set(
        "conferenceData",
        js("{'createRequest':{'requestId':'r1','conferenceSolutionKey':{'type':'hangoutsMeet'}}}"));
    const std::string id = p.insert(body, "?conferenceDataVersion=1").text("id");
    const Answer cleared = p.patch("/calendars/primary/events/" + id + "?conferenceDataVersion=1",
                                   js("{'conferenceData':null}"));
    EXPECT_EQ(cleared.dump("conferenceData"), "absent");
    EXPECT_EQ(cleared.dump("hangoutLink"), "absent");
  });
  add("events.shown", "a patch without version 1 keeps the conference", documented, [](Probe& p) {
    Json body = timed("A");
    body.set(
        "conferenceData",
        js("{'createRequest':{'requestId':'r1','conferenceSolutionKey':{'type':'hangoutsMeet'}}}"));
    const std::string id = p.insert(body, "?conferenceDataVersion=1").text("id");
    EXPECT_NE(
        p.patch("/calendars/primary/events/" + id, js("{'summary':'B'}")).dump("conferenceData"),
        "absent");
  });
  add("events.shown", "created in whole seconds, updated in milliseconds", observed, [](Probe& p) {
    const Answer made = p.insert(timed("A"));
    EXPECT_TRUE(made.text("created").ends_with(".000Z"));
    EXPECT_EQ(made.text("updated").size(), 24u);
  });
  add("events.shown", "creator and organizer are the caller, with self", documented, [](Own& p) {
    const Answer made = p.insert(timed("A"));
    EXPECT_EQ(made.text("creator.email"), p.me.email);
    EXPECT_EQ(made.dump("creator.self"), "true");
    EXPECT_EQ(made.text("organizer.email"), p.me.email);
  });
  add("events.shown", "on a secondary calendar the organizer is the calendar, self: true", observed,
      [](Probe& p) {
        const std::string other = p.post("/calendars", js("{'summary':'S'}")).text("id");
        const Answer made = p.post("/calendars/" + escape(other) + "/events", timed("A"));
        EXPECT_EQ(made.text("organizer.email"), other);
        EXPECT_EQ(made.dump("organizer.self"), "true");
        EXPECT_EQ(made.text("creator.email"), p.me.email);
      });
  add("events.shown", "htmlLink names event and calendar in base64", observed, [](Probe& p) {
    EXPECT_TRUE(p.insert(timed("A"))
                    .text("htmlLink")
                    .starts_with("https://www.google.com/calendar/event?eid="));
  });
  add("events.shown", "the etag has its quotes and is twice the change in microseconds", observed,
      [](Probe& p) {
        const std::string etag = p.insert(timed("A")).text("etag");
        ASSERT_GT(etag.size(), 3u);
        EXPECT_EQ(etag.front(), '"');
        EXPECT_EQ(std::stoll(etag.substr(1)) % 2, 0);
      });
  add("events.shown", "timeZone of get writes the times in that zone", documented, [](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id");
    EXPECT_EQ(p.get("/calendars/primary/events/" + id + "?timeZone=America%2FNew_York")
                  .text("start.dateTime"),
              "2026-12-01T04:00:00-05:00");
  });
  add("events.types", "a working location needs transparent and its place", documented, [](Own& p) {
    EXPECT_EQ(
        p.insert(laid_over(timed("Home"),
                           "{'eventType':'workingLocation','transparency':'transparent','"
                           "workingLocationProperties':{'type':'homeOffice','homeOffice':{}}}"))
            .status,
        200);
  });
  add("events.types", "focus time on the primary calendar", documented, [](Own& p) {
    EXPECT_EQ(p.insert(laid_over(timed("F"), "{'eventType':'focusTime'}")).text("eventType"),
              "focusTime");
  });
  add("events.types", "focus time on a secondary calendar is refused", documented, [](Probe& p) {
    const std::string other = p.post("/calendars", js("{'summary':'S'}")).text("id");
    EXPECT_EQ(p.post("/calendars/" + escape(other) + "/events",
                     laid_over(timed("F"), "{'eventType':'focusTime'}"))
                  .reason(),
              "eventTypeRestriction");
  });
  add("events.types", "the type cannot be changed", documented, [](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id");
    EXPECT_EQ(p.patch("/calendars/primary/events/" + id, js("{'eventType':'focusTime'}")).reason(),
              "eventTypeRestriction");
  });
  add("events.types", "a birthday: all day, yearly", documented, [](Own& p) {
    EXPECT_EQ(
        p.insert(laid_over(
                     all_day("B"),
                     "{'eventType':'birthday','transparency':'transparent','visibility':'private','"
                     "recurrence':['RRULE:FREQ=YEARLY'],'birthdayProperties':{'type':'birthday'}}"))
            .status,
        200);
  });
}

}  // namespace

void event_checks(Checks& checks) {
  body_checks(checks);
}

}  // namespace contract
