#include "src/host/mail/mail_thread.hpp"

#include <algorithm>

namespace host::mail {
namespace {

using std::chrono::milliseconds;

// Something may become due without a notice, such as a clock that was set.
constexpr milliseconds kLongestSleep{60'000}, kAfterFault{10'000};

}  // namespace

milliseconds pause_before_next(std::deque<milliseconds>& sent, milliseconds now,
                               std::size_t per_minute) {
  constexpr milliseconds kMinute{60'000};
  while (!sent.empty() && sent.front() + kMinute <= now) sent.pop_front();
  if (sent.size() < per_minute) return milliseconds(0);
  return sent.front() + kMinute - now;
}

MailThread::MailThread(Crm& crm, Mail& mail, std::size_t per_minute)
    : crm_(crm), mail_(mail), per_minute_(per_minute) {
  mail_.on_change([this] { wake(); });
  accounts_ = crm.bus().subscribe([this](const hosting::Change& change) {
    if (change.kind != hosting::Change::Kind::account) return;
    if (const auto reported = mail_.report_lost_grant(change.id); !reported)
      crm_.log().warning("mail.report_failed", Json::object({{"why", reported.error().message}}));
  });
  thread_ = std::thread([this] { work(); });
}

MailThread::~MailThread() {
  accounts_ = {};
  mail_.on_change({});
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  condition_.notify_all();
  mail_.stop();
  thread_.join();
}

void MailThread::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  condition_.notify_all();
}

milliseconds MailThread::time_to_next() const {
  const auto next = mail_.next_at();
  if (!next) return kAfterFault;
  if (!*next) return kLongestSleep;
  // A message that is due but may not leave yet, such as behind an older one, is looked for again
  // after a second.
  return std::clamp(milliseconds(**next - mail_.now()), milliseconds(1'000), kLongestSleep);
}

void MailThread::work() {
  if (const auto reported = mail_.report_lost_grants(); !reported)
    crm_.log().warning("mail.report_failed", Json::object({{"why", reported.error().message}}));
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    const milliseconds pause = pause_before_next(sent_, crm_.clock().monotonic(), per_minute_);
    milliseconds sleep = pause;
    if (pause.count() == 0) {
      const auto delivered = mail_.deliver_one();
      if (!delivered)
        crm_.log().warning("mail.failed", Json::object({{"why", delivered.error().message}}));
      if (delivered && *delivered) sent_.push_back(crm_.clock().monotonic());
      sleep = !delivered ? kAfterFault : *delivered ? milliseconds(0) : time_to_next();
    }
    lock.lock();
    if (sleep.count() > 0) condition_.wait_for(lock, sleep, [this] { return stopping_ || woken_; });
  }
}

}  // namespace host::mail
