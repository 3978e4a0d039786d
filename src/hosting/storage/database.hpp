// The port to a database: transactions, statements, rows. Two engines are behind it: an SQLite file
// (sqlite_database.hpp) and a PostgreSQL server (postgres_database.hpp). Used by the hosting
// library and by the CRM for their tables, and by crm.sql for those of each plugin. It names no
// type of an engine. It must never know what a table means, and never hand out a connection outside
// a transaction.
//
// Statements are the same text on both engines: the subset of SQL that decision 0052 lists.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "src/common/base/result.hpp"

namespace hosting {

using gcal::Code;
using gcal::Error;
using gcal::Result;

enum class Dialect : std::uint8_t { sqlite, postgresql };

// A value that is stored as bytes instead of a text.
struct Blob {
  std::string_view bytes;
};

// One value of a statement or of a row. Texts and bytes are borrowed: those of an argument live
// until the statement ended, those of a row until its callback returns.
struct Value {
  enum class Type : std::uint8_t { null, integer, real, text, blob };

  Value() = default;
  Value(std::nullptr_t) {}
  template <class T>
  requires std::is_integral_v<T> Value(T number)
      : type(Type::integer), integer(static_cast<std::int64_t>(number)) {}
  Value(double number) : type(Type::real), real(number) {}
  Value(std::string_view bytes) : type(Type::text), text(bytes) {}
  Value(const std::string& bytes) : type(Type::text), text(bytes) {}
  Value(const char* bytes) : type(Type::text), text(bytes) {}
  Value(Blob blob) : type(Type::blob), text(blob.bytes) {}
  template <class T>
  Value(const std::optional<T>& value) {
    if (value)
      *this = Value(*value);
    else
      null_of = Value(T{}).type;
  }

  Type type = Type::null;
  Type null_of = Type::null;  // of a NULL: the type of the value that is missing, when it is known
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text = {};  // of a text or a blob
};

// The current row of a query; borrowed for the callback. Columns count from 0.
class Row {
 public:
  explicit Row(std::span<const Value> values) : values_(values) {}
  std::span<const Value> values() const { return values_; }
  bool is_null(int column) const { return at(column).type == Value::Type::null; }
  // A text of digits counts as its number, as in the column meta.value. 0 for NULL and other texts.
  std::int64_t integer(int column) const;
  std::string text(int column) const;  // "" for NULL; a number as digits
  // Valid until the callback returns. "" for NULL and for a number.
  std::string_view view(int column) const { return at(column).text; }
  std::optional<std::int64_t> maybe_integer(int column) const;

 private:
  const Value& at(int column) const { return values_[static_cast<std::size_t>(column)]; }

  std::span<const Value> values_;
};

// What is called for each row of a query. Borrows the callable for the length of the call. Answers
// false: no further row is wanted; an error ends the query with it.
class OnRow {
 public:
  template <class Callable>
  requires std::is_invocable_r_v<Result<bool>, Callable&, const Row&> OnRow(Callable& callable)
      : callable_(const_cast<void*>(static_cast<const void*>(&callable))),
        call_([](void* object, const Row& row) -> Result<bool> {
          return (*static_cast<Callable*>(object))(row);
        }) {}
  Result<bool> operator()(const Row& row) const { return call_(callable_, row); }

