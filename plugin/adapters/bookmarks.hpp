// Small named texts in the plugin's database: places in feeds, times of upkeep. Used by the runs.
// It must never hold a secret or calendar content.
#pragma once

#include <cstdint>
#include <string>

#include "src/engine/store/channels.hpp"
#include "src/engine/store/database.hpp"
#include "src/engine/store/worker.hpp"

namespace gcal::plugin {

// [loop thread] Writes carry the fence of the run.
class Bookmarks {
 public:
  Bookmarks(store::Database& database, store::Worker& worker, std::int64_t fence)
      : database_(database), worker_(worker), fence_(fence) {}

  Task<std::string> get(std::string name) {
    std::function<Result<std::string>()> read = [this, &name]() -> Result<std::string> {
      std::string value;
      const auto work = [&](store::Connection& connection) -> Result<> {
        TRY(value, store::bookmark(connection, name));
        return {};
      };
      TRY_VOID(database_.transact(store::Mode::read, 0, work));
      return value;
    };
    co_return co_await worker_.run<std::string>(std::move(read));
  }

  Task<> put(std::string name, std::string value) {
    std::function<Result<>()> write = [this, &name, &value] {
      return database_.transact(store::Mode::write, fence_, [&](store::Connection& connection) {
        return store::put_bookmark(connection, name, value);
      });
    };
    co_return co_await worker_.run<void>(std::move(write));
  }

 private:
  store::Database& database_;
  store::Worker& worker_;
  std::int64_t fence_;
};

}  // namespace gcal::plugin
