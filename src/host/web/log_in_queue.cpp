#include "src/host/web/log_in_queue.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <tuple>
#include <utility>

namespace host {
namespace {

constexpr std::size_t kMaxQuietClients = 10'000;
constexpr int kMostFailures = 8;  // more make no difference
constexpr int kNiceness = 5;      // pages of users who are logged in come first

}  // namespace

LogInQueue::LogInQueue(int threads, std::size_t max_waiting, gcal::base::Log& log)
    : max_waiting_(max_waiting), log_(log) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

LogInQueue::~LogInQueue() {
  stop();
}

void LogInQueue::post(const std::string& client, bool known_device, LogInJob job) {
  LogInJob loser;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    clients_[{!known_device, client}].waiting.push_back(std::move(job));
    ++waiting_;
    if (waiting_ > max_waiting_) loser = longest_loses();
  }
  wake_.notify_one();
  if (loser.refuse) loser.refuse();
}

LogInJob LogInQueue::longest_loses() {
  const auto longest = std::ranges::max_element(clients_, {}, [](const auto& entry) {
    return std::pair(entry.second.waiting.size(), entry.second.failures);
  });
  LogInJob loser = std::move(longest->second.waiting.back());
  longest->second.waiting.pop_back();
  --waiting_;
  return loser;
}

LogInQueue::Clients::iterator LogInQueue::next() {
  auto best = clients_.end();
  const auto rank = [](const Clients::value_type& entry) {
    return std::tuple(entry.first.first, std::min(entry.second.failures, kMostFailures),
                      entry.second.served);
  };
  for (auto it = clients_.begin(); it != clients_.end(); ++it)
    if (!it->second.waiting.empty() && (best == clients_.end() || rank(*it) < rank(*best)))
      best = it;
  return best;
}

void LogInQueue::forget_quiet_clients() {
  if (clients_.size() < kMaxQuietClients) return;
  std::erase_if(clients_, [this](const auto& entry) {
    return entry.second.waiting.empty() && served_ - entry.second.served > kMaxQuietClients / 2;
  });
}

void LogInQueue::stop() {
  Clients dropped;  // destroyed without the lock: a job may own an answer that reports its end
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(clients_);
    waiting_ = 0;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void LogInQueue::work() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness);
  for (;;) {
    LogInJob job;
    std::pair<bool, std::string> client;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopped_ || waiting_ > 0; });
      if (stopped_) return;
      const auto chosen = next();
      client = chosen->first;
      job = std::move(chosen->second.waiting.front());
      chosen->second.waiting.pop_front();
      chosen->second.served = ++served_;
      --waiting_;
    }
    bool succeeded = false;
    try {
      succeeded = job.run();
    } catch (const std::exception& defect) {
      log_.error("web.defect", gcal::base::Json::object({{"what", defect.what()}}));
    }
    job = {};  // answers, if it did not
    const std::lock_guard lock(mutex_);
    if (const auto known = clients_.find(client); known != clients_.end()) {
      int& failures = known->second.failures;
      failures = succeeded ? failures / 2 : std::min(failures + 1, 2 * kMostFailures);
    }
    forget_quiet_clients();
  }
}

}  // namespace host
