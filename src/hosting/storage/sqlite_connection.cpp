#include "src/hosting/storage/sqlite_connection.hpp"

#include <sqlite3.h>

#include <charconv>

#include "src/hosting/storage/guest_statement.hpp"
#include "src/hosting/storage/sqlite_database.hpp"

namespace hosting {
namespace {

constexpr std::size_t kMaxGuestStatements = 256;

// Asked by SQLite while it compiles a statement; `compiles_guest` is whether it is a guest's.
int allow_guest(void* compiles_guest, int action, const char*, const char* function, const char*,
                const char*) {
  if (!*static_cast<const bool*>(compiles_guest)) return SQLITE_OK;
  switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
    case SQLITE_PRAGMA:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT: return SQLITE_DENY;
    case SQLITE_FUNCTION:
      return function && std::string_view(function) == "load_extension" ? SQLITE_DENY : SQLITE_OK;
    default: return SQLITE_OK;
  }
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n;") == std::string_view::npos;
}

// ?n and $n mean the n-th argument; SQLite itself would number $-names by their first appearance.
Result<std::vector<std::size_t>> arguments_of(sqlite3_stmt* statement) {
  std::vector<std::size_t> numbers;
  const int places = sqlite3_bind_parameter_count(statement);
  for (int place = 1; place <= places; ++place) {
    const char* name = sqlite3_bind_parameter_name(statement, place);
    const std::string_view text = name ? name : "";
    std::size_t number = 0;
    const auto [end, failure] =
        std::from_chars(text.data() + (text.empty() ? 0 : 1), text.data() + text.size(), number);
    if (text.empty() || failure != std::errc{} || end != text.data() + text.size() || number < 1)
      return Error{Code::invalid,
                   "the placeholder '" + std::string(text) + "' names no argument: write $1, $2",
                   {}};
    numbers.push_back(number - 1);
  }
  return numbers;
}

int bind_one(sqlite3_stmt* statement, int place, const Value& value) {
  const char* bytes = value.text.data() ? value.text.data() : "";
  switch (value.type) {
    case Value::Type::integer: return sqlite3_bind_int64(statement, place, value.integer);
    case Value::Type::real: return sqlite3_bind_double(statement, place, value.real);
    case Value::Type::text:
      return sqlite3_bind_text64(statement, place, bytes, value.text.size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    case Value::Type::blob:
      return sqlite3_bind_blob64(statement, place, bytes, value.text.size(), SQLITE_STATIC);
    case Value::Type::null: break;
  }
  return sqlite3_bind_null(statement, place);
}

Value value_of(sqlite3_stmt* statement, int column) {
  const int type = sqlite3_column_type(statement, column);
  if (type == SQLITE_NULL) return {};
  if (type == SQLITE_INTEGER)
    return Value(static_cast<std::int64_t>(sqlite3_column_int64(statement, column)));
  if (type == SQLITE_FLOAT) return Value(sqlite3_column_double(statement, column));
  // For a TEXT column: its bytes, NUL or not.
  const void* data = sqlite3_column_blob(statement, column);
  const int size = sqlite3_column_bytes(statement, column);
  const std::string_view bytes =
      data ? std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size))
           : std::string_view();
  return type == SQLITE_TEXT ? Value(bytes) : Value(Blob{bytes});
}

// Resets the statement when the query ends, so that it holds no lock.
class Lease {
 public:
  explicit Lease(sqlite3_stmt* statement) : statement_(statement) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

SqliteConnection::~SqliteConnection() {
  for (const Statements* all : {&statements_, &guests_})
    for (const auto& [sql, statement] : *all) sqlite3_finalize(statement.handle);
  if (handle_) sqlite3_close(handle_);
}

Error SqliteConnection::last_error(int code) const {
  return storage_error(code, sqlite3_errmsg(handle_));
}

Error SqliteConnection::guest_error(int code) const {
  switch (code & 0xFF) {
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
    case SQLITE_READONLY: return {Code::invalid, sqlite3_errmsg(handle_), {}};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::conflict, "another transaction was in the way: run this one again", {}};
    default: return last_error(code);
  }
}

Result<SqliteConnection::Statement*> SqliteConnection::prepare(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) {
    if (!sqlite3_stmt_busy(found->second.handle)) return &found->second;
    return Error{Code::internal, "a statement was used inside its own callback", {}};
  }
  Statement statement;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement.handle, &rest);
  if (code != SQLITE_OK) return last_error(code);
  if (!statement.handle) return Error{Code::invalid, "there is no statement", {}};
  if (auto checked = check_nothing_follows(sql.substr(static_cast<std::size_t>(rest - sql.data())));
      !checked) {
    sqlite3_finalize(statement.handle);
    return std::move(checked).error();
  }
  auto& kept = statements_.emplace(std::string(sql), statement).first->second;
  TRY(kept.argument_of, arguments_of(kept.handle));
  return &kept;
}

