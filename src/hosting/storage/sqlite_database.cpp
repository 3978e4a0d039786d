#include "src/hosting/storage/sqlite_database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "src/hosting/storage/commit_observer.hpp"
#include "src/hosting/storage/sqlite_connection.hpp"

namespace hosting {
namespace {

Error cannot_open(const std::filesystem::path& path, int error) {
  const Code code =
      error == EACCES || error == EPERM || error == EROFS ? Code::denied : Code::unavailable;
  return {code, "cannot open the database " + path.string() + ": " + std::strerror(error), {}};
}

// Readable for this user only. SQLite would create the file with the umask's rights; its -wal and
// -shm files inherit those of this one.
Result<> create_private(const std::filesystem::path& file) {
  std::error_code error;
  const auto folder = file.parent_path();
  if (!folder.empty() && !std::filesystem::exists(folder, error)) {
    // Another thread may create it meanwhile: plugins start side by side.
    std::filesystem::create_directories(folder, error);
    if (error) return cannot_open(folder, error.value());
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error) return cannot_open(folder, error.value());
  }
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return cannot_open(file, errno);
  ::fchmod(descriptor, 0600);
  ::close(descriptor);
  return {};
}

std::filesystem::path plugin_file(const std::filesystem::path& folder, std::string_view plugin) {
  return folder / (std::string(plugin) + ".sqlite");
}

}  // namespace

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

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file,
                                                 DatabaseOptions options) {
  return SqliteDatabase::open_file(file, options);
}

SqliteDatabase::SqliteDatabase(std::filesystem::path file, DatabaseOptions options)
    : file_(std::move(file)), options_(options) {}

SqliteDatabase::~SqliteDatabase() = default;

Result<std::unique_ptr<Database>> SqliteDatabase::open_file(const std::filesystem::path& file,
                                                            DatabaseOptions options) {
  if (!options.file_system) TRY_VOID(create_private(file));
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(file, options));
  TRY(database->writer_, database->connect(true));
  return std::unique_ptr<Database>(std::move(database));
}

Result<std::unique_ptr<SqliteConnection>> SqliteDatabase::connect(bool writable) const {
  int flags = SQLITE_OPEN_NOMUTEX |
              SQLITE_OPEN_READWRITE;  // readers too: a WAL reader may have to write the -shm file
  if (options_.file_system) flags |= SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file_.c_str(), &handle, flags, options_.file_system);
  auto connection = std::make_unique<SqliteConnection>(handle);
  if (code != SQLITE_OK) return storage_error(code, file_.string());
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, static_cast<int>(options_.busy_timeout.count()));
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
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
  TRY_VOID(connection->prepare_roll_back());
  return connection;
}

Result<> SqliteDatabase::take_turn() {
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

void SqliteDatabase::end_turn() {
  {
    const std::lock_guard lock(turn_mutex_);
    turn_taken_ = false;
  }
  turn_ended_.notify_one();
}

std::size_t SqliteDatabase::waiting_writers() const {
  const std::lock_guard lock(turn_mutex_);
  return turns_wanted_;
}

Result<> SqliteDatabase::checkpoint() {
  TRY_VOID(take_turn());
  const auto busy = writer_->integer("PRAGMA wal_checkpoint(TRUNCATE)");
  end_turn();
  if (!busy) return busy.error();
  if (busy->value_or(1) != 0)
    return Error{Code::unavailable, "the database is being read: repeat later", {}};
  return {};
}

// The writer's turn and its open transaction.
class SqliteDatabase::WriteTransaction final : public Transaction {
 public:
  explicit WriteTransaction(SqliteDatabase& database) : database_(database) {}
  ~WriteTransaction() override { roll_back(); }
  Connection& connection() override { return *database_.writer_; }
  Result<> commit() override;

 private:
  void roll_back();

  SqliteDatabase& database_;
  bool open_ = true;
};

Result<> SqliteDatabase::WriteTransaction::commit() {
  if (!open_) return Error{Code::internal, "commit without a transaction", {}};
  SqliteConnection& writer = *database_.writer_;
  tell_commit_observer(false);
  if (auto committed = writer.run("COMMIT"); !committed) {
    roll_back();
    return committed;
  }
  tell_commit_observer(true);
  open_ = false;
  const auto actions = writer.take_after_commit();
  database_.end_turn();
  for (const auto& action : actions) action();
  return {};
}

void SqliteDatabase::WriteTransaction::roll_back() {
  if (!std::exchange(open_, false)) return;
  database_.writer_->roll_back();
  database_.end_turn();
}

// A reader, which goes back into the pool.
class SqliteDatabase::ReadTransaction final : public Transaction {
 public:
  ReadTransaction(const SqliteDatabase& database, std::unique_ptr<SqliteConnection> connection)
      : database_(database), connection_(std::move(connection)) {}
  ~ReadTransaction() override {
    connection_->roll_back();
    const std::lock_guard lock(database_.readers_mutex_);
    database_.readers_.push_back(std::move(connection_));
  }
  Connection& connection() override { return *connection_; }
  Result<> commit() override { return {}; }

 private:
  const SqliteDatabase& database_;
  std::unique_ptr<SqliteConnection> connection_;
};

// A commit that may be lost is written to the log and not waited for. The next one that is kept
// takes it along, because the log is one file.
Result<> SqliteDatabase::set_waits(bool waits) {
  if (waits_ == waits) return {};
  TRY_VOID(writer_->script(waits ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL"));
  waits_ = waits;
  return {};
}

Result<std::unique_ptr<Transaction>> SqliteDatabase::begin_write(Durability durability) {
  TRY_VOID(take_turn());
  Result<> begun = set_waits(durability == Durability::kept);
  if (begun) begun = writer_->run("BEGIN IMMEDIATE");
  if (!begun) {
    end_turn();
    return begun.error();
  }
  return std::unique_ptr<Transaction>(new WriteTransaction(*this));
}

Result<std::unique_ptr<Transaction>> SqliteDatabase::begin_read() const {
  std::unique_ptr<SqliteConnection> connection;
  {
    const std::lock_guard lock(readers_mutex_);
    if (!readers_.empty()) {
      connection = std::move(readers_.back());
      readers_.pop_back();
    }
  }
  if (!connection) {
    TRY(connection, connect(false));
  }
  TRY_VOID(connection->run("BEGIN"));
  return std::unique_ptr<Transaction>(new ReadTransaction(*this, std::move(connection)));
}

Result<std::unique_ptr<Database>> SqliteDatabase::open_plugin(const std::filesystem::path& folder,
                                                              std::string_view plugin) const {
  return open_file(plugin_file(folder, plugin), {});
}

Result<> SqliteDatabase::erase_plugin(const std::filesystem::path& folder,
                                      std::string_view plugin) {
  for (const char* part : {"", "-wal", "-shm"}) {
    const std::string path = plugin_file(folder, plugin).string() + part;
    std::error_code failure;
    std::filesystem::remove(path, failure);
    if (failure)
      return Error{Code::unavailable, "cannot remove " + path + ": " + failure.message(), {}};
  }
  return {};
}

Result<bool> SqliteDatabase::has_plugin(const std::filesystem::path& folder,
                                        std::string_view plugin) const {
  std::error_code failure;
  return std::filesystem::exists(plugin_file(folder, plugin), failure);
}

}  // namespace hosting
