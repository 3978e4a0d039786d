// Writes of several requests and operations of several writes (decision 0031).
#include "src/engine/calendar/diff.hpp"
#include "src/engine/sync/splits.hpp"
#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {
namespace {

constexpr const char* kRefused = "refused";

Series weekly(std::string summary, int count, int first = 0) {
  Series series = appointment(std::move(summary), first * 24 * 7);
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=" + std::to_string(count)};
  series.master.attendees = {guest("guest@example.com")};
  return series;
}

calendar::OriginalStart week(int number) {
  calendar::OriginalStart start =
      calendar::OriginalStart::of(appointment("", number * 24 * 7).master.start);
  return start;
}

calendar::Occurrence exception(int number, std::string summary) {
  calendar::Occurrence occurrence;
  occurrence.event = appointment(std::move(summary), number * 24 * 7).master;
  occurrence.event.attendees = {guest("guest@example.com")};
  return occurrence;
}

struct StepsWorld : World {
  StepsWorld() {
    remote.writes_in_steps = true;
    remote.makes_uids = true;
  }
};

struct StepsTest : testing::Test, StepsWorld {
  // A series of six weeks on both sides; its id in the CRM is "origin".
  void agree_on_a_series() {
    ASSERT_TRUE(run());  // the initial sync
    crm.user_saves("origin", weekly("series", 6));
    ASSERT_TRUE(run());
    ASSERT_TRUE(run());
    ASSERT_EQ(remote.live().size(), 1u);
    mails_before = remote.mails();
  }
  void split(const std::string& id, int at, const std::string& heir, std::string summary) {
    const int count = weeks_of(crm.objects().at(id).series);
    Series origin = crm.objects().at(id).series;
    const int first = static_cast<int>(
        (calendar::OriginalStart::of(origin.master.start).instant - week(0).instant) /
        std::chrono::weeks{1});
    origin.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=" + std::to_string(at - first)};
    crm.user_saves(id, origin);
    crm.user_saves(heir, weekly(std::move(summary), count - (at - first), at), id);
  }
  static int weeks_of(const Series& series) {
    return std::stoi(series.recurrence.front().substr(series.recurrence.front().rfind('=') + 1));
  }
  // The number of dates at the remote side by title.
  std::map<std::string, int> dates() const {
    std::map<std::string, int> found;
    for (const std::string& id : remote.live()) {
      const Series& series = remote.objects().at(id).series;
      found[series.master.summary] = weeks_of(series);
    }
    return found;
  }
  using Dates = std::map<std::string, int>;

  std::size_t mails_before = 0;
};

TEST_F(StepsTest, AnOriginIsShortenedOnlyWhenItsHeirExists) {  // P-09
  agree_on_a_series();
  remote.refuses = kRefused;
  split("origin", 3, "heir", kRefused);
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  EXPECT_EQ(dates(), (Dates{{"series", 6}}));
  EXPECT_EQ(remote.mails(), mails_before);
  EXPECT_EQ(held(kHeldInvalid), 1u);

  Series heir = crm.objects().at("heir").series;
  heir.master.summary = "accepted";
  crm.user_saves("heir", heir);
  ASSERT_TRUE(run());
  EXPECT_EQ(dates(), (Dates{{"series", 3}, {"accepted", 3}}));
  EXPECT_EQ(journal.splits_open(), 0u);
}

TEST_F(StepsTest, HeirTakesOverWhatItsOriginHasBeyondTheModel) {  // P-09, P-25
  agree_on_a_series();
  const std::string origin = remote.live().front();
  remote.remote_items[origin].master = "room";
  Series changed = remote.objects().at(origin).series;
  changed.master.location = "first floor";
  remote.user_saves(origin, changed);
  ASSERT_TRUE(run());
  split("origin", 3, "heir", "later");
  ASSERT_TRUE(run());
  ASSERT_EQ(remote.live().size(), 2u);
  for (const std::string& id : remote.live()) EXPECT_EQ(remote.remote_items[id].master, "room");
}

TEST_F(StepsTest, AWaitingOriginTakesWhatTheRemoteSideChanges) {  // S-27
  agree_on_a_series();
  remote.refuses = kRefused;
  split("origin", 3, "heir", kRefused);
  Series there = in_remote();
  there.master.location = "room 2";
  remote.user_saves(remote.live().front(), there);
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.objects().at("origin").series.master.location, "room 2");
  EXPECT_EQ(weeks_of(crm.objects().at("origin").series), 3);
  EXPECT_EQ(dates(), (Dates{{"series", 6}}));
}

