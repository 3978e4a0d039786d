// What the power may take of a task: never the task.

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "src/hosting/services/schema.hpp"
#include "src/hosting/services/tasks.hpp"
#include "tests/sim/simulated_disk.hpp"
#include "tests/support/manual_clock.hpp"

namespace gcal::simulation {
namespace {

constexpr std::int64_t kLater = 4'000'000'000'000;

// A task on a disk whose power fails after its run has ended.
class LostPower : public ::testing::Test {
 protected:
  using Use = std::function<void(hosting::Tasks&)>;

  // Runs "payload", which asks for its next run with `next`, unless that is empty; what is pending
  // when the next process has started: "<at> <payload>".
  std::string pending_after_run(std::uint64_t seed, const std::string& next) {
    SimulatedDisk disk{support::SeededRandom(seed)};
    const auto with_tasks = [&](const Use& use) {
      auto database = hosting::Database::open("file.sqlite", {.file_system = disk.name()});
      EXPECT_TRUE(database);
      EXPECT_TRUE(hosting::migrate(**database, hosting::hosting_steps(), "epoch"));
      hosting::Tasks tasks(**database, clock_);
      EXPECT_TRUE(tasks.recover());
      use(tasks);
    };
    with_tasks([&](hosting::Tasks& tasks) {
      EXPECT_TRUE(tasks.schedule("plugin", "key", 0, "payload"));
      const auto run = tasks.take_due();
      EXPECT_TRUE(run && *run);
      if (!next.empty()) {
        EXPECT_TRUE(tasks.schedule("plugin", "key", kLater, next));
      }
      EXPECT_TRUE(tasks.finished(**run, {}));
      disk.die();
    });
    disk.restart();
    std::string pending;
    with_tasks([&](hosting::Tasks& tasks) {
      const auto list = tasks.list("plugin", "");
      EXPECT_TRUE(list);
      for (const hosting::PendingTask& task : *list)
        pending += task.at.value_or(-1) == kLater ? "later " : "now ";
      if (const auto due = tasks.take_due(); due && *due) pending += (*due)->payload;
    });
    return pending;
  }

  support::ManualClock clock_;
};

TEST_F(LostPower, RunThatAskedForTheNextIsRepeatedOrHasIt) {
  std::size_t repeated = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const std::string pending = pending_after_run(seed, "payload");
    EXPECT_TRUE(pending == "later " || pending == "now payload") << seed << ": " << pending;
    repeated += pending != "later ";
  }
  EXPECT_GT(repeated, 10u) << "none of these writes is waited for";
}

TEST_F(LostPower, AnotherPayloadForTheNextRunIsKept) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const std::string pending = pending_after_run(seed, "another");
    EXPECT_TRUE(pending == "later " || pending == "now another") << seed << ": " << pending;
  }
}

TEST_F(LostPower, RunWithoutANextIsRepeatedOrHasEnded) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const std::string pending = pending_after_run(seed, "");
    EXPECT_TRUE(pending.empty() || pending == "now payload") << seed << ": " << pending;
  }
}

}  // namespace
}  // namespace gcal::simulation
