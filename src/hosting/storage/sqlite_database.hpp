// The host's storage: one SQLite file with one writer and a pool of readers. Used by src/host/crm
// for the CRM's own tables and by services/sql for each plugin's file. It must never know what a
// table means, and never hand out a connection outside a transaction.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "src/common/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace hosting {

using gcal::Code;
using gcal::Error;
using gcal::Result;

// The current row of a query; borrowed for the callback. Columns count from 0.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::string text(int column) const;       // "" for NULL
  std::string_view view(int column) const;  // valid until the callback returns
  std::optional<std::int64_t> maybe_integer(int column) const;
  sqlite3_stmt* handle() const { return statement_; }

 private:
  sqlite3_stmt* statement_;
};

// A value that is stored as a BLOB instead of a text.
struct Blob {
  std::string_view bytes;
};

// One connection inside a transaction. [one thread at a time]
class Connection {
 public:
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Runs one statement; ?1, ?2, ... take the arguments (integers, bool, texts, Blob, nullptr,
  // optional of these). Statements are cached by text.
  template <class... Args>
  Result<> run(std::string_view sql, const Args&... args) {
    return each(
        sql, [](const Row&) {}, args...);
  }
  // Calls `row` for each row. A callback that answers bool stops with false; one that answers
  // Result<> stops with an error.
  template <class Callback, class... Args>
  requires std::is_invocable_v<Callback&, const Row&> Result<> each(std::string_view sql,
                                                                    Callback&& row,
                                                                    const Args&... args) {
    TRY(Lease lease, prepare(sql));
    int index = 0;
    (bind(lease.statement, ++index, args), ...);
    while (true) {
      TRY(const bool has_row, step(lease.statement));
      if (!has_row) return {};
      const Row current(lease.statement);
      using Answer = std::invoke_result_t<Callback&, const Row&>;
      if constexpr (std::is_same_v<Answer, bool>) {
        if (!row(current)) return {};
      } else if constexpr (std::is_void_v<Answer>) {
        row(current);
      } else {
        TRY_VOID(row(current));
      }
    }
  }
  // The first column of the first row.
  template <class... Args>
  Result<std::optional<std::int64_t>> integer(std::string_view sql, const Args&... args) {
    std::optional<std::int64_t> value;
    TRY_VOID(each(
        sql,
        [&](const Row& row) {
          value = row.maybe_integer(0);
          return false;
        },
        args...));
    return value;
  }
  template <class... Args>
  Result<std::optional<std::string>> text(std::string_view sql, const Args&... args) {
    std::optional<std::string> value;
    TRY_VOID(each(
        sql,
        [&](const Row& row) {
          if (!row.is_null(0)) value = row.text(0);
          return false;
        },
        args...));
    return value;
  }
  std::int64_t changes() const;  // rows changed by the last statement
  std::int64_t last_row_id() const;
  Result<> script(const char* sql);  // several statements without arguments

  // Called after this write transaction committed and the writer was released, on the committing
  // thread. Dropped on rollback.
  void after_commit(std::function<void()> action) { after_commit_.push_back(std::move(action)); }

  sqlite3* handle() const { return handle_; }
  Error last_error(int code) const;  // of the last statement

  struct Lease {  // resets the statement when the query ends, so that it holds no lock
    sqlite3_stmt* statement;
    explicit Lease(sqlite3_stmt* s) : statement(s) {}
    Lease(Lease&& other) noexcept : statement(std::exchange(other.statement, nullptr)) {}
    ~Lease();
  };
  // For services/sql: one statement of a plugin, ready to bind. It may work on the tables of this
  // file, but neither begin nor end a transaction, reach another file, nor set a pragma: invalid,
  // as is anything that is not exactly one statement. Cached by text, the newest 256.
  Result<Lease> guest_statement(std::string_view sql);

 private:
  friend class Database;

  Connection() = default;
  Result<Lease> prepare(std::string_view sql);
  Result<bool> step(sqlite3_stmt* statement);
  static void bind(sqlite3_stmt* s, int index, std::nullptr_t);
  static void bind(sqlite3_stmt* s, int index, std::string_view text);
  static void bind(sqlite3_stmt* s, int index, Blob blob);
  static void bind_integer(sqlite3_stmt* s, int index, std::int64_t value);
  template <class T>
  requires std::is_integral_v<T>
  static void bind(sqlite3_stmt* s, int index, T value) {
    bind_integer(s, index, static_cast<std::int64_t>(value));
  }
  static void bind(sqlite3_stmt* s, int index, const std::string& text) {
    bind(s, index, std::string_view(text));
  }
  static void bind(sqlite3_stmt* s, int index, const char* text) {
    bind(s, index, std::string_view(text));
  }
  template <class T>
  static void bind(sqlite3_stmt* s, int index, const std::optional<T>& value) {
    if (value)
      bind(s, index, *value);
    else
      bind(s, index, nullptr);
  }

  sqlite3* handle_ = nullptr;
  std::unordered_map<std::string, sqlite3_stmt*> cache_;
  std::unordered_map<std::string, sqlite3_stmt*>
      guest_cache_;  // apart, so that no guest can reach a statement of the host
  std::vector<std::function<void()>> after_commit_;
};

// Called right before each commit of a write transaction (false) and right after it (true), of
// every database of the process, on the committing thread. The crash tests end the process there;
// nothing else uses it. Set before the first database is opened. Null: none.
using CommitObserver = void (*)(bool done);
void observe_commits(CommitObserver observer);

// Settings of a database file.
struct DatabaseOptions {
  std::chrono::milliseconds busy_timeout{5000};
  std::int64_t max_bytes = 0;  // 0: no limit but the disk's; tests use it to fill a "disk"
};

class Database {
 public:
  // Creates the file (0600) and its folder (0700). Errors name the path and what to do: denied,
  // unavailable (disk full, locked), internal (damaged).
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file,
                                                DatabaseOptions options = {});
  ~Database();

