// Events: what an accepted body reads as.
#include <algorithm>

#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

// Inserts an event with this change and looks at one place of it: in the response and read again.
// `expected` is JSON as json() takes it, or "absent".
void expect_shown(Client& client, const std::string& change, const std::string& path,
                  std::string expected) {
  std::replace(expected.begin(), expected.end(), '\'', '"');
  const Response made = client.insert(merged(timed("A"), change));
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(made.dump(path), expected);
  EXPECT_EQ(client.event(made.text("id")).dump(path), expected) << "read back";
}

SECTION("events.shown");

FACT(Client, "kind is calendar#event", documented) {
  expect_shown(client, "{}", "kind", "'calendar#event'");
}

FACT(Client, "status is confirmed", documented) {
  expect_shown(client, "{}", "status", "'confirmed'");
}

FACT(Client, "sequence is 0", documented) {
  expect_shown(client, "{}", "sequence", "0");
}

FACT(Client, "eventType is default", documented) {
  expect_shown(client, "{}", "eventType", "'default'");
}

FACT(Client, "a timed event without reminders reads useDefault: true", observed) {
  expect_shown(client, "{}", "reminders", "{'useDefault':true}");
}

FACT(Client, "transparency opaque is not sent", observed) {
  expect_shown(client, "{'transparency':'opaque'}", "transparency", "absent");
}

FACT(Client, "transparent is", documented) {
  expect_shown(client, "{'transparency':'transparent'}", "transparency", "'transparent'");
}

FACT(Client, "visibility default is not sent", observed) {
  expect_shown(client, "{'visibility':'default'}", "visibility", "absent");
}

FACT(Client, "private is", documented) {
  expect_shown(client, "{'visibility':'private'}", "visibility", "'private'");
}

FACT(Client, "an empty summary is absent", observed) {
  expect_shown(client, "{'summary':''}", "summary", "absent");
}

FACT(Client, "an empty description is absent", observed) {
  expect_shown(client, "{'description':''}", "description", "absent");
}

FACT(Client, "guestsCanInviteOthers true is not sent", observed) {
  expect_shown(client, "{'guestsCanInviteOthers':true}", "guestsCanInviteOthers", "absent");
}

FACT(Client, "guestsCanInviteOthers false is", observed) {
  expect_shown(client, "{'guestsCanInviteOthers':false}", "guestsCanInviteOthers", "false");
}

FACT(Client, "guestsCanSeeOtherGuests false is sent", observed) {
  expect_shown(client, "{'guestsCanSeeOtherGuests':false}", "guestsCanSeeOtherGuests", "false");
}

FACT(Client, "guestsCanModify false is not sent", observed) {
  expect_shown(client, "{'guestsCanModify':false}", "guestsCanModify", "absent");
}

FACT(Client, "guestsCanModify true is", documented) {
  expect_shown(client, "{'guestsCanModify':true}", "guestsCanModify", "true");
}

FACT(Client, "HTML in the description is kept", documented) {
  expect_shown(client, "{'description':'<b>x</b>'}", "description", "'<b>x</b>'");
}

FACT(Client, "the answer's time is in the calendar's zone", observed) {
  expect_shown(client, "{'start':{'dateTime':'2026-12-01T09:00:00Z'}}", "start.dateTime",
               "'2026-12-01T10:00:00+01:00'");
}

FACT(Client, "start.timeZone keeps the event's zone", observed) {
  expect_shown(client,
               "{'start':{'dateTime':'2026-12-01T04:00:00',"
               "'timeZone':'America/New_York'}}",
               "start.timeZone", "'America/New_York'");
}

FACT(Client, "the offset wins over the zone's", documented) {
  expect_shown(client,
               "{'start':{'dateTime':'2026-12-01T09:30:00Z',"
               "'timeZone':'America/New_York'}}",
               "start.dateTime", "'2026-12-01T10:30:00+01:00'");
}

FACT(Client, "start and end may have different zones", documented) {
  expect_shown(client, "{'end':{'dateTime':'2026-12-01T06:00:00','timeZone':'America/New_York'}}",
               "end.timeZone", "'America/New_York'");
}

FACT(Client, "a timed event of no length is accepted", guessed) {
  expect_shown(client, "{'end':{'dateTime':'2026-12-01T10:00:00+01:00'}}", "end.dateTime",
               "'2026-12-01T10:00:00+01:00'");
}

FACT(Client, "fractions of a second are dropped", guessed) {
  expect_shown(client, "{'start':{'dateTime':'2026-12-01T10:00:00.500+01:00'}}", "start.dateTime",
               "'2026-12-01T10:00:00+01:00'");
}

FACT(Client, "an all-day event has dates only", documented) {
  expect_shown(client, "{'start':{'date':'2026-12-24'},'end':{'date':'2026-12-25'}}", "start",
               "{'date':'2026-12-24'}");
}

