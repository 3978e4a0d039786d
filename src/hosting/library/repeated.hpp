// Work that is done again and again, on a thread of its own. Used by Hosting and by crm_host.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace hosting {

// Does the work at once, and then after each interval.
class Repeated {
 public:
  // work: does not throw.
  Repeated(std::chrono::milliseconds interval, std::function<void()> work);
  ~Repeated();  // waits for the work that is under way
  Repeated(const Repeated&) = delete;
  Repeated& operator=(const Repeated&) = delete;

 private:
  void run(std::chrono::milliseconds interval);

  std::function<void()> work_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace hosting
