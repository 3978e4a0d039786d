// What a user removes on disconnecting: which object of a link it is, what stays, and that it ends
// after an interruption at any point (PD-14).
#include "src/engine/sync/removal.hpp"

#include "src/engine/sync/passing_side.hpp"
#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {
namespace {

using Titles = std::vector<std::string>;

// An event of the remote side and two of the CRM, one of these with a guest, on both sides.
struct RemovalTestWorld : World {
  RemovalTestWorld() {
    remote.user_saves("theirs", appointment("theirs", 1));
    crm.user_saves("alone", appointment("alone", 2));
    Series meeting = appointment("with guest", 3);
    meeting.master.attendees.push_back(guest("guest@example.com"));
    crm.user_saves("meeting", meeting);
    EXPECT_TRUE(run());
    EXPECT_TRUE(run());
    mails = remote.mails();
  }
  Pair stored() { return support::run_task(journal.pairs("account"))->front(); }
  void leave() {
    Pair current = stored();
    Cycle cycle(crm, remote, journal, clock, random, {});
    EXPECT_TRUE(support::run_task(cycle.leave(current)));
  }
  Result<Removal::Report> remove(RemovalChoice choice) {
    faults.restart();
    Pair current = stored();
    Removal removal(crm, remote, journal, clock, random, choice);
    return support::run_task(removal.run(current));
  }
  RemovalCounts counts() {
    RemovalCounts found;
    EXPECT_TRUE(support::run_task(count_removable(journal, "pair", clock.now(), found)));
    return found;
  }
  static Titles titles(const FakeSide& side) {
    Titles found;
    for (const std::string& id : side.live())
      found.push_back(side.objects().at(id).series.master.summary);
    std::ranges::sort(found);
    return found;
  }
  const Titles all{"alone", "theirs", "with guest"};
  std::size_t mails = 0;
};

struct RemovalTest : testing::Test, RemovalTestWorld {};

// Begins one write of each call and refuses it for a reason that concerns the others too.
class StoppingSide final : public PassingSide {
 public:
  explicit StoppingSide(Side& side) : PassingSide(side) {}
  Task<std::vector<Result<Written>>> apply(std::vector<Operation>) override {
    ++calls;
    std::vector<Result<Written>> one;
    one.emplace_back(Error{Code::unavailable, "no more today", 6h, Scope::creations});
    co_return one;
  }
  std::size_t batch_limit() const override { return 2; }

  std::size_t calls = 0;
};

TEST_F(RemovalTest, ACalendarThatTakesNoMoreWritesIsAskedOnce) {  // PD-14
  for (int i = 0; i < 6; ++i)
    crm.user_saves("more" + std::to_string(i), appointment("more", 9 + i));
  ASSERT_TRUE(run());
  leave();
  StoppingSide stopping(remote);
  Pair current = stored();
  Removal removal(crm, stopping, journal, clock, random, {.copies = true, .remote_events = true});
  const Result<Removal::Report> report = support::run_task(removal.run(current));
  ASSERT_TRUE(report);
  EXPECT_EQ(stopping.calls, 1u);
  ASSERT_TRUE(report->retry);
  EXPECT_EQ(report->retry->message, "no more today");
  EXPECT_EQ(report->erased.crm, 1u);
  EXPECT_EQ(remote.live().size(), 9u);
}

TEST_F(RemovalTest, CountsCopiesAndEventsOfTheCrmApart) {  // PD-14
  const RemovalCounts found = counts();
  EXPECT_EQ(found.copies, 1u);
  EXPECT_EQ(found.remote_events, 2u);
  EXPECT_EQ(found.with_guests, 1u);
}

TEST_F(RemovalTest, CopiesAreRemovedAndWhatTheCrmMadeStays) {  // PD-14
  leave();
  const Result<Removal::Report> report = remove({.copies = true});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->erased.crm, 1u);
  EXPECT_EQ(titles(crm), (Titles{"alone", "with guest"}));
  EXPECT_EQ(titles(remote), all);
  EXPECT_EQ(journal.history().back().detail, "history.removed");
}

TEST_F(RemovalTest, EventsOfTheCrmAreRemovedThereWithoutMailUnlessAsked) {  // PD-14
  leave();
  ASSERT_TRUE(remove({.remote_events = true}));
  EXPECT_EQ(titles(remote), Titles{"theirs"});
  EXPECT_EQ(titles(crm), all);
  EXPECT_EQ(remote.mails(), mails);
}

TEST_F(RemovalTest, GuestsAreMailedIfTheUserSaysSo) {  // PD-14
  leave();
  ASSERT_TRUE(remove({.remote_events = true, .notify_guests = true}));
  EXPECT_EQ(remote.mails(), mails + 1);
}

TEST_F(RemovalTest, WhatIsOnlyThereStays) {  // PD-14
  const std::string copy = [&] {
    for (const std::string& id : crm.live())
      if (crm.objects().at(id).series.master.summary == "theirs") return id;
    return std::string();
  }();
  Series edited = crm.objects().at(copy).series;
  edited.master.summary = "mine";
  crm.user_saves(copy, edited);  // and no cycle has seen it
  leave();
  EXPECT_EQ(counts().copies, 0u);
  ASSERT_TRUE(remove({.copies = true}));
  EXPECT_EQ(titles(crm), (Titles{"alone", "mine", "with guest"}));
}

TEST_F(RemovalTest, EditThatNoCycleHasSeenOutweighsTheRemoval) {  // PD-08, PD-14
  leave();
  for (const std::string& id : remote.live()) {
    Series series = remote.objects().at(id).series;
    if (series.master.summary == "alone") series.master.location = "Berlin";
    if (series.master.summary == "with guest")
      series.master.attendees.front().partstat = calendar::PartStat::accepted;
    remote.user_saves(id, series);
  }
  const Result<Removal::Report> report = remove({.remote_events = true});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->left, 1u);
  EXPECT_FALSE(report->retry);
  EXPECT_EQ(titles(remote), (Titles{"alone", "theirs"})) << "an answer is no edit";
}

TEST_F(RemovalTest, ReturnAfterARemovalDoublesNothing) {  // PD-14
  leave();
  ASSERT_TRUE(remove({.copies = true, .remote_events = true}));
  EXPECT_EQ(journal.links().size(), 0u);
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  EXPECT_EQ(titles(crm), all);
  EXPECT_EQ(titles(remote), all);
}

// The process dies, or an answer is lost, at each call in turn; then a second pass goes on.
TEST_F(RemovalTest, EndsAfterAnInterruptionAtAnyPoint) {  // PD-14
  const RemovalChoice choice{.copies = true, .remote_events = true};
  for (const Fault fault : {Fault::crash_before, Fault::crash_after, Fault::before, Fault::after}) {
    bool interrupted = true;
    for (std::size_t at = 0; interrupted; ++at) {
      RemovalTestWorld world;
      interrupted = false;
      std::size_t point = 0;
      world.faults.decide = [&](std::size_t, std::string_view) {
        if (point++ != at) return Fault::none;
        interrupted = true;
        return fault;
      };
      (void)world.remove(choice);
      world.faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
      const Result<Removal::Report> report = world.remove(choice);
      ASSERT_TRUE(report) << at;
      EXPECT_FALSE(report->retry);
      EXPECT_EQ(world.titles(world.crm), (Titles{"alone", "with guest"})) << at;
      EXPECT_EQ(world.titles(world.remote), Titles{"theirs"}) << at;
      EXPECT_EQ(world.remote.mails(), world.mails) << at;
      EXPECT_EQ(world.journal.links().size(), 0u) << at;
    }
  }
}

}  // namespace
}  // namespace gcal::sync
