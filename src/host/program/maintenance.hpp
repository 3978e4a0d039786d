// The work that nobody asks for: once a day what is too old is forgotten. Used by main.
// It must never keep the program from ending.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "src/host/crm/crm.hpp"

namespace host {

class Maintenance {
 public:
  // Works at once and then after each interval, on a thread of its own. crm outlives the object.
  explicit Maintenance(Crm& crm, std::chrono::milliseconds interval = std::chrono::hours(24));
  ~Maintenance();
  Maintenance(const Maintenance&) = delete;
  Maintenance& operator=(const Maintenance&) = delete;

 private:
  void work();

  Crm& crm_;
  const std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace host
