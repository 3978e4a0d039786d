#include "src/host/program/maintenance.hpp"

namespace host {
namespace {

// After a failure, such as a full disk or a long transaction.
constexpr auto kRetry = std::chrono::minutes(10);

}  // namespace

Maintenance::Maintenance(Crm& crm, mail::Mail& mail, std::chrono::milliseconds interval)
    : crm_(crm), mail_(mail), interval_(interval), thread_([this] { work(); }) {}

Maintenance::~Maintenance() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Maintenance::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    auto purged = crm_.appointment_feed().purge();
    if (purged) purged = mail_.purge();
    if (!purged)
      crm_.log().warning("upkeep.failed",
                         gcal::base::Json::object({{"why", purged.error().message}}));
    lock.lock();
    wake_.wait_for(lock,
                   purged ? interval_ : std::min<std::chrono::milliseconds>(interval_, kRetry),
                   [&] { return stopping_; });
  }
}

}  // namespace host
