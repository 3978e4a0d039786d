#include "src/hosting/storage/snapshot.hpp"

#include <sqlite3.h>

#include <array>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "src/common/base/file_hash.hpp"
#include "src/hosting/storage/gathered_file.hpp"

namespace hosting {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;

// SQLite locks a file alone for moments, such as after a crash.
constexpr int kLockMs = 5'000;
constexpr std::chrono::milliseconds kPause{1};
constexpr std::chrono::seconds kGiveUp{30};
constexpr int kPagesAtOnce = 256;

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

// Two connections to a file: one that will hold the snapshot, and one that sees later commits.
struct Source {
  Handle reader, witness;
};

Error failed(const std::filesystem::path& file, sqlite3* database) {
  return {Code::unavailable, file.string() + ": " + sqlite3_errmsg(database), {}};
}

Result<Handle> open(const std::filesystem::path& file, int flags,
                    const char* file_system = nullptr) {
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &database, flags, file_system);
  Handle handle(database);
  if (code != SQLITE_OK) return failed(file, database);
  sqlite3_busy_timeout(database, kLockMs);
  return handle;
}

// The first value of the first row, empty without one.
Result<std::string> run(const Handle& handle, const char* sql) {
  std::string answer;
  const auto take = [](void* out, int, char** values, char**) {
    auto& text = *static_cast<std::string*>(out);
    if (text.empty() && values[0]) text = values[0];
    return 0;
  };
  if (sqlite3_exec(handle.get(), sql, take, &answer, nullptr) != SQLITE_OK)
    return failed(sqlite3_db_filename(handle.get(), "main"), handle.get());
  return answer;
}

// Changes with each commit of another connection.
Result<std::vector<std::string>> versions_of(const std::vector<Source>& sources) {
  std::vector<std::string> versions;
  for (const Source& source : sources) {
    TRY(std::string version, run(source.witness, "PRAGMA data_version"));
    versions.push_back(std::move(version));
  }
  return versions;
}

// Begins a snapshot of each file. They show one moment when no commit came in between: then each
// was still the newest state of its file when the last one began. false: a commit came. Rationale:
// to keep writers out of all files meanwhile would let them wait, and beside a host that writes
// without pause there is hardly a moment to begin with that.
Result<bool> begin_together(const std::vector<Source>& sources) {
  TRY(const auto before, versions_of(sources));
  for (const Source& source : sources)
    TRY_VOID(run(source.reader, "BEGIN; SELECT count(*) FROM sqlite_schema"));
  TRY(const auto after, versions_of(sources));
  if (before == after) return true;
  for (const Source& source : sources) TRY_VOID(run(source.reader, "ROLLBACK"));
  return false;
}

// Answers the digest, or nothing when the file has to be read for it.
Result<std::string> copy_pages(const SnapshotFile& file, sqlite3* reader) {
  TRY(const Handle target,
      open(file.to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, gathering_file_system()));
  TRY_VOID(run(target, "PRAGMA journal_mode=OFF"));
  sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", reader, "main");
  if (!backup) return failed(file.to, target.get());
  int code = SQLITE_OK;
  while (code == SQLITE_OK) code = sqlite3_backup_step(backup, kPagesAtOnce);
  sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) return failed(file.to, target.get());
  std::string digest;
  if (sqlite3_file_control(target.get(), "main", kTakeDigest, &digest) != SQLITE_OK)
    return failed(file.to, target.get());
  return digest;
}

// Bytes 16 and 17 of the file (SQLite, Database File Format, 1.3.2).
Result<std::size_t> page_size_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::array<char, 18> head{};
  if (!stream.read(head.data(), head.size()))
    return Error{Code::unavailable, "cannot read " + file.string(), {}};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(head[i]); };
  const std::size_t size = byte(16) * std::size_t{256} + byte(17);
  return size == 1 ? 65'536 : size;
}

}  // namespace

Result<std::string> digest_of_copy(const std::filesystem::path& file) {
  TRY(const std::size_t page_size, page_size_of(file));
  return gcal::base::sha256_of_file(file, page_size);
}

Result<std::vector<std::string>> copy_databases(const std::vector<SnapshotFile>& files) {
  std::vector<Source> sources;
  for (const SnapshotFile& file : files) {
    TRY(Handle reader, open(file.from, SQLITE_OPEN_READWRITE));
    TRY(Handle witness, open(file.from, SQLITE_OPEN_READWRITE));
    sources.push_back({std::move(reader), std::move(witness)});
  }
  for (const auto end = std::chrono::steady_clock::now() + kGiveUp;;) {
    TRY(const bool begun, begin_together(sources));
    if (begun) break;
    if (std::chrono::steady_clock::now() > end)
      return Error{Code::unavailable, "no moment without a commit in half a minute", {}};
    std::this_thread::sleep_for(kPause);
  }
  std::vector<std::string> digests;
  for (std::size_t i = 0; i < files.size(); ++i) {
    TRY(std::string digest, copy_pages(files[i], sources[i].reader.get()));
    sources[i] = {};  // the log of this file may shrink again
    if (digest.empty()) {
      TRY(digest, digest_of_copy(files[i].to));
    }
    digests.push_back(std::move(digest));
  }
  return digests;
}

Result<> check_database(const std::filesystem::path& file) {
  TRY(const Handle database, open(file, SQLITE_OPEN_READWRITE));
  const auto answer = run(database, "PRAGMA integrity_check(1)");
  if (!answer) return Error{Code::internal, answer.error().message, {}};
  if (*answer != "ok") return Error{Code::internal, file.string() + ": " + *answer, {}};
  return {};
}

}  // namespace hosting
