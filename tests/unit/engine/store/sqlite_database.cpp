#include "tests/unit/engine/store/sqlite_database.hpp"

#include <stdlib.h>

#include <stdexcept>

namespace gcal::support {

SqliteDatabase::SqliteDatabase(const std::filesystem::path& parent) {
  std::string name = (parent / "gcal_store_XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("cannot create " + name);
  folder_ = name;
  open();
}

std::filesystem::path SqliteDatabase::file() const {
  return folder_ / ("plugin" + std::to_string(process_) + ".sqlite");
}

void SqliteDatabase::open() {
  auto opened = hosting::Database::open(file());
  if (!opened) throw std::runtime_error(opened.error().message);
  database_ = *std::move(opened);
}

void SqliteDatabase::copy_as_left() {
  const std::string from = file();
  ++process_;
  const std::string to = file();
  --process_;
  for (const char* part : {"", "-wal"})
    if (std::filesystem::exists(from + part)) std::filesystem::copy_file(from + part, to + part);
}

void SqliteDatabase::reopen_copy() {
  database_.reset();
  for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(file().string() + part);
  ++process_;
  open();
}

SqliteDatabase::~SqliteDatabase() {
  database_.reset();
  std::error_code ignored;  // a folder that remains in /tmp is no failure of the test
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace gcal::support
