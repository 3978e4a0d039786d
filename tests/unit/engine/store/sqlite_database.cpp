#include "tests/unit/engine/store/sqlite_database.hpp"

#include <sqlite3.h>
#include <stdlib.h>

#include <stdexcept>

namespace gcal::support {
namespace {

class SqliteConnection final : public store::Connection {
 public:
  explicit SqliteConnection(hosting::Connection& connection) : connection_(connection) {}

  Result<> exec(std::string_view sql, const store::Values& arguments,
                const store::RowHandler& row) override {
    // SQLite numbers $1 by order of appearance, ?1 by its number.
    std::string text(sql);
    for (char& c : text)
      if (c == '$') c = '?';
    TRY(hosting::Connection::Lease lease,
        connection_.guest_statement(text));  // cached, as for a plugin
    return run(lease.statement, arguments, row);
  }

 private:
  Result<> run(sqlite3_stmt* statement, const store::Values& arguments,
               const store::RowHandler& row) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const int place = static_cast<int>(i + 1);
      if (arguments[i].is_null())
        sqlite3_bind_null(statement, place);
      else if (arguments[i].is_integer())
        sqlite3_bind_int64(statement, place, arguments[i].integer());
      else
        sqlite3_bind_text(statement, place, arguments[i].text().data(),
                          static_cast<int>(arguments[i].text().size()), SQLITE_TRANSIENT);
    }
    while (true) {
      const int code = sqlite3_step(statement);
      if (code == SQLITE_DONE) return {};
      if (code != SQLITE_ROW) return Error{Code::invalid, sqlite3_errmsg(connection_.handle()), {}};
      if (!row) continue;
      store::Values values;
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        if (sqlite3_column_type(statement, i) == SQLITE_INTEGER)
          values.emplace_back(static_cast<std::int64_t>(sqlite3_column_int64(statement, i)));
        else if (sqlite3_column_type(statement, i) == SQLITE_NULL)
          values.emplace_back();
        else
          values.emplace_back(
              std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, i)),
                          static_cast<std::size_t>(sqlite3_column_bytes(statement, i))));
      }
      TRY_VOID(row(values));
    }
  }

  hosting::Connection& connection_;
};

}  // namespace

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

Result<> SqliteDatabase::once(store::Mode mode, std::int64_t, const Work& work) {
  const auto inside = [&](hosting::Connection& connection) -> Result<> {
    SqliteConnection adapted(connection);
    TRY_VOID(work(adapted));
    if (conflicts_to_come > 0) {
      --conflicts_to_come;
      return Error{Code::conflict, "a simulated conflict", {}};
    }
    return {};
  };
  return mode == store::Mode::read ? database_->read(inside) : database_->write(inside);
}

}  // namespace gcal::support