 private:
  void* callable_;
  Result<bool> (*call_)(void*, const Row&);
};

// One connection inside a transaction. [one thread at a time]
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  // Runs one statement; ?1, ?2, ... take the arguments (integers, bool, double, texts, Blob,
  // nullptr, optional of these). Statements are cached by text.
  template <class... Args>
  Result<> run(std::string_view sql, const Args&... args) {
    return each(
        sql, [](const Row&) {}, args...);
  }
  // Calls `row` for each row. A callback that answers bool stops with false; one that answers
  // Result<> stops with an error. It may run other statements, but not this one again.
  template <class Callback, class... Args>
  requires std::is_invocable_v<Callback&, const Row&> Result<> each(std::string_view sql,
                                                                    Callback&& row,
                                                                    const Args&... args) {
    const std::array<Value, sizeof...(Args)> values{Value(args)...};
    auto call = [&row](const Row& current) -> Result<bool> {
      using Answer = std::invoke_result_t<Callback&, const Row&>;
      if constexpr (std::is_same_v<Answer, bool>) {
        return row(current);
      } else if constexpr (std::is_void_v<Answer>) {
        row(current);
        return true;
      } else {
        TRY_VOID(row(current));
        return true;
      }
    };
    return exec(sql, values, OnRow(call));
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

  // The statement behind the templates above. The n-th argument is ?n. An INSERT, UPDATE or DELETE
  // without RETURNING may be sent only, to be answered together with the next statement that is
  // waited for: then its failure is that of a later call of this transaction, at the latest that of
  // commit. To learn it at once, call changes().
  virtual Result<> exec(std::string_view sql, std::span<const Value> arguments,
                        const OnRow& row) = 0;

  // One statement of a plugin, whose arguments are $1, $2, ...; each may appear several times. It
  // may work on the tables of this database, but neither begin nor end a transaction, reach another
  // database, nor set anything of the connection: invalid, as is anything that is not exactly one
  // statement, a placeholder without an argument, or a statement that the engine refuses. conflict:
  // another transaction was in the way, the whole transaction may be repeated. Cached by text, the
  // newest 256.
  virtual Result<> exec_guest(std::string_view sql, std::span<const Value> arguments,
                              const OnRow& row) = 0;

  // Rows that the last statement inserted, changed or deleted; 0 after a query. Waits for what was
  // sent only; errors: those of what was not answered so far.
  virtual Result<std::int64_t> changes() = 0;

  // Several statements without arguments, in the words of this engine.
  virtual Result<> script(const char* sql) = 0;

  virtual Dialect dialect() const = 0;

  // exec_guest once for each `count` of the arguments, `rows` times, in their order; rows of
  // results are dropped. Answers how many rows all of them inserted, changed or deleted. The first
  // failure ends it; the transaction must then not be committed. On PostgreSQL one round trip for
  // at most kMaxUnanswered statements.
  virtual Result<std::int64_t> exec_guest_many(std::string_view sql,
                                               std::span<const Value> arguments, std::size_t count,
                                               std::size_t rows) = 0;
  static constexpr std::size_t kMaxUnanswered = 200;

  // Called after this write transaction committed and the writer was released, on the committing
  // thread; also when it is not known whether it committed, since what is called only says that
  // something may have changed. Dropped on rollback.
  void after_commit(std::function<void()> action) { after_commit_.push_back(std::move(action)); }

 protected:
  std::vector<std::function<void()>> take_after_commit() {
    return std::exchange(after_commit_, {});
  }

 private:
  std::vector<std::function<void()>> after_commit_;
};

// A transaction that was begun. Its end rolls back what was not committed. [one thread at a time]
class Transaction {
 public:
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  virtual ~Transaction() = default;
  virtual Connection& connection() = 0;
  // Ends the transaction whatever it answers. timeout: it is not known whether it was stored, and
  // the message says so; every other error: nothing was stored. A second call: internal.
  virtual Result<> commit() = 0;
  // After an error of a statement or of commit: another transaction was in the way, nothing was
  // stored, and the whole transaction may be run again.
  virtual bool may_repeat() const { return false; }
};

// Called right before each commit of a write transaction (false) and right after it (true), of
// every database of the process, on the committing thread. The crash tests end the process there;
// nothing else uses it. Set before the first database is opened. Null: none.
using CommitObserver = void (*)(bool done);
void observe_commits(CommitObserver observer);

// Settings of a database.
struct DatabaseOptions {
  // How long a transaction waits for the ones before it.
  std::chrono::milliseconds busy_timeout{5000};
  std::int64_t max_bytes = 0;  // of an SQLite file; 0: no limit but the disk's; tests fill a "disk"
  // The name of a file system that was registered with SQLite, which then creates the file; null:
  // the operating system's. Tests let the power of a simulated disk fail.
  const char* file_system = nullptr;
};

// A PostgreSQL database and the schema in it.
struct PostgresPlace {
  std::string url;       // postgresql://..., without a password
  std::string password;  // "": libpq's own ways (PGPASSFILE, a local socket)
  std::string schema = "crm";
};

// kept: durable when it is answered. may_be_lost: after a failure of the power or of the database
// server the newest transactions may be missing, each whole, and none without the later ones.
// lost_with_process: may be lost where that ends this process as well (SQLite), and is kept where
// the server of the database may fail alone (PostgreSQL).
enum class Durability : std::uint8_t { kept, lost_with_process, may_be_lost };

class Database {
 public:
  // An SQLite file (0600), created with its folder (0700). Errors name the path and what to do:
  // denied, unavailable (disk full, locked), internal (damaged).
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file,
                                                DatabaseOptions options = {});
  // A schema of a PostgreSQL database, which is created when it is missing. invalid: the URL is
  // wrong or has a password, the server is too old or orders texts by a language; denied: the
  // server refuses this user; unavailable: the server does not answer. Each says what to do.
  static Result<std::unique_ptr<Database>> open(const PostgresPlace& place,
                                                DatabaseOptions options = {});

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database() = default;