Result<SqliteConnection::Statement*> SqliteConnection::prepare_guest(std::string_view sql) {
  if (const auto found = guests_.find(sql); found != guests_.end()) {
    if (!sqlite3_stmt_busy(found->second.handle)) return &found->second;
    return Error{Code::invalid,
                 "this statement is running already: it was used inside its own row callback",
                 {}};
  }
  TRY_VOID(check_guest_statement(sql));
  if (is_blank(sql)) return Error{Code::invalid, "exactly one statement is expected", {}};
  if (guests_.size() >= kMaxGuestStatements) {
    std::erase_if(guests_, [](const auto& entry) {
      return !sqlite3_stmt_busy(entry.second.handle) &&
             sqlite3_finalize(entry.second.handle) == SQLITE_OK;
    });
  }
  Statement statement;
  const char* rest = nullptr;
  // Once: to set it makes SQLite compile every statement again before its next use.
  if (guests_.empty()) sqlite3_set_authorizer(handle_, &allow_guest, &compiles_guest_);
  compiles_guest_ = true;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement.handle, &rest);
  compiles_guest_ = false;
  if (code == SQLITE_AUTH)
    return Error{
        Code::invalid,
        "the statement is not allowed: transactions, pragmas and other files belong to the host",
        {}};
  if ((code & 0xFF) == SQLITE_ERROR) return Error{Code::invalid, sqlite3_errmsg(handle_), {}};
  if (code != SQLITE_OK) return last_error(code);
  if (!statement.handle || !is_blank(sql.substr(static_cast<std::size_t>(rest - sql.data())))) {
    sqlite3_finalize(statement.handle);
    return Error{Code::invalid, "exactly one statement is expected", {}};
  }
  auto numbers = arguments_of(statement.handle);
  if (!numbers) {
    sqlite3_finalize(statement.handle);
    return numbers.error();
  }
  statement.argument_of = *std::move(numbers);
  return &guests_.emplace(std::string(sql), std::move(statement)).first->second;
}

Result<> SqliteConnection::bind(const Statement& statement, std::span<const Value> arguments) {
  for (std::size_t i = 0; i < statement.argument_of.size(); ++i) {
    const std::size_t number = statement.argument_of[i];
    const int place = static_cast<int>(i + 1);
    if (number >= arguments.size()) {
      const char* name = sqlite3_bind_parameter_name(statement.handle, place);
      return Error{Code::invalid,
                   "the placeholder '" + std::string(name ? name : "") + "' names none of the " +
                       std::to_string(arguments.size()) + " arguments",
                   {}};
    }
    if (const int code = bind_one(statement.handle, place, arguments[number]); code != SQLITE_OK)
      return Error{
          code == SQLITE_NOMEM ? Code::unavailable : Code::invalid, sqlite3_errstr(code), {}};
  }
  return {};
}

Result<> SqliteConnection::step(Statement& statement, const OnRow& row,
                                const std::function<Error(int code)>& failed) {
  std::vector<Value> values(static_cast<std::size_t>(sqlite3_column_count(statement.handle)));
  const bool reads_only = sqlite3_stmt_readonly(statement.handle) != 0;
  changes_ = 0;
  while (true) {
    const int code = sqlite3_step(statement.handle);
    if (code != SQLITE_ROW && code != SQLITE_DONE) return failed(code);
    if (!reads_only) changes_ = sqlite3_changes64(handle_);
    if (code == SQLITE_DONE) return {};
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = value_of(statement.handle, static_cast<int>(i));
    TRY(const bool goes_on, row(Row(values)));
    if (!goes_on) return {};
  }
}

Result<> SqliteConnection::exec(std::string_view sql, std::span<const Value> arguments,
                                const OnRow& row) {
  TRY(Statement * statement, prepare(sql));
  const Lease lease(statement->handle);
  TRY_VOID(bind(*statement, arguments));
  return step(*statement, row, [this](int code) { return last_error(code); });
}

Result<> SqliteConnection::exec_guest(std::string_view sql, std::span<const Value> arguments,
                                      const OnRow& row) {
  TRY(Statement * statement, prepare_guest(sql));
  TRY_VOID(check_guest_texts(arguments));
  const Lease lease(statement->handle);
  TRY_VOID(bind(*statement, arguments));
  return step(*statement, row, [this](int code) { return guest_error(code); });
}

Result<std::int64_t> SqliteConnection::exec_guest_many(std::string_view sql,
                                                       std::span<const Value> arguments,
                                                       std::size_t count, std::size_t rows) {
  std::int64_t changed = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    std::size_t size = 0;
    const auto measure = [&size](const Row& row) -> Result<bool> {
      for (const Value& value : row.values()) size += sizeof(Value) + value.text.size();
      if (size > kMaxGuestResult) return result_too_large();
      return true;
    };
    TRY_VOID(exec_guest(sql, arguments.subspan(i * count, count), OnRow(measure)));
    changed += changes_;
  }
  return changed;
}

Result<std::int64_t> SqliteConnection::changes() {
  return changes_;
}

Result<> SqliteConnection::script(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return last_error(code);
  return {};
}

Result<> SqliteConnection::prepare_roll_back() {
  TRY(const Statement* statement, prepare("ROLLBACK"));
  roll_back_ = statement->handle;
  return {};
}

void SqliteConnection::roll_back() {
  // A full disk may have rolled back already; then there is nothing to do.
  if (!sqlite3_get_autocommit(handle_)) {
    sqlite3_step(roll_back_);
    sqlite3_reset(roll_back_);
  }
  take_after_commit();
}

}  // namespace hosting
