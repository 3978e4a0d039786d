// The table of who is mailed about which change (P-13).
#include "src/engine/calendar/plan_mails.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "src/engine/calendar/series_move.hpp"

namespace gcal::calendar {
namespace {

using namespace std::chrono_literals;

const std::set<std::string> kOwn{"me@example.com"};
constexpr std::chrono::sys_seconds kStart{1'800'000'000s};  // of the first occurrence
constexpr base::Instant kNow{kStart - 24h};

Attendee guest(std::string email) {
  Attendee attendee;
  attendee.email = std::move(email);
  return attendee;
}

Event event() {
  Event meeting;
  meeting.summary = "Offer";
  meeting.start = ZonedTime{kStart, "Europe/Berlin"};
  meeting.end = ZonedTime{kStart + 1h, "Europe/Berlin"};
  return meeting;
}

// With the guests anna and bert, the account itself and a room.
Series meeting() {
  Series series;
  series.master = event();
  Attendee me = guest("Me@example.com");
  me.organizer = true;
  Attendee room = guest("room@resource.calendar.google.com");
  room.resource = true;
  series.master.attendees = {me, guest("anna@example.com"), guest("bert@example.com"), room};
  series.facts.organizer_email = "me@example.com";
  return series;
}

Series weekly() {
  Series series = meeting();
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=4"};
  return series;
}

OriginalStart week(int number) {
  return {false, kStart + std::chrono::weeks{number}};
}

Occurrence exception(const Series& series, int number,
                     const std::function<void(Event&)>& change = {}) {
  Occurrence occurrence;
  occurrence.event = occurrence_by_rule(series.master, week(number));
  if (change) change(occurrence.event);
  return occurrence;
}

// Another organiser's meeting to which the account is invited.
Series invitation() {
  Series series = meeting();
  series.facts.organized_by_self = false;
  series.facts.organizer_email = "Boss@example.com";
  series.master.attendees.front().organizer = false;
  series.master.attendees.front().self = true;
  return series;
}

std::string text_of(const std::vector<Mail>& mails) {
  static constexpr const char* kKinds[] = {"invite", "update", "cancel", "answer"};
  std::string text;
  for (const Mail& mail : mails) {
    if (!text.empty()) text += ", ";
    text += std::string(kKinds[static_cast<int>(mail.kind)]) + " " +
            mail.guest.substr(0, mail.guest.find('@'));
    if (mail.scope)
      text += " on " + std::to_string((mail.scope->instant - kStart) / std::chrono::weeks{1});
  }
  return text;
}

std::string mails(const Series* before, const Series* after, base::Instant now = kNow) {
  return text_of(plan_mails(before, after, kOwn, now));
}

struct Row {
  const char* name;
  Series before;
  std::function<void(Series&)> change;
  const char* expected;
};

Attendee& attendee(Series& series, std::size_t number) {
  return series.master.attendees.at(number);
}

std::vector<Row> changes_of_one_meeting() {
  return {
      {"nothing", meeting(), [](Series&) {}, ""},
      {"title", meeting(), [](Series& s) { s.master.summary = "New"; }, "update anna, update bert"},
      {"text", meeting(), [](Series& s) { s.master.description = "New"; },
       "update anna, update bert"},
      {"place", meeting(), [](Series& s) { s.master.location = "New"; },
       "update anna, update bert"},
      {"status", meeting(), [](Series& s) { s.master.status = Status::tentative; },
       "update anna, update bert"},
      {"time", meeting(),
       [](Series& s) {
         s.master.end = ZonedTime{kStart + 2h, "Europe/Berlin"};
       },
       "update anna, update bert"},
      {"colour", meeting(), [](Series& s) { s.master.color = "4"; }, ""},
      {"transparency", meeting(),
       [](Series& s) { s.master.transparency = Transparency::transparent; }, ""},
      {"visibility", meeting(), [](Series& s) { s.master.visibility = Visibility::private_; }, ""},
      {"reminders", meeting(),
       [](Series& s) {
         s.master.reminders = {{{"popup", 5}}};
       },
       ""},
      {"an answer", meeting(), [](Series& s) { attendee(s, 1).partstat = PartStat::accepted; }, ""},
      {"guest added", meeting(),
       [](Series& s) { s.master.attendees.push_back(guest("carl@example.com")); }, "invite carl"},
      {"guest added and title", meeting(),
       [](Series& s) {
         s.master.attendees.push_back(guest("carl@example.com"));
         s.master.summary = "New";
       },
       "update anna, update bert, invite carl"},
      {"guest removed", meeting(),
       [](Series& s) { s.master.attendees.erase(s.master.attendees.begin() + 1); }, "cancel anna"},
      {"guest optional", meeting(), [](Series& s) { attendee(s, 1).optional = true; },
       "update anna"},
      {"guest renamed", meeting(), [](Series& s) { attendee(s, 1).name = "Anna"; }, "update anna"},
      {"address in capitals", meeting(),
       [](Series& s) { attendee(s, 1).email = "ANNA@Example.com"; }, ""},
      {"room removed", meeting(), [](Series& s) { s.master.attendees.pop_back(); }, ""},
      {"no address", meeting(), [](Series& s) { s.master.attendees.push_back(guest("Bridge")); },
       ""},
  };
}

std::vector<Row> changes_of_a_series() {
  const auto on_week = [](int number, std::function<void(Event&)> change) {
    return
        [number, change](Series& s) { s.occurrences[week(number)] = exception(s, number, change); };
  };
  const auto rename = [](Event& e) { e.summary = "Once"; };
  const auto add_carl = [](Event& e) { e.attendees.push_back(guest("carl@example.com")); };
  Series with_carl = weekly();
  on_week(2, add_carl)(with_carl);
  return {
      {"one occurrence renamed", weekly(), on_week(1, rename),
       "update anna on 1, update bert on 1"},
      {"one occurrence cancelled", weekly(),
       [](Series& s) { s.occurrences[week(1)].cancelled = true; },
       "cancel anna on 1, cancel bert on 1"},
      {"one occurrence in another colour", weekly(), on_week(1, [](Event& e) { e.color = "4"; }),
       ""},
      {"guest of one occurrence", weekly(), on_week(2, add_carl), "invite carl on 2"},
      {"guest of one occurrence removed", with_carl, [](Series& s) { s.occurrences.clear(); },
       "cancel carl on 2"},
      {"series renamed, its own guest too", with_carl,
       [](Series& s) {
         s.master.summary = "New";
         s.occurrences.begin()->second.event.summary = "New";
       },
       "update anna, update bert, update carl on 2"},
      {"guest of the series left one date", weekly(),
       on_week(1, [](Event& e) { e.attendees.erase(e.attendees.begin() + 1); }),
       "cancel anna on 1"},
      {"guest left the series and stays on a date", weekly(),
       [](Series& s) {
         s.occurrences[week(1)] = exception(s, 1);
         s.master.attendees.erase(s.master.attendees.begin() + 1);
       },
       "cancel anna, invite anna on 1"},
      {"two occurrences", weekly(),
       [&](Series& s) {
         on_week(1, rename)(s);
         on_week(2, rename)(s);
       },
       "update anna, update bert"},
      {"rule", weekly(), [](Series& s) { s.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=3"}; },
       "update anna, update bert"},
      {"cut", weekly(),
       [](Series& s) { s.recurrence = {"RRULE:FREQ=WEEKLY;UNTIL=20270122T000000Z"}; },
       "update anna, update bert"},
  };
}

std::vector<Row> changes_of_an_invitation() {
  Series modifiable = invitation();
  modifiable.facts.guests_can_modify = true;
  Series series = invitation();
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=4"};
  const auto accept = [](Event& e) { e.attendees.front().partstat = PartStat::accepted; };
  return {
      {"own answer", invitation(), [&](Series& s) { accept(s.master); }, "answer boss"},
      {"own answer on one date", series,
       [&](Series& s) { s.occurrences[week(1)] = exception(s, 1, accept); }, "answer boss on 1"},
      {"one date removed", series, [](Series& s) { s.occurrences[week(1)].cancelled = true; },
       "answer boss on 1"},
      {"title that guests may not change", invitation(),
       [](Series& s) { s.master.summary = "New"; }, ""},
      {"title that guests may change", modifiable, [](Series& s) { s.master.summary = "New"; },
       "update anna, update bert"},
  };
}

struct PlanMailsTest : testing::TestWithParam<std::vector<Row> (*)()> {};

TEST_P(PlanMailsTest, MailsExactlyWhatTheTableSays) {
  for (const Row& row : GetParam()()) {
    Series after = row.before;
    row.change(after);
    EXPECT_EQ(mails(&row.before, &after), row.expected) << row.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, PlanMailsTest,
                         testing::Values(changes_of_one_meeting, changes_of_a_series,
                                         changes_of_an_invitation));

TEST(PlanMails, ACreationInvitesAndADeletionCancels) {
  const Series one = meeting();
  EXPECT_EQ(mails(nullptr, &one), "invite anna, invite bert");
  EXPECT_EQ(mails(&one, nullptr), "cancel anna, cancel bert");
  const Series theirs = invitation();
  EXPECT_EQ(mails(&theirs, nullptr), "answer boss");  // it counts as declined
  EXPECT_EQ(mails(nullptr, &theirs), "");             // it is never invited to again
  Series declined = invitation();
  declined.master.attendees.front().partstat = PartStat::declined;
  EXPECT_EQ(mails(&declined, nullptr), "");
}

TEST(PlanMails, ACreationInvitesTheGuestsOfSingleOccurrencesToThem) {
  Series series = weekly();
  series.occurrences[week(2)] =
      exception(series, 2, [](Event& e) { e.attendees.push_back(guest("carl@example.com")); });
  EXPECT_EQ(mails(nullptr, &series), "invite anna, invite bert, invite carl on 2");
  EXPECT_EQ(mails(&series, nullptr), "cancel anna, cancel bert, cancel carl on 2");
}

TEST(PlanMails, WhatIsOverIsNotMailedUnlessItBeginsAgain) {
  const Series one = meeting();
  Series renamed = one;
  renamed.master.summary = "New";
  const base::Instant later{kStart + 2h};
  EXPECT_EQ(mails(&one, &renamed, later), "");
  EXPECT_EQ(mails(nullptr, &one, later), "");
  EXPECT_EQ(mails(&one, nullptr, later), "");
  Series moved = one;
  moved.master.start = ZonedTime{kStart - 48h, "Europe/Berlin"};
  moved.master.end = ZonedTime{kStart - 47h, "Europe/Berlin"};
  EXPECT_EQ(mails(&one, &moved), "update anna, update bert");  // from the future to the past
  EXPECT_EQ(mails(&moved, &one), "update anna, update bert");  // and back
  EXPECT_EQ(mails(&one, &renamed, base::Instant{kStart + 1h}), "");
  EXPECT_EQ(mails(&one, &renamed, base::Instant{kStart + 59min}), "update anna, update bert");
}

TEST(PlanMails, ASeriesIsOverAfterItsLastOccurrence) {
  for (const char* rule :
       {"RRULE:FREQ=WEEKLY;COUNT=4", "RRULE:FREQ=WEEKLY;UNTIL=20270210T000000Z"}) {
    Series series = weekly();
    series.recurrence = {rule};
    Series renamed = series;
    renamed.master.summary = "New";
    const base::Instant last{week(3).instant};
    EXPECT_EQ(mails(&series, &renamed, last + 30min), "update anna, update bert") << rule;
    EXPECT_EQ(mails(&series, &renamed, last + 2h), "") << rule;
    renamed.occurrences[week(3)] = exception(renamed, 3, [](Event& e) {
      e.start = ZonedTime{kStart + std::chrono::weeks{9}, "Europe/Berlin"};
      e.end = ZonedTime{kStart + std::chrono::weeks{9} + 1h, "Europe/Berlin"};
    });
    EXPECT_EQ(mails(&series, &renamed, last + 2h), "update anna, update bert") << rule;
  }
  Series endless = weekly();
  endless.recurrence = {"RRULE:FREQ=WEEKLY"};
  EXPECT_FALSE(is_over(endless, base::Instant{kStart + std::chrono::years{5}}));
}

TEST(PlanMails, AnOccurrenceThatIsOverIsNotMailed) {
  const Series series = weekly();
  Series changed = series;
  changed.occurrences[week(0)] = exception(series, 0, [](Event& e) { e.summary = "Late"; });
  EXPECT_EQ(mails(&series, &changed, base::Instant{kStart + 2h}), "");
  EXPECT_EQ(mails(&series, &changed, kNow), "update anna on 0, update bert on 0");
}

}  // namespace
}  // namespace gcal::calendar
