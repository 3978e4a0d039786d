// The cycle over two calendars in memory: what each rule demands, and that a crash at any point changes nothing about it.
#include "src/sync/cycle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "src/sync/held.hpp"
#include "tests/support/fake_side.hpp"
#include "tests/support/memory_journal.hpp"
#include "tests/support/run_task.hpp"

namespace gcal::sync {
namespace {

using support::FakeSide;
using support::Fault;
using support::Temper;
using namespace std::chrono_literals;

Series appointment(std::string summary, int hour = 0) {
  Series series;
  series.master.summary = std::move(summary);
  const auto start = std::chrono::sys_seconds{1'800'000'000s} + std::chrono::hours{hour};
  series.master.start = calendar::ZonedTime{start, "Europe/Berlin"};
  series.master.end = calendar::ZonedTime{start + 1h, "Europe/Berlin"};
  return series;
}

calendar::Attendee guest(std::string email, bool self = false) {
  calendar::Attendee attendee;
  attendee.email = std::move(email);
  attendee.self = self;
  return attendee;
}

// A pair with its journal; `run` is one cycle from what the journal holds, as after a start of the process.
struct World {
  World() {
    pair.id = "pair";
    pair.account = "account";
    pair.mode = PairMode::two_way;
    pair.state = PairState::live;
    google.page_size = crm.page_size = 7;
  }

  Result<CycleReport> run(CycleOptions options = {}) {
    weather.restart();
    auto stored = support::run_task(journal.pairs("account"));
    Pair current = stored && !stored->empty() ? stored->front() : pair;
    current.mode = pair.mode;
    Cycle cycle(crm, google, journal, clock, random, options);
    auto report = support::run_task(cycle.run(current));
    last = current;
    clock.advance(5min);
    return report;
  }
  void import(int count) {
    for (int i = 0; i < count; ++i) google.person_puts("event" + std::to_string(i), appointment("meeting " + std::to_string(i), i));
    ASSERT_TRUE(run());
    ASSERT_TRUE(run());
    ASSERT_EQ(crm.live().size(), static_cast<std::size_t>(count));
  }
  std::string only_crm() { return crm.live().empty() ? "" : crm.live().front(); }
  const Series& in_crm() { return crm.items().at(only_crm()).series; }
  const Series& in_google() { return google.items().at(google.live().front()).series; }
  std::size_t held(std::string_view reason) const {
    return static_cast<std::size_t>(std::ranges::count_if(journal.links(), [&](const auto& entry) { return entry.second.held_reason == reason; }));
  }
  bool has_history(std::string_view what) const {
    return std::ranges::any_of(journal.history(), [&](const HistoryEntry& entry) { return entry.what == what; });
  }

  support::Weather weather;
  FakeSide crm{Temper::crm, weather};
  FakeSide google{Temper::google, weather};
  support::MemoryJournal journal{weather};
  base::ManualClock clock;
  base::SeededRandom random{5};
  Pair pair;
  Pair last;
};

struct CycleTest : testing::Test, World {};

TEST_F(CycleTest, S20_GivenManyPages_WhenSynchronised_ThenEveryAppointmentIsThere) { import(100); }

TEST_F(CycleTest, S26_GivenOneCreatedOnEachSide_WhenSynchronised_ThenEachStandsExactlyOnceOnTheOther) {
  crm.person_puts("mine", appointment("from crm"));
  google.person_puts("theirs", appointment("from google", 5));
  ASSERT_TRUE(run());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 2u);
  EXPECT_EQ(google.live().size(), 2u);
}

TEST_F(CycleTest, S28_GivenEqualSides_WhenRunAgain_ThenNothingIsWritten) {
  import(20);
  const std::size_t writes = crm.writes() + google.writes();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(crm.writes() + google.writes(), writes);
}

TEST_F(CycleTest, S27_GivenDifferentFieldsChangedOnBothSides_WhenSynchronised_ThenBothChangesStand) {
  import(1);
  Series here = in_crm();
  here.master.summary = "renamed here";
  crm.person_puts(only_crm(), here);
  Series there = in_google();
  there.master.location = "moved there";
  google.person_puts("event0", there);
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().master.summary, "renamed here");
  EXPECT_EQ(in_crm().master.location, "moved there");
  EXPECT_EQ(in_google().master.summary, "renamed here");
}

TEST_F(CycleTest, S28_GivenTheSameFieldChangedOnBothSides_WhenSynchronised_ThenGooglesStaysAndTheCrmsIsKeptInTheHistory) {
  import(1);
  Series here = in_crm();
  here.master.summary = "here";
  crm.person_puts(only_crm(), here);
  Series there = in_google();
  there.master.summary = "there";
  google.person_puts("event0", there);
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->conflicts, 1u);
  EXPECT_EQ(in_crm().master.summary, "there");
  ASSERT_TRUE(has_history("conflict"));
  EXPECT_EQ(std::ranges::find(journal.history(), "conflict", &HistoryEntry::what)->copy->master.summary, "here");
}

