// A calendar that the engine did not follow for a while, and appointments that come back to a
// calendar: what the cycle does, also when it is interrupted.
#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {
namespace {

struct ReturnTest : CycleTest {
  Pair stored() { return support::run_task(journal.pairs("account"))->front(); }
  void store(const Pair& changed) {
    WriteBatch batch;
    batch.pairs.push_back(changed);
    ASSERT_TRUE(support::run_task(journal.commit(std::move(batch))));
  }
  void leave() {
    faults.restart();
    Pair current = stored();
    Cycle cycle(crm, remote, journal, clock, random, {});
    ASSERT_TRUE(support::run_task(cycle.leave(current)));
  }
  std::string crm_id(const std::string& summary) {
    for (const std::string& id : crm.live())
      if (crm.objects().at(id).series.master.summary == summary) return id;
    return {};
  }
  std::vector<std::string> titles(const FakeSide& side) {
    std::vector<std::string> found;
    for (const std::string& id : side.live())
      found.push_back(side.objects().at(id).series.master.summary);
    std::ranges::sort(found);
    return found;
  }
  void retitle(const std::string& from, const std::string& to) {
    const std::string id = crm_id(from);
    Series series = crm.objects().at(id).series;
    series.master.summary = to;
    crm.user_saves(id, series);
  }
  const std::vector<std::string> all{"meeting 0", "meeting 1", "meeting 2"};
};

TEST_F(ReturnTest, CopiesAreRestoredAndTheUsersValuesKeptInTheHistory) {  // PD-14
  import_events(3);
  leave();
  crm.user_deletes(crm_id("meeting 0"));
  retitle("meeting 1", "mine");
  const std::size_t written = remote.writes();
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(crm), all);
  EXPECT_EQ(titles(remote), all);
  EXPECT_EQ(remote.writes(), written);
  EXPECT_EQ(remote.mails(), 0u);
  const auto kept =
      std::ranges::find(journal.history(), "history.local_change", &HistoryEntry::detail);
  ASSERT_NE(kept, journal.history().end());
  EXPECT_EQ(kept->copy->master.summary, "mine");
  EXPECT_EQ(run()->writes(), 0u);
}

TEST_F(ReturnTest, ACopyThatTheCrmRefusesIsHeldByNameAndTriedAgain) {  // PD-14
  import_events(3);
  for (const std::string refused : {"meeting 0", "meeting 1"}) {
    leave();
    crm.user_deletes(crm_id("meeting 0"));
    retitle("meeting 1", "mine");
    crm.refuses = refused;
    ASSERT_TRUE(run());
    EXPECT_EQ(journal.held().size(), 1u) << refused;
    EXPECT_EQ(held(kHeldInvalid), 1u) << refused;
    EXPECT_EQ(titles(remote), all) << refused;
    crm.refuses.clear();
    CycleOptions try_again;
    try_again.try_held_again = true;
    ASSERT_TRUE(run(try_again));
    EXPECT_EQ(titles(crm), all) << refused;
    EXPECT_TRUE(journal.held().empty()) << refused;
  }
  EXPECT_EQ(remote.mails(), 0u);
}

TEST_F(ReturnTest, ChangesFromBeforeAreCarriedOverWithoutMail) {  // PD-14, P-13
  import_events(3);
  retitle("meeting 1", "before");
  crm.user_deletes(crm_id("meeting 2"));
  leave();
  retitle("before", "after");
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(crm), (std::vector<std::string>{"before", "meeting 0", "meeting 2"}));
  EXPECT_EQ(titles(remote), titles(crm));
  EXPECT_EQ(remote.mails(), 0u);
}

TEST_F(ReturnTest, WhatWasDeletedAtTheRemoteSideIsNotRestored) {  // S-29
  import_events(3);
  leave();
  crm.user_deletes(crm_id("meeting 0"));
  retitle("meeting 1", "mine");
  remote.user_deletes("event0");
  remote.user_deletes("event1");
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(crm), std::vector<std::string>{"meeting 2"});
  EXPECT_EQ(titles(remote), std::vector<std::string>{"meeting 2"});
}

TEST_F(ReturnTest, AnEditFromBeforeOutweighsTheDeletionOfItsOriginal) {  // P-22
  import_events(3);
  retitle("meeting 1", "before");
  leave();
  crm.user_deletes(crm_id("before"));
  remote.user_deletes("event1");
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(crm), (std::vector<std::string>{"before", "meeting 0", "meeting 2"}));
  EXPECT_EQ(titles(remote), titles(crm));
  EXPECT_EQ(remote.mails(), 0u);
}

TEST_F(ReturnTest, AnExpiredCursorOfTheCrmChangesNothing) {  // PD-02
  import_events(3);
  leave();
  crm.user_deletes(crm_id("meeting 0"));
  crm.expire_cursors();
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(crm), all);
  EXPECT_EQ(titles(remote), all);
}

TEST_F(ReturnTest, AnInterruptedReturnIsContinuedWithoutDuplicates) {  // PD-14
  for (std::size_t point = 0; point < 60; ++point) {
    for (const Fault fault :
         {Fault::before, Fault::after, Fault::crash_before, Fault::crash_after}) {
      World world;
      world.import_events(3);
      Pair current = support::run_task(world.journal.pairs("account"))->front();
      Cycle cycle(world.crm, world.remote, world.journal, world.clock, world.random, {});
      ASSERT_TRUE(support::run_task(cycle.leave(current)));
      const auto id = [&](const std::string& summary) {
        for (const std::string& one : world.crm.live())
          if (world.crm.objects().at(one).series.master.summary == summary) return one;
        return std::string();
      };
      world.crm.user_deletes(id("meeting 0"));
      Series mine = world.crm.objects().at(id("meeting 1")).series;
      mine.master.summary = "mine";
      world.crm.user_saves(id("meeting 1"), mine);
      std::size_t calls = 0;
      world.faults.decide = [&](std::size_t, std::string_view) {
        return calls++ == point ? fault : Fault::none;
      };
      (void)world.run();
      world.faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
      ASSERT_TRUE(world.run());
      ASSERT_TRUE(world.run());
      EXPECT_EQ(world.crm.live().size(), 3u) << point;
      EXPECT_EQ(world.remote.live().size(), 3u) << point;
      EXPECT_EQ(id("mine"), "") << point;
    }
  }
}

