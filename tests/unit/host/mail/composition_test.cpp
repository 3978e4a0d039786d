// The bytes of a message. What an invitation looks like to mail programs is fixed here, byte by
// byte; tests/e2e reads it with parsers of others.
#include "src/host/mail/composition.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "src/common/base/bytes.hpp"

namespace host::mail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

MailMessage invitation() {
  MailMessage message;
  message.key = "k1";
  message.to = {"Erika Muster", "erika.muster@example.net"};
  message.reply_to = {"Jana Nord", "jana.nord@gmail.com"};
  message.subject = "Einladung: M\u00fcller";
  message.language = "de";
  message.text = "M\u00fcller & S\u00f6hne\r\nzwei\n";
  message.html = "<img src=\"cid:logo\" width=\"20\">\n";
  message.images = {{"logo", "\x89PNG\r\n\x1a\n and pixels"}};
  message.calendar = CalendarPart{"REQUEST", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"};
  return message;
}

const Mailbox kFrom{"Jana Nord (Nord Vertrieb)", "termine@crm.example.com"};

std::string bytes_of(const MailMessage& message, std::string_view first = "") {
  const auto identity = identity_of("installation", "plugin", message.key, kFrom.address);
  auto bytes = compose(message, kFrom, identity, first,
                       gcal::base::Instant(std::chrono::milliseconds(1'796'116'504'000)));
  EXPECT_TRUE(bytes) << bytes.error().message;
  return bytes ? *bytes : std::string();
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size()))
    ++found;
  return found;
}

constexpr std::string_view kInvitation = R"mime(Date: Tue, 01 Dec 2026 09:15:04 +0000
From: "Jana Nord (Nord Vertrieb)" <termine@crm.example.com>
Reply-To: Jana Nord <jana.nord@gmail.com>
To: Erika Muster <erika.muster@example.net>
Subject: Einladung: =?UTF-8?B?TcO8bGxlcg==?=
Message-ID: <inv.TOKEN@crm.example.com>
Auto-Submitted: auto-generated
Content-Language: de
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=m_TOKEN"

--=m_TOKEN
Content-Type: multipart/related; type="multipart/alternative";
	boundary="=r_TOKEN"

--=r_TOKEN
Content-Type: multipart/alternative;
	boundary="=a_TOKEN"

--=a_TOKEN
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: quoted-printable

M=C3=BCller & S=C3=B6hne
zwei

--=a_TOKEN
Content-Type: text/html; charset=UTF-8
Content-Transfer-Encoding: quoted-printable

<img src=3D"cid:logo.HASH@crm.example.com" width=3D"20">

--=a_TOKEN
Content-Type: text/calendar; charset=UTF-8; method=REQUEST; component=VEVENT
Content-Transfer-Encoding: base64

QkVHSU46VkNBTEVOREFSDQpFTkQ6VkNBTEVOREFSDQo=

--=a_TOKEN--

--=r_TOKEN
Content-Type: image/png; name=logo.png
Content-Transfer-Encoding: base64
Content-Id: <logo.HASH@crm.example.com>
Content-Disposition: inline; filename=logo.png

iVBORw0KGgogYW5kIHBpeGVscw==

--=r_TOKEN--

--=m_TOKEN
Content-Type: application/ics; name=invite.ics
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename=invite.ics

QkVHSU46VkNBTEVOREFSDQpFTkQ6VkNBTEVOREFSDQo=

--=m_TOKEN--
)mime";

TEST(Composition, AnInvitationHasTheseBytes) {  // I-27, I-28, I-29, I-30, I-38
  std::string expected = with_crlf(kInvitation);
  const std::string token = identity_of("installation", "plugin", "k1", kFrom.address).token;
  const auto digest = gcal::base::sha256(gcal::base::as_bytes("\x89PNG\r\n\x1a\n and pixels"));
  const std::string hash = gcal::base::to_hex(gcal::base::ByteView(digest).first(4));
  for (const auto& [name, value] : {std::pair("TOKEN", token), std::pair("HASH", hash)})
    for (std::size_t at = expected.find(name); at != std::string::npos; at = expected.find(name))
      expected.replace(at, std::string_view(name).size(), value);
  EXPECT_EQ(bytes_of(invitation()), expected);
}