// The write of the remote news meets the split and reads the origin alone.
TEST_F(StepsTest, AnOriginThatIsSplitDuringARunKeepsItsDatesUntilItsHeirExists) {  // P-09
  agree_on_a_series();
  remote.refuses = kRefused;
  Series there = in_remote();
  there.master.location = "room 2";
  remote.user_saves(remote.live().front(), there);
  bool is_split = false;
  crm.write_fails = [&](const Operation&) -> std::optional<Error> {
    if (!std::exchange(is_split, true)) split("origin", 3, "heir", kRefused);
    return std::nullopt;
  };
  ASSERT_TRUE(run());
  ASSERT_TRUE(is_split);
  EXPECT_EQ(dates(), (Dates{{"series", 6}}));
  EXPECT_EQ(crm.objects().at("origin").series.master.location, "room 2");
  EXPECT_EQ(weeks_of(crm.objects().at("origin").series), 3);
  EXPECT_EQ(journal.splits_open(), 1u);
}

TEST_F(StepsTest, ASplitThatFailsForNowDoesNotKeepNewsFromTheCrm) {  // S-20
  agree_on_a_series();
  split("origin", 3, "heir", "heir");
  remote.user_saves("news", appointment("news", 5));
  faults.decide = [](std::size_t, std::string_view where) {
    return where == "remote.write" ? Fault::before : Fault::none;
  };
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 3u);
  EXPECT_EQ(journal.intents_open(), 1u) << "each write is tried once";
  EXPECT_EQ(journal.held().size(), 1u);
  faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  ASSERT_TRUE(run());
  EXPECT_EQ(remote.live().size(), 3u);
  EXPECT_EQ(journal.splits_open(), 0u);
}

TEST_F(StepsTest, AHeirThatTheUserGivesUpLeavesTheOriginShortened) {  // S-29
  agree_on_a_series();
  remote.refuses = kRefused;
  split("origin", 3, "heir", kRefused);
  ASSERT_TRUE(run());
  crm.user_deletes("heir");
  ASSERT_TRUE(run());
  EXPECT_EQ(dates(), (Dates{{"series", 3}}));
  EXPECT_EQ(journal.splits_open(), 0u);
}

TEST_F(StepsTest, AChainOfSplitsLosesNoDateWhenItsLastPartIsRefused) {  // P-09
  agree_on_a_series();
  remote.refuses = kRefused;
  split("origin", 2, "heir", "second");
  split("heir", 4, "heir of heir", kRefused);
  ASSERT_TRUE(run());
  EXPECT_EQ(dates(), (Dates{{"series", 6}}));
  remote.refuses.clear();
  Series last = crm.objects().at("heir of heir").series;
  last.master.summary = "third";
  crm.user_saves("heir of heir", last);
  ASSERT_TRUE(run());
  EXPECT_EQ(dates(), (Dates{{"series", 2}, {"second", 2}, {"third", 2}}));
  EXPECT_EQ(journal.splits_open(), 0u);
}

// The overlap of both series between the two writes ends with the first run after the failure,
// before anything else is written.
TEST_F(StepsTest, ASplitNeverTakesDatesAwayWhateverFails) {  // P-09, S-26
  for (const Fault fault : {Fault::before, Fault::after, Fault::crash_before, Fault::crash_after})
    for (std::size_t point = 0; point < 30; ++point) {
      StepsWorld world;
      ASSERT_TRUE(world.run());
      world.crm.user_saves("origin", weekly("series", 6));
      ASSERT_TRUE(world.run());
      ASSERT_TRUE(world.run());
      world.crm.user_saves("origin", weekly("series", 3));
      world.crm.user_saves("heir", weekly("heir", 3, 3), "origin");
      const std::size_t begin = world.faults.points();
      world.faults.decide = [&](std::size_t at, std::string_view) {
        return at == begin + point ? fault : Fault::none;
      };
      (void)world.run();
      world.faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
      int dates = 0;
      for (const std::string& id : world.remote.live())
        dates += weeks_of(world.remote.objects().at(id).series);
      EXPECT_GE(dates, 6) << "point " << point;
      ASSERT_TRUE(world.run());
      dates = 0;
      for (const std::string& id : world.remote.live())
        dates += weeks_of(world.remote.objects().at(id).series);
      EXPECT_EQ(dates, 6) << "point " << point;
      EXPECT_EQ(world.remote.mails(), 3u) << "point " << point;
    }
}

