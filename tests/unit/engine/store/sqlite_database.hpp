// store::Database over the reference host's SQLite file. Used by the journal's tests and
// bench_sync.
#pragma once

#include <filesystem>

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/engine/store/hosted_database.hpp"

namespace gcal::support {

class SqliteDatabase final : public HostedDatabase {
 public:
  // In a folder of its own inside `parent`.
  explicit SqliteDatabase(
      const std::filesystem::path& parent = std::filesystem::temp_directory_path());
  ~SqliteDatabase() override;

 private:
  TemporaryFolder folder_;
};

}  // namespace gcal::support
