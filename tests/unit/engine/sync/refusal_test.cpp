// Requests that are refused or fail for ever: what is held, in which direction, and what goes on.
#include "src/engine/sync/refusal.hpp"

#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {
namespace {

Error refusal(Code code, Scope scope = Scope::item, base::Milliseconds wait = {}) {
  return Error{code, "refused", wait, scope};
}

TEST(Refusals, EachErrorIsOfTheAccountTheCalendarOrTheItem) {  // P-06, P-14
  const std::pair<Error, Reaction> cases[] = {
      {refusal(Code::needs_auth), Reaction::stop_run},
      {refusal(Code::cancelled), Reaction::stop_run},
      {refusal(Code::denied, Scope::account), Reaction::stop_run},
      {refusal(Code::invalid, Scope::account), Reaction::stop_run},
      {refusal(Code::unavailable, Scope::account), Reaction::stop_run},
      {refusal(Code::denied, Scope::unclear), Reaction::suspect},
      {refusal(Code::unavailable, Scope::creations), Reaction::stop_creations},
      {refusal(Code::denied, Scope::calendar), Reaction::ask_for_right},
      {refusal(Code::denied), Reaction::hold},
      {refusal(Code::invalid), Reaction::hold},
      {refusal(Code::conflict), Reaction::read_again},
      {refusal(Code::not_found), Reaction::read_again},
      {refusal(Code::gone), Reaction::read_again},
      {refusal(Code::unavailable), Reaction::count},
      {refusal(Code::timeout), Reaction::count},
      {refusal(Code::internal), Reaction::count},
  };
  for (const auto& [error, reaction] : cases)
    EXPECT_EQ(reaction_to(error), reaction)
        << static_cast<int>(error.code) << " " << static_cast<int>(error.scope);
}

TEST(Refusals, ARefusalIsTriedDailyAndAFailureSoonerEachTimeLater) {
  EXPECT_EQ(wait_after(kHeldDenied, false, 1, {}), 24h);
  EXPECT_EQ(wait_after(kHeldUnreadable, false, 7, {}), 24h);
  EXPECT_EQ(wait_after(kHeldFailing, true, 1, {}), 1min);
  EXPECT_EQ(wait_after(kHeldFailing, true, 4, {}), 8min);
  EXPECT_EQ(wait_after(kHeldFailing, true, 9, {}), 1h);
  EXPECT_EQ(wait_after(kHeldFailing, true, 10, {}), 24h);
  EXPECT_EQ(wait_after(kHeldFailing, true, 1, 3h), 3h);
}

struct RefusalTest : CycleTest {
  // The write of the appointment with this title is answered with the error.
  void refuse(std::string title, Error error) {
    remote.write_fails = [this, title = std::move(title),
                          error](const Operation& operation) -> std::optional<Error> {
      const Series& about =
          operation.kind == Operation::Kind::erase ? operation.before : operation.series;
      if (about.master.summary != title) return std::nullopt;
      ++refused;
      return error;
    };
  }
  void accept() { remote.write_fails = {}; }
  void rename(const std::string& id, const std::string& title) {
    Series here = crm.objects().at(id).series;
    here.master.summary = title;
    crm.user_saves(id, here);
  }
  const HeldItem* only_held() {
    return journal.held().size() == 1 ? &journal.held().begin()->second : nullptr;
  }
  std::vector<std::string> titles(const FakeSide& side) const {
    std::vector<std::string> found;
    for (const std::string& id : side.live())
      found.push_back(side.objects().at(id).series.master.summary);
    std::ranges::sort(found);
    return found;
  }
  static CycleOptions asked() {
    CycleOptions options;
    options.try_held_again = true;
    return options;
  }

  std::size_t refused = 0;
};

TEST_F(RefusalTest, ARefusalOfTheAccountEndsTheRunAndHoldsNothing) {  // P-06, P-16
  import_events(3);
  rename(only_crm(), "edited");
  refuse("edited", refusal(Code::denied, Scope::account));
  const auto report = run();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().scope, Scope::account);
  EXPECT_TRUE(journal.held().empty());
  EXPECT_FALSE(has_history("quarantined"));
  accept();
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(remote), titles(crm));
  EXPECT_EQ(remote.mails(), 0u);
}

TEST_F(RefusalTest, AnUnexplainedRefusalIsOfTheAccountUntilOtherRequestsSucceed) {  // P-06
  import_events(2);
  rename(crm.live().front(), "edited");
  rename(crm.live().back(), "other");
  refuse("edited", refusal(Code::denied, Scope::unclear));
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(run());
    EXPECT_FALSE(has_history("quarantined"));
  }
  // The calendar is read all the time: it is this appointment. The others go on.
  ASSERT_TRUE(run());
  ASSERT_TRUE(only_held());
  EXPECT_EQ(only_held()->reason, kHeldFailing);
  EXPECT_TRUE(std::ranges::count(titles(remote), "other"));
  accept();
  ASSERT_TRUE(run(asked()));
  EXPECT_EQ(titles(remote), titles(crm));
  EXPECT_TRUE(journal.held().empty());
}

