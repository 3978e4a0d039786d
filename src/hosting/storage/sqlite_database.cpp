#include "src/hosting/storage/sqlite_database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hosting {
namespace {

CommitObserver commit_observer = nullptr;

constexpr std::size_t kMaxGuestStatements = 256;

// Asked by SQLite while it compiles a guest's statement.
int allow_guest(void*, int action, const char*, const char* function, const char*, const char*) {
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

Error cannot_open(const std::filesystem::path& path, int error) {
  const Code code =
      error == EACCES || error == EPERM || error == EROFS ? Code::denied : Code::unavailable;
  return {code, "cannot open the database " + path.string() + ": " + std::strerror(error), {}};
}

}  // namespace

void observe_commits(CommitObserver observer) {
  commit_observer = observer;
}

Error storage_error(int sqlite_code, std::string_view detail) {
  const std::string tail = detail.empty() ? std::string() : " (" + std::string(detail) + ")";
  switch (sqlite_code & 0xFF) {
    case SQLITE_FULL:
      return {Code::unavailable, "the disk is full: free some space, then repeat" + tail, {}};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::unavailable, "the database is in use: repeat later" + tail, {}};
    case SQLITE_IOERR:
      return {Code::unavailable, "the disk answered an error: check it, then repeat" + tail, {}};
    case SQLITE_NOMEM: return {Code::unavailable, "out of memory" + tail, {}};
    case SQLITE_CANTOPEN:
      return {Code::unavailable,
              "the database file cannot be opened: check folder and rights" + tail,
              {}};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {Code::denied,
              "the database is read-only: check the rights of file and folder" + tail,
              {}};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::internal, "the database file is damaged: restore it from a backup" + tail, {}};
    default: return {Code::internal, "the database refused a statement" + tail, {}};
  }
}

bool Row::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Row::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
std::string Row::text(int column) const {
  return std::string(view(column));
}
std::string_view Row::view(int column) const {
  const void* data =
      sqlite3_column_blob(statement_, column);  // for a TEXT column: its bytes, NUL or not
  const int size = sqlite3_column_bytes(statement_, column);
  return data ? std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size))
              : std::string_view{};
}
std::optional<std::int64_t> Row::maybe_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

Connection::~Connection() {
  for (auto& [sql, statement] : cache_) sqlite3_finalize(statement);
  for (auto& [sql, statement] : guest_cache_) sqlite3_finalize(statement);
  if (handle_) sqlite3_close(handle_);
}