TEST_F(CycleTest, S29_GivenADeletionOnEitherSide_WhenSynchronised_ThenItIsGoneOnTheOtherAndStaysGone) {
  import(2);
  crm.person_deletes(crm.live()[0]);
  ASSERT_TRUE(run());
  EXPECT_EQ(google.live().size(), 1u);
  google.person_deletes(google.live()[0]);
  ASSERT_TRUE(run());
  EXPECT_TRUE(crm.live().empty());
  google.expire_cursors();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_TRUE(crm.live().empty());
  EXPECT_TRUE(google.live().empty());
  EXPECT_TRUE(std::ranges::all_of(journal.history(), [](const HistoryEntry& entry) { return entry.what != "deleted" || entry.copy; }))
      << "a deletion without a copy cannot be taken back";
}

TEST_F(CycleTest, P22_GivenAnEditAgainstADeletion_WhenSynchronised_ThenTheEditSurvivesOnBothSides) {
  import(1);
  Series here = in_crm();
  here.master.summary = "still wanted";
  crm.person_puts(only_crm(), here);
  google.person_deletes("event0");
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  ASSERT_EQ(google.live().size(), 1u);
  EXPECT_EQ(in_google().master.summary, "still wanted");
  EXPECT_EQ(crm.live().size(), 1u);
  EXPECT_EQ(google.mails(), 0u);
}

TEST_F(CycleTest, P22_GivenOnlyAReminderChangedAgainstADeletion_WhenSynchronised_ThenTheDeletionStands) {
  import(1);
  Series here = in_crm();
  here.master.reminders = std::vector{calendar::Reminder{"popup", 10}};
  crm.person_puts(only_crm(), here);
  google.person_deletes("event0");
  ASSERT_TRUE(run());
  EXPECT_TRUE(crm.live().empty());
}

TEST_F(CycleTest, S30_GivenASecondaryCalendarThatIsDeleted_WhenSynchronised_ThenItsCopiesRemainAndNothingIsWritten) {
  import(15);
  google.remove_calendar();
  const std::size_t writes = crm.writes();
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->calendar_gone);
  EXPECT_EQ(last.state, PairState::gone);
  EXPECT_EQ(crm.live().size(), 15u);
  EXPECT_EQ(crm.writes(), writes);
}

// The calendar vanishes between the listing and the write that meets a 404.
TEST_F(CycleTest, S30_GivenACalendarThatVanishesWhileItIsWrittenTo_WhenSynchronised_ThenItsCopiesRemain) {
  import(3);
  Series here = in_crm();
  here.master.summary = "edited";
  crm.person_puts(only_crm(), here);
  weather.decide = [&](std::size_t, std::string_view where) {
    if (where == "google.write") google.remove_calendar();
    return Fault::none;
  };
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->calendar_gone);
  EXPECT_EQ(crm.live().size(), 3u);
}

// Google reports the events of a deleted calendar as cancelled before the calendar itself is seen to be gone; the process may die in between.
TEST_F(CycleTest, S30_GivenABurstOfCancellationsFromADeletedCalendar_WhenTheProcessDiesAnywhere_ThenItsCopiesRemain) {
  for (std::size_t point = 0;; ++point) {
    World world;
    world.import(12);
    for (int i = 0; i < 12; ++i) world.google.person_deletes("event" + std::to_string(i));
    world.google.answers_exists = false;
    const std::size_t before = world.weather.points();
    bool met = false;
    world.weather.decide = [&](std::size_t at, std::string_view) {
      const bool now = at == before + point;
      met |= now;
      return now ? Fault::crash_after : Fault::none;
    };
    (void)world.run();
    (void)world.run();
    ASSERT_EQ(world.crm.live().size(), 12u) << "crash at point " << point;
    if (!met) break;
  }
}

