// What guests read: subjects, plain text and HTML.
#include <gmock/gmock.h>

#include "src/engine/invitations/written_text.hpp"
#include "tests/unit/engine/invitations/invitation_samples.hpp"

namespace gcal::invitations {
namespace {

using calendar::Series;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

Message in(Language language, Invitation invitation) {
  invitation.sender.language = language;
  return compose(invitation);
}

TEST(InvitationWords, EnglishIsEnglish) {  // I-39
  const Message message = in(Language::english, invite(offer()));
  EXPECT_EQ(message.language, "en");
  EXPECT_EQ(message.subject,
            "Invitation: Angebot besprechen; Müller & Söhne, Köln – Thu 10 Dec 2026 14:00");
  EXPECT_THAT(message.text, HasSubstr("When:  Thursday, 10 December 2026, 14:00–15:00\n"
                                      "       (Europe/Berlin, UTC+1)\n"));
  EXPECT_THAT(message.text, HasSubstr("Answer with the buttons of your mail program or here:\n"));
  EXPECT_THAT(message.text,
              EndsWith("\nYou receive this e-mail because Jana Nord invited you. Replies go to "
                       "jana.nord@gmail.com.\n"));
}

TEST(InvitationWords, BothLanguagesFollowEachOther) {  // I-39
  const Message message = in(Language::both, invite(offer()));
  EXPECT_EQ(message.subject,
            "Einladung / Invitation: Angebot besprechen; Müller & Söhne, Köln – "
            "Do. 10. Dez. 2026 14:00 / Thu 10 Dec 2026 14:00");
  EXPECT_LT(message.text.find("Wann:"), message.text.find("When:"));
  EXPECT_THAT(message.html, HasSubstr("<td lang=\"en\""));
}

TEST(InvitationWords, AnotherClockOfTheGuestIsASecondLine) {  // I-39
  Invitation invitation = invite(offer());
  invitation.guest_zone = "Asia/Kolkata";
  EXPECT_THAT(compose(invitation).text,
              HasSubstr("       (Europe/Berlin, UTC+1)\n"
                        "       Donnerstag, 10. Dezember 2026, 18:30–19:30 Uhr\n"
                        "       (Asia/Kolkata, UTC+5:30)\n"));
  invitation.guest_zone = "Europe/Paris";
  EXPECT_THAT(compose(invitation).text, Not(HasSubstr("Paris")));
}

TEST(InvitationWords, AnUpdateShowsWhatWas) {  // I-17
  Series after = offer();
  after.master.start = berlin("2026-12-10T13:00:00+01:00");
  after.master.location = "";
  after.master.summary = "Angebot <neu>";
  const Message message = compose(update(offer(), after));
  EXPECT_EQ(message.subject, "Aktualisiert: Angebot <neu> – Do. 10. Dez. 2026 14:00 → 13:00");
  EXPECT_THAT(message.text, HasSubstr("Aktualisiert: Angebot <neu>\n(vorher Angebot besprechen"));
  EXPECT_THAT(message.text, HasSubstr("(vorher 14:00–15:00 Uhr)\n"));
  EXPECT_THAT(message.text, HasSubstr("Wo:    entfällt\n       (vorher Hauptstraße 1, "));
  EXPECT_THAT(message.html, HasSubstr("<strong>Donnerstag, 10. Dezember 2026, 13:00–15:00 Uhr"));
  EXPECT_THAT(message.html, HasSubstr("Angebot &lt;neu&gt;</h1>"));
}

TEST(InvitationWords, AnAddedGuestIsInvitedWithoutWhatWas) {  // I-15
  Invitation invitation = invite(offer());
  invitation.before = offer();
  invitation.before->master.summary = "Alt";
  EXPECT_THAT(compose(invitation).text, Not(HasSubstr("vorher")));
}

TEST(InvitationWords, ACancellationSaysForWhom) {  // I-34
  EXPECT_THAT(compose(cancel(offer())).text, HasSubstr("\nDieser Termin findet nicht statt.\n"));
  Invitation removed = cancel(offer());
  removed.after = offer();
  EXPECT_THAT(compose(removed).text, HasSubstr("Sie sind zu diesem Termin nicht mehr eingeladen."));
  EXPECT_THAT(compose(removed).text, Not(HasSubstr("mailto:")));
}

TEST(InvitationWords, AShortenedSeriesNamesItsLastDay) {
  Series before = plain_weekly();
  before.recurrence = {"RRULE:FREQ=WEEKLY"};
  Series after = before;
  after.recurrence = {"RRULE:FREQ=WEEKLY;UNTIL=20270125T075959Z"};
  const Message message = compose(update(before, after));
  EXPECT_EQ(message.subject, "Aktualisiert: Wochenstart – endet am 18. Jan. 2027");
  EXPECT_THAT(message.text, HasSubstr("\nDie Serie endet am 18. Januar 2027.\n"));
}

struct Rule {
  const char* rule;
  const char* german;
  const char* english;
};

void PrintTo(const Rule& rule, std::ostream* out) {
  *out << rule.rule;
}

class InvitationRule : public testing::TestWithParam<Rule> {};

TEST_P(InvitationRule, IsSaidInWords) {
  Series series = plain_weekly();
  series.recurrence = {GetParam().rule};
  const std::string german = compose(invite(series)).subject;
  EXPECT_EQ(german, "Einladung: Wochenstart – " + std::string(GetParam().german) +
                        " ab 4. Jan. 2027 09:00");
  EXPECT_EQ(
      in(Language::english, invite(series)).subject,
      "Invitation: Wochenstart – " + std::string(GetParam().english) + " from 4 Jan 2027 09:00");
}

INSTANTIATE_TEST_SUITE_P(
    All, InvitationRule,
    testing::Values(Rule{"RRULE:FREQ=DAILY", "täglich", "daily"},
                    Rule{"RRULE:FREQ=DAILY;INTERVAL=3", "alle 3 Tage", "every 3 days"},
                    Rule{"RRULE:FREQ=WEEKLY", "jeden Montag", "every Monday"},
                    Rule{"RRULE:FREQ=WEEKLY;BYDAY=FR,MO,WE", "jeden Montag, Mittwoch und Freitag",
                         "every Monday, Wednesday and Friday"},
                    Rule{"RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "jeden Werktag (Mo.–Fr.)",
                         "every weekday (Mon–Fri)"},
                    Rule{"RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO", "alle 2 Wochen am Montag",
                         "every 2 weeks on Monday"},
                    Rule{"RRULE:FREQ=MONTHLY", "monatlich am 4.", "monthly on day 4"},
                    Rule{"RRULE:FREQ=MONTHLY;BYMONTHDAY=-1", "monatlich am letzten Tag",
                         "monthly on the last day"},
                    Rule{"RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO",
                         "alle 2 Monate am ersten Montag", "every 2 months on the first Monday"},
                    Rule{"RRULE:FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", "monatlich am letzten Freitag",
                         "monthly on the last Friday"},
                    Rule{"RRULE:FREQ=YEARLY", "jährlich am 4. Januar", "yearly on 4 January"},
                    Rule{"RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=2SU",
                         "jährlich am zweiten Sonntag im Mai",
                         "yearly on the second Sunday in May"},
                    Rule{"RRULE:FREQ=YEARLY;BYWEEKNO=20", "mehrere Termine", "several dates"},
                    Rule{"RDATE:20270112T080000Z", "mehrere Termine", "several dates"}));

TEST(InvitationWords, WhatOutlookDoesNotShowIsListed) {
  Series series = plain_weekly();
  series.recurrence = {"RRULE:FREQ=MONTHLY;BYDAY=1MO,3MO"};
  EXPECT_THAT(compose(invite(series)).text, HasSubstr("Nächste Termine: Mo. 4. Jan. 2027 09:00\n"
                                                      "                 Mo. 18. Jan. 2027 09:00\n"
                                                      "                 Mo. 1. Feb. 2027 09:00\n"
                                                      "                 Mo. 15. Feb. 2027 09:00\n"
                                                      "                 Mo. 1. März 2027 09:00\n"));
  series.recurrence = {"RDATE:20270112T080000Z"};
  EXPECT_THAT(compose(invite(series)).text, HasSubstr("Di. 12. Jan. 2027 09:00"));
  EXPECT_THAT(compose(invite(plain_weekly())).text, Not(HasSubstr("Nächste")));
}

TEST(InvitationWords, ASeriesNamesItsCountAndWhatDiffers) {
  const std::string text = compose(invite(weekly())).text;
  EXPECT_THAT(text, HasSubstr("jeden Montag, 09:00–09:30 Uhr\n"));
  EXPECT_THAT(text, HasSubstr("ab 4. Januar 2027, 6 Termine\n"));
  EXPECT_THAT(text, HasSubstr("Ausnahmen: Mo. 11. Jan. → Di. 12. Jan. 2027 11:00\n"));
  EXPECT_THAT(text, HasSubstr("Mo. 25. Jan. 2027 09:00 entfällt\n"));
  Series once = plain_weekly();
  once.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=1"};
  EXPECT_THAT(compose(invite(once)).text, HasSubstr(", 1 Termin\n"));
}

TEST(InvitationWords, OneMoreGuestIsSingular) {
  Series series = offer();
  for (int i = 0; i < 60; ++i)
    series.master.attendees.push_back(
        guest_named(std::string(100, 'x'), "guest" + std::to_string(i) + "@example.net"));
  std::string text = compose(invite(series)).text;
  EXPECT_THAT(text, HasSubstr(" weitere Gäste\n"));
  while (text.find("weitere Gäste") != std::string::npos) {
    series.master.attendees.pop_back();
    text = compose(invite(series)).text;
  }
  EXPECT_THAT(text, HasSubstr("und 1 weiterer Gast\n"));
}

TEST(InvitationWords, ALongTextIsCutInTheBodyOnly) {
  Series series = offer();
  series.master.description.clear();
  for (int i = 0; i < 2'000; ++i) series.master.description += "Zeile äöü\n";
  const Message message = compose(invite(series));
  EXPECT_LT(message.text.size(), 16u * 1024);
  EXPECT_THAT(message.text, HasSubstr("Vollständig im Kalendereintrag."));
  EXPECT_GT(message.calendar.size(), 24u * 1024);
}

TEST(InvitationWords, OnlyWebAddressesAreLinks) {  // I-37
  Series series = offer();
  series.master.location = "https://example.com/a\"b javascript:alert(1) <b>x</b>";
  series.master.description = "<script>alert(1)</script><a href=\"javascript:x()\">klick</a>";
  series.master.attendees.front().name = "</td><img src=x onerror=alert(1)>";
  const std::string html = compose(invite(series)).html;
  EXPECT_THAT(html, HasSubstr("<a href=\"https://example.com/a\">https://example.com/a</a>&quot;b "
                              "javascript:alert(1) &lt;b&gt;x&lt;/b&gt;"));
  EXPECT_THAT(html, HasSubstr("klick"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, Not(HasSubstr("href=\"javascript")));
}

TEST(InvitationWords, TheLogoIsNamedByItsContentId) {  // I-41, I-42
  Invitation invitation = invite(offer());
  EXPECT_THAT(compose(invitation).html, Not(HasSubstr("<img")));
  invitation.sender.logo = "logo";
  invitation.sender.logo_width = 240;
  invitation.sender.logo_height = 80;
  invitation.sender.company = "Nord & \"Co\"";
  const Message message = compose(invitation);
  EXPECT_THAT(message.html, HasSubstr("<img src=\"cid:logo\" width=\"240\" height=\"80\" "
                                      "alt=\"Nord &amp; &quot;Co&quot;\""));
  EXPECT_EQ(message.image, "logo");
}

TEST(InvitationWords, AnswersGoToTheOrganizer) {
  Series series = offer();
  series.facts.organizer_email = "jana+x?bcc=a@gmail.com";
  const Message message = compose(invite(series));
  EXPECT_THAT(message.text, HasSubstr("Zusagen: mailto:jana%2Bx%3Fbcc%3Da@gmail.com?subject="
                                      "Zusage%3A%20Angebot%20besprechen%3B"));
}

TEST(InvitationWords, AMessageWithoutAppointmentHasNoWords) {
  Invitation invitation = invite(offer());
  invitation.after.reset();
  EXPECT_EQ(compose(invitation).subject, "");
}

struct Html {
  const char* html;
  const char* text;
};

void PrintTo(const Html& sample, std::ostream* out) {
  *out << sample.html;
}

class InvitationHtml : public testing::TestWithParam<Html> {};

TEST_P(InvitationHtml, BecomesText) {
  EXPECT_EQ(text_of_html(GetParam().html), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    All, InvitationHtml,
    testing::Values(Html{"a<br>b<br/>c", "a\nb\nc"}, Html{"<p>a</p><p>b</p>", "a\n\nb"},
                    Html{"a < b && c > d", "a < b && c > d"}, Html{"x<y", "x<y"},
                    Html{"<jana@example.com>", "<jana@example.com>"},
                    Html{"&lt;b&gt; &amp;amp; &#228;&#xE4;&nbsp;&nosuch;", "<b> &amp; ää &nosuch;"},
                    Html{"<ul><li>a</li><li>b</li></ul>", "- a\n- b"},
                    Html{"<a href='https://a.example'>https://a.example</a>", "https://a.example"},
                    Html{"<a href=\"https://a.example/?x&amp;y\">hier</a>.",
                         "hier (https://a.example/?x&y)."},
                    Html{"<style>b{}</style>a<!-- c -->b", "ab"}, Html{"a\r\nb\rc", "a\nbc"},
                    Html{"a\x01\x7F\xE2\x80\xAE\tb", "a b"}, Html{"&#0;&#55296;", "&#0;&#55296;"}));

}  // namespace
}  // namespace gcal::invitations
