// Named texts in the plugin's database: feed cursors, the time of the last maintenance, notices.
// Used by the runs. For neither secrets nor calendar content. Runs on the loop thread; the
// statements run on the store thread.
#pragma once

#include <cstdint>
#include <string>

#include "src/engine/store/blocking_executor.hpp"
#include "src/engine/store/channels.hpp"
#include "src/engine/store/database.hpp"

namespace gcal::plugin {

// Writes carry the fence of the run. Errors: those of the database; conflict if a newer run has
// started. [loop thread]
class KeyValueStore {
 public:
  KeyValueStore(store::Database& database, store::BlockingExecutor& blocking, std::int64_t fence)
      : database_(database), blocking_(blocking), fence_(fence) {}

  // "" if nothing was stored.
  Task<std::string> get(std::string name) {
    std::function<Result<std::string>()> read = [this, &name]() -> Result<std::string> {
      std::string value;
      const auto work = [&](store::Connection& connection) -> Result<> {
        TRY(value, store::read_value(connection, name));
        return {};
      };
      TRY_VOID(database_.transact(store::Mode::read, 0, work));
      return value;
    };
    co_return co_await blocking_.run<std::string>(std::move(read));
  }

  Task<> put(std::string name, std::string value) {
    std::function<Result<>()> write = [this, &name, &value] {
      return database_.transact(store::Mode::write, fence_, [&](store::Connection& connection) {
        return store::write_value(connection, name, value);
      });
    };
    co_return co_await blocking_.run<void>(std::move(write));
  }

 private:
  store::Database& database_;
  store::BlockingExecutor& blocking_;
  std::int64_t fence_;
};

}  // namespace gcal::plugin
