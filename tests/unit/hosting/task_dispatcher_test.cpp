#include "src/hosting/services/task_dispatcher.hpp"

#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using namespace std::chrono_literals;

struct Begun {
  std::string key, payload;
  std::int64_t fence = 0;
  TaskDispatcher::Done done;
};

class TaskDispatcherTest : public CrmTest {
 protected:
  ~TaskDispatcherTest() override { dispatcher_.reset(); }

  void start() {
    dispatcher_ = std::make_unique<TaskDispatcher>(
        crm_->tasks(), clock_, log_,
        [this](const std::string&, const std::string& key, const std::string& payload,
               std::int64_t fence, TaskDispatcher::Done done) {
          const std::lock_guard lock(mutex_);
          runs_.push_back({key, payload, fence, std::move(done)});
          changed_.notify_all();
        });
    must(dispatcher_->start());
  }
  // The n-th run, counted from 0, once it began.
  Begun run(std::size_t n) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, 10s, [&] { return runs_.size() > n; }))
      throw std::runtime_error("run " + std::to_string(n) + " did not begin");
    return runs_[n];
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return runs_.size();
  }
  // Until the dispatcher stored the end of a run.
  void wait_until_waiting() {
    for (int i = 0; i < 5000; ++i) {
      if (must(crm_->tasks().next_at())) return;
      std::this_thread::sleep_for(1ms);
    }
    throw std::runtime_error("no task waits");
  }
  void advance(std::chrono::milliseconds by) {
    clock_.advance(by);
    dispatcher_->wake();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Begun> runs_;
  std::unique_ptr<TaskDispatcher> dispatcher_;
};

TEST_F(TaskDispatcherTest, TaskThatIsDueRunsAtOnce) {
  start();
  must(crm_->tasks().schedule(kPlugin, "a", 0, "payload"));
  const Begun first = run(0);
  EXPECT_EQ(first.payload, "payload");
  EXPECT_GT(first.fence, 0);
  first.done(Code::ok);
  first.done(Code::ok);  // a second answer counts for nothing
}

TEST_F(TaskDispatcherTest, KeyScheduledWhileRunningRunsAfterwardsUnderAnotherFence) {
  start();
  must(crm_->tasks().schedule(kPlugin, "a", 0, "1"));
  const Begun first = run(0);
  must(crm_->tasks().schedule(kPlugin, "a", 0, "2"));
  must(crm_->tasks().schedule(kPlugin, "b", 0, "other"));
  EXPECT_EQ(run(1).key, "b");  // another key runs beside it
  EXPECT_EQ(count(), 2u);
  first.done(Code::ok);
  const Begun second = run(2);
  EXPECT_EQ(second.payload, "2");
  EXPECT_GT(second.fence, first.fence);
}

TEST_F(TaskDispatcherTest, UnavailableRunsAgainAfterADoublingPause) {
  start();
  must(crm_->tasks().schedule(kPlugin, "a", 0, "payload"));
  run(0).done(Code::unavailable);
  wait_until_waiting();
  EXPECT_EQ(*must(crm_->tasks().next_at()) - clock_.now().time_since_epoch().count(), 1000);
  advance(1000ms);
  EXPECT_EQ(run(1).payload, "payload");
  run(1).done(Code::timeout);
  wait_until_waiting();
  EXPECT_EQ(*must(crm_->tasks().next_at()) - clock_.now().time_since_epoch().count(), 2000);
  for (std::size_t n = 2; n < 14; ++n) {
    advance(5min);
    run(n).done(Code::unavailable);
    wait_until_waiting();
  }
  EXPECT_EQ(*must(crm_->tasks().next_at()) - clock_.now().time_since_epoch().count(), 300'000);
}

// However long the plugin is away, its tasks cost one run, not one every five minutes.
TEST_F(TaskDispatcherTest, TasksOfAPluginThatDoesNotRunRestUntilItRuns) {
  start();
  for (const char* key : {"a", "b", "c"}) must(crm_->tasks().schedule(kPlugin, key, 0, key));
  for (std::size_t n = 0; n < 3; ++n) run(n);
  for (std::size_t n = 0; n < 3; ++n) run(n).done(Code::gone);
  const auto all_rest = [&] {
    const auto tasks = must(crm_->tasks().list(kPlugin, ""));
    return !must(crm_->tasks().next_at()) && std::ranges::none_of(tasks, &PendingTask::running);
  };
  for (int i = 0; i < 10'000 && !all_rest(); ++i) std::this_thread::sleep_for(1ms);
  ASSERT_TRUE(all_rest());
  for (int i = 0; i < 20; ++i) advance(5min);
  must(crm_->tasks().schedule("com.example.other", "other", 0, ""));
  EXPECT_EQ(run(3).key, "other") << "in 100 minutes only another plugin's task";
  EXPECT_EQ(count(), 4u);
  must(crm_->tasks().wake(kPlugin));
  EXPECT_EQ(run(6).payload, run(6).key) << "all three with their payloads";
}

TEST_F(TaskDispatcherTest, PluginThatStartsMeanwhileIsNotPutToRest) {
  start();
  must(crm_->tasks().schedule(kPlugin, "a", 0, ""));
  const Begun first = run(0);
  must(crm_->tasks().wake(kPlugin));
  first.done(Code::gone);
  wait_until_waiting();
  advance(1000ms);
  EXPECT_EQ(run(1).key, "a");
}

TEST_F(TaskDispatcherTest, PluginSaysHowLongToWait) {
  start();
  must(crm_->tasks().schedule(kPlugin, "a", 0, "payload"));
  run(0).done({Code::unavailable, 90s});
  wait_until_waiting();
  EXPECT_EQ(*must(crm_->tasks().next_at()) - clock_.now().time_since_epoch().count(), 90'000);
}

TEST_F(TaskDispatcherTest, FailedTaskIsLoggedAndNotRepeated) {
  start();
  must(crm_->tasks().schedule(kPlugin, "a", 0, ""));
  run(0).done(Code::internal);
  must(crm_->tasks().schedule(kPlugin, "b", 0, ""));
  run(1).done(Code::ok);
  dispatcher_->stop();
  EXPECT_FALSE(must(crm_->tasks().next_at()));
  EXPECT_THAT(log_.text(), ::testing::HasSubstr("task.failed"));
}

TEST_F(TaskDispatcherTest, InterruptedRunRepeatsWithItsPayloadAfterARestart) {
  start();
  must(crm_->tasks().schedule(kPlugin, "a", 0, "payload"));
  const Begun lost = run(0);
  dispatcher_.reset();
  lost.done(Code::ok);  // too late: the dispatcher is gone
  reopen();
  start();
  EXPECT_EQ(run(1).payload, "payload");
  EXPECT_GT(run(1).fence, lost.fence);
}

}  // namespace
}  // namespace host::test
