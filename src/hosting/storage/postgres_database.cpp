#include "src/hosting/storage/postgres_database.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "src/common/base/id.hpp"
#include "src/common/base/random.hpp"
#include "src/hosting/storage/commit_observer.hpp"
#include "src/hosting/storage/postgres_setup.hpp"
#include "src/hosting/storage/postgres_text.hpp"

namespace hosting {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kReaders = 8, kPluginConnections = 4;
constexpr milliseconds kWaitForConnection{2'000};
// How long the outcome of a COMMIT is asked for: a server that restarts is back by then.
constexpr std::chrono::seconds kLookUp{15};
constexpr milliseconds kLookUpPause{200};

std::string fresh_id() {
  gcal::base::SystemRandom random;
  return gcal::base::new_id(random);
}

Error outcome_unknown() {
  return {Code::timeout,
          "the database did not say whether this was stored: look at it before you repeat it",
          {}};
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const PostgresPlace& place,
                                                 DatabaseOptions options) {
  return PostgresDatabase::open_place(place, options);
}

PostgresDatabase::PostgresDatabase(PostgresParameters parameters, Owner owner,
                                   DatabaseOptions options)
    : parameters_(std::move(parameters)),
      owner_(std::move(owner)),
      readers_(owner_.one_writer ? kReaders : kPluginConnections, kWaitForConnection,
               [this] { return connect(); }),
      writers_(owner_.one_writer ? 1 : kPluginConnections,
               std::min(options.busy_timeout, kWaitForConnection),
               [this] { return connect_writer(); }) {}

Result<std::unique_ptr<Database>> PostgresDatabase::open_place(const PostgresPlace& place,
                                                               DatabaseOptions options) {
  TRY(auto parameters, postgres_parameters(place));
  std::unique_ptr<PostgresDatabase> database(new PostgresDatabase(
      std::move(parameters),
      {.schema = place.schema, .host_schema = place.schema, .role = {}, .one_writer = true},
      options));
  TRY(const auto connection, database->connect());
  TRY_VOID(check_server(*connection));
  TRY_VOID(check_rights(*connection));
  TRY_VOID(create_host_schema(*connection, place.schema));
  return std::unique_ptr<Database>(std::move(database));
}

std::string PostgresDatabase::host_table(std::string_view name) const {
  return quoted_name(owner_.host_schema) + "." + std::string(name);
}

Result<std::unique_ptr<PostgresConnection>> PostgresDatabase::connect() const {
  return PostgresConnection::connect(parameters_, owner_.schema);
}

Result<std::unique_ptr<PostgresConnection>> PostgresDatabase::connect_writer() const {
  TRY(auto connection, connect());
  connection->set_name(fresh_id());
  // No connection lives for a day.
  const std::string now = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS BIGINT)";
  const std::string sql = "DELETE FROM " + host_table("commits") + " WHERE since<" + now +
                          "-86400; INSERT INTO " + host_table("commits") + " VALUES (" +
                          quoted_text(connection->name()) + ", '', " + now + ")";
  TRY_VOID(connection->script(sql.c_str()));
  return connection;
}

Result<std::unique_ptr<PostgresConnection>> PostgresDatabase::begin(
    PostgresPool& pool, const std::function<std::string(const PostgresConnection&)>& sql) const {
  for (int attempt = 1;; ++attempt) {
    TRY(auto connection, pool.take());
    // The statements of a plugin are answered one by one, as crm.sql says.
    const bool reads_only = &pool == &readers_;
    connection->begins(reads_only, !reads_only && owner_.one_writer);
    const auto begun = connection->script(sql(*connection).c_str());
    if (begun) return connection;
    const bool again = connection->is_broken() && attempt == 1;
    connection->roll_back();
    pool.give_back(std::move(connection));
    if (!again) return begun.error();
  }
}

CommitOutcome PostgresDatabase::look_up(const std::string& name, const std::string& id) const {
  const auto end = PostgresConnection::Clock::now() + kLookUp;
  // The lock waits for the session that was lost, should it still be at work.
  const std::string sql =
      "SELECT id FROM " + host_table("commits") + " WHERE connection=?1 FOR UPDATE";
  while (true) {
    if (const auto connection = connect()) {
      const auto stored = (*connection)->text(sql, name);
      if (stored) return *stored == id ? CommitOutcome::stored : CommitOutcome::not_stored;
    }
    if (PostgresConnection::Clock::now() > end) return CommitOutcome::unknown;
    std::this_thread::sleep_for(kLookUpPause);
  }
}

// A connection with an open transaction that writes.
class PostgresDatabase::WriteTransaction final : public Transaction {
 public:
  WriteTransaction(PostgresDatabase& database, std::unique_ptr<PostgresConnection> connection,
                   std::string id)
      : database_(database), connection_(std::move(connection)), id_(std::move(id)) {}
  ~WriteTransaction() override {
    if (!connection_) return;
    connection_->roll_back();
    end();
  }
  Connection& connection() override { return *connection_; }
  Result<> commit() override;
  bool may_repeat() const override {
    return connection_ ? connection_->had_conflict() : had_conflict_;
  }