TEST_F(RefusalTest, AnUnexplainedRefusalOfEverythingHoldsNothing) {  // P-06
  import_events(1);
  rename(only_crm(), "edited");
  CycleOptions without_reading;
  without_reading.read_remote = false;
  refuse("edited", refusal(Code::denied, Scope::unclear));
  remote.read_fails = [] { return refusal(Code::denied, Scope::unclear); };
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(run(without_reading));
  EXPECT_TRUE(journal.held().empty());
  EXPECT_EQ(last.state, PairState::live);
}

TEST_F(RefusalTest, WhileTheRightToWriteIsLostEditsWaitAndTheRemotesArrive) {  // P-06, PD-04
  import_events(2);
  const std::string first = crm.live().front();
  rename(first, "edited");
  remote.may_write = false;
  Series there = remote.objects().at("event1").series;
  there.master.location = "room 2";
  remote.user_saves("event1", there);
  auto report = run();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->right_is_lost);
  EXPECT_TRUE(journal.held().empty());
  EXPECT_EQ(crm.objects().at(first).series.master.summary, "edited");
  EXPECT_EQ(std::ranges::count_if(
                crm.objects(),
                [](const auto& entry) { return entry.second.series.master.location == "room 2"; }),
            1);
  CycleOptions reader;
  reader.remote_writable = false;
  report = run(reader);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->right_is_back);
  remote.may_write = true;
  report = run(reader);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->right_is_back);
  EXPECT_EQ(titles(remote), titles(crm));
}

TEST_F(RefusalTest, ACalendarRefusalIsOfTheItemWhileTheRightIsThere) {  // P-06
  import_events(2);
  rename(crm.live().front(), "edited");
  rename(crm.live().back(), "other");
  refuse("edited", refusal(Code::denied, Scope::calendar));
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->right_is_lost);
  ASSERT_TRUE(only_held());
  EXPECT_EQ(only_held()->reason, kHeldDenied);
  EXPECT_TRUE(std::ranges::count(titles(remote), "other"));
}

TEST_F(RefusalTest, ARefusedEditDoesNotHideTheRemotesChange) {  // S-27, P-06
  import_events(1);
  rename(only_crm(), "refused");
  refuse("refused", refusal(Code::invalid));
  Series there = in_remote();
  there.master.location = "room 2";
  remote.user_saves("event0", there);
  ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().master.location, "room 2");
  EXPECT_EQ(in_crm().master.summary, "refused");
  there.master.description = "agenda";
  remote.user_saves("event0", there);
  ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().master.description, "agenda");
  EXPECT_EQ(in_remote().master.summary, "meeting 0");
  ASSERT_TRUE(only_held());
  EXPECT_EQ(only_held()->reason, kHeldInvalid);
  accept();
  ASSERT_TRUE(run(asked()));
  EXPECT_EQ(in_remote().master.summary, "refused");
  EXPECT_TRUE(journal.held().empty());
}

TEST_F(RefusalTest, ARefusedWriteOfTheCrmDoesNotStopTheOtherDirection) {  // S-27, P-06
  import_events(1);
  crm.write_fails = [](const Operation&) -> std::optional<Error> { return refusal(Code::denied); };
  Series there = in_remote();
  there.master.location = "room 2";
  remote.user_saves("event0", there);
  ASSERT_TRUE(run());
  rename(only_crm(), "renamed");
  ASSERT_TRUE(run());
  EXPECT_EQ(in_remote().master.summary, "renamed");
  ASSERT_TRUE(only_held());
  EXPECT_EQ(only_held()->side, SideName::crm);
  crm.write_fails = {};
  ASSERT_TRUE(run(asked()));
  EXPECT_EQ(in_crm().master.location, "room 2");
}

TEST_F(RefusalTest, ARefusedWriteIsTriedDailyAndByAnotherVersion) {  // P-06
  import_events(1);
  rename(only_crm(), "refused");
  refuse("refused", refusal(Code::denied));
  CycleOptions first;
  first.version = "1";
  ASSERT_TRUE(run(first));
  ASSERT_TRUE(run(first));
  EXPECT_EQ(refused, 1u);
  clock.advance(24h);
  ASSERT_TRUE(run(first));
  EXPECT_EQ(refused, 2u);
  EXPECT_EQ(only_held()->attempts, 2u);
  CycleOptions second;
  second.version = "2";
  accept();
  ASSERT_TRUE(run(second));
  EXPECT_EQ(in_remote().master.summary, "refused");
  EXPECT_TRUE(journal.held().empty());
}

