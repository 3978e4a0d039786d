// Events: bodies that are refused, and the reason Google gives.
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

// An otherwise good event with this change; null removes a member.
void expect_refused(Client& client, const std::string& change, const std::string& reason) {
  const Response response = client.insert(merged(timed("A"), change));
  EXPECT_EQ(response.status, 400) << response.body;
  EXPECT_EQ(response.reason(), reason) << response.body;
  EXPECT_EQ(client.events().count(), 0u) << "a refused event must leave nothing behind";
}

SECTION("events.refused");

FACT(Client, "refused: without start", documented) {
  expect_refused(client, "{'start':null}", "required");
}

FACT(Client, "refused: without end", documented) {
  expect_refused(client, "{'end':null}", "required");
}

FACT(Client, "refused: end before start: timeRangeEmpty", observed) {
  expect_refused(client, "{'end':{'dateTime':'2026-12-01T09:00:00+01:00'}}", "timeRangeEmpty");
}

FACT(Client, "refused: an all-day event of no day", guessed) {
  expect_refused(client, "{'start':{'date':'2026-12-01'},'end':{'date':'2026-12-01'}}",
                 "timeRangeEmpty");
}

FACT(Client, "refused: start a date and end a time", documented) {
  expect_refused(client, "{'start':{'date':'2026-12-01'}}", "invalid");
}

FACT(Client, "refused: date and dateTime together", documented) {
  expect_refused(client, "{'start':{'date':'2026-12-01','dateTime':'2026-12-01T10:00:00Z'}}",
                 "invalid");
}

FACT(Client, "refused: a time without offset and zone", documented) {
  expect_refused(client, "{'start':{'dateTime':'2026-12-01T10:00:00'}}", "required");
}

FACT(Client, "refused: an unknown zone", observed) {
  expect_refused(client, "{'start':{'dateTime':'2026-12-01T10:00:00','timeZone':'Mars/Base'}}",
                 "invalid");
}

FACT(Client, "refused: a Windows zone name", observed) {
  expect_refused(client,
                 "{'start':{'dateTime':'2026-12-01T10:00:00',"
                 "'timeZone':'W. Europe Standard Time'}}",
                 "invalid");
}

FACT(Client, "refused: a day that does not exist", documented) {
  expect_refused(client, "{'start':{'date':'2026-02-30'},'end':{'date':'2026-03-01'}}", "invalid");
}

FACT(Client, "refused: a time that is none", documented) {
  expect_refused(client, "{'start':{'dateTime':'tomorrow'}}", "invalid");
}

FACT(Client, "refused: an upper-case id", documented) {
  expect_refused(client, "{'id':'ABCDEF'}", "invalid");
}

FACT(Client, "refused: an id with w to z", documented) {
  expect_refused(client, "{'id':'abcxyz'}", "invalid");
}

FACT(Client, "refused: an id with a hyphen", documented) {
  expect_refused(client, "{'id':'abc-def-0'}", "invalid");
}

FACT(Client, "refused: an id under five characters", documented) {
  expect_refused(client, "{'id':'abc'}", "invalid");
}

FACT(Client, "refused: an unknown status", documented) {
  expect_refused(client, "{'status':'perhaps'}", "invalid");
}

FACT(Client, "refused: an unknown transparency", documented) {
  expect_refused(client, "{'transparency':'blue'}", "invalid");
}

FACT(Client, "refused: an unknown visibility", documented) {
  expect_refused(client, "{'visibility':'nobody'}", "invalid");
}

FACT(Client, "refused: an unknown colorId", documented) {
  expect_refused(client, "{'colorId':'12'}", "invalid");
}

FACT(Client, "refused: an attendee who is no address", observed) {
  expect_refused(client, "{'attendees':[{'email':'nobody'}]}", "invalid");
}

FACT(Client, "refused: an attendee without address", documented) {
  expect_refused(client, "{'attendees':[{'displayName':'N'}]}", "invalid");
}

FACT(Client, "refused: an unknown responseStatus", documented) {
  expect_refused(client, "{'attendees':[{'email':'x@example.org','responseStatus':'well'}]}",
                 "invalid");
}

FACT(Client, "refused: the sixth reminder", observed) {
  expect_refused(client,
                 "{'reminders':{'useDefault':false,"
                 "'overrides':[{'method':'popup','minutes':1},"
                 "{'method':'popup','minutes':2},{'method':'popup','minutes':3},"
                 "{'method':'popup','minutes':4},{'method':'popup','minutes':5},"
                 "{'method':'popup','minutes':6}]}}",
                 "eventRemindersCountExceedsLimit");
}