FACT(Client, "a time in the gap moves to a valid one", guessed) {
  expect_shown(client,
               "{'start':{'dateTime':'2027-03-28T02:30:00','timeZone':'Europe/Berlin'},"
               "'end':{'dateTime':'2027-03-28T04:00:00','timeZone':'Europe/Berlin'}}",
               "start.dateTime", "'2027-03-28T03:30:00+02:00'");
}

FACT(Client, "a client's id is kept", documented) {
  expect_shown(client, "{'id':'0123456789abcdefghijklmnopqrstuv'}", "id",
               "'0123456789abcdefghijklmnopqrstuv'");
}

FACT(Client, "iCalUID is <id>@google.com", observed) {
  expect_shown(client, "{'id':'abcde12345'}", "iCalUID", "'abcde12345@google.com'");
}

FACT(Client, "an iCalUID of the client is kept", documented) {
  expect_shown(client, "{'iCalUID':'own@example.org'}", "iCalUID", "'own@example.org'");
}

FACT(Client, "minutes below 0 become 0", observed) {
  expect_shown(client,
               "{'reminders':{'useDefault':false,"
               "'overrides':[{'method':'popup','minutes':-5}]}}",
               "reminders.overrides.0.minutes", "0");
}

FACT(Client, "minutes over 40320 become 40320", observed) {
  expect_shown(client,
               "{'reminders':{'useDefault':false,"
               "'overrides':[{'method':'popup','minutes':50000}]}}",
               "reminders.overrides.0.minutes", "40320");
}

FACT(Client, "a reminder given twice is there once", observed) {
  expect_shown(client,
               "{'reminders':{'useDefault':false,"
               "'overrides':[{'method':'popup','minutes':5},"
               "{'method':'popup','minutes':5}]}}",
               "reminders.overrides", "[{'method':'popup','minutes':5}]");
}

FACT(Client, "an unknown method is dropped without a word", observed) {
  expect_shown(client,
               "{'reminders':{'useDefault':false,"
               "'overrides':[{'method':'sms','minutes':5},"
               "{'method':'email','minutes':9}]}}",
               "reminders.overrides", "[{'method':'email','minutes':9}]");
}

FACT(Client, "useDefault with an empty list is the default", observed) {
  expect_shown(client, "{'reminders':{'useDefault':true,'overrides':[]}}", "reminders",
               "{'useDefault':true}");
}

FACT(Client, "no reminders at all read useDefault: false without overrides", observed) {
  expect_shown(client, "{'reminders':{'useDefault':false,'overrides':[]}}", "reminders",
               "{'useDefault':false}");
}

FACT(Client, "an all-day event without reminders reads the calendar's defaults as overrides",
     observed) {
  expect_shown(client, "{'start':{'date':'2026-12-24'},'end':{'date':'2026-12-25'}}", "reminders",
               "{'useDefault':false,'overrides':[{'method':'popup','minutes':30}]}");
}

FACT(Client, "a new attendee's answer is needsAction", documented) {
  expect_shown(client, "{'attendees':[{'email':'x@example.org'}]}", "attendees.0.responseStatus",
               "'needsAction'");
}

FACT(Client, "an organizer may set an answer at the start", documented) {
  expect_shown(client, "{'attendees':[{'email':'x@example.org','responseStatus':'accepted'}]}",
               "attendees.0.responseStatus", "'accepted'");
}

FACT(Client, "an attendee given twice is there once", guessed) {
  expect_shown(client, "{'attendees':[{'email':'x@example.org'},{'email':'X@example.org'}]}",
               "attendees.1", "absent");
}

FACT(Client, "optional false is not sent", observed) {
  expect_shown(client, "{'attendees':[{'email':'x@example.org','optional':false}]}",
               "attendees.0.optional", "absent");
}

FACT(Client, "conferenceData is ignored without conferenceDataVersion=1", documented) {
  expect_shown(client, "{'conferenceData':{'createRequest':{'requestId':'r'}}}", "conferenceData",
               "absent");
}

FACT(Client, "attachments are ignored without supportsAttachments", documented) {
  expect_shown(client, "{'attachments':[{'fileUrl':'https://example.org/a'}]}", "attachments",
               "absent");
}

FACT(Client, "shared extended properties are kept", documented) {
  expect_shown(client, "{'extendedProperties':{'shared':{'k':'v'}}}", "extendedProperties.shared.k",
               "'v'");
}

FACT(Client, "private ones are kept", documented) {
  expect_shown(client, "{'extendedProperties':{'private':{'k':'v'}}}",
               "extendedProperties.private.k", "'v'");
}

FACT(Client, "a source is kept", documented) {
  expect_shown(client, "{'source':{'title':'CRM','url':'https://crm.example.org/1'}}", "source.url",
               "'https://crm.example.org/1'");
}

