// A pair of calendars in memory with its journal, and helper functions to fill and inspect them.
// Used by the tests of the cycle.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/held_deletions.hpp"
#include "tests/support/fake_side.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/memory_journal.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::sync {

using support::Dialect;
using support::FakeSide;
using support::Fault;
using namespace std::chrono_literals;

inline Series appointment(std::string summary, int hour = 0) {
  Series series;
  series.master.summary = std::move(summary);
  const auto start = std::chrono::sys_seconds{1'800'000'000s} + std::chrono::hours{hour};
  series.master.start = calendar::ZonedTime{start, "Europe/Berlin"};
  series.master.end = calendar::ZonedTime{start + 1h, "Europe/Berlin"};
  return series;
}

inline calendar::Attendee guest(std::string email, bool self = false) {
  calendar::Attendee attendee;
  attendee.email = std::move(email);
  attendee.self = self;
  return attendee;
}

// run() is one cycle that begins from what the journal holds, as after a start of the process.
struct World {
  World() {
    pair.id = "pair";
    pair.account = "account";
    pair.mode = PairMode::two_way;
    pair.state = PairState::live;
    remote.page_size = crm.page_size = 7;
  }

  Result<CycleReport> run(CycleOptions options = {}) {
    faults.restart();
    auto stored = support::run_task(journal.pairs("account"));
    Pair current = stored && !stored->empty() ? stored->front() : pair;
    current.mode = pair.mode;
    Cycle cycle(crm, remote, journal, clock, random, options);
    auto report = support::run_task(cycle.run(current));
    last = current;
    clock.advance(5min);
    return report;
  }
  void import_events(int count) {
    for (int i = 0; i < count; ++i)
      remote.user_saves("event" + std::to_string(i),
                        appointment("meeting " + std::to_string(i), i));
    ASSERT_TRUE(run());
    ASSERT_TRUE(run());
    ASSERT_EQ(crm.live().size(), static_cast<std::size_t>(count));
  }
  std::string only_crm() { return crm.live().empty() ? "" : crm.live().front(); }
  const Series& in_crm() { return crm.objects().at(only_crm()).series; }
  const Series& in_remote() { return remote.objects().at(remote.live().front()).series; }
  std::size_t held(std::string_view reason) const {
    const auto links = std::ranges::count_if(
        journal.links(), [&](const auto& entry) { return entry.second.held_reason == reason; });
    const auto items = std::ranges::count_if(journal.held(), [&](const auto& entry) {
      return reason != kHeldUnreadable && entry.second.reason == reason;
    });
    return static_cast<std::size_t>(links + items);
  }
  bool has_history(std::string_view what) const {
    return std::ranges::any_of(journal.history(),
                               [&](const HistoryEntry& entry) { return entry.what == what; });
  }

  support::FaultPlan faults;
  FakeSide crm{Dialect::crm, faults};
  FakeSide remote{Dialect::google, faults};
  support::MemoryJournal journal{faults};
  support::ManualClock clock;
  support::SeededRandom random{5};
  Pair pair;
  Pair last;
};

struct CycleTest : testing::Test, World {};

}  // namespace gcal::sync