TEST_F(CycleTest, S32_GivenAClearedCalendarThatStillExists_WhenSynchronised_ThenAllAppointmentsGoAndCanBeRestored) {
  import(40);
  crm.person_puts("draft", appointment("not sent yet", 500));
  for (int i = 0; i < 40; ++i) google.person_deletes("event" + std::to_string(i));
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->erased[0], 40u);
  EXPECT_EQ(report->held, 0u);
  EXPECT_EQ(crm.live(), std::vector<std::string>{"draft"});
  std::size_t copies = 0;
  for (const HistoryEntry& entry : journal.history()) copies += entry.what == "deleted" && entry.copy;
  EXPECT_EQ(copies, 40u);
}

void lose_silently(World& world, int count) {
  for (int i = 0; i < count; ++i) world.google.person_deletes("event" + std::to_string(i));
  world.google.expire_cursors();  // the next read is a listing, which says nothing of what is gone
  world.google.forgets_tombstones = true;
}

TEST_F(CycleTest, P21_GivenManyAppointmentsMissingFromAListing_WhenSynchronised_ThenTheyAreHeldUntilAPersonDecides) {
  import(60);
  lose_silently(*this, 25);
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->held, 25u);
  EXPECT_EQ(crm.live().size(), 60u);
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 60u);

  std::vector<Link> links;
  for (const auto& [id, link] : journal.links())
    if (!link.held_reason.empty()) links.push_back(link);
  ASSERT_TRUE(support::run_task(decide_held(journal, links, HeldDecision::remove)));
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 35u);
  EXPECT_EQ(held(kHeldInferred), 0u);
}

TEST_F(CycleTest, P21_GivenHeldDeletions_WhenAPersonKeepsThem_ThenTheyStayInTheCrm) {
  import(60);
  lose_silently(*this, 25);
  ASSERT_TRUE(run());
  std::vector<Link> links;
  for (const auto& [id, link] : journal.links())
    if (!link.held_reason.empty()) links.push_back(link);
  ASSERT_TRUE(support::run_task(decide_held(journal, links, HeldDecision::keep)));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 60u);
}

TEST_F(CycleTest, P21_GivenManyMissing_WhenTheProcessDiesAnywhereBetweenListingAndBrake_ThenNothingIsDeleted) {
  for (const Fault fault : {Fault::crash_before, Fault::crash_after})
    for (std::size_t point = 0;; ++point) {
      World world;
      world.import(60);
      lose_silently(world, 25);
      const std::size_t before = world.weather.points();
      bool met = false;
      world.weather.decide = [&](std::size_t at, std::string_view) {
        const bool now = at == before + point;
        met |= now;
        return now ? fault : Fault::none;
      };
      (void)world.run();
      world.weather.decide = [](std::size_t, std::string_view) { return Fault::none; };
      ASSERT_TRUE(world.run());
      ASSERT_EQ(world.crm.live().size(), 60u) << "crash at point " << point;
      if (!met) break;
    }
}

TEST_F(CycleTest, P17_GivenAnExpiredToken_WhenSynchronised_ThenFewMissingOnesGoAndUnsentEditsStay) {
  import(60);
  lose_silently(*this, 3);
  const std::string edited = crm.live().back();
  Series here = crm.items().at(edited).series;
  here.master.description = "unsent";
  crm.person_puts(edited, here);
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 57u);
  EXPECT_EQ(crm.items().at(edited).series.master.description, "unsent");
}

TEST_F(CycleTest, P5_GivenAListingWhoseLaterPageFails_WhenSynchronised_ThenNothingIsDeletedAndTheNextOneCompletes) {
  import(30);
  google.expire_cursors();
  std::size_t pages = 0;
  weather.decide = [&](std::size_t, std::string_view where) { return where == "side.changes" && ++pages == 4 ? Fault::before : Fault::none; };
  EXPECT_FALSE(run());
  EXPECT_EQ(crm.live().size(), 30u);
  weather.decide = [](std::size_t, std::string_view) { return Fault::none; };
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 30u);
}

TEST_F(CycleTest, P6_GivenOneThatTheOtherSideRefuses_WhenSynchronised_ThenItIsPutAsideAndTheOthersGoOn) {
  google.refuses = "bad";
  crm.person_puts("bad", appointment("bad"));
  crm.person_puts("good", appointment("good", 3));
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->quarantined, 1u);
  EXPECT_EQ(google.live().size(), 1u);
  EXPECT_EQ(held(kHeldInvalid), 1u);
  ASSERT_TRUE(run());
  // Edited, it gets another chance.
  crm.person_puts("bad", appointment("better"));
  ASSERT_TRUE(run());
  EXPECT_EQ(google.live().size(), 2u);
  EXPECT_EQ(held(kHeldInvalid), 0u);
}

