// store::Database over the engine that TEST_DATABASE names: a PostgreSQL of the test program's own
// (postgresql), otherwise an SQLite file. Used by the journal's tests.
#pragma once

#include <cstdint>
#include <memory>

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/engine/store/hosted_database.hpp"

namespace gcal::support {

class StoreDatabase final : public HostedDatabase {
 public:
  StoreDatabase();
  ~StoreDatabase() override;

 private:
  std::unique_ptr<TemporaryFolder> folder_;  // of SQLite
};

// How many histories of the journal are played: JOURNAL_SEEDS, or all; on a server each takes
// seconds. Throws std::runtime_error when JOURNAL_SEEDS is no number above 0.
std::uint64_t journal_seeds(std::uint64_t all);

}  // namespace gcal::support
