// Structured logging as a port: an event name and fields. The plugin logs through the host,
// programs through spdlog. Field values must never hold tokens, codes, e-mail addresses, titles or
// other calendar content.
#pragma once

#include <string_view>

#include "src/common/base/json.hpp"

namespace gcal::base {

enum class Level { debug, info, warning, error };

class Log {
 public:
  virtual ~Log() = default;
  virtual void write(Level level, std::string_view event, const Json& fields) = 0;  // [any thread]

  void debug(std::string_view event, const Json& fields = Json::object()) {
    write(Level::debug, event, fields);
  }
  void info(std::string_view event, const Json& fields = Json::object()) {
    write(Level::info, event, fields);
  }
  void warning(std::string_view event, const Json& fields = Json::object()) {
    write(Level::warning, event, fields);
  }
  void error(std::string_view event, const Json& fields = Json::object()) {
    write(Level::error, event, fields);
  }
};

// For tests that do not look at the log.
class SilentLog final : public Log {
 public:
  void write(Level, std::string_view, const Json&) override {}
};

}  // namespace gcal::base
