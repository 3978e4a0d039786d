// The one thread that delivers mail, at most so many messages a minute, and reports lost grants.
// Created by main after the mailer, ended before it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "src/host/mail/mail.hpp"
#include "src/hosting/services/change_bus.hpp"

namespace host::mail {

inline constexpr std::size_t kMessagesPerMinute = 60;

// When the next message may leave, given when the last ones did; both on the monotonic clock. Pure
// but for the memory of `sent`, of which it drops what is older than a minute.
std::chrono::milliseconds pause_before_next(std::deque<std::chrono::milliseconds>& sent,
                                            std::chrono::milliseconds now, std::size_t per_minute);

class MailThread {
 public:
  MailThread(Crm& crm, Mail& mail, std::size_t per_minute = kMessagesPerMinute);
  // Waits for a message that is being handed over, at most two minutes; ends other attempts.
  ~MailThread();
  MailThread(const MailThread&) = delete;
  MailThread& operator=(const MailThread&) = delete;

 private:
  void work();
  std::chrono::milliseconds time_to_next() const;
  void wake();

  Crm& crm_;
  Mail& mail_;
  const std::size_t per_minute_;
  std::deque<std::chrono::milliseconds> sent_;
  std::mutex mutex_;
  std::condition_variable condition_;
  bool stopping_ = false, woken_ = false;
  hosting::ChangeBus::Subscription accounts_;
  std::thread thread_;
};

}  // namespace host::mail
