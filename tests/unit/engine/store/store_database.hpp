// store::Database over the engine that TEST_DATABASE names: a PostgreSQL of the test program's own
// (postgresql), otherwise an SQLite file. Used by the journal's tests.
#pragma once

#include <memory>

#include "tests/unit/engine/store/hosted_database.hpp"

namespace gcal::support {

class StoreDatabase final : public HostedDatabase {
 public:
  StoreDatabase();
  ~StoreDatabase() override;

 private:
  struct Folder;  // of SQLite
  std::unique_ptr<Folder> folder_;
};

}  // namespace gcal::support