TEST_F(RefusalTest, OneThatSucceedsAgainReleasesTheOthersOfItsReason) {  // P-06
  import_events(2);
  remote.write_fails = [](const Operation&) -> std::optional<Error> {
    return refusal(Code::denied);
  };
  rename(crm.live().front(), "edit a");
  ASSERT_TRUE(run());
  clock.advance(12h);
  rename(crm.live().back(), "edit b");
  ASSERT_TRUE(run());
  EXPECT_EQ(journal.held().size(), 2u);
  accept();
  clock.advance(13h);  // only the first is due
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(remote), titles(crm));
  EXPECT_TRUE(journal.held().empty());
}

TEST_F(RefusalTest, AnEditThatIsTakenBackLeavesNothingHeld) {  // P-06
  import_events(1);
  rename(only_crm(), "refused");
  refuse("refused", refusal(Code::denied));
  ASSERT_TRUE(run());
  ASSERT_TRUE(only_held());
  rename(only_crm(), "meeting 0");
  ASSERT_TRUE(run());
  EXPECT_TRUE(journal.held().empty());
}

TEST_F(RefusalTest, AWriteThatFailsForEverStopsNoOther) {  // P-06
  import_events(6);
  int number = 0;
  for (const std::string& id : crm.live()) rename(id, "edit " + std::to_string(number++));
  refuse("edit 2", refusal(Code::unavailable));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(std::ranges::count_if(
                titles(remote), [](const std::string& title) { return title.starts_with("edit"); }),
            5);
  ASSERT_TRUE(only_held());
  EXPECT_EQ(only_held()->reason, kHeldFailing);
  EXPECT_GE(only_held()->attempts, 2u);
  const std::size_t before = refused;
  ASSERT_TRUE(run());  // five minutes later, within its wait of eight
  EXPECT_LE(refused, before + 1);
  Series there = remote.objects().at("event0").series;
  there.master.location = "room 2";
  remote.user_saves("event0", there);
  ASSERT_TRUE(run());
  accept();
  clock.advance(1h);
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(remote), titles(crm));
  EXPECT_TRUE(journal.held().empty());
  EXPECT_EQ(journal.intents_open(), 0u);
}

TEST_F(RefusalTest, AnOutageIsHeldAgainstNothing) {  // P-06
  import_events(2);
  for (const std::string& id : crm.live()) rename(id, "edited");
  refuse("edited", refusal(Code::unavailable));
  remote.read_fails = [] { return refusal(Code::unavailable); };
  CycleOptions without_reading;
  without_reading.read_remote = false;
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(run(without_reading));
  EXPECT_TRUE(journal.held().empty());
  accept();
  remote.read_fails = {};
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(remote), titles(crm));
}

TEST_F(RefusalTest, AnObjectThatCannotBeFetchedStopsNoOther) {  // P-06
  import_events(3);
  for (const std::string& id : crm.live()) rename(id, "edit of " + id);
  const std::string broken = "event1";
  bool lost = false;
  remote.write_fails = [&](const Operation& operation) -> std::optional<Error> {
    if (operation.id != broken || lost) return std::nullopt;
    lost = true;
    return refusal(Code::timeout);
  };
  remote.get_fails = [&](const std::string& id) -> std::optional<Error> {
    if (id == broken) return refusal(Code::unavailable);
    return std::nullopt;
  };
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(journal.intents_open(), 1u);
  EXPECT_EQ(journal.held().size(), 1u);
  crm.user_saves("new", appointment("new", 50));
  Series there = remote.objects().at("event0").series;
  there.master.location = "room 2";
  remote.user_saves("event0", there);
  ASSERT_TRUE(run());
  EXPECT_TRUE(std::ranges::count(titles(remote), "new"));
  remote.get_fails = {};
  ASSERT_TRUE(run(asked()));
  ASSERT_TRUE(run(asked()));
  EXPECT_EQ(titles(remote), titles(crm));
  EXPECT_EQ(journal.intents_open(), 0u);
}

TEST_F(RefusalTest, AnAbsenteeThatCannotBeFetchedStaysAndIsReadLater) {  // P-21
  import_events(5);
  remote.user_deletes("event2");
  remote.expire_cursors();
  remote.get_fails = [](const std::string&) -> std::optional<Error> {
    return refusal(Code::unavailable);
  };
  const auto report = run();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(crm.live().size(), 5u);
  ASSERT_TRUE(only_held());
  EXPECT_EQ(only_held()->reason, kHeldUnreadable);
  remote.get_fails = {};
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 4u);
  EXPECT_TRUE(journal.held().empty());
}

