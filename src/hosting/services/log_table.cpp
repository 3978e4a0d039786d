// crm.log/0: a plugin's lines in the host's log, each with the plugin's id.
#include "host_api/cpp/abi.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

using gcal::base::Level;

constexpr std::size_t kMaxEvent = 64, kMaxFields = 16 * 1024;

Level level_of(std::int32_t level) {
  switch (level) {
    case CRM_LOG_DEBUG: return Level::debug;
    case CRM_LOG_INFO: return Level::info;
    case CRM_LOG_WARNING: return Level::warning;
    default: return Level::error;
  }
}

void write(const crm_host* host, std::int32_t level, crm_str event, crm_str fields) noexcept {
  try {
    const PluginHost& self = PluginHost::of(host);
    Json document = Json::object({{"plugin", self.plugin()}});
    if (fields.size > 0) {
      auto parsed = fields.size <= kMaxFields ? Json::parse(crm::from_abi(fields))
                                              : Result<Json>(Error{Code::invalid, "too long", {}});
      if (parsed && parsed->is_object()) {
        for (auto& [name, value] : parsed->mutable_members()) {
          if (name != "plugin") document.set(name, std::move(value));
        }
      } else {
        document.set("unreadable_fields_bytes", fields.size);
      }
    }
    self.context().log().write(level_of(level), crm::from_abi(event).substr(0, kMaxEvent),
                               document);
  } catch (...) {
    // Out of memory: a line is lost, the plugin goes on, as the contract says.
  }
}

std::int32_t enabled(const crm_host* host, std::int32_t level) noexcept {
  return level_of(level) >= PluginHost::of(host).identity().log_from;
}

}  // namespace

constexpr crm_log_0 kLogTable{&write, &enabled};

}  // namespace hosting
