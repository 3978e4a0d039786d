// store::Database over the reference host's SQLite file. Used by the journal's tests, the
// simulation and bench_sync.
#pragma once

#include <filesystem>

#include "tests/unit/engine/store/hosted_database.hpp"

namespace gcal::support {

class SqliteDatabase final : public HostedDatabase {
 public:
  // In a folder of its own inside `parent`.
  explicit SqliteDatabase(
      const std::filesystem::path& parent = std::filesystem::temp_directory_path());
  ~SqliteDatabase() override;

  // What a process that dies now leaves behind, and a process that starts with it.
  void copy_as_left();
  void reopen_copy();

 private:
  std::filesystem::path file() const;
  void open();

  std::filesystem::path folder_;
  int process_ = 0;  // each has a file of its own
};

}  // namespace gcal::support
