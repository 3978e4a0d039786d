#include "src/engine/sync/merge_base.hpp"

#include <gtest/gtest.h>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/sync/merge.hpp"
#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {
namespace {

using calendar::Field;

// A link on whose sides `agreed` is held, and a put that sends `wanted` to the remote side.
struct Write {
  Write(const Series& agreed, Series wanted) {
    link.side.crm.has_base = link.side.remote.has_base = true;
    link.side.crm.base = link.side.remote.base = agreed;
    put.id = "event";
    put.before = agreed;
    put.series = std::move(wanted);
  }
  void answered(const Series& written) {
    update_bases(link, SideName::remote, put, written, put.series);
  }

  Link link;
  Operation put;
};

Series with_answer(calendar::PartStat answer) {
  Series series = appointment("review");
  series.master.attendees = {guest("kim@example.com")};
  series.master.attendees.front().partstat = answer;
  return series;
}

TEST(MergeBase, AnAnswerThatTheSideResetsWithTheTimeIsItsNews) {
  const Series agreed = with_answer(calendar::PartStat::declined);
  Series moved = agreed;
  moved.master.start = appointment("", 2).master.start;
  moved.master.end = appointment("", 2).master.end;
  Write write(agreed, moved);
  Series reset = moved;
  reset.master.attendees.front().partstat = calendar::PartStat::needs_action;
  write.answered(reset);
  EXPECT_TRUE(calendar::equal(write.link.side.remote.base, moved, Field::schedule));
  EXPECT_FALSE(calendar::equal(write.link.side.remote.base, reset, Field::attendees));
}

TEST(MergeBase, AnAnswerOfOneDateThatTheSideResetsIsItsNews) {
  Series agreed = with_answer(calendar::PartStat::accepted);
  agreed.recurrence = {"RRULE:FREQ=DAILY;COUNT=3"};
  Series moved = agreed;
  const auto start = calendar::OriginalStart::of(agreed.master.start);
  calendar::Occurrence later;
  later.event = agreed.master;
  later.event.start = appointment("", 4).master.start;
  later.event.end = appointment("", 4).master.end;
  moved.occurrences.emplace(start, later);
  Write write(agreed, moved);
  Series reset = moved;
  reset.occurrences.at(start).event.attendees.front().partstat = calendar::PartStat::needs_action;
  write.answered(reset);
  EXPECT_FALSE(calendar::equal(write.link.side.remote.base, reset, Field::schedule));
  EXPECT_TRUE(calendar::equal(write.link.side.remote.base, moved, Field::schedule));
}

// Google keeps an exception that was removed, with the values of its series. If the answer was
// lost, that is what was sent and no edit that outweighs a deletion.
TEST(MergeBase, ARemovedExceptionThatTheSideKeepsHasArrived) {  // P-22
  Series agreed = appointment("review");
  agreed.recurrence = {"RRULE:FREQ=DAILY;COUNT=3"};
  Series removed = agreed;
  const auto start = calendar::OriginalStart::of(agreed.master.start);
  agreed.occurrences[start].event = agreed.master;
  agreed.occurrences[start].event.summary = "once";
  Write write(agreed, removed);
  Series found = removed;
  found.occurrences[start].event = found.master;
  EXPECT_TRUE(holds_first_step(write.put, found));
  adopt_sent_values(write.link, SideName::remote, write.put, found, &removed);
  EXPECT_FALSE(outweighs_deletion(write.link.side.remote.base, found));
  EXPECT_TRUE(write.link.side.crm.base.occurrences.empty());

  Write other(agreed, removed);
  found.occurrences[start].event.summary = "another edit";
  EXPECT_FALSE(holds_first_step(other.put, found));
  adopt_sent_values(other.link, SideName::remote, other.put, found, &removed);
  EXPECT_TRUE(outweighs_deletion(other.link.side.remote.base, found));
}

TEST(MergeBase, AFieldThatWasNotSentAndDiffersIsNewsOfThatSide) {
  const Series agreed = appointment("review");
  Series renamed = agreed;
  renamed.master.summary = "big review";
  Write write(agreed, renamed);
  Series answer = renamed;
  answer.master.color = "7";
  write.answered(answer);
  EXPECT_FALSE(calendar::equal(write.link.side.remote.base, answer, Field::color));
}

TEST(MergeBase, ASentTextThatTheSideShortensBecomesItsBase) {
  const Series agreed = appointment("review");
  Series described = agreed;
  described.master.description = std::string(9'000, 'd');
  Write write(agreed, described);
  Series shortened = described;
  shortened.master.description.resize(8'192);
  write.answered(shortened);
  EXPECT_EQ(write.link.side.remote.base.master.description.size(), 8'192u);
  EXPECT_EQ(write.link.side.crm.base.master.description.size(), 9'000u);
}

// The series moves and one of its dates stays where it was. The sides differ in a text that one of
// them cuts; what both agreed on at that date before stays agreed.
TEST(MergeBase, ADateThatStaysOutsideTheNewRuleKeepsItsBase) {
  Series agreed = appointment("series");
  agreed.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=6"};
  calendar::OriginalStart date = calendar::OriginalStart::of(agreed.master.start);
  date.instant += std::chrono::weeks{1};
  agreed.occurrences[date].event = calendar::occurrence_by_rule(agreed.master, date);
  agreed.occurrences[date].event.description = "a long text";
  Series cut = agreed;
  cut.occurrences[date].event.description = "a long";
  Series moved = cut;
  for (calendar::EventTime* const time : {&moved.master.start, &moved.master.end})
    std::get<calendar::ZonedTime>(*time).instant += 2h;
  Write write(agreed, agreed);
  write.link.side.remote.base = cut;
  write.put.series.master.start = moved.master.start;
  write.put.series.master.end = moved.master.end;
  adopt_sent_values(write.link, SideName::crm, write.put, write.put.series, &moved);
  EXPECT_EQ(write.link.side.crm.base.occurrences.at(date).event.description, "a long text");
  EXPECT_EQ(write.link.side.remote.base.occurrences.at(date).event.description, "a long");
}

// A series of which one date has a title of its own.
struct OneDate {
  OneDate() {
    series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=6"};
    date.instant += std::chrono::weeks{1};
    series.occurrences[date].event = calendar::occurrence_by_rule(series.master, date);
    series.occurrences[date].event.summary = "once";
  }
  Series series = appointment("series");
  calendar::OriginalStart date = calendar::OriginalStart::of(series.master.start);
};

// A user of the side describes the series between the request for it and the one for its date.
TEST(MergeBase, AnEditOfTheSeriesBetweenTwoRequestsIsNewsAtItsDates) {
  const OneDate one;
  Series agreed = one.series;
  agreed.occurrences.clear();
  Write write(agreed, one.series);
  write.put.steps = 1;
  Series written = one.series;
  written.master.description = written.occurrences[one.date].event.description = "theirs";
  write.answered(written);
  const calendar::Event& base = write.link.side.remote.base.occurrences.at(one.date).event;
  EXPECT_EQ(base.summary, "once");
  EXPECT_EQ(base.description, "");
}

// The CRM's user makes the whole series free, Google's user cancels the date. What the date shows
// of its series is no edit of the date.
TEST(MergeBase, ADateFollowsWhatIsAgreedOfItsSeries) {
  const OneDate one;
  Series in_crm = one.series;
  in_crm.master.transparency = in_crm.occurrences[one.date].event.transparency =
      calendar::Transparency::transparent;
  Series at_remote = one.series;
  at_remote.occurrences[one.date] = calendar::Occurrence{true, {}};
  Write write(one.series, at_remote);
  write.put.before = at_remote;
  write.put.series.master.transparency = calendar::Transparency::transparent;
  update_bases(write.link, SideName::remote, write.put, write.put.series, in_crm);
  EXPECT_TRUE(write.link.side.crm.base.occurrences.at(one.date).event.transparency ==
              calendar::Transparency::transparent);
}

}  // namespace
}  // namespace gcal::sync