FACT(Client, "refused: default reminders and overrides together", observed) {
  expect_refused(client,
                 "{'reminders':{'useDefault':true,"
                 "'overrides':[{'method':'popup','minutes':1}]}}",
                 "cannotUseDefaultRemindersAndSpecifyOverride");
}

FACT(Client, "refused: a source that is no web address", documented) {
  expect_refused(client, "{'source':{'title':'t','url':'javascript:x'}}", "invalid");
}

FACT(Client, "refused: a series without a zone: required", observed) {
  expect_refused(client,
                 "{'start':{'dateTime':'2026-12-01T10:00:00Z'},"
                 "'end':{'dateTime':'2026-12-01T11:00:00Z'},"
                 "'recurrence':['RRULE:FREQ=DAILY']}",
                 "required");
}

FACT(Client, "refused: COUNT and UNTIL together", documented) {
  expect_refused(client,
                 "{'start':{'dateTime':'2026-12-01T10:00:00','timeZone':'Europe/Berlin'},"
                 "'end':{'dateTime':'2026-12-01T11:00:00','timeZone':'Europe/Berlin'},"
                 "'recurrence':['RRULE:FREQ=DAILY;COUNT=2;UNTIL=20261205T000000Z']}",
                 "invalid");
}

FACT(Client, "refused: DTSTART in recurrence", documented) {
  expect_refused(client,
                 "{'start':{'date':'2026-12-01'},'end':{'date':'2026-12-02'},"
                 "'recurrence':['DTSTART:20261201','RRULE:FREQ=DAILY']}",
                 "invalid");
}

FACT(Client, "refused: a rule that is none", documented) {
  expect_refused(client,
                 "{'start':{'date':'2026-12-01'},'end':{'date':'2026-12-02'},"
                 "'recurrence':['RRULE:FREQ=SOMETIMES']}",
                 "invalid");
}

FACT(Client, "refused: a rule that repeats within a day", guessed) {
  expect_refused(client,
                 "{'start':{'dateTime':'2026-12-01T10:00:00','timeZone':'Europe/Berlin'},"
                 "'end':{'dateTime':'2026-12-01T11:00:00','timeZone':'Europe/Berlin'},"
                 "'recurrence':['RRULE:FREQ=SECONDLY;BYHOUR=1']}",
                 "invalid");
}

FACT(Client, "refused: a rule with a line break", guessed) {
  expect_refused(client,
                 "{'start':{'date':'2026-12-01'},'end':{'date':'2026-12-02'},"
                 "'recurrence':['RRULE:FREQ=DAILY\\nATTENDEE:x']}",
                 "invalid");
}

FACT(PrivateAccount, "refused: an unknown eventType", documented) {
  expect_refused(client, "{'eventType':'party'}", "invalid");
}

FACT(PrivateAccount, "refused: fromGmail cannot be created", documented) {
  expect_refused(client, "{'eventType':'fromGmail'}", "eventTypeRestriction");
}

FACT(PrivateAccount, "refused: focus time all day", documented) {
  expect_refused(client,
                 "{'eventType':'focusTime','start':{'date':'2026-12-01'},"
                 "'end':{'date':'2026-12-02'}}",
                 "malformedFocusTimeEvent");
}

FACT(PrivateAccount, "refused: out of office that does not block", documented) {
  expect_refused(client, "{'eventType':'outOfOffice','transparency':'transparent'}",
                 "malformedOutOfOfficeEvent");
}

FACT(PrivateAccount, "refused: a working location without a location", documented) {
  expect_refused(client, "{'eventType':'workingLocation','transparency':'transparent'}",
                 "malformedWorkingLocationEvent");
}

FACT(PrivateAccount, "refused: a birthday with private extended properties", observed) {
  expect_refused(client,
                 "{'eventType':'birthday','start':{'date':'2026-12-01'},"
                 "'end':{'date':'2026-12-02'},'recurrence':['RRULE:FREQ=YEARLY'],"
                 "'extendedProperties':{'private':{'a':'b'}}}",
                 "eventTypeRestriction");
}

FACT(PrivateAccount, "refused: a timed birthday", documented) {
  expect_refused(client, "{'eventType':'birthday'}", "eventTypeRestriction");
}

FACT(Client, "refused: an extended property that is no text", documented) {
  expect_refused(client, "{'extendedProperties':{'private':{'a':1}}}", "invalid");
}

}  // namespace
}  // namespace contract
