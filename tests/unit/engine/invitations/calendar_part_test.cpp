// The rules of the calendar part that the whole examples do not show.
#include <gmock/gmock.h>

#include "tests/unit/engine/invitations/invitation_samples.hpp"

namespace gcal::invitations {
namespace {

using calendar::PartStat;
using calendar::Series;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

// The object as one text without folds.
std::string unfolded(const Invitation& invitation) {
  std::string text = calendar_of(invitation);
  for (std::size_t at = text.find("\r\n "); at != std::string::npos; at = text.find("\r\n ", at))
    text.erase(at, 3);
  return text;
}

TEST(InvitationCalendar, ADayWithoutTimesHasDatesAndNoZone) {  // I-31
  Series series = offer();
  series.master.start = day("2026-12-10");
  series.master.end = day("2026-12-12");
  const std::string text = unfolded(invite(series));
  EXPECT_THAT(text, HasSubstr("\r\nDTSTART;VALUE=DATE:20261210\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nDTEND;VALUE=DATE:20261212\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("VTIMEZONE")));
}

TEST(InvitationCalendar, ADateOfASeriesOfDaysIsNamedByItsDay) {  // I-32
  Series series = offer();
  series.master.start = day("2026-12-10");
  series.master.end = day("2026-12-11");
  series.recurrence = {"RRULE:FREQ=DAILY;UNTIL=20261231T225959Z"};
  Invitation invitation = invite(series);
  EXPECT_THAT(unfolded(invitation), HasSubstr("\r\nRRULE:FREQ=DAILY;UNTIL=20261231\r\n"));
  invitation.date = calendar::OriginalStart{true, at("2026-12-14T00:00:00Z")};
  EXPECT_THAT(unfolded(invitation), HasSubstr("\r\nRECURRENCE-ID;VALUE=DATE:20261214\r\n"));
  EXPECT_THAT(unfolded(invitation), HasSubstr("\r\nDTSTART;VALUE=DATE:20261214\r\n"));
  EXPECT_THAT(unfolded(invitation), Not(HasSubstr("RRULE")));
}

TEST(InvitationCalendar, TimesInUtcHaveNoZone) {  // I-31
  Series series = offer();
  series.master.start = calendar::ZonedTime{at("2026-12-10T13:00:00Z"), "UTC"};
  series.master.end = calendar::ZonedTime{at("2026-12-10T14:00:00Z"), "UTC"};
  const std::string text = unfolded(invite(series));
  EXPECT_THAT(text, HasSubstr("\r\nDTSTART:20261210T130000Z\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("TZID")));
}

TEST(InvitationCalendar, EachZoneOfTheTimesHasItsDefinition) {  // I-31
  Series series = offer();
  series.master.end = calendar::ZonedTime{at("2026-12-10T22:00:00Z"), "America/New_York"};
  const std::string text = unfolded(invite(series));
  EXPECT_THAT(text, HasSubstr("\r\nTZID:America/New_York\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nTZID:Europe/Berlin\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nDTEND;TZID=America/New_York:20261210T170000\r\n"));
}

TEST(InvitationCalendar, TheSecondOfTwoEqualWallClocksIsWrittenInUtc) {
  Series series = offer();
  series.master.start = berlin("2026-10-25T02:30:00+01:00");
  series.master.end = berlin("2026-10-25T03:30:00+01:00");
  EXPECT_THAT(unfolded(invite(series)), HasSubstr("\r\nDTSTART:20261025T013000Z\r\n"));
}

TEST(InvitationCalendar, CancellingOneDateNamesIt) {  // I-33, I-34
  Series after = plain_weekly();
  calendar::Occurrence dropped;
  dropped.cancelled = true;
  after.occurrences[calendar::OriginalStart{false, at("2027-01-25T08:00:00Z")}] = dropped;
  Invitation invitation = on(cancel(plain_weekly()), "2027-01-25T09:00:00+01:00");
  invitation.after = after;
  const std::string text = unfolded(invitation);
  EXPECT_THAT(text, HasSubstr("\r\nRECURRENCE-ID;TZID=Europe/Berlin:20270125T090000\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nSTATUS:CANCELLED\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("\r\nRRULE:FREQ=WEEKLY")));
  EXPECT_THAT(components(parsed(text), ICAL_VEVENT_COMPONENT), SizeIs(1));
}

TEST(InvitationCalendar, ARemovedGuestIsCancelledAloneAndWithoutStatus) {  // I-34
  Series before = offer();
  before.master.attendees.push_back(guest_named("Bert", "bert@example.net"));
  Series after = offer();
  after.master.attendees = {before.master.attendees.back()};
  Invitation invitation = cancel(before);
  invitation.after = after;
  const std::string text = unfolded(invitation);
  EXPECT_THAT(text, HasSubstr("METHOD:CANCEL"));
  EXPECT_THAT(text, Not(HasSubstr("STATUS")));
  EXPECT_THAT(text, HasSubstr("erika.muster@example.net"));
  EXPECT_THAT(text, Not(HasSubstr("bert@example.net")));
}

TEST(InvitationCalendar, AGuestWhoIsNotOnOneDateHasItExcluded) {  // I-32
  Series series = plain_weekly();
  calendar::Occurrence without;
  without.event = series.master;
  without.event.start = berlin("2027-01-11T09:00:00+01:00");
  without.event.end = berlin("2027-01-11T09:30:00+01:00");
  without.event.attendees = {guest_named("Bert", "bert@example.net")};
  series.occurrences[calendar::OriginalStart{false, at("2027-01-11T08:00:00Z")}] = without;
  const std::string text = unfolded(invite(series));
  EXPECT_THAT(text, HasSubstr("\r\nEXDATE;TZID=Europe/Berlin:20270111T090000\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("bert@example.net")));
}

TEST(InvitationCalendar, DatesOfTheRuleAreWrittenInTheZoneOfTheSeries) {  // I-32
  Series series = plain_weekly();
  series.recurrence = {"rrule:freq=weekly;until=20270301", "EXDATE:20270118T080000Z,20270125",
                       "RDATE;TZID=America/New_York:20270113T030000", "X-OTHER:1"};
  const std::string text = unfolded(invite(series));
  EXPECT_THAT(text, HasSubstr("\r\nRRULE:FREQ=WEEKLY;UNTIL=20270301T225959Z\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nEXDATE;TZID=Europe/Berlin:20270118T090000\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nEXDATE;TZID=Europe/Berlin:20270125T090000\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nRDATE;TZID=Europe/Berlin:20270113T090000\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("X-OTHER")));
}

// Three guests of whom one is asked, and a room.
Series with_guests() {
  Series series = offer();
  series.master.attendees.front().optional = true;
  calendar::Attendee bert = guest_named("Bert \"B\" O'Neil", "bert@example.net");
  bert.partstat = PartStat::accepted;
  calendar::Attendee room = guest_named("Saal", "saal@resource.calendar.google.com");
  room.resource = true;
  series.master.attendees.push_back(bert);
  series.master.attendees.push_back(room);
  return series;
}

TEST(InvitationCalendar, GuestsAreNamedWithTheirRolesAndRooms) {  // I-10
  const std::string text = unfolded(invite(with_guests()));
  EXPECT_THAT(text, HasSubstr("ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;"));
  EXPECT_THAT(text, HasSubstr("PARTSTAT=ACCEPTED;CN=\"Bert 'B' O'Neil\":mailto:bert@example.net"));
  EXPECT_THAT(text, HasSubstr("ATTENDEE;CUTYPE=ROOM;"));
}

TEST(InvitationCalendar, HiddenGuestsAreNamedInNoKindOfMessage) {  // I-10
  Series series = with_guests();
  series.facts.guests_see_guests = false;
  Series later = series;
  later.master.summary = "Neu";
  for (const Invitation& invitation : {invite(series), update(series, later), cancel(series)}) {
    const Message message = compose(invitation);
    for (const std::string& part : {message.calendar, message.text, message.html}) {
      EXPECT_THAT(part, Not(HasSubstr("bert@example.net"))) << message.method;
      EXPECT_THAT(part, Not(HasSubstr("weitere"))) << message.method;
    }
    EXPECT_THAT(message.calendar, HasSubstr("erika.muster"));
  }
}

TEST(InvitationCalendar, OverAHundredGuestsAreANumber) {  // I-10
  Series series = offer();
  for (int i = 0; i < 149; ++i)
    series.master.attendees.push_back(
        guest_named("", "guest" + std::to_string(i) + "@example.net"));
  Message message = compose(invite(series));
  EXPECT_THAT(message.text, HasSubstr("und 149 weitere Gäste"));
  EXPECT_THAT(message.calendar, Not(HasSubstr("guest1@")));
  series.master.attendees.resize(101);
  series.master.attendees.erase(series.master.attendees.begin() + 1);
  message = compose(invite(series));
  EXPECT_THAT(message.calendar, HasSubstr("guest99@"));
}

TEST(InvitationCalendar, WhoAnsweredIsAskedAgainOnlyAboutAnotherTime) {
  Series before = offer();
  before.master.attendees.front().partstat = PartStat::accepted;
  Series renamed = before;
  renamed.master.summary = "Neu";
  EXPECT_THAT(unfolded(update(before, renamed)), Not(HasSubstr("RSVP")));
  Series moved = before;
  moved.master.end = berlin("2026-12-10T16:00:00+01:00");
  EXPECT_THAT(unfolded(update(before, moved)), HasSubstr("PARTSTAT=ACCEPTED;RSVP=TRUE"));
}

TEST(InvitationCalendar, WhatIsPrivateOrFreeOrTentativeSaysSo) {
  Series series = offer();
  series.master.visibility = calendar::Visibility::confidential;
  series.master.transparency = calendar::Transparency::transparent;
  series.master.status = calendar::Status::tentative;
  const Message message = compose(invite(series));
  for (const char* line : {"CLASS:CONFIDENTIAL", "TRANSP:TRANSPARENT", "STATUS:TENTATIVE",
                           "X-MICROSOFT-CDO-BUSYSTATUS:FREE"})
    EXPECT_THAT(message.calendar, HasSubstr(std::string("\r\n") + line + "\r\n"));
  EXPECT_TRUE(message.is_private);
}

TEST(InvitationCalendar, TheOrganizerIsTheSenderOnlyInHisDomain) {  // I-04, I-05, I-06
  Invitation invitation = invite(offer());
  invitation.sender.is_organizer_domain = true;
  const Message message = compose(invitation);
  EXPECT_THAT(message.calendar, Not(HasSubstr("SENT-BY")));
  EXPECT_EQ(message.from_address, "jana.nord@gmail.com");
  EXPECT_EQ(compose(invite(offer())).from_address, "");
}

TEST(InvitationCalendar, TheConferenceIsALineAndAProperty) {
  Series series = offer();
  series.master.description = "<p>Agenda</p><a href=\"https://example.com/a?b=1&amp;c=2\">hier</a>";
  series.facts.conference_uri = "https://meet.google.com/xyz";
  const std::string text = unfolded(invite(series));
  EXPECT_THAT(text, HasSubstr("\r\nDESCRIPTION:Agenda\\n\\nhier (https://example.com/a?b=1&c=2)\\n"
                              "Video: https://meet.google.com/xyz\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nX-GOOGLE-CONFERENCE:https://meet.google.com/xyz\r\n"));
  series.facts.conference_uri = "javascript:alert(1)";
  EXPECT_THAT(unfolded(invite(series)), Not(HasSubstr("javascript")));
}

TEST(InvitationCalendar, NoAlarmAttachmentOrHtmlDescriptionIsWritten) {  // I-36
  Series series = offer();
  series.master.reminders = {{{"popup", 10}}};
  const std::string text = unfolded(invite(series));
  for (const char* name : {"VALARM", "ATTACH", "X-ALT-DESC"})
    EXPECT_THAT(text, Not(HasSubstr(name)));
}

TEST(InvitationCalendar, AHugeAppointmentFitsTheMailer) {
  Series series = weekly();
  series.master.description = std::string(60'000, ';');
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=300"};
  for (int week = 1; week < 150; ++week) {
    calendar::Occurrence moved;
    moved.event = series.master;
    const auto start = at("2027-01-04T08:00:00Z") + std::chrono::weeks{week};
    moved.event.start = calendar::ZonedTime{start + std::chrono::hours{1}, "Europe/Berlin"};
    moved.event.end = calendar::ZonedTime{start + std::chrono::hours{2}, "Europe/Berlin"};
    series.occurrences[calendar::OriginalStart{false, start}] = moved;
  }
  const Message message = compose(invite(series));
  EXPECT_LE(message.calendar.size(), 128u * 1024);
  EXPECT_LE(message.text.size(), 64u * 1024);
  EXPECT_LE(message.html.size(), 64u * 1024);
  EXPECT_THAT(components(parsed(message.calendar), ICAL_VEVENT_COMPONENT), SizeIs(150));
}

TEST(InvitationCalendar, AGroupIsOfOneAccountAppointmentDateAndGuest) {  // I-16
  Invitation invitation = invite(weekly());
  const std::string group = group_of(invitation);
  EXPECT_EQ(group.size(), 64u);
  EXPECT_EQ(group_of(cancel(weekly())), group);
  EXPECT_NE(group_of(on(invite(weekly()), "2027-01-11T09:00:00+01:00")), group);
  invitation.guest = "bert@example.net";
  EXPECT_NE(group_of(invitation), group);
}

TEST(InvitationCalendar, TheMessageIsOverWithItsLastDate) {
  EXPECT_EQ(compose(invite(offer())).ends_at, at("2026-12-10T15:00:00+01:00"));
  EXPECT_EQ(compose(invite(plain_weekly())).ends_at, at("2027-02-08T09:30:00+01:00"));
  Series endless = plain_weekly();
  endless.recurrence = {"RRULE:FREQ=WEEKLY"};
  EXPECT_EQ(compose(invite(endless)).ends_at, std::nullopt);
}

}  // namespace
}  // namespace gcal::invitations