// One act in the CRM, four requests: whichever of them fails, guests are notified once.
TEST_F(StepsTest, AnActNotifiesOnceHoweverOftenItsRequestsFail) {  // P-13
  for (const Fault fault : {Fault::before, Fault::after, Fault::crash_before, Fault::crash_after})
    for (std::size_t point = 0; point < 30; ++point) {
      StepsWorld world;
      ASSERT_TRUE(world.run());
      world.crm.user_saves("one", weekly("series", 6));
      ASSERT_TRUE(world.run());
      ASSERT_TRUE(world.run());
      const std::size_t mails = world.remote.mails();
      Series changed = world.crm.objects().at("one").series;
      changed.master.location = "room 2";
      for (const int number : {1, 2, 3}) changed.occurrences[week(number)] = exception(number, "x");
      world.crm.user_saves("one", changed);
      const std::size_t begin = world.faults.points();
      world.faults.decide = [&](std::size_t at, std::string_view) {
        return at == begin + point ? fault : Fault::none;
      };
      (void)world.run();
      world.faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
      for (int i = 0; i < 3; ++i) ASSERT_TRUE(world.run());
      EXPECT_EQ(world.remote.mails(), mails + 1) << "point " << point;
      EXPECT_EQ(world.in_remote().occurrences.size(), 3u) << "point " << point;
      EXPECT_EQ(world.in_remote().master.location, "room 2") << "point " << point;
      EXPECT_EQ(world.journal.intents_open(), 0u);
    }
}

// A guest of the series, and one each of two dates: three requests, each of which mails someone
// else. Whichever of them is refused, and however, each guest is mailed once.
TEST_F(StepsTest, ARefusalHalfWayMailsNoGuestTwiceAndForgetsNone) {  // P-13
  const Error refusals[] = {{Code::denied, "not this one", {}, Scope::item},
                            {Code::denied, "not this calendar", {}, Scope::calendar},
                            {Code::invalid, "not like this", {}},
                            {Code::conflict, "another version", {}},
                            {Code::unavailable, "no more today", 6h, Scope::creations},
                            {Code::unavailable, "busy", {}}};
  for (const Error& refusal : refusals)
    for (const std::uint32_t step : {0u, 1u, 2u}) {
      SCOPED_TRACE(refusal.message + " at request " + std::to_string(step));
      StepsWorld world;
      ASSERT_TRUE(world.run());
      world.crm.user_saves("one", weekly("series", 6));
      ASSERT_TRUE(world.run());
      ASSERT_TRUE(world.run());
      const std::size_t known = world.remote.mailed().size();
      Series changed = world.crm.objects().at("one").series;
      changed.master.location = "room 2";
      for (const int number : {1, 2}) {
        changed.occurrences[week(number)] = exception(number, "series");
        changed.occurrences[week(number)].event.location = "room 2";
        changed.occurrences[week(number)].event.attendees.push_back(
            guest("week" + std::to_string(number) + "@example.com"));
      }
      world.crm.user_saves("one", changed);
      bool refused = false;
      world.remote.write_fails = [&](const Operation& operation) -> std::optional<Error> {
        if (operation.steps != step || (refused && refusal.code == Code::conflict))
          return std::nullopt;
        refused = true;
        return refusal;
      };
      (void)world.run();
      EXPECT_TRUE(refused);
      world.remote.write_fails = nullptr;
      CycleOptions again;
      again.try_held_again = true;
      for (int i = 0; i < 3; ++i) ASSERT_TRUE(world.run(again));
      EXPECT_EQ(world.in_remote().occurrences.size(), 2u);
      std::vector<std::string> mailed(
          world.remote.mailed().begin() + static_cast<std::ptrdiff_t>(known),
          world.remote.mailed().end());
      std::ranges::sort(mailed);
      EXPECT_EQ(mailed, (std::vector<std::string>{"guest@example.com", "week1@example.com",
                                                  "week2@example.com"}));
      EXPECT_EQ(world.journal.intents_open(), 0u);
    }
}

