#include "src/hosting/library/restore_guard.hpp"

#include <fstream>
#include <system_error>

namespace hosting {

using gcal::Result;
using gcal::base::Json;

Result<std::unique_ptr<RestoreGuard>> RestoreGuard::start(std::filesystem::path file, Feeds feeds,
                                                          std::chrono::milliseconds interval,
                                                          gcal::base::Log& log) {
  std::unique_ptr<RestoreGuard> guard(new RestoreGuard(std::move(file), std::move(feeds), log));
  TRY_VOID(guard->compare());
  guard->remembering_.emplace(interval, [guard = guard.get()] { guard->remember(); });
  return guard;
}

RestoreGuard::~RestoreGuard() {
  if (!remembering_) return;
  remembering_.reset();
  remember();
}

Result<> RestoreGuard::compare() {
  TRY(const FeedMark now, feeds_.present());
  FeedMark before;
  std::ifstream(file_) >> before.epoch >> before.seq;
  // Another epoch: cursors of before are foreign already.
  if (before.epoch != now.epoch || before.seq <= now.seq) return {};
  log_.warning("restore.noticed", Json::object({{"was", before.seq}, {"is", now.seq}}));
  return feeds_.begin_epoch();
}

void RestoreGuard::remember() {
  const auto now = feeds_.present();
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

}  // namespace hosting
