#include "src/hosting/library/schema_lock.hpp"

#include <thread>
#include <utility>

#include "src/common/base/bytes.hpp"
#include "src/common/base/json.hpp"

namespace hosting {
namespace {

using gcal::base::Json;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{200};

// Of this schema; the locks of a database are its own.
std::int64_t key_of(const std::string& schema) {
  const auto hash = gcal::base::sha256(gcal::base::as_bytes("crm host " + schema));
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < 8; ++i) key = key << 8 | static_cast<std::uint8_t>(hash[i]);
  return static_cast<std::int64_t>(key);
}

}  // namespace

SchemaLock::SchemaLock(PostgresParameters parameters, std::string schema, SchemaLockTimes times)
    : parameters_(std::move(parameters)),
      schema_(std::move(schema)),
      key_(key_of(schema_)),
      times_(times) {}

SchemaLock::~SchemaLock() {
  end_watch();
}

Result<std::unique_ptr<PostgresConnection>> SchemaLock::connect() const {
  TRY(auto connection, PostgresConnection::connect(parameters_, schema_));
  // The server gives the session up soon after its machine is gone, and never because it is idle. A
  // server that knows no such setting has its own.
  for (const char* setting :
       {"SET idle_session_timeout=0",
        "SET tcp_keepalives_idle=3; SET tcp_keepalives_interval=1; SET tcp_keepalives_count=3; "
        "SET tcp_user_timeout=5000"})
    if (!connection->script(setting) && connection->is_broken())
      return Error{Code::unavailable, "the database server closed the connection", {}};
  return connection;
}

Result<bool> SchemaLock::try_lock(PostgresConnection& connection) const {
  TRY(const auto taken,
      connection.integer("SELECT CASE WHEN pg_try_advisory_lock(?1) THEN 1 ELSE 0 END", key_));
  return taken == 1;
}

Result<std::int64_t> SchemaLock::holder(PostgresConnection& connection) const {
  const auto key = static_cast<std::uint64_t>(key_);
  TRY(const auto process,
      connection.integer("SELECT pid FROM pg_locks WHERE locktype='advisory' AND granted AND "
                         "database=(SELECT oid FROM pg_database WHERE datname=current_database()) "
                         "AND CAST(classid AS BIGINT)=?1 AND CAST(objid AS BIGINT)=?2 AND "
                         "objsubid=1",
                         static_cast<std::int64_t>(key >> 32),
                         static_cast<std::int64_t>(key & 0xffff'ffffU)));
  return process.value_or(0);
}

Error SchemaLock::held_by(std::int64_t process) const {
  return {Code::conflict,
          "another host works on the schema \"" + schema_ + "\" of this database (process " +
              std::to_string(process) +
              " of the database server): stop it, or choose another schema or database",
          {}};
}

Result<> SchemaLock::keep(std::unique_ptr<PostgresConnection> connection) {
  TRY(const auto process, connection->integer("SELECT pg_backend_pid()"));
  process_ = process.value_or(0);
  session_ = std::move(connection);
  asked_ = steady_clock::now();
  return {};
}

Result<std::unique_ptr<SchemaLock>> SchemaLock::take(const PostgresPlace& place,
                                                     SchemaLockTimes times) {
  TRY(auto parameters, postgres_parameters(place));
  std::unique_ptr<SchemaLock> lock(new SchemaLock(std::move(parameters), place.schema, times));
  TRY(auto connection, lock->connect());
  const auto end = steady_clock::now() + times.patience;
  for (;;) {
    TRY(const bool taken, lock->try_lock(*connection));
    if (taken) break;
    TRY(const std::int64_t process, lock->holder(*connection));
    if (steady_clock::now() > end) return lock->held_by(process);
    std::this_thread::sleep_for(kPause);
  }
  TRY_VOID(lock->keep(std::move(connection)));
  return lock;
}

void SchemaLock::watch(gcal::base::Log& log, std::function<void(const Error&)> on_lost) {
  watching_.emplace(times_.look, [this, &log, on_lost = std::move(on_lost)] {
    if (is_lost_ || is_held()) return;
    const auto lost = take_again(log);
    if (!lost) return;
    is_lost_ = true;
    log.error("database.lock_lost", Json::object({{"why", lost->message}}));
    on_lost(*lost);
  });
}

bool SchemaLock::is_held() {
  if (!session_ || !session_->is_usable()) return false;
  const auto now = steady_clock::now();
  if (now - asked_ < times_.ask) return true;
  asked_ = now;
  return session_->script("SELECT 1").has_value();
}

std::optional<Error> SchemaLock::take_again(gcal::base::Log& log) {
  if (std::exchange(session_, nullptr))
    log.warning("database.lock_interrupted", Json::object({{"schema", schema_}}));
  auto connection = connect();
  if (!connection) return std::nullopt;
  const auto taken = try_lock(**connection);
  if (!taken) return std::nullopt;
  if (*taken) {
    if (keep(*std::move(connection)))
      log.info("database.lock_taken_again", Json::object({{"schema", schema_}}));
    return std::nullopt;
  }
  // The server may not have noticed yet that the session of this object ended.
  const auto process = holder(**connection);
  if (!process || *process == 0 || *process == process_) return std::nullopt;
  return held_by(*process);
}

}  // namespace hosting