TEST_F(RefusalTest, AnEndlessConflictWaitsAndDoesNotRepeatAtOnce) {  // P-14
  import_events(2);
  rename(crm.live().front(), "edited");
  rename(crm.live().back(), "other");
  refuse("edited", refusal(Code::conflict));
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->unfinished);
  EXPECT_LE(refused, 3u);
  ASSERT_TRUE(report->next_try);
  ASSERT_TRUE(only_held());
  EXPECT_EQ(only_held()->reason, kHeldFailing);
  EXPECT_TRUE(std::ranges::count(titles(remote), "other"));
  accept();
  clock.advance(1h);
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(remote), titles(crm));
  EXPECT_TRUE(journal.held().empty());
}

TEST_F(RefusalTest, AnIdThatIsTakenAndUnknownIsReplacedAfterSomeAttempts) {  // P-06
  ASSERT_TRUE(run());
  Series mine = appointment("mine");
  mine.master.attendees = {guest("a@example.com")};
  crm.user_saves("mine", mine);
  crm.user_saves("other", appointment("other", 5));
  std::string unusable;
  remote.write_fails = [&](const Operation& operation) -> std::optional<Error> {
    if (operation.series.master.summary != "mine") return std::nullopt;
    if (unusable.empty()) unusable = operation.link_id + std::to_string(operation.incarnation);
    if (unusable == operation.link_id + std::to_string(operation.incarnation))
      return refusal(Code::conflict);
    return std::nullopt;
  };
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(remote), std::vector<std::string>{"other"});
  EXPECT_EQ(journal.held().size(), 1u);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(titles(remote), titles(crm));
  EXPECT_TRUE(journal.held().empty());
  EXPECT_EQ(crm.live().size(), 2u);
  EXPECT_EQ(remote.mails(), 1u) << "it was never created before";
}

TEST_F(RefusalTest, WithCreationsRefusedEverythingElseIsDone) {  // S-20, P-14
  ASSERT_TRUE(run());
  import_events(1);
  for (int i = 0; i < 40; ++i)
    crm.user_saves("local" + std::to_string(i),
                   appointment("local " + std::to_string(i), 1000 + i));
  rename(only_crm(), "edited");
  for (int i = 0; i < 1200; ++i)
    remote.user_saves("more" + std::to_string(i), appointment("more " + std::to_string(i), i));
  std::size_t tried = 0;
  remote.write_fails = [&](const Operation& operation) -> std::optional<Error> {
    if (!operation.id.empty()) return std::nullopt;
    ++tried;
    return refusal(Code::unavailable, Scope::creations, 6h);
  };
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_EQ(crm.live().size(), 1u + 40u + 1200u);
  EXPECT_EQ(remote.objects().at("event0").series.master.summary, "edited");
  EXPECT_LE(tried, 4u);  // one batch
  EXPECT_EQ(report->no_creations_until, clock.now() - 5min + 6h);
  EXPECT_TRUE(journal.held().empty());
  CycleOptions waiting;
  waiting.no_creations_before = report->no_creations_until;
  const std::size_t before = tried;
  ASSERT_TRUE(run(waiting));
  EXPECT_EQ(tried, before);
  accept();
  ASSERT_TRUE(run());
  EXPECT_EQ(remote.live().size(), crm.live().size());
}

TEST_F(RefusalTest, AppointmentNeverSeenThatCannotBeReadIsKeptAndReadAgain) {  // P-06, S-20
  ASSERT_TRUE(run());
  remote.user_saves("odd", appointment("odd"));
  remote.user_saves("plain", appointment("plain", 3));
  remote.unreadable = "odd";
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(crm), std::vector<std::string>{"plain"});
  ASSERT_TRUE(only_held());
  EXPECT_EQ(only_held()->id, "odd");
  EXPECT_EQ(only_held()->detail, "start: no such day");
  clock.advance(24h);
  ASSERT_TRUE(run());
  EXPECT_EQ(only_held()->attempts, 2u);
  remote.unreadable.clear();
  CycleOptions update;
  update.version = "a version that can read it";
  ASSERT_TRUE(run(update));
  EXPECT_EQ(titles(crm), (std::vector<std::string>{"odd", "plain"}));
  EXPECT_TRUE(journal.held().empty());
}

TEST_F(RefusalTest, AnUnreadableAppointmentThatIsDeletedIsForgotten) {  // P-06
  import_events(1);
  remote.user_saves("odd", appointment("odd", 5));
  remote.unreadable = "odd";
  ASSERT_TRUE(run());
  ASSERT_TRUE(only_held());
  remote.unreadable.clear();
  remote.user_deletes("odd");
  ASSERT_TRUE(run());
  EXPECT_TRUE(journal.held().empty());
}

}  // namespace
}  // namespace gcal::sync