 private:
  void end();

  PostgresDatabase& database_;
  std::unique_ptr<PostgresConnection> connection_;
  const std::string id_;
  const std::thread::id thread_ = std::this_thread::get_id();
  bool had_conflict_ = false;
};

void PostgresDatabase::WriteTransaction::end() {
  had_conflict_ = connection_->had_conflict();
  database_.writers_.give_back(std::move(connection_));
  database_.threads_.leave(thread_);
}

Result<> PostgresDatabase::WriteTransaction::commit() {
  if (!connection_) return Error{Code::internal, "commit without a transaction", {}};
  tell_commit_observer(false);
  Error failed;
  CommitOutcome outcome = connection_->commit(failed);
  if (outcome == CommitOutcome::unknown) {
    outcome = database_.look_up(connection_->name(), id_);
    if (outcome == CommitOutcome::not_stored)
      failed = {Code::unavailable,
                "the connection to the database was lost, and nothing was stored: repeat it",
                {}};
  }
  if (outcome == CommitOutcome::not_stored) {
    connection_->roll_back();
    end();
    return failed;
  }
  if (outcome == CommitOutcome::stored) tell_commit_observer(true);
  const auto actions = connection_->take_after_commit();
  end();
  for (const auto& action : actions) action();
  if (outcome == CommitOutcome::unknown) return outcome_unknown();
  return {};
}

// A connection with an open snapshot.
class PostgresDatabase::ReadTransaction final : public Transaction {
 public:
  ReadTransaction(const PostgresDatabase& database, std::unique_ptr<PostgresConnection> connection)
      : database_(database), connection_(std::move(connection)) {}
  ~ReadTransaction() override {
    connection_->roll_back();
    database_.readers_.give_back(std::move(connection_));
    database_.threads_.leave(thread_);
  }
  Connection& connection() override { return *connection_; }
  Result<> commit() override { return {}; }

 private:
  const PostgresDatabase& database_;
  std::unique_ptr<PostgresConnection> connection_;
  const std::thread::id thread_ = std::this_thread::get_id();
};

Result<std::unique_ptr<Transaction>> PostgresDatabase::begin_write(Durability durability) {
  TRY_VOID(threads_.enter());
  const std::string id = fresh_id();
  auto connection = begin(writers_, [&](const PostgresConnection& writer) {
    std::string sql = owner_.one_writer
                          ? "BEGIN; SELECT 1 FROM " + host_table("turns") + " FOR UPDATE; "
                          : "BEGIN ISOLATION LEVEL REPEATABLE READ; ";
    // From here on its row is locked, so look_up waits for the end of this transaction.
    sql += "UPDATE " + host_table("commits") + " SET id=" + quoted_text(id) +
           " WHERE connection=" + quoted_text(writer.name());
    if (durability == Durability::may_be_lost) sql += "; SET LOCAL synchronous_commit TO off";
    if (!owner_.role.empty()) sql += "; SET LOCAL ROLE " + quoted_name(owner_.role);
    return sql;
  });
  if (!connection) {
    threads_.leave(std::this_thread::get_id());
    return connection.error();
  }
  return std::unique_ptr<Transaction>(new WriteTransaction(*this, *std::move(connection), id));
}

Result<std::unique_ptr<Transaction>> PostgresDatabase::begin_read() const {
  TRY_VOID(threads_.enter());
  auto connection = begin(readers_, [&](const PostgresConnection&) {
    std::string sql = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    if (!owner_.role.empty()) sql += "; SET LOCAL ROLE " + quoted_name(owner_.role);
    return sql;
  });
  if (!connection) {
    threads_.leave(std::this_thread::get_id());
    return connection.error();
  }
  return std::unique_ptr<Transaction>(new ReadTransaction(*this, *std::move(connection)));
}

Result<std::unique_ptr<Database>> PostgresDatabase::open_plugin(const std::filesystem::path&,
                                                                std::string_view plugin) const {
  const std::string schema = plugin_schema(plugin);
  TRY(const auto connection, connect());
  TRY(const std::string role, create_plugin_schema(*connection, schema));
  return std::unique_ptr<Database>(new PostgresDatabase(
      parameters_,
      {.schema = schema, .host_schema = owner_.host_schema, .role = role, .one_writer = false},
      {}));
}

Result<> PostgresDatabase::erase_plugin(const std::filesystem::path&, std::string_view plugin) {
  TRY(const auto connection, connect());
  const std::string sql =
      "DROP SCHEMA IF EXISTS " + quoted_name(plugin_schema(plugin)) + " CASCADE";
  return connection->script(sql.c_str());
}

Result<bool> PostgresDatabase::has_plugin(const std::filesystem::path&,
                                          std::string_view plugin) const {
  TRY(const auto connection, connect());
  TRY(const auto found,
      connection->integer("SELECT 1 FROM pg_namespace WHERE nspname=?1", plugin_schema(plugin)));
  return found.has_value();
}

}  // namespace hosting