Connection::Lease::~Lease() {
  if (!statement) return;
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

Error Connection::last_error(int code) const {
  return storage_error(code, sqlite3_errmsg(handle_));
}

Result<Connection::Lease> Connection::prepare(std::string_view sql) {
  const std::string key(sql);
  if (const auto found = cache_.find(key); found != cache_.end()) {
    if (!sqlite3_stmt_busy(found->second)) return Lease(found->second);
    return Error{Code::internal, "a statement was used inside its own callback", {}};
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return last_error(code);
  cache_.emplace(key, statement);
  return Lease(statement);
}

Result<Connection::Lease> Connection::guest_statement(std::string_view sql) {
  const std::string key(sql);
  if (const auto found = guest_cache_.find(key); found != guest_cache_.end()) {
    if (!sqlite3_stmt_busy(found->second)) return Lease(found->second);
    return Error{Code::invalid,
                 "this statement is running already: it was used inside its own row callback",
                 {}};
  }
  if (is_blank(sql)) return Error{Code::invalid, "exactly one statement is expected", {}};
  if (guest_cache_.size() >= kMaxGuestStatements) {
    std::erase_if(guest_cache_, [](const auto& entry) {
      return !sqlite3_stmt_busy(entry.second) && sqlite3_finalize(entry.second) == SQLITE_OK;
    });
  }
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  sqlite3_set_authorizer(handle_, &allow_guest, nullptr);
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, &rest);
  sqlite3_set_authorizer(handle_, nullptr, nullptr);
  if (code == SQLITE_AUTH)
    return Error{
        Code::invalid,
        "the statement is not allowed: transactions, pragmas and other files belong to the host",
        {}};
  if ((code & 0xFF) == SQLITE_ERROR) return Error{Code::invalid, sqlite3_errmsg(handle_), {}};
  if (code != SQLITE_OK) return last_error(code);
  if (!statement || !is_blank(sql.substr(static_cast<std::size_t>(rest - sql.data())))) {
    sqlite3_finalize(statement);
    return Error{Code::invalid, "exactly one statement is expected", {}};
  }
  guest_cache_.emplace(key, statement);
  return Lease(statement);
}

Result<bool> Connection::step(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return last_error(code);
}

// A failed bind leaves NULL behind, which the NOT NULL columns refuse: no bind needs a check of its
// own.
void Connection::bind(sqlite3_stmt* s, int index, std::nullptr_t) {
  sqlite3_bind_null(s, index);
}
void Connection::bind(sqlite3_stmt* s, int index, std::string_view text) {
  sqlite3_bind_text64(s, index, text.data() ? text.data() : "", text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}
void Connection::bind(sqlite3_stmt* s, int index, Blob blob) {
  sqlite3_bind_blob64(s, index, blob.bytes.data(), blob.bytes.size(), SQLITE_STATIC);
}
void Connection::bind_integer(sqlite3_stmt* s, int index, std::int64_t value) {
  sqlite3_bind_int64(s, index, value);
}

std::int64_t Connection::changes() const {
  return sqlite3_changes64(handle_);
}
std::int64_t Connection::last_row_id() const {
  return sqlite3_last_insert_rowid(handle_);
}

Result<> Connection::script(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return last_error(code);
  return {};
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file,
                                                 DatabaseOptions options) {
  std::error_code error;
  const auto folder = file.parent_path();
  if (!folder.empty() && !std::filesystem::exists(folder, error)) {
    if (!std::filesystem::create_directories(folder, error))
      return cannot_open(folder, error.value());
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error) return cannot_open(folder, error.value());
  }
  // SQLite would create the file with the umask's rights; its -wal and -shm files inherit those of
  // this one.
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return cannot_open(file, errno);
  ::fchmod(descriptor, 0600);
  ::close(descriptor);

  std::unique_ptr<Database> database(new Database);
  database->file_ = file;
  database->options_ = options;
  TRY(database->writer_, database->connect(true));
  return database;
}

Database::~Database() = default;

Result<std::unique_ptr<Connection>> Database::connect(bool writable) const {
  std::unique_ptr<Connection> connection(new Connection);
  const int flags =
      SQLITE_OPEN_NOMUTEX |
      SQLITE_OPEN_READWRITE;  // readers too: a WAL reader may have to write the -shm file
  if (const int code = sqlite3_open_v2(file_.c_str(), &connection->handle_, flags, nullptr);
      code != SQLITE_OK)
    return storage_error(code, file_.string());
  sqlite3_extended_result_codes(connection->handle_, 1);
  sqlite3_busy_timeout(connection->handle_, static_cast<int>(options_.busy_timeout.count()));
  sqlite3_db_config(connection->handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  TRY_VOID(connection->script(
      "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;"));
  if (writable) {
    TRY_VOID(connection->script(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"));
    if (options_.max_bytes > 0) {
      TRY(const auto page_size, connection->integer("PRAGMA page_size"));
      const std::string limit =
          "PRAGMA max_page_count=" + std::to_string(options_.max_bytes / page_size.value_or(4096));
      TRY_VOID(connection->script(limit.c_str()));
    }
  } else {
    TRY_VOID(connection->script("PRAGMA query_only=ON;"));
  }
  return connection;
}

Result<> Database::take_turn() {
  std::unique_lock lock(turn_mutex_);
  ++turns_wanted_;
  const bool ours = turn_ended_.wait_for(lock, options_.busy_timeout, [&] { return !turn_taken_; });
  --turns_wanted_;
  if (!ours) {
    return Error{
        Code::unavailable, "the database is in use by a long transaction: repeat later", {}};
  }
  turn_taken_ = true;
  return {};
}

void Database::end_turn() {
  {
    const std::lock_guard lock(turn_mutex_);
    turn_taken_ = false;
  }
  turn_ended_.notify_one();
}

std::size_t Database::waiting_writers() const {
  const std::lock_guard lock(turn_mutex_);
  return turns_wanted_;
}

Result<> Database::checkpoint() {
  TRY_VOID(take_turn());
  const auto busy = writer_->integer("PRAGMA wal_checkpoint(TRUNCATE)");
  end_turn();
  if (!busy) return busy.error();
  if (busy->value_or(1) != 0)
    return Error{Code::unavailable, "the database is being read: repeat later", {}};
  return {};
}

Database::Writer::Writer(Database& database) : database_(database) {}

Database::Writer::~Writer() {
  rollback();
}

Result<> Database::Writer::begin() {
  TRY_VOID(database_.take_turn());
  auto begun = connection().run("BEGIN IMMEDIATE");
  if (!begun) {
    database_.end_turn();
    return begun;
  }
  open_ = true;
  return {};
}

Result<> Database::Writer::commit() {
  if (!open_) return Error{Code::internal, "commit without a transaction", {}};
  if (commit_observer) commit_observer(false);
  if (auto committed = connection().run("COMMIT"); !committed) {
    rollback();
    return committed;
  }
  if (commit_observer) commit_observer(true);
  open_ = false;
  const auto actions = std::exchange(connection().after_commit_, {});
  database_.end_turn();
  for (const auto& action : actions) action();
  return {};
}

void Database::Writer::rollback() {
  if (!open_) return;
  // A full disk may have rolled back already; then there is nothing to do.
  if (!sqlite3_get_autocommit(connection().handle_))
    sqlite3_exec(connection().handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  connection().after_commit_.clear();
  open_ = false;
  database_.end_turn();
}

Database::Reader::Reader(const Database& database) : database_(database) {}

Result<> Database::Reader::begin() {
  {
    const std::lock_guard lock(database_.readers_mutex_);
    if (!database_.readers_.empty()) {
      connection_ = std::move(database_.readers_.back());
      database_.readers_.pop_back();
    }
  }
  if (!connection_) {
    TRY(connection_, database_.connect(false));
  }
  TRY_VOID(connection_->run("BEGIN"));
  open_ = true;
  return {};
}

Database::Reader::~Reader() {
  if (!connection_) return;
  if (open_) sqlite3_exec(connection_->handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  const std::lock_guard lock(database_.readers_mutex_);
  database_.readers_.push_back(std::move(connection_));
}

}  // namespace hosting
