#include "src/hosting/storage/snapshot.hpp"

#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

namespace hosting {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;

// A writer that comes meanwhile waits no longer than this for all locks together.
constexpr int kLockMs = 50;
constexpr std::chrono::milliseconds kPause{20}, kGiveUp{30'000};
constexpr int kPagesAtOnce = 256;

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

Error failed(const std::filesystem::path& file, sqlite3* database) {
  return {Code::unavailable, file.string() + ": " + sqlite3_errmsg(database), {}};
}

Result<Handle> open(const std::filesystem::path& file, int flags) {
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &database, flags, nullptr);
  Handle handle(database);
  if (code != SQLITE_OK) return failed(file, database);
  return handle;
}

bool run(const Handle& handle, const char* sql) {
  return sqlite3_exec(handle.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

// Keeps writers out of all files, begins a snapshot of each, and lets the writers in again. false:
// a writer was at work.
Result<bool> begin_together(const std::vector<SnapshotFile>& files,
                            const std::vector<Handle>& readers) {
  std::vector<Handle> locks;  // closing one ends its transaction
  for (const SnapshotFile& file : files) {
    TRY(Handle lock, open(file.from, SQLITE_OPEN_READWRITE));
    sqlite3_busy_timeout(lock.get(), kLockMs);
    const int code = sqlite3_exec(lock.get(), "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    if (code == SQLITE_BUSY) return false;
    if (code != SQLITE_OK) return failed(file.from, lock.get());
    locks.push_back(std::move(lock));
  }
  for (std::size_t i = 0; i < files.size(); ++i)
    if (!run(readers[i], "BEGIN; SELECT count(*) FROM sqlite_schema"))
      return failed(files[i].from, readers[i].get());
  return true;
}

Result<> copy(const SnapshotFile& file, sqlite3* reader) {
  TRY(const Handle target, open(file.to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", reader, "main");
  if (!backup) return failed(file.to, target.get());
  int code = SQLITE_OK;
  while (code == SQLITE_OK) code = sqlite3_backup_step(backup, kPagesAtOnce);
  sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) return failed(file.to, target.get());
  // One file without a log beside it, which may be moved alone.
  if (!run(target, "PRAGMA journal_mode=DELETE")) return failed(file.to, target.get());
  return {};
}

}  // namespace

Result<> copy_databases(const std::vector<SnapshotFile>& files) {
  std::vector<Handle> readers;
  for (const SnapshotFile& file : files) {
    TRY(Handle reader, open(file.from, SQLITE_OPEN_READWRITE));
    readers.push_back(std::move(reader));
  }
  for (const auto end = std::chrono::steady_clock::now() + kGiveUp;;) {
    TRY(const bool begun, begin_together(files, readers));
    if (begun) break;
    if (std::chrono::steady_clock::now() > end)
      return Error{Code::unavailable, "no moment without a writer in half a minute", {}};
    std::this_thread::sleep_for(kPause);
  }
  for (std::size_t i = 0; i < files.size(); ++i) TRY_VOID(copy(files[i], readers[i].get()));
  return {};
}

Result<> check_database(const std::filesystem::path& file) {
  TRY(const Handle database, open(file, SQLITE_OPEN_READWRITE));
  std::string answer;
  const auto take = [](void* out, int, char** values, char**) {
    auto& text = *static_cast<std::string*>(out);
    if (text.empty() && values[0]) text = values[0];
    return 0;
  };
  const int code =
      sqlite3_exec(database.get(), "PRAGMA integrity_check(1)", take, &answer, nullptr);
  if (code != SQLITE_OK) answer = sqlite3_errmsg(database.get());
  if (answer != "ok") return Error{Code::internal, file.string() + ": " + answer, {}};
  return {};
}

}  // namespace hosting