// What the remote side was seen to hold before the write is old after its first request.
TEST_F(StepsTest, ARefusalHalfWayTakesNothingBackInTheCrm) {  // S-27
  agree_on_a_series();
  Series there = in_remote();
  there.master.description = "theirs";
  remote.user_saves(remote.live().front(), there);
  Series changed = crm.objects().at("origin").series;
  changed.master.location = "room 2";
  changed.occurrences[week(1)] = exception(1, "series");
  crm.user_saves("origin", changed);
  remote.write_fails = [](const Operation& operation) {
    return operation.steps == 1 ? std::optional(Error{Code::denied, "not this date", {}})
                                : std::nullopt;
  };
  ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().master.location, "room 2");
  EXPECT_EQ(in_crm().master.description, "theirs");
  EXPECT_TRUE(calendar::find_occurrence(in_crm(), week(1)));
  EXPECT_EQ(in_remote().master.location, "room 2");
}

// The series moves in the CRM, and Google's user cancels a date that both sides know as changed.
// The new rule resets it at Google before it is cancelled again.
TEST_F(StepsTest, ADateThatTheNewRuleResetsStaysCancelled) {  // P-22
  for (const auto& [user_writes_between, own_time] :
       {std::pair{false, 0min}, std::pair{false, 30min}, std::pair{true, 0min}}) {
    SCOPED_TRACE(std::to_string(user_writes_between) + " " + std::to_string(own_time.count()));
    StepsWorld world;
    world.remote.resets_exceptions = true;
    ASSERT_TRUE(world.run());
    const auto move = [](calendar::Event& event, std::chrono::minutes by) {
      for (calendar::EventTime* const time : {&event.start, &event.end})
        std::get<calendar::ZonedTime>(*time).instant += by;
    };
    Series series = weekly("series", 6);
    series.occurrences[week(1)] = exception(1, "once");
    move(series.occurrences[week(1)].event, own_time);
    world.crm.user_saves("one", series);
    ASSERT_TRUE(world.run());
    ASSERT_TRUE(world.run());
    Series here = world.in_crm();
    move(here.master, 1h);
    calendar::OriginalStart date = week(1);
    date.instant += 1h;
    here.occurrences.clear();
    here.occurrences[date] = exception(1, "once");
    move(here.occurrences[date].event, 1h + own_time);
    world.crm.user_saves("one", here);
    Series there = world.in_remote();
    there.occurrences[week(1)] = calendar::Occurrence{true, {}};
    world.remote.user_saves(world.remote.live().front(), there);
    world.remote.write_fails = [&, wrote = !user_writes_between](
                                   const Operation& operation) mutable -> std::optional<Error> {
      if (operation.steps != 1 || std::exchange(wrote, true)) return std::nullopt;
      Series newer = world.in_remote();
      newer.master.description = "theirs";
      world.remote.user_saves(world.remote.live().front(), newer);
      return std::nullopt;
    };
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(world.run());
    for (const Series* held : {&world.in_crm(), &world.in_remote()}) {
      ASSERT_TRUE(held->occurrences.contains(date));
      EXPECT_TRUE(held->occurrences.at(date).cancelled);
      EXPECT_EQ(held->master.description, user_writes_between ? "theirs" : "");
    }
    EXPECT_EQ(world.journal.intents_open(), 0u);
  }
}

// The CRM keeps an exception where it was when its user moves the series. At Google that date is
// listed with the new rule, which is no edit of Google's user after a lost answer.
TEST_F(StepsTest, AListedDateOfALostAnswerDoesNotOutweighADeletion) {  // P-22
  ASSERT_TRUE(run());
  Series series = weekly("series", 6);
  series.occurrences[week(1)] = exception(1, "once");
  crm.user_saves("one", series);
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  Series here = in_crm();
  for (calendar::EventTime* const time : {&here.master.start, &here.master.end})
    std::get<calendar::ZonedTime>(*time).instant += 1h;
  crm.user_saves("one", here);
  faults.decide = [](std::size_t, std::string_view where) {
    return where == "remote.write" ? Fault::crash_after : Fault::none;
  };
  (void)run();
  faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  ASSERT_EQ(in_remote().recurrence.size(), 2u);  // the rule and the date
  crm.user_deletes("one");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_TRUE(crm.live().empty());
  EXPECT_TRUE(remote.live().empty());
}

