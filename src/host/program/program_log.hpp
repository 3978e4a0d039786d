// The log of crm_host: one line per event on standard error, through spdlog. Used by main.
// It must never block on a reader for long nor end the program: a line that cannot be written is
// lost.
#pragma once

#include <memory>

#include "src/common/base/log.hpp"

namespace spdlog {
class logger;
}

namespace host {

class ProgramLog final : public gcal::base::Log {
 public:
  explicit ProgramLog(gcal::base::Level lowest);
  void write(gcal::base::Level level, std::string_view event,
             const gcal::base::Json& fields) override;  // [any thread]

 private:
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace host
