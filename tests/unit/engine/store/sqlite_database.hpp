// store::Database over the reference host's SQLite file, without the C contract in between. Used by
// the journal's tests and by bench_sync. Blocks, like every store::Database.
#pragma once

#include <filesystem>
#include <memory>

#include "src/engine/store/database.hpp"
#include "src/hosting/storage/sqlite_database.hpp"

namespace gcal::support {

class SqliteDatabase final : public store::Database {
 public:
  SqliteDatabase();
  ~SqliteDatabase() override;

  int conflicts_to_come = 0;  // so many transactions do their work and then fail with conflict

 private:
  Result<> once(store::Mode mode, std::int64_t fence, const Work& work) override;

  std::filesystem::path folder_;
  std::unique_ptr<hosting::Database> database_;
};

}  // namespace gcal::support