TEST(Composition, EveryLineIsAsciiShortAndEndsInCrlf) {  // I-30
  MailMessage message = invitation();
  message.subject = "";
  for (int i = 0; i < 40; ++i) message.subject += "\u00e4\U0001f600 ";
  message.text = std::string(3'000, 'x') + "\n.\n" + message.subject + "\rlone\n";
  message.html = "<p>" + message.subject + "</p>";
  message.calendar->text += message.subject + std::string(5'000, 'y');
  message.to.name = message.subject;
  const std::string bytes = bytes_of(message);
  std::size_t line = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    ASSERT_TRUE(static_cast<unsigned char>(c) < 0x80 && c != '\0') << i;
    ASSERT_TRUE(c != '\n' || (i > 0 && bytes[i - 1] == '\r')) << i;
    ASSERT_TRUE(c != '\r' || bytes.substr(i, 2) == "\r\n") << i;
    line = c == '\n' ? 0 : line + 1;
    ASSERT_LE(line, 79u) << bytes.substr(i - 79, 79);  // with the CR
  }
}

TEST(Composition, ACancellationSaysSoInBothPlaces) {  // I-35
  MailMessage message = invitation();
  message.calendar->method = "CANCEL";
  const std::string bytes = bytes_of(message);
  EXPECT_THAT(bytes, HasSubstr("text/calendar; charset=UTF-8; method=CANCEL; component=VEVENT"));
  EXPECT_THAT(bytes, HasSubstr("filename=cancel.ics"));
  EXPECT_THAT(bytes, Not(HasSubstr("REQUEST")));
}

TEST(Composition, WithoutAnImageThereIsNoRelatedPart) {  // I-27
  MailMessage message = invitation();
  message.images.clear();
  const std::string bytes = bytes_of(message);
  EXPECT_EQ(bytes.find("multipart/related"), std::string::npos);
  EXPECT_EQ(count(bytes, "Content-Type: text/calendar"), 1u);
}

TEST(Composition, AFollowUpNamesTheFirstMessage) {  // I-25
  const std::string bytes = bytes_of(invitation(), "inv.first@crm.example.com");
  EXPECT_THAT(bytes, HasSubstr("In-Reply-To: <inv.first@crm.example.com>\r\n"));
  EXPECT_THAT(bytes, HasSubstr("References: <inv.first@crm.example.com>\r\n"));
}

TEST(Composition, TheMessageIdFollowsFromInstallationPluginAndKeyAlone) {  // I-25
  const auto one = identity_of("i", "p", "k", "a@crm.example.com");
  EXPECT_EQ(one.message_id, "inv." + one.token + "@crm.example.com");
  EXPECT_EQ(one.token.size(), 32u);
  EXPECT_EQ(one.message_id, identity_of("i", "p", "k", "b@CRM.example.com").message_id);
  EXPECT_NE(one.token, identity_of("i", "p", "k2", "a@crm.example.com").token);
  EXPECT_NE(one.token, identity_of("i2", "p", "k", "a@crm.example.com").token);
}

TEST(Composition, NoTextBeginsAnotherHeaderLine) {  // I-37
  MailMessage message = invitation();
  message.subject = "Angebot\r\nBcc: everybody@example.com";
  message.to.name = "Erika\r\nX-Evil: 1";
  message.reply_to.name = "\"; a@b.c, \x01";
  const std::string bytes = bytes_of(message);
  const std::string head = bytes.substr(0, bytes.find("\r\n\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("\nBcc:")));
  EXPECT_THAT(head, Not(HasSubstr("\nX-Evil:")));
  EXPECT_EQ(count(head, "\r\nTo:"), 1u);
  EXPECT_THAT(head, HasSubstr("<jana.nord@gmail.com>"));
}

TEST(Composition, TheCalendarIsSentByteForByteTwice) {  // I-20
  MailMessage message = invitation();
  message.calendar->text = "BEGIN:VCALENDAR\r\nUID:7kq2@google.com\r\nSUMMARY:\u00fc\n\r\nEND";
  const std::string encoded = gcal::base::to_base64(gcal::base::as_bytes(message.calendar->text));
  std::string bytes = bytes_of(message);
  std::erase(bytes, '\r');
  std::erase(bytes, '\n');
  EXPECT_EQ(count(bytes, encoded), 2u);
}

TEST(Composition, AMessageThatIsTooLargeIsRefused) {
  MailMessage message = invitation();
  message.text = std::string(kMaxMessage, 'x');
  const auto identity = identity_of("i", "p", "k", kFrom.address);
  EXPECT_EQ(compose(message, kFrom, identity, "", {}).error().code, Code::invalid);
}

TEST(Composition, APageShowsTheImagesThemselves) {
  EXPECT_EQ(html_for_page(invitation()),
            "<img src=\"data:image/png;base64,iVBORw0KGgogYW5kIHBpeGVscw==\" width=\"20\">\n");
}

}  // namespace
}  // namespace host::mail
