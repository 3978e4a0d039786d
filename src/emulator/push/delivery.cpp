#include "src/emulator/push/delivery.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "src/common/net/url.hpp"
#include "src/emulator/push/push.hpp"

namespace emulator {
namespace {

using Steady = std::chrono::steady_clock;
constexpr int kMaxAttempts = 6;  // 0.5 s, 1 s, 2 s, 4 s, 8 s between them

std::size_t discard(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

// The HTTP status; 0 when no response came.
long post(CURL* curl, const Push& push) {
  curl_easy_reset(curl);
  curl_slist* headers = nullptr;
  for (const auto& [name, value] : push.headers)
    headers = curl_slist_append(headers, (name + ": " + value).c_str());
  headers = curl_slist_append(headers, "Content-Type:");
  headers = curl_slist_append(headers, "Expect:");
  curl_easy_setopt(curl, CURLOPT_URL, push.address.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, 0L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 5'000L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, discard);
  const auto url = gcal::net::parse_url(push.address);
  if (url && gcal::net::is_loopback(*url)) {  // a test receiver may have any certificate
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  long status = 0;
  if (curl_easy_perform(curl) == CURLE_OK) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_slist_free_all(headers);
  return status;
}

}  // namespace

struct Delivery::Impl {
  struct Delayed {
    Steady::time_point due;
    Push push;
  };

  explicit Impl(PushQueue& pushes) : queue(pushes) {}

  PushQueue& queue;
  std::mutex mutex;
  std::condition_variable wake;
  bool pending = false, stopping = false;
  std::uint64_t attempted = 0;  // all notifications up to this number
  std::multimap<std::uint64_t, std::function<void()>> waiting;  // for the attempt of this number
  std::deque<Delayed> delayed;                                  // of the sending thread
  std::thread thread;

  void report_attempt(std::uint64_t push) {
    std::multimap<std::uint64_t, std::function<void()>> ready;
    {
      const std::lock_guard lock(mutex);
      attempted = std::max(attempted, push);
      while (!waiting.empty() && waiting.begin()->first <= attempted)
        ready.insert(waiting.extract(waiting.begin()));
    }
    for (const auto& [number, callback] : ready) callback();
  }

  void delay(Push push, std::chrono::milliseconds time) {
    delayed.push_back({Steady::now() + time, std::move(push)});
  }

  // False when the delivery ends.
  bool wait_for_work() {
    // The queue is asked before our lock is taken: it calls its listener under its own lock.
    std::optional<Steady::time_point> next;
    if (const auto left = queue.next_push())
      next = Steady::now() + std::chrono::milliseconds{*left};
    for (const Delayed& one : delayed) next = next ? std::min(*next, one.due) : one.due;
    std::unique_lock lock(mutex);
    const auto ready = [&] { return pending || stopping; };
    if (next)
      wake.wait_until(lock, *next, ready);
    else
      wake.wait(lock, ready);
    pending = false;
    return !stopping;
  }

  std::deque<Push> take_work() {
    std::deque<Push> now = queue.take_pushes();
    for (auto at = delayed.begin(); at != delayed.end();) {
      if (at->due > Steady::now()) {
        ++at;
        continue;
      }
      now.push_back(std::move(at->push));
      at = delayed.erase(at);
    }
    return now;
  }

  void send(CURL* curl, Push push) {
    const std::uint64_t number = push.number;
    if (push.delay_ms > 0) {
      const std::chrono::milliseconds time{std::exchange(push.delay_ms, 0)};
      delay(std::move(push), time);
      report_attempt(number);
      return;
    }
    const long status = post(curl, push);
    report_attempt(number);
    const bool again =
        status == 0 || status == 500 || status == 502 || status == 503 || status == 504;
    if (!again || ++push.attempt >= kMaxAttempts) return;
    const std::chrono::milliseconds backoff{250 << push.attempt};
    delay(std::move(push), backoff);
  }

  void run() {
    CURL* curl = curl_easy_init();
    while (curl && wait_for_work())
      for (Push& push : take_work()) send(curl, std::move(push));
    if (curl) curl_easy_cleanup(curl);
  }
};

Delivery::Delivery(PushQueue& queue) : impl_(std::make_unique<Impl>(queue)) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  queue.set_push_listener([impl = impl_.get()] {
    const std::lock_guard lock(impl->mutex);
    impl->pending = true;
    impl->wake.notify_one();
  });
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

void Delivery::after_attempt(std::uint64_t push, std::function<void()> callback) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (push > impl_->attempted) {
      impl_->waiting.emplace(push, std::move(callback));
      return;
    }
  }
  callback();
}

Delivery::~Delivery() {
  impl_->queue.set_push_listener(nullptr);
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  impl_->thread.join();
}

}  // namespace emulator
