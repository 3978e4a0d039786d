#include "tests/unit/engine/store/store_database.hpp"

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "tests/support/postgres_server.hpp"

namespace gcal::support {

StoreDatabase::StoreDatabase() {
  auto opened = [this]() -> Result<std::unique_ptr<hosting::Database>> {
    if (!tests_use_postgres()) {
      folder_ = std::make_unique<TemporaryFolder>();
      return hosting::Database::open(folder_->path() / "plugin.sqlite");
    }
    PostgresServer& server = PostgresServer::get();
    hosting::PostgresPlace place;
    place.url = server.url(server.new_database());
    TRY(const auto host, hosting::Database::open(place));
    return host->open_plugin({}, "com.example.store");
  }();
  if (!opened) throw std::runtime_error(opened.error().message);
  database_ = *std::move(opened);
}

StoreDatabase::~StoreDatabase() {
  database_.reset();  // before its folder goes
}

std::uint64_t journal_seeds(std::uint64_t all) {
  const char* const wanted = std::getenv("JOURNAL_SEEDS");
  if (!wanted) return all;
  const std::uint64_t seeds = std::strtoull(wanted, nullptr, 10);
  if (seeds == 0) throw std::runtime_error("JOURNAL_SEEDS is a number above 0");
  return seeds;
}

}  // namespace gcal::support