TEST_F(ReturnTest, ARetiredLinkIsAdoptedWhenItsAppointmentComesBack) {  // PD-10
  crm.user_saves("mine", appointment("call"));
  ASSERT_TRUE(run());
  Link link = journal.links().begin()->second;
  const Series series = crm.objects().at("mine").series;
  const auto retire = [&] {
    link = journal.links().begin()->second;
    link.held_reason = kRetired;
    WriteBatch batch;
    batch.links.push_back(link);
    ASSERT_TRUE(support::run_task(journal.commit(std::move(batch))));
    crm.user_deletes("mine");
    ASSERT_TRUE(run());
    ASSERT_EQ(titles(remote), std::vector<std::string>{"call"});
  };
  retire();
  crm.user_saves("mine", series);
  ASSERT_TRUE(run());
  EXPECT_EQ(journal.links().size(), 1u);
  EXPECT_EQ(held(kRetired), 0u);
  retitle("call", "changed");
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(remote), std::vector<std::string>{"changed"});

  // The leftover at the remote side is deleted: the appointment is created there again.
  retitle("changed", "call");
  ASSERT_TRUE(run());
  retire();
  remote.user_deletes(remote.live().front());
  ASSERT_TRUE(run());
  crm.user_saves("mine", series);
  ASSERT_TRUE(run());
  EXPECT_EQ(journal.links().size(), 1u);
  EXPECT_EQ(titles(remote), std::vector<std::string>{"call"});
  EXPECT_EQ(titles(crm), std::vector<std::string>{"call"});
}

// A write whose answer was lost is what both sides agree on, once it is known that it arrived. The
// user who took the edit back before that has not changed a copy that is not followed.
TEST_F(ReturnTest, AnEditTakenBackBeforeTheCalendarWasGoneHolds) {  // PD-14
  import_events(1);
  retitle("meeting 0", "renamed");
  faults.decide = [](std::size_t, std::string_view where) {
    return where == "remote.write" ? Fault::crash_after : Fault::none;
  };
  (void)run();
  faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  ASSERT_EQ(titles(remote), std::vector<std::string>{"renamed"});
  retitle("renamed", "meeting 0");
  leave();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(titles(crm), std::vector<std::string>{"meeting 0"});
  EXPECT_EQ(titles(remote), std::vector<std::string>{"meeting 0"});
}

// While the calendar is gone, a request for an event says nothing about it. The pass that meets
// this may itself be interrupted anywhere.
TEST_F(ReturnTest, AWriteWithALostAnswerIsKnownWhenTheCalendarReturns) {  // P-05
  const auto nothing = [](std::size_t, std::string_view) { return Fault::none; };
  for (const Fault fault : {Fault::crash_before, Fault::crash_after})
    for (std::size_t point = 0; point < 12; ++point) {
      SCOPED_TRACE(point);
      World world;
      world.import_events(1);
      Series here = world.in_crm();
      here.master.description = "mine";
      world.crm.user_saves(world.only_crm(), here);
      world.crm.user_saves("new", appointment("new"));
      world.faults.decide = [&](std::size_t, std::string_view where) {
        return where == "remote.write" ? fault : Fault::none;
      };
      (void)world.run();
      world.remote.remove_calendar();
      const std::size_t before = world.faults.points();
      world.faults.decide = [&](std::size_t at, std::string_view) {
        return at == before + point ? Fault::before : Fault::none;
      };
      (void)world.run();
      world.faults.decide = nothing;
      world.remote.return_calendar();
      Pair back = world.last;
      back.state = PairState::live;
      WriteBatch batch;
      batch.pairs.push_back(back);
      ASSERT_TRUE(support::run_task(world.journal.commit(std::move(batch))));
      ASSERT_TRUE(world.run());
      ASSERT_TRUE(world.run());
      EXPECT_EQ(titles(world.remote), (std::vector<std::string>{"meeting 0", "new"}));
      EXPECT_EQ(titles(world.crm), titles(world.remote));
      EXPECT_EQ(world.journal.links().size(), 2u);
    }
}

TEST_F(ReturnTest, WithoutTheRightToWriteChangesOfTheCrmWait) {  // PD-04
  import_events(3);
  CycleOptions read_only;
  read_only.remote_writable = false;
  remote.may_write = false;
  retitle("meeting 0", "renamed");
  crm.user_deletes(crm_id("meeting 1"));
  crm.user_saves("new", appointment("new", 9));
  Series moved = remote.objects().at("event0").series;
  moved.master.location = "room 2";
  remote.user_saves("event0", moved);
  const std::size_t written = remote.writes();
  ASSERT_TRUE(run(read_only));
  ASSERT_TRUE(run(read_only));
  EXPECT_EQ(remote.writes(), written);
  EXPECT_EQ(crm.objects().at(crm_id("renamed")).series.master.location, "room 2");
  EXPECT_EQ(titles(crm), (std::vector<std::string>{"meeting 2", "new", "renamed"}));
  remote.may_write = true;
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(remote), (std::vector<std::string>{"meeting 2", "new", "renamed"}));
  EXPECT_EQ(titles(crm), titles(remote));
}

}  // namespace
}  // namespace gcal::sync