TEST_F(CycleTest, P6_GivenOneThatCannotBeReadInAListing_WhenSynchronised_ThenItIsNeitherDeletedNorInTheWay) {
  import(5);
  google.unreadable = "event2";
  google.expire_cursors();
  const auto report = run();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(crm.live().size(), 5u);
  EXPECT_EQ(held(kHeldUnreadable), 1u);
  google.unreadable.clear();
  google.expire_cursors();
  ASSERT_TRUE(run());
  EXPECT_EQ(held(kHeldUnreadable), 0u);
  EXPECT_EQ(crm.live().size(), 5u);
}

TEST_F(CycleTest, P13_GivenWhatStoodThereBeforeTheSetUp_WhenSynchronisedFirst_ThenNobodyIsMailed) {
  Series meeting = appointment("with guests");
  meeting.master.attendees = {guest("a@example.com")};
  crm.person_puts("old", meeting);
  ASSERT_TRUE(run());
  EXPECT_EQ(google.live().size(), 1u);
  EXPECT_EQ(google.mails(), 0u);
}

TEST_F(CycleTest, P13_GivenGuests_WhenAPersonActsInTheCrm_ThenOneWriteMails_AndNoEchoPastOrRepetitionDoes) {
  ASSERT_TRUE(run());  // the set-up is over
  Series meeting = appointment("with guests");
  meeting.master.attendees = {guest("a@example.com")};
  crm.person_puts("new", meeting);
  ASSERT_TRUE(run());
  EXPECT_EQ(google.mails(), 1u);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(google.mails(), 1u);
  Series there = in_google();
  there.master.summary = "renamed by Google's user";
  google.person_puts(google.live().front(), there);
  ASSERT_TRUE(run());
  EXPECT_EQ(google.mails(), 1u);
  Series past = appointment("long ago");
  past.master.start = calendar::ZonedTime{std::chrono::sys_seconds{1'000'000'000s}, "UTC"};
  past.master.end = calendar::ZonedTime{std::chrono::sys_seconds{1'000'003'600s}, "UTC"};
  past.master.attendees = {guest("a@example.com")};
  crm.person_puts("past", past);
  crm.person_puts("alone", appointment("without guests", 9));
  ASSERT_TRUE(run());
  EXPECT_EQ(google.mails(), 1u);
}

TEST_F(CycleTest, P13_GivenMoreGuestsThanTheBudget_WhenSynchronised_ThenTheRestTravelsWithoutMailAndTheReportSaysSo) {
  ASSERT_TRUE(run());
  for (int i = 0; i < 30; ++i) {
    Series meeting = appointment("m" + std::to_string(i), i);
    for (int j = 0; j < 10; ++j) meeting.master.attendees.push_back(guest("g" + std::to_string(j) + "@example.com"));
    crm.person_puts("m" + std::to_string(i), meeting);
  }
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_EQ(google.live().size(), 30u);
  EXPECT_EQ(google.mails(), 20u);
  EXPECT_EQ(report->mails_withheld, 100u);
}

TEST_F(CycleTest, P4_GivenLostLinks_WhenConnectedAnew_ThenNothingIsDoubled) {
  import(20);
  World again;
  for (const std::string& id : crm.live()) again.crm.person_puts(id, crm.items().at(id).series);
  for (const std::string& id : google.live()) again.google.person_puts(id, google.items().at(id).series);
  ASSERT_TRUE(again.run());
  ASSERT_TRUE(again.run());
  EXPECT_EQ(again.crm.live().size(), 20u);
  EXPECT_EQ(again.google.live().size(), 20u);
  EXPECT_EQ(again.google.writes(), 0u);
}

TEST_F(CycleTest, P1_GivenSingleOccurrencesThatShareOneUid_WhenConnectedAnew_ThenEachFindsItsOwnCopy) {
  for (int i = 0; i < 4; ++i) {
    Series one = appointment("invited", i * 24);
    one.facts.ical_uid = "meeting@example.com";
    google.person_puts("instance" + std::to_string(i), one);
    if (i != 1) crm.person_puts("copy" + std::to_string(i), one);  // one was lost
  }
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 4u);
  for (int i : {0, 2, 3}) EXPECT_EQ(crm.items().at("copy" + std::to_string(i)).series.master.start, appointment("", i * 24).master.start) << i;
}

TEST_F(CycleTest, P3_GivenACopiedMark_WhenACopyAppears_ThenItIsAnAppointmentOfItsOwn) {
  crm.person_puts("mine", appointment("mine"));
  ASSERT_TRUE(run());
  Series copy = in_google();  // a split or a duplicate carries our private property along
  std::get<calendar::ZonedTime>(copy.master.start).instant += 24h;
  std::get<calendar::ZonedTime>(copy.master.end).instant += 24h;
  google.person_puts("thecopy", copy);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 2u);
  EXPECT_EQ(google.live().size(), 2u);
}

TEST_F(CycleTest, S17_GivenAViewOnlyPair_WhenTheCrmChangesAnything_ThenGoogleIsNeverWrittenAndTheEditIsTakenBackWithATrace) {
  pair.mode = PairMode::view_only;
  import(3);
  Series here = in_crm();
  here.master.summary = "slipped in";
  crm.person_puts(only_crm(), here);
  crm.person_puts("local", appointment("local", 77));
  crm.person_deletes(crm.live().back() == "local" ? crm.live()[1] : crm.live().back());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(google.writes(), 0u);
  EXPECT_EQ(crm.live().size(), 4u);
  EXPECT_TRUE(std::ranges::none_of(crm.live(), [&](const std::string& id) { return crm.items().at(id).series.master.summary == "slipped in"; }));
  EXPECT_TRUE(has_history("conflict"));
}

TEST_F(CycleTest, P13_GivenSomeoneElsesMeeting_WhenEditedInTheCrm_ThenOnlyTheOwnAnswerTravels) {
  Series meeting = appointment("their meeting");
  meeting.facts.organized_by_self = false;
  meeting.master.attendees = {guest("me@example.com", true), guest("other@example.com")};
  google.person_puts("event0", meeting);
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  Series here = in_crm();
  here.master.summary = "my title";
  here.master.attendees[0].partstat = calendar::PartStat::accepted;
  here.master.attendees[1].partstat = calendar::PartStat::declined;
  crm.person_puts(only_crm(), here);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(in_google().master.summary, "their meeting");
  EXPECT_EQ(in_google().master.attendees[0].partstat, calendar::PartStat::accepted);
  EXPECT_EQ(in_google().master.attendees[1].partstat, calendar::PartStat::needs_action);
  EXPECT_EQ(in_crm().master.summary, "their meeting");
  EXPECT_TRUE(has_history("conflict"));
}

TEST_F(CycleTest, P13_GivenAForeignMeetingThatStandsOnlyInTheCrm_WhenSynchronised_ThenItIsNotInvitedToAnew) {
  ASSERT_TRUE(run());
  Series meeting = appointment("their meeting");
  meeting.facts.organized_by_self = false;
  meeting.master.attendees = {guest("other@example.com")};
  crm.person_puts("copy", meeting);
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_TRUE(google.live().empty());
  EXPECT_EQ(google.mails(), 0u);
  EXPECT_EQ(held(kHeldForeign), 1u);
}

TEST_F(CycleTest, S22_GivenACreatedAppointment_WhenGoogleNamesItsUid_ThenTheCrmLearnsIt) {
  google.makes_uids = true;
  crm.person_puts("mine", appointment("mine"));
  ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().facts.ical_uid, google.live().front() + "@google.com");
  const std::size_t writes = crm.writes() + google.writes();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(crm.writes() + google.writes(), writes);
}

TEST_F(CycleTest, P25_GivenATextThatGoogleCuts_WhenSynchronised_ThenTheCrmKeepsAllOfIt) {
  Series long_text = appointment("long");
  long_text.master.description = std::string(100, 'x');
  crm.person_puts("long", long_text);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(in_google().master.description.size(), 24u);
  EXPECT_EQ(in_crm().master.description.size(), 100u);
  Series here = in_crm();
  here.master.summary = "still long";
  crm.person_puts("long", here);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().master.description.size(), 100u);
  EXPECT_EQ(in_google().master.summary, "still long");
}

TEST_F(CycleTest, P8_GivenAListingWithoutAnExceptionThatStoodThereBefore_WhenSynchronised_ThenItIsNoMore) {
  Series series = appointment("weekly");
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=5"};
  calendar::Occurrence moved;
  moved.event = series.master;
  moved.event.summary = "once";
  const calendar::OriginalStart second{false, std::get<calendar::ZonedTime>(series.master.start).instant + std::chrono::weeks{1}};
  series.occurrences[second] = moved;
  google.person_puts("event0", series);
  ASSERT_TRUE(run());
  ASSERT_EQ(in_crm().occurrences.size(), 1u);
  series.occurrences.clear();
  google.person_puts("event0", series);
  google.expire_cursors();
  ASSERT_TRUE(run());
  EXPECT_TRUE(in_crm().occurrences.empty());
}

}  // namespace
}  // namespace gcal::sync