  virtual Dialect dialect() const = 0;

  // Runs `work(Connection&)` in a transaction; commits when it answers success and rolls back when
  // it answers an error or throws. One writer at a time, so commits happen in the order of their
  // begin. Not re-entrant. Durable when it answers, unless it may be lost. `work` is run again, up
  // to five times, when another transaction was in the way: it must not change anything but the
  // database, or do so in after_commit. [any thread, blocks]
  template <class Work>
  auto write(Work&& work, Durability durability = Durability::kept)
      -> std::invoke_result_t<Work&, Connection&> {
    for (int attempt = 1;; ++attempt) {
      TRY(const auto transaction, begin_write(durability));
      auto result = work(transaction->connection());
      if (result) {
        const Result<> committed = transaction->commit();
        if (committed) return result;
        if (!transaction->may_repeat() || attempt == kAttempts) return committed.error();
      } else if (!transaction->may_repeat() || attempt == kAttempts) {
        return result;
      }
      pause_before_repetition(attempt);
    }
  }
  // Runs `work(Connection&)` on a snapshot; never waits for the writer. [any thread]
  template <class Work>
  auto read(Work&& work) const -> std::invoke_result_t<Work&, Connection&> {
    TRY(const auto transaction, begin_read());
    return work(transaction->connection());
  }

  // Explicit transactions for callers whose statements arrive one by one (crm.sql).
  // unavailable: too many transactions are before it. invalid: on PostgreSQL, this thread has one
  // of this database already and would wait for itself. [any thread, blocks]
  virtual Result<std::unique_ptr<Transaction>> begin_write(
      Durability durability = Durability::kept) = 0;
  virtual Result<std::unique_ptr<Transaction>> begin_read() const = 0;

  // The database of a plugin: on SQLite the file FOLDER/ID.sqlite, on PostgreSQL the schema
  // plugin_ID of the same database with connections of its own. Errors: those of open.
  virtual Result<std::unique_ptr<Database>> open_plugin(const std::filesystem::path& folder,
                                                        std::string_view plugin) const = 0;
  // Deletes it; closed before. Deletes nothing when there is none.
  virtual Result<> erase_plugin(const std::filesystem::path& folder, std::string_view plugin) = 0;
  // Whether there is one.
  virtual Result<bool> has_plugin(const std::filesystem::path& folder,
                                  std::string_view plugin) const = 0;

  // SQLite: brings everything that was committed into the one file, so that it may be moved or
  // copied alone. unavailable: the disk is full, or a reader is active. PostgreSQL: does nothing.
  virtual Result<> checkpoint() = 0;

  // How many threads wait for the writer. Constantly more than 0 means that a transaction takes too
  // long. [any thread]
  virtual std::size_t waiting_writers() const = 0;

  // begin_write and begin_read as values, for callers that keep one without a transaction.
  class Writer {
   public:
    explicit Writer(Database& database) : database_(database) {}
    Result<> begin();
    Result<> commit();  // ends the transaction whatever it answers
    void rollback() { transaction_.reset(); }
    Connection& connection() { return transaction_->connection(); }

   private:
    Database& database_;
    std::unique_ptr<Transaction> transaction_;
  };
  class Reader {
   public:
    explicit Reader(const Database& database) : database_(database) {}
    Result<> begin();
    Connection& connection() { return transaction_->connection(); }

   private:
    const Database& database_;
    std::unique_ptr<Transaction> transaction_;
  };

 private:
  static constexpr int kAttempts = 5;
  static void pause_before_repetition(int attempt);  // 5 ms, doubled each time, half of it random
};

}  // namespace hosting
