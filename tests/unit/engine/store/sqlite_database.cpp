#include "tests/unit/engine/store/sqlite_database.hpp"

#include <stdlib.h>

#include <stdexcept>

namespace gcal::support {

SqliteDatabase::SqliteDatabase(const std::filesystem::path& parent) {
  std::string name = (parent / "gcal_store_XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("cannot create " + name);
  folder_ = name;
  auto opened = hosting::Database::open(folder_ / "plugin.sqlite");
  if (!opened) throw std::runtime_error(opened.error().message);
  database_ = *std::move(opened);
}

SqliteDatabase::~SqliteDatabase() {
  database_.reset();
  std::error_code ignored;  // a folder that remains in /tmp is no failure of the test
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace gcal::support
