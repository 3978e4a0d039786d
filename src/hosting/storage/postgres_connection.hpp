// One connection to a PostgreSQL server: sends a statement, waits a bounded time for the answer.
// Used by postgres_pool.cpp and postgres_database.cpp only. It must never wait without an end, nor
// tell the outcome of a COMMIT that was not answered.
//
// A round trip costs more processor time than most statements, on both sides: two processes have to
// wake up. So what only writes is sent and answered together with the next statement that reads, or
// with the commit (libpq's pipeline mode). The server runs them in their order, and what follows a
// failure it does not run.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "src/hosting/storage/database.hpp"
#include "src/hosting/storage/postgres_error.hpp"

struct pg_conn;
struct pg_result;

namespace hosting {

// Name and value of each parameter of libpq.
using PostgresParameters = std::vector<std::pair<std::string, std::string>>;

// The parameters of a URL, with bounded waits for those that it does not set. invalid: it is no
// URL, names no database, or has a password, which every user of the machine could see; or the
// schema has no name that a host may use.
Result<PostgresParameters> postgres_parameters(const PostgresPlace& place);

// What became of a COMMIT.
enum class CommitOutcome : std::uint8_t { stored, not_stored, unknown };

// [one thread at a time]
class PostgresConnection final : public Connection {
 public:
  using Clock = std::chrono::steady_clock;

  // Connects within some seconds. schema: where names without one are looked up. unavailable: no
  // answer; denied: this user may not.
  static Result<std::unique_ptr<PostgresConnection>> connect(const PostgresParameters& parameters,
                                                             std::string_view schema);
  ~PostgresConnection() override;

  Result<> exec(std::string_view sql, std::span<const Value> arguments, const OnRow& row) override;
  Result<> exec_guest(std::string_view sql, std::span<const Value> arguments,
                      const OnRow& row) override;
  Result<std::int64_t> exec_guest_many(std::string_view sql, std::span<const Value> arguments,
                                       std::size_t count, std::size_t rows) override;
  Result<std::int64_t> changes() override;
  Result<> script(const char* sql) override;
  Dialect dialect() const override { return Dialect::postgresql; }

  // A COMMIT; `failed` is set when it was not stored.
  CommitOutcome commit(Error& failed);
  // Ends what is open. false: the connection is of no use any more.
  bool roll_back();

  // No transaction is open and the server has not closed the connection. Does not wait.
  bool is_usable();
  bool is_broken() const { return broken_; }
  bool had_conflict() const { return conflict_; }
  // For the transaction that begins now. reads_only: it is to refuse what writes; defers: what only
  // writes may wait for the next statement that reads.
  void begins(bool reads_only, bool defers) {
    conflict_ = false;
    reads_only_ = reads_only;
    may_defer_ = defers;
  }
  Clock::time_point since() const { return since_; }
  int server_version() const;
  // The name of this connection in the table of commits; "" when it never writes.
  const std::string& name() const { return name_; }
  void set_name(std::string name) { name_ = std::move(name); }

  using Connection::take_after_commit;

 private:
  struct EndResult {
    void operator()(pg_result* result) const;
  };
  using Answer = std::unique_ptr<pg_result, EndResult>;

  // A prepared statement.
  struct Prepared {
    std::string name;
    bool only_writes = false;  // has no rows to answer
  };
  using OnAnswer = std::function<void(const pg_result*)>;

  explicit PostgresConnection(pg_conn* handle) : handle_(handle), since_(Clock::now()) {}
  // The first failure of the answers to what was sent, otherwise the last answer. Null: the
  // connection broke, or nothing came for `limit`, and the connection is of no use any more.
  // each: called for every answer; may be empty.
  Answer receive(std::chrono::milliseconds limit, const OnAnswer& each = {});
  // Ends the pipeline, if there is one, and receives.
  Answer receive_all(std::chrono::milliseconds limit, const OnAnswer& each = {});
  // Waits for what was sent only. Answers the failure of the first that failed.
  Result<> settle();
  Error error_of(const pg_result* answer, StatementOf whose);
  Result<const Prepared*> prepared(std::string_view sql, const class PostgresArguments& arguments,
                                   StatementOf whose);
  Result<> send(const Prepared& statement, const class PostgresArguments& arguments,
                StatementOf whose);
  Result<> send_in_pipeline(const Prepared& statement, const class PostgresArguments& arguments,
                            StatementOf whose);
  Result<> answer_rows(const pg_result& answer, const OnRow& row);
  Result<> run_statement(std::string_view sql, std::span<const Value> arguments, const OnRow& row,
                         StatementOf whose);

  pg_conn* handle_;
  Clock::time_point since_;
  std::unordered_map<std::string, Prepared> prepared_;  // by text and types
  std::uint64_t next_statement_ = 1;
  std::int64_t changes_ = 0;
  std::size_t unanswered_ = 0;  // statements in the pipeline
  bool broken_ = false;
  bool conflict_ = false;
  bool reads_only_ = false;
  bool may_defer_ = false;  // in this transaction
  std::string name_;
};

}  // namespace hosting
