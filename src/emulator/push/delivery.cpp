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

#include "src/emulator/api/emulator.hpp"

namespace emulator {
namespace {

using Steady = std::chrono::steady_clock;
constexpr int kMaxAttempts = 6;  // 0.5 s, 1 s, 2 s, 4 s, 8 s between them

std::size_t swallow(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

// The HTTP status, 0 when nobody answered.
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
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
  const auto url = gcal::net::parse_url(push.address);
  if (url && gcal::net::is_loopback(*url)) {  // a test's own certificate is fine on this machine
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
  struct Late {
    Steady::time_point due;
    Push push;
  };

  explicit Impl(Emulator& owner) : emulator(owner) {}

  Emulator& emulator;
  std::mutex mutex;
  std::condition_variable wake;
  bool pending = false, stopping = false;
  std::uint64_t tried = 0;  // all messages up to this one
  std::multimap<std::uint64_t, std::function<void()>> waiting;
  std::thread thread;

  void was_tried(std::uint64_t push) {
    std::multimap<std::uint64_t, std::function<void()>> due;
    {
      const std::lock_guard lock(mutex);
      tried = std::max(tried, push);
      while (!waiting.empty() && waiting.begin()->first <= tried)
        due.insert(waiting.extract(waiting.begin()));
    }
    for (const auto& [number, act] : due) act();
  }

  void run() {
    CURL* curl = curl_easy_init();
    std::deque<Late> late;
    while (curl) {
      // The emulator is asked before our own lock is taken: it calls on_push under its lock.
      std::optional<Steady::time_point> next;
      if (const auto left = emulator.next_push())
        next = Steady::now() + std::chrono::milliseconds{*left};
      for (const Late& one : late) next = next ? std::min(*next, one.due) : one.due;
      {
        std::unique_lock lock(mutex);
        const auto ready = [&] { return pending || stopping; };
        if (next)
          wake.wait_until(lock, *next, ready);
        else
          wake.wait(lock, ready);
        if (stopping) break;
        pending = false;
      }
      std::deque<Push> now = emulator.take_pushes();
      for (auto at = late.begin(); at != late.end();) {
        if (at->due > Steady::now()) {
          ++at;
          continue;
        }
        now.push_back(std::move(at->push));
        at = late.erase(at);
      }
      for (Push& push : now) {
        if (push.delay_ms > 0) {
          const std::uint64_t number = push.number;
          late.push_back(
              {Steady::now() + std::chrono::milliseconds{std::exchange(push.delay_ms, 0)},
               std::move(push)});
          was_tried(number);
          continue;
        }
        const long status = post(curl, push);
        was_tried(push.number);
        const bool again =
            status == 0 || status == 500 || status == 502 || status == 503 || status == 504;
        if (again && ++push.attempt < kMaxAttempts)
          late.push_back(
              {Steady::now() + std::chrono::milliseconds{250 << push.attempt}, std::move(push)});
      }
    }
    if (curl) curl_easy_cleanup(curl);
  }
};

Delivery::Delivery(Emulator& emulator) : impl_(std::make_unique<Impl>(emulator)) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  emulator.on_push = [impl = impl_.get()] {
    const std::lock_guard lock(impl->mutex);
    impl->pending = true;
    impl->wake.notify_one();
  };
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

void Delivery::when_tried(std::uint64_t push, std::function<void()> act) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (push > impl_->tried) {
      impl_->waiting.emplace(push, std::move(act));
      return;
    }
  }
  act();
}

Delivery::~Delivery() {
  impl_->emulator.on_push = nullptr;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  impl_->thread.join();
}

}  // namespace emulator
