// Copies of database files, all of one moment, taken beside the programs that write them. Used by
// the host's backup. It must never copy a file while it may change, nor hold writers for the length
// of a copy.
#pragma once

#include <filesystem>
#include <vector>

#include "src/common/base/result.hpp"

namespace hosting {

struct SnapshotFile {
  std::filesystem::path from, to;  // `to` does not exist yet
};

// Writers wait while the moment is taken (some milliseconds), not while the copies are written.
// unavailable: a file cannot be read or written, or writers left no moment for half a minute. What
// was copied by then stays.
gcal::Result<> copy_databases(const std::vector<SnapshotFile>& files);

// Is the file a whole database? internal: names the first damage.
gcal::Result<> check_database(const std::filesystem::path& file);

}  // namespace hosting
