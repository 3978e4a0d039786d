// Whole objects, byte for byte: what other calendars read is what is compared.
#include <gmock/gmock.h>

#include "tests/unit/engine/invitations/invitation_samples.hpp"

namespace gcal::invitations {
namespace {

// The lines with CRLF, as they are sent.
std::string lines(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

constexpr const char* kBerlin = R"(BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
)";

TEST(InvitationExamples, TheFirstInvitationIsThisObject) {  // I-20, I-24, I-28, I-31
  const std::string head = R"(BEGIN:VCALENDAR
PRODID:-//Example//Google Calendar for CRM 0.2//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REQUEST
)";
  const std::string event = R"(BEGIN:VEVENT
UID:7kq2m1o8t4v6g3s5p0a9b8c7d6@google.com
SEQUENCE:0
DTSTAMP:20261201T091502Z
DTSTART;TZID=Europe/Berlin:20261210T140000
DTEND;TZID=Europe/Berlin:20261210T150000
SUMMARY:Angebot besprechen\; Müller & Söhne\, Köln
LOCATION:Hauptstraße 1\, 50667 Köln
DESCRIPTION:Bitte die Preisliste mitbringen.\nVideo: https://meet.google.co
 m/abc-defg-hij
ORGANIZER;CN="Jana Nord";SENT-BY="mailto:termine@crm.example.com":mailto:ja
 na.nord@gmail.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE;CN="Erika Muster":mailto:erika.muster@example.net
STATUS:CONFIRMED
TRANSP:OPAQUE
CLASS:PUBLIC
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
END:VCALENDAR
)";
  const Message message = compose(invite(offer()));
  EXPECT_EQ(message.calendar, lines(head + kBerlin + event));
  EXPECT_EQ(message.method, "REQUEST");
  EXPECT_EQ(message.subject,
            "Einladung: Angebot besprechen; Müller & Söhne, Köln – Do. 10. Dez. 2026 14:00");
  EXPECT_EQ(message.from_name, "Jana Nord (Nord Vertrieb)");
  EXPECT_EQ(message.reply_to, "jana.nord@gmail.com");
  EXPECT_EQ(message.to_name, "Erika Muster");
}

TEST(InvitationExamples, ThePlainTextBeginsSo) {  // I-39
  const std::string expected = R"(Einladung: Angebot besprechen; Müller & Söhne, Köln

Wann:  Donnerstag, 10. Dezember 2026, 14:00–15:00 Uhr
       (Europe/Berlin, UTC+1)
Wo:    Hauptstraße 1, 50667 Köln
Wer:   Jana Nord <jana.nord@gmail.com> (Organisation)
       Erika Muster <erika.muster@example.net>
Text:  Bitte die Preisliste mitbringen.
       Video: https://meet.google.com/abc-defg-hij

Antworten Sie mit den Schaltflächen Ihres E-Mail-Programms oder hier:
)";
  EXPECT_THAT(compose(invite(offer())).text, testing::StartsWith(expected));
}

constexpr const char* kPeople =
    R"(ORGANIZER;CN="Jana Nord";SENT-BY="mailto:termine@crm.example.com":mailto:ja
 na.nord@gmail.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE;CN="Erika Muster":mailto:erika.muster@example.net
STATUS:CONFIRMED
TRANSP:OPAQUE
CLASS:PUBLIC
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
)";

constexpr const char* kMovedDate = R"(BEGIN:VEVENT
UID:1m9n8b7v6c5x4z3l2k1j0h9g8f@google.com
RECURRENCE-ID;TZID=Europe/Berlin:20270111T090000
SEQUENCE:1
DTSTAMP:20261203T080011Z
DTSTART;TZID=Europe/Berlin:20270112T110000
DTEND;TZID=Europe/Berlin:20270112T113000
SUMMARY:Wochenstart
)";

TEST(InvitationExamples, ASeriesIsItsMasterAndThenWhatDiffers) {  // I-32
  const std::string master = R"(BEGIN:VEVENT
UID:1m9n8b7v6c5x4z3l2k1j0h9g8f@google.com
SEQUENCE:1
DTSTAMP:20261203T080011Z
DTSTART;TZID=Europe/Berlin:20270104T090000
DTEND;TZID=Europe/Berlin:20270104T093000
RRULE:FREQ=WEEKLY;COUNT=6
EXDATE;TZID=Europe/Berlin:20270125T090000
SUMMARY:Wochenstart
)";
  Invitation invitation = invite(weekly());
  invitation.sequence = 1;
  invitation.dtstamp = at("2026-12-03T08:00:11Z");
  EXPECT_EQ(events_of(invitation), lines(master + kPeople + kMovedDate + kPeople));
  EXPECT_EQ(compose(invitation).subject,
            "Einladung: Wochenstart – jeden Montag ab 4. Jan. 2027 09:00");
}

TEST(InvitationExamples, AMovedDateIsSentAlone) {  // I-32
  Invitation invitation = on(update(plain_weekly(), weekly()), "2027-01-11T09:00:00+01:00");
  invitation.sequence = 1;
  invitation.dtstamp = at("2026-12-03T08:00:11Z");
  EXPECT_EQ(events_of(invitation), lines(std::string(kMovedDate) + kPeople));
  EXPECT_EQ(compose(invitation).subject,
            "Aktualisiert: Wochenstart – Mo. 11. Jan. → Di. 12. Jan. 2027 11:00");
}

TEST(InvitationExamples, ACancellationIsThisObject) {  // I-22, I-34, I-35
  const std::string event = R"(BEGIN:VEVENT
UID:7kq2m1o8t4v6g3s5p0a9b8c7d6@google.com
SEQUENCE:2
DTSTAMP:20261208T163000Z
DTSTART;TZID=Europe/Berlin:20261210T140000
DTEND;TZID=Europe/Berlin:20261210T150000
SUMMARY:Angebot besprechen\; Müller & Söhne\, Köln
ORGANIZER;CN="Jana Nord";SENT-BY="mailto:termine@crm.example.com":mailto:ja
 na.nord@gmail.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;CN="E
 rika Muster":mailto:erika.muster@example.net
STATUS:CANCELLED
END:VEVENT
)";
  Invitation invitation = cancel(offer());
  invitation.sequence = 2;
  invitation.dtstamp = at("2026-12-08T16:30:00Z");
  const Message message = compose(invitation);
  EXPECT_EQ(events_of(invitation), lines(event));
  EXPECT_THAT(message.calendar, testing::HasSubstr("METHOD:CANCEL\r\n"));
  EXPECT_EQ(message.method, "CANCEL");
  EXPECT_THAT(message.subject, testing::StartsWith("Abgesagt: Angebot besprechen"));
}

}  // namespace
}  // namespace gcal::invitations