// The remote side keeps exceptions of the old rule until each is removed: whichever request fails,
// none of them reaches the CRM.
TEST_F(StepsTest, WhatIsLeftOfAnOldRuleNeverReachesTheCrm) {  // P-09
  for (const Fault fault : {Fault::before, Fault::after, Fault::crash_before, Fault::crash_after})
    for (std::size_t point = 0; point < 30; ++point) {
      StepsWorld world;
      ASSERT_TRUE(world.run());
      Series series = weekly("series", 6);
      for (const int number : {1, 2, 3}) series.occurrences[week(number)] = exception(number, "x");
      world.crm.user_saves("one", series);
      ASSERT_TRUE(world.run());
      ASSERT_TRUE(world.run());
      Series changed = world.crm.objects().at("one").series;
      changed.recurrence = {"RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3"};
      std::erase_if(changed.occurrences, [](const auto& each) { return each.first != week(2); });
      world.crm.user_saves("one", changed);
      const std::size_t begin = world.faults.points();
      world.faults.decide = [&](std::size_t at, std::string_view) {
        return at == begin + point ? fault : Fault::none;
      };
      (void)world.run();
      world.faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
      for (int i = 0; i < 3; ++i) ASSERT_TRUE(world.run());
      for (const Series* held : {&world.in_crm(), &world.in_remote()}) {
        EXPECT_EQ(held->occurrences.size(), 1u) << "point " << point;
        EXPECT_TRUE(calendar::find_occurrence(*held, week(2))) << "point " << point;
      }
    }
}

// A date stayed a day when its series became one of times. Google's user deletes the series while
// the CRM's user edits it. A new series of times has no such date: it is created at its time, and
// the CRM follows.
TEST_F(StepsTest, ADayThatStayedInASeriesOfTimesIsCreatedAtItsTime) {
  for (const bool in_steps : {false, true}) {
    StepsWorld world;
    world.remote.writes_in_steps = in_steps;
    Series series = weekly("series", 6);
    const auto date = std::chrono::floor<std::chrono::days>(week(2).instant);
    const calendar::OriginalStart day{true, date};
    series.occurrences[day] = exception(2, "once");
    series.occurrences[day].event.start = calendar::Date{date};
    series.occurrences[day].event.end = calendar::Date{date + std::chrono::days{1}};
    world.remote.user_saves("google", series);
    ASSERT_TRUE(world.run());
    ASSERT_TRUE(world.in_crm().occurrences.contains(day));
    Series here = world.in_crm();
    here.master.description = "kept";
    world.crm.user_saves(world.only_crm(), here);
    world.remote.user_deletes("google");
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(world.run());
    for (const Series* held : {&world.in_crm(), &world.in_remote()}) {
      ASSERT_EQ(held->occurrences.size(), 1u) << in_steps;
      EXPECT_TRUE(held->occurrences.begin()->first == week(2)) << in_steps;
      EXPECT_EQ(held->occurrences.begin()->second.event.summary, "once");
      EXPECT_TRUE(calendar::equal_rule(*held, weekly("series", 6))) << in_steps;
    }
  }
}

TEST(SplitReview, AnEndedSplitHasAnHeirOnBothSidesAndAnOriginInStep) {
  const std::vector<Split> splits{{"pair", "heir", "origin"}};
  EXPECT_EQ(review(splits, {{"heir", {true, false}}, {"origin", {true, false}}}).ended, splits);
  EXPECT_EQ(review(splits, {{"heir", {true, false}}}).ended, splits) << "the origin is gone";
  EXPECT_EQ(review(splits, {{"origin", {true, true}}}).ended, splits) << "the heir is gone";
  EXPECT_TRUE(review(splits, {{"heir", {true, false}}, {"origin", {true, true}}}).ended.empty());
}

TEST(SplitReview, OnlyAnOriginWithDatesToLoseWaits) {
  const std::vector<Split> splits{{"pair", "b", "a"}, {"pair", "c", "b"}};
  using Waiting = std::set<std::string>;
  const SplitMember agreed{true, true}, fresh{false, true};
  EXPECT_EQ(review(splits, {{"a", agreed}, {"b", fresh}, {"c", fresh}}).waiting,
            (Waiting{"a", "b"}));
  EXPECT_EQ(review(splits, {{"a", agreed}, {"b", fresh}, {"c", {true, false}}}).waiting,
            (Waiting{"a"}));
  EXPECT_EQ(review({splits.front()}, {{"a", fresh}, {"b", fresh}}).waiting, Waiting());
}

}  // namespace
}  // namespace gcal::sync
