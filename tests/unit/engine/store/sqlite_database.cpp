#include "tests/unit/engine/store/sqlite_database.hpp"

#include <stdexcept>

namespace gcal::support {

SqliteDatabase::SqliteDatabase(const std::filesystem::path& parent) : folder_(parent) {
  auto opened = hosting::Database::open(folder_.path() / "plugin.sqlite");
  if (!opened) throw std::runtime_error(opened.error().message);
  database_ = *std::move(opened);
}

SqliteDatabase::~SqliteDatabase() {
  database_.reset();  // before its folder goes
}

}  // namespace gcal::support