  // Runs `work(Connection&)` in a transaction; commits when it answers success and rolls back when
  // it answers an error or throws. One writer at a time, so commits happen in the order of their
  // begin. Not re-entrant. Durable when it answers. [any thread, blocks]
  template <class Work>
  auto write(Work&& work) -> std::invoke_result_t<Work&, Connection&> {
    Writer writer(*this);
    TRY_VOID(writer.begin());
    auto result = work(writer.connection());
    if (!result) return result;
    TRY_VOID(writer.commit());
    return result;
  }
  // Runs `work(Connection&)` on a snapshot; never waits for the writer. [any thread]
  template <class Work>
  auto read(Work&& work) const -> std::invoke_result_t<Work&, Connection&> {
    Reader reader(*this);
    TRY_VOID(reader.begin());
    return work(reader.connection());
  }

  // Brings everything that was committed into the one file, so that it may be moved or copied
  // alone. unavailable: the disk is full, or a reader is active.
  Result<> checkpoint();

  // How many threads wait for the writer. Constantly more than 0 means that a transaction takes too
  // long. [any thread]
  std::size_t waiting_writers() const;

  // An explicit write transaction for callers whose statements arrive one by one (services/sql).
  // Rolls back unless committed. One thread at a time.
  class Writer {
   public:
    explicit Writer(Database& database);
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer();
    Result<> begin();
    Result<> commit();  // ends the transaction whatever it answers
    void rollback();
    Connection& connection() { return *database_.writer_; }

   private:
    Database& database_;
    bool open_ = false;
  };
  class Reader {
   public:
    explicit Reader(const Database& database);
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader();
    Result<> begin();
    Connection& connection() { return *connection_; }

   private:
    const Database& database_;
    std::unique_ptr<Connection> connection_;
    bool open_ = false;
  };

 private:
  Database() = default;
  Result<std::unique_ptr<Connection>> connect(bool writable) const;

  Result<> take_turn();  // waits for the one writer, as long as the options say
  void end_turn();

  std::filesystem::path file_;
  DatabaseOptions options_;
  // The writer's turn. Rationale: not a std::timed_mutex, which ThreadSanitizer of GCC 12 does not
  // see, and which only its own thread may give back.
  mutable std::mutex turn_mutex_;
  std::condition_variable turn_ended_;
  bool turn_taken_ = false;
  std::size_t turns_wanted_ = 0;
  std::unique_ptr<Connection> writer_;
  mutable std::mutex readers_mutex_;
  mutable std::vector<std::unique_ptr<Connection>> readers_;
};

// The Error for SQLite's result code: full disk and busy are unavailable, a damaged file is
// internal; the message says what to do.
Error storage_error(int sqlite_code, std::string_view detail);

}  // namespace hosting