FACT(Client, "a colorId is kept", documented) {
  expect_shown(client, "{'colorId':'11'}", "colorId", "'11'");
}

FACT(Client, "unknown members are ignored", guessed) {
  expect_shown(client, "{'nonsense':{'a':1}}", "nonsense", "absent");
}

FACT(Client, "hangoutLink is read-only", documented) {
  expect_shown(client, "{'hangoutLink':'https://evil.example.org'}", "hangoutLink", "absent");
}

FACT(Client, "an organizer in the body is ignored", documented) {
  expect_shown(client, "{'organizer':{'email':'boss@example.org'}}", "organizer.self", "true");
}

FACT(Client, "supportsAttachments=true keeps attachments", documented) {
  Json body = timed("A");
  body.set("attachments", json("[{'fileUrl':'https://example.org/a','title':'A'}]"));
  EXPECT_EQ(client.insert(body, "?supportsAttachments=true").text("attachments.0.title"), "A");
}

FACT(Client, "conferenceDataVersion=1 with a createRequest makes a Meet", documented) {
  Json body = timed("A");
  body.set("conferenceData", json("{'createRequest':{'requestId':'r1',"
                                  "'conferenceSolutionKey':{'type':'hangoutsMeet'}}}"));
  const Response made = client.insert(body, "?conferenceDataVersion=1");
  EXPECT_EQ(made.text("conferenceData.entryPoints.0.entryPointType"), "video");
  EXPECT_EQ(made.text("hangoutLink"), made.text("conferenceData.entryPoints.0.uri"));
  EXPECT_EQ(made.text("conferenceData.conferenceId").size(), 12u);
}

FACT(Client, "conferenceData: null with version 1 takes it away", observed) {
  Json body = timed("A");
  body.set("conferenceData", json("{'createRequest':{'requestId':'r1',"
                                  "'conferenceSolutionKey':{'type':'hangoutsMeet'}}}"));
  const std::string id = client.insert(body, "?conferenceDataVersion=1").text("id");
  const Response cleared =
      client.patch(event_path(id, "?conferenceDataVersion=1"), json("{'conferenceData':null}"));
  EXPECT_EQ(cleared.dump("conferenceData"), "absent");
  EXPECT_EQ(cleared.dump("hangoutLink"), "absent");
}

FACT(Client, "a patch without version 1 keeps the conference", documented) {
  Json body = timed("A");
  body.set("conferenceData", json("{'createRequest':{'requestId':'r1',"
                                  "'conferenceSolutionKey':{'type':'hangoutsMeet'}}}"));
  const std::string id = client.insert(body, "?conferenceDataVersion=1").text("id");
  EXPECT_NE(client.patch(event_path(id), json("{'summary':'B'}")).dump("conferenceData"), "absent");
}

FACT(Client, "created in whole seconds, updated in milliseconds", observed) {
  const Response made = client.insert(timed("A"));
  EXPECT_TRUE(made.text("created").ends_with(".000Z"));
  EXPECT_EQ(made.text("updated").size(), 24u);
}

FACT(PrivateAccount, "creator and organizer are the caller, with self", documented) {
  const Response made = client.insert(timed("A"));
  EXPECT_EQ(made.text("creator.email"), client.me.email);
  EXPECT_EQ(made.dump("creator.self"), "true");
  EXPECT_EQ(made.text("organizer.email"), client.me.email);
}

FACT(Client, "on a secondary calendar the organizer is the calendar, self: true", observed) {
  const std::string other = client.new_calendar();
  const Response made = client.post("/calendars/" + escape(other) + "/events", timed("A"));
  EXPECT_EQ(made.text("organizer.email"), other);
  EXPECT_EQ(made.dump("organizer.self"), "true");
  EXPECT_EQ(made.text("creator.email"), client.me.email);
}

FACT(Client, "htmlLink names event and calendar in base64", observed) {
  EXPECT_TRUE(client.insert(timed("A"))
                  .text("htmlLink")
                  .starts_with("https://www.google.com/calendar/event?eid="));
}

FACT(Client, "the etag has its quotes and is twice the change in microseconds", observed) {
  const std::string etag = client.insert(timed("A")).text("etag");
  ASSERT_GT(etag.size(), 3u);
  EXPECT_EQ(etag.front(), '"');
  EXPECT_EQ(std::stoll(etag.substr(1)) % 2, 0);
}

FACT(Client, "timeZone of get writes the times in that zone", documented) {
  const std::string id = client.insert(timed("A")).text("id");
  EXPECT_EQ(client.get(event_path(id, "?timeZone=America%2FNew_York")).text("start.dateTime"),
            "2026-12-01T04:00:00-05:00");
}

}  // namespace
}  // namespace contract
