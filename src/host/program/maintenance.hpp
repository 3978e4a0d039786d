// Daily maintenance of the CRM: deletes what is older than the feeds remember, and old mail. Used
// by main. It must never delay the end of the program.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "src/host/crm/crm.hpp"
#include "src/host/mail/mail.hpp"

namespace host {

class Maintenance {
 public:
  // Runs at once and then after each interval, on a thread of its own. crm and mail outlive the
  // object.
  Maintenance(Crm& crm, mail::Mail& mail,
              std::chrono::milliseconds interval = std::chrono::hours(24));
  ~Maintenance();
  Maintenance(const Maintenance&) = delete;
  Maintenance& operator=(const Maintenance&) = delete;

 private:
  void work();

  Crm& crm_;
  mail::Mail& mail_;
  const std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace host
