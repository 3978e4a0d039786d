#include "src/host/program/program_log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace host {
namespace {

spdlog::level::level_enum level_of(gcal::base::Level level) {
  switch (level) {
    case gcal::base::Level::debug: return spdlog::level::debug;
    case gcal::base::Level::info: return spdlog::level::info;
    case gcal::base::Level::warning: return spdlog::level::warn;
    case gcal::base::Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

ProgramLog::ProgramLog(gcal::base::Level lowest)
    : logger_(std::make_shared<spdlog::logger>("crm_host",
                                               std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger_->set_level(level_of(lowest));
  // A failure to write to standard error cannot be reported anywhere.
  logger_->set_error_handler([](const std::string&) {});
}

// The fields are JSON, in which control characters are escaped: no event can forge a second line.
void ProgramLog::write(gcal::base::Level level, std::string_view event,
                       const gcal::base::Json& fields) {
  if (!logger_->should_log(level_of(level))) return;
  logger_->log(level_of(level), "{} {}", event, fields.dump());
}

}  // namespace host
