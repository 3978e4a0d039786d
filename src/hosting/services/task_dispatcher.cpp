#include "src/hosting/services/task_dispatcher.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <utility>

namespace hosting {
namespace {

using gcal::Code;
using gcal::base::Json;
using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{1000}, kLongestPause{5 * 60 * 1000};
constexpr milliseconds kLongestWish{24 * 60 * 60 * 1000};
// The wall clock may be stepped while nothing wakes us, so never sleep longer than this.
constexpr milliseconds kLongestSleep{30 * 1000};
constexpr milliseconds kStorageRetry{1000};

bool runs_again(Code code) {
  return code == Code::unavailable || code == Code::timeout || code == Code::cancelled ||
         code == Code::gone;
}

}  // namespace

struct TaskDispatcher::State {
  State(Tasks& t, const gcal::base::Clock& c, gcal::base::Log& l, Run r)
      : tasks(t), clock(c), log(l), run(std::move(r)) {}

  struct Ended {
    DueTask task;
    RunEnd run;
  };

  Tasks& tasks;  // used by the loop only, so that a late Done touches nothing that may be gone
  const gcal::base::Clock& clock;
  gcal::base::Log& log;
  const Run run;

  std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false, woken = false;
  std::int64_t looks_at = 0;  // while it sleeps: when it looks again, in ms since 1970
  std::deque<Ended> ended;    // answered, not yet stored

  // A task of this time was stored. A later one than that for which the loop wakes anyway is found
  // then.
  void notify(std::int64_t at_ms) {
    {
      const std::lock_guard lock(mutex);
      // The clock may have been set since the loop fell asleep.
      const bool is_later =
          looks_at > 0 && at_ms >= looks_at && at_ms > clock.now().time_since_epoch().count();
      if (is_later) return;
      woken = true;
    }
    wake.notify_all();
  }
  void done(const DueTask& task, const RunEnd& run_end) {
    {
      const std::lock_guard lock(mutex);
      if (stopping) return;  // due again at the next start
      ended.push_back({task, run_end});
    }
    wake.notify_all();
  }

  Result<> store(const Ended& end) {
    std::optional<std::int64_t> retry_at;
    const Code code = end.run.code;
    if (runs_again(code)) {
      const auto failures =
          std::min<std::uint32_t>(tasks.failures(end.task.plugin, end.task.key), 20);
      const milliseconds pause =
          end.run.retry_after.count() > 0
              ? std::min(kLongestWish, end.run.retry_after)
              : std::min(kLongestPause, kFirstPause * (std::int64_t{1} << failures));
      retry_at.emplace((clock.now() + pause).time_since_epoch().count());
    } else if (code != Code::ok) {
      log.error("task.failed", Json::object({{"plugin", end.task.plugin},
                                             {"key", end.task.key},
                                             {"status", static_cast<std::int64_t>(code)}}));
    }
    TRY_VOID(tasks.finished(end.task, retry_at));
    if (code != Code::gone) return {};
    log.info("tasks.rest", Json::object({{"plugin", end.task.plugin}}));
    return tasks.rest(end.task);
  }

  // Stores what ended; false when the storage refused: the answers are kept and tried again.
  bool store_ended() {
    while (true) {
      std::optional<Ended> next;
      {
        const std::lock_guard lock(mutex);
        if (ended.empty()) return true;
        next = std::move(ended.front());
        ended.pop_front();
      }
      if (auto stored = store(*next); !stored) {
        log.error("task.not_stored", Json::object({{"plugin", next->task.plugin},
                                                   {"key", next->task.key},
                                                   {"error", stored.error().message}}));
        const std::lock_guard lock(mutex);
        ended.push_front(*std::move(next));
        return false;
      }
    }
  }

  // Begins one due task; how long to sleep when there is none.
  std::optional<milliseconds> begin_one(const std::shared_ptr<State>& self) {
    std::optional<std::int64_t> next;
    auto taken = tasks.take_due(&next);
    if (!taken) {
      log.error("task.not_taken", Json::object({{"error", taken.error().message}}));
      return kStorageRetry;
    }
    if (*taken) {
      DueTask task = **taken;
      task.wakes = tasks.wakes_of(task.plugin);
      run(task.plugin, task.key, task.payload, task.fence,
          [self, task, once = std::make_shared<std::atomic_flag>()](const RunEnd& end) {
            if (!once->test_and_set()) self->done(task, end);
          });
      return std::nullopt;
    }
    if (!next) return kLongestSleep;
    const milliseconds until{*next - clock.now().time_since_epoch().count()};
    return std::clamp(until, milliseconds{1}, kLongestSleep);
  }
};

TaskDispatcher::TaskDispatcher(Tasks& tasks, const gcal::base::Clock& clock, gcal::base::Log& log,
                               Run run)
    : state_(std::make_shared<State>(tasks, clock, log, std::move(run))) {}

TaskDispatcher::~TaskDispatcher() {
  stop();
}

Result<> TaskDispatcher::start() {
  TRY_VOID(state_->tasks.recover());
  state_->tasks.on_schedule([state = state_](std::int64_t at_ms) { state->notify(at_ms); });
  thread_ = std::thread([this] { loop(); });
  return {};
}

void TaskDispatcher::stop() {
  if (!thread_.joinable()) return;
  state_->tasks.on_schedule(nullptr);
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  thread_.join();
  state_->store_ended();  // what was answered before stop; a refused one is due again at the next
                          // start
}

void TaskDispatcher::wake() {
  state_->notify(0);
}

void TaskDispatcher::loop() {
  State& state = *state_;
  while (true) {
    {
      const std::lock_guard lock(state.mutex);
      if (state.stopping) return;
      state.woken = false;
    }
    const bool stored = state.store_ended();
    auto sleep = state.begin_one(state_);
    if (!sleep) continue;
    if (!stored) sleep = std::min(*sleep, kStorageRetry);
    std::unique_lock lock(state.mutex);
    state.looks_at = (state.clock.now() + *sleep).time_since_epoch().count();
    state.wake.wait_for(lock, *sleep, [&] {
      return state.stopping || state.woken || (stored && !state.ended.empty());
    });
    state.looks_at = 0;
  }
}

}  // namespace hosting
