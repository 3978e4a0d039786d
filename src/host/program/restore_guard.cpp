#include "src/host/program/restore_guard.hpp"

#include <chrono>
#include <fstream>

#include "src/common/base/id.hpp"
#include "src/hosting/services/change_feed.hpp"
#include "src/hosting/services/connection_transaction.hpp"
#include "src/hosting/services/feed.hpp"

namespace host {

Result<> begin_epoch(Connection& c, std::string_view epoch) {
  return c.run(
      "INSERT INTO meta VALUES ('epoch', ?1) ON CONFLICT(key) DO UPDATE SET value=excluded.value",
      epoch);
}

Result<std::unique_ptr<RestoreGuard>> RestoreGuard::start(Crm& crm) {
  std::unique_ptr<RestoreGuard> guard(new RestoreGuard(crm));
  TRY_VOID(guard->compare());
  guard->thread_ = std::thread([guard = guard.get()] { guard->work(); });
  return guard;
}

RestoreGuard::~RestoreGuard() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<RestoreGuard::Mark> RestoreGuard::present() const {
  return crm_.database().read([](Connection& c) -> Result<Mark> {
    Mark mark;
    // Of the mails, and of appointments and records.
    TRY(mark.seq, hosting::current_seq(c));
    hosting::ConnectionTransaction transaction(c);
    TRY(const std::int64_t changes, hosting::ChangeFeed::counter(transaction));
    mark.seq += changes;
    TRY(const auto epoch, c.text("SELECT value FROM meta WHERE key='epoch'"));
    mark.epoch = epoch.value_or("");
    return mark;
  });
}

RestoreGuard::Mark RestoreGuard::remembered() const {
  Mark mark;
  std::ifstream(file_) >> mark.epoch >> mark.seq;
  return mark;
}

Result<> RestoreGuard::compare() {
  TRY(const Mark now, present());
  const Mark before = remembered();
  // Another epoch: cursors of before are foreign already.
  if (before.epoch == now.epoch && before.seq > now.seq) {
    crm_.log().warning("restore.noticed", Json::object({{"was", before.seq}, {"is", now.seq}}));
    TRY_VOID(crm_.database().write([this](Connection& c) -> Result<> {
      const std::string epoch = gcal::base::new_id(crm_.random());
      TRY_VOID(begin_epoch(c, epoch));
      hosting::ConnectionTransaction transaction(c);
      return hosting::ChangeFeed::begin_epoch(transaction, epoch);
    }));
  }
  remember();
  return {};
}

void RestoreGuard::remember() {
  const auto now = present();
  if (!now || *now == written_) return;
  // Renamed into place, so that a crash leaves the old mark or the new one. Not synced: an older
  // mark only notices less.
  const std::filesystem::path draft = file_.string() + ".new";
  std::ofstream stream(draft);
  stream << now->epoch << " " << now->seq << "\n";
  stream.close();
  std::error_code failure;
  if (stream) std::filesystem::rename(draft, file_, failure);
  if (stream && !failure) written_ = *now;
}

void RestoreGuard::work() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; })) {
    lock.unlock();
    remember();
    lock.lock();
  }
  remember();
}

}  // namespace host
