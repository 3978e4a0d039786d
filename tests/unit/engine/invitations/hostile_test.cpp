// Texts of strangers: whatever an appointment holds, the message is one appointment with the same
// values, and nothing of it becomes a header, a property or an element.
#include <gmock/gmock.h>

#include <random>

#include "src/common/base/utf8.hpp"
#include "src/engine/invitations/written_text.hpp"
#include "tests/unit/engine/invitations/invitation_samples.hpp"

namespace gcal::invitations {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr unsigned kSeed = 20261129;
constexpr int kTexts = 500;

std::string random_text(std::mt19937& random) {
  static constexpr const char* kPieces[] = {
      "\r\n",
      "\n",
      "\r",
      ";",
      ",",
      ":",
      "\\",
      "\"",
      "'",
      "^n",
      "^^",
      "^'",
      "<",
      ">",
      "&",
      "&lt;",
      "<b>",
      "</td>",
      "<script>alert(1)</script>",
      "<br>",
      "END:VEVENT\r\n",
      "BEGIN:VEVENT\r\n",
      "\r\nATTENDEE:mailto:evil@example.com",
      "\r\nBcc: evil@example.com",
      "\\n",
      "\\,",
      "ä",
      "ß",
      "€",
      "😀",
      "\u202E",  // NOLINT(misc-misleading-bidirectional): one is meant
      "\u2028",
      "\u0085",
      "\xC3",
      "\xFF",
      "\x01",
      "\x7F",
      "\t",
      " ",
      "a",
      "Z",
      "0",
      "{value}",
      "{organizer}",
      "%0A",
      "=?utf-8?q?x?=",
      "https://example.com/",
      "עברית",
      "mailto:",
      "\u0301"};
  std::string text;
  std::uniform_int_distribution<std::size_t> length(0, 40), piece(0, std::size(kPieces) - 1);
  for (std::size_t left = length(random); left > 0; --left) text += kPieces[piece(random)];
  if (random() % 20 == 0) text += std::string(10'000, 'x') + "ü";
  return text;
}

// Is every line at most 75 octets and whole characters?
void expect_folded(const std::string& calendar) {
  std::size_t begin = 0;
  while (begin < calendar.size()) {
    const std::size_t end = calendar.find("\r\n", begin);
    ASSERT_NE(end, std::string::npos);
    const std::string line = calendar.substr(begin, end - begin);
    EXPECT_LE(line.size(), 75u);
    EXPECT_TRUE(base::is_utf8(line)) << line;
    EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos);
    begin = end + 2;
  }
}

bool has_control(std::string_view text, bool lines) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < ' ' && !(lines && c == '\n')) || c == 0x7F) return true;
  return false;
}

// The elements of the HTML, in their order.
std::string elements(const std::string& html) {
  std::string out;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const std::string name = html.substr(at, html.find_first_of(" >", at) - at);
    if (name != "<a" && name != "</a" && name != "<br") out += name;
  }
  return out;
}

TEST(HostileInvitations, AreReadBackWithTheirValues) {  // I-37
  std::mt19937 random(kSeed);
  std::cout << "seed " << kSeed << "\n";
  for (int i = 0; i < kTexts; ++i) {
    SCOPED_TRACE(i);
    calendar::Series series = offer();
    series.master.summary = "s" + random_text(random);
    series.master.location = "l" + random_text(random);
    series.master.description = "d" + random_text(random);
    series.master.attendees.front().name = "n" + random_text(random);
    series.facts.organizer_name = "o" + random_text(random);
    Invitation invitation = invite(series);
    invitation.sender.company = random_text(random);
    const Message message = compose(invitation);
    expect_folded(message.calendar);
    const Component calendar = parsed(message.calendar);
    ASSERT_NE(calendar, nullptr);
    const auto events = components(calendar, ICAL_VEVENT_COMPONENT);
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_EQ(icalcomponent_count_errors(calendar.get()), 0) << message.calendar;
    EXPECT_THAT(values(events[0], ICAL_SUMMARY_PROPERTY),
                ElementsAre(one_line(series.master.summary, 1'000)));
    EXPECT_THAT(values(events[0], ICAL_LOCATION_PROPERTY),
                ElementsAre(one_line(series.master.location, 1'000)));
    EXPECT_THAT(values(events[0], ICAL_DESCRIPTION_PROPERTY),
                ElementsAre(shortened(text_of_html(series.master.description), 32 * 1024)));
    EXPECT_THAT(values(events[0], ICAL_ATTENDEE_PROPERTY),
                ElementsAre("mailto:erika.muster@example.net"));
    EXPECT_THAT(values(events[0], ICAL_ORGANIZER_PROPERTY),
                ElementsAre("mailto:jana.nord@gmail.com"));
    for (const std::string& header :
         {message.subject, message.to_name, message.from_name, message.reply_to})
      EXPECT_FALSE(has_control(header, false)) << header;
    EXPECT_TRUE(base::is_utf8(message.subject + message.text + message.html + message.from_name));
    EXPECT_FALSE(has_control(message.text, true));
    EXPECT_EQ(elements(message.html), elements(compose(invite(offer())).html));
  }
}

TEST(HostileInvitations, ALineBreakInTheTitleMakesNoHeader) {  // I-37
  calendar::Series series = offer();
  series.master.summary = "Angebot\r\nBcc: evil@example.com";
  const Message message = compose(invite(series));
  EXPECT_EQ(message.subject, "Einladung: Angebot Bcc: evil@example.com – Do. 10. Dez. 2026 14:00");
  EXPECT_THAT(message.calendar,
              testing::HasSubstr("\r\nSUMMARY:Angebot Bcc: evil@example.com\r\n"));
}

TEST(HostileInvitations, AnAddressBreaksNothing) {  // I-37
  calendar::Series series = offer();
  series.facts.organizer_email = "a;b\"<c>@example.com\r\nX: y";
  series.master.attendees.push_back(guest_named("", "x\r\nATTENDEE:mailto:evil@example.com"));
  series.master.attendees.push_back(guest_named("", "ünser@müller.example"));
  const Component calendar = parsed(calendar_of(invite(series)));
  ASSERT_NE(calendar, nullptr);
  const auto events = components(calendar, ICAL_VEVENT_COMPONENT);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_THAT(
      values(events[0], ICAL_ATTENDEE_PROPERTY),
      ElementsAre("mailto:erika.muster@example.net", "mailto:%C3%BCnser@xn--mller-kva.example"));
}

}  // namespace
}  // namespace gcal::invitations
