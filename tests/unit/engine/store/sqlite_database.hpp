// store::Database over the reference host's SQLite file, without the C contract in between. Used by
// the journal's tests, the simulation and bench_sync. Blocks, like every store::Database.
#pragma once

#include <filesystem>
#include <memory>

#include "src/engine/store/database.hpp"
#include "src/hosting/storage/sqlite_database.hpp"

namespace gcal::support {

class SqliteDatabase final : public store::Database {
 public:
  // In a folder of its own inside `parent`.
  explicit SqliteDatabase(
      const std::filesystem::path& parent = std::filesystem::temp_directory_path());
  ~SqliteDatabase() override;

  // What a process that dies now leaves behind, and a process that starts with it.
  void copy_as_left();
  void reopen_copy();

  int conflicts_to_come = 0;  // so many transactions do their work and then fail with conflict

 private:
  Result<> once(store::Mode mode, std::int64_t fence, const Work& work) override;

  std::filesystem::path file() const;
  void open();

  std::filesystem::path folder_;
  int process_ = 0;  // each has a file of its own
  std::unique_ptr<hosting::Database> database_;
};

}  // namespace gcal::support
