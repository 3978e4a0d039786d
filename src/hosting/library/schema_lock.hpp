// The right to work on a schema of a PostgreSQL database: one program at a time, whatever its data
// folder, as DataLock is for the folder. Used by Hosting and by crm_host. It is an advisory lock of
// a session that does nothing else, so it ends with its process, also by a crash. It must never be
// taken by what works beside a running host, such as a backup.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "src/common/base/log.hpp"
#include "src/common/base/result.hpp"
#include "src/hosting/library/repeated.hpp"
#include "src/hosting/storage/database.hpp"
#include "src/hosting/storage/postgres_connection.hpp"

namespace hosting {

struct SchemaLockTimes {
  // How long a start waits for a program that has just ended: the server learns of a killed process
  // at once, and of a machine without power after some seconds.
  std::chrono::milliseconds patience{10'000};
  std::chrono::milliseconds look{500};   // how often the session is looked at
  std::chrono::milliseconds ask{5'000};  // how often the server is asked whether it is still there
};

class SchemaLock {
 public:
  // Waits while another program holds it. conflict: after that it still does. Otherwise the errors
  // of Database::open for a place. [blocks]
  static gcal::Result<std::unique_ptr<SchemaLock>> take(const PostgresPlace& place,
                                                        SchemaLockTimes times = {});
  ~SchemaLock();  // end_watch, and gives it back
  SchemaLock(const SchemaLock&) = delete;
  SchemaLock& operator=(const SchemaLock&) = delete;

  // From now on a session that ends, as when the server restarts, is replaced, as soon as the
  // server answers. If another program took the lock meanwhile, `on_lost` is called once, with the
  // reason: then two programs work on the schema, and this one must end its work. Once per object.
  // `log` outlives the object.
  void watch(gcal::base::Log& log, std::function<void(const gcal::Error&)> on_lost);
  // What on_lost uses is not used any more after this. The lock is still held. Idempotent; never
  // called by on_lost. [blocks while on_lost is under way]
  void end_watch() { watching_.reset(); }

 private:
  SchemaLock(PostgresParameters parameters, std::string schema, SchemaLockTimes times);

  gcal::Result<std::unique_ptr<PostgresConnection>> connect() const;
  // Whether the session has the lock now.
  gcal::Result<bool> try_lock(PostgresConnection& connection) const;
  // The server's process that holds it; 0: none.
  gcal::Result<std::int64_t> holder(PostgresConnection& connection) const;
  gcal::Error held_by(std::int64_t process) const;
  gcal::Result<> keep(std::unique_ptr<PostgresConnection> connection);
  bool is_held();
  // Takes it once more. Answers the reason when another program has it.
  std::optional<gcal::Error> take_again(gcal::base::Log& log);

  const PostgresParameters parameters_;
  const std::string schema_;
  const std::int64_t key_;
  const SchemaLockTimes times_;
  std::unique_ptr<PostgresConnection> session_;  // null: it ended
  std::int64_t process_ = 0;                     // the server's, of the last session
  std::chrono::steady_clock::time_point asked_;
  bool is_lost_ = false;
  std::optional<Repeated> watching_;
};

}  // namespace hosting
