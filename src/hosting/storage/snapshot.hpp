// Copies of database files, all of one moment, taken beside the programs that write them. Used by
// the host's backup. It must never copy what a transaction that is open may still change, nor let a
// writer wait.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "src/common/base/result.hpp"

namespace hosting {

struct SnapshotFile {
  std::filesystem::path from, to;  // `to` does not exist yet
};

// Each copy holds what was committed by that moment, in one file without a log beside it, for this
// user only; no writer waits. The copies are on their way to the disk: the caller has to wait for
// it (fsync). Answers the digest of each, as digest_of_copy computes it. unavailable: a file cannot
// be read or written, or commits left no moment between them for half a minute. What was copied by
// then stays.
gcal::Result<std::vector<std::string>> copy_databases(const std::vector<SnapshotFile>& files);

// SHA-256 in lower-case hex of the file, its first page after all others: it is written last.
gcal::Result<std::string> digest_of_copy(const std::filesystem::path& file);

// Is the file a whole database? internal: names the first damage.
gcal::Result<> check_database(const std::filesystem::path& file);

}  // namespace hosting
