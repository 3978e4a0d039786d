// Implements base::Log over the host's crm.log/0. Used by the whole plugin. Fields must hold no
// secret and no calendar content. [any thread]
#pragma once

#include "host_api/cpp/host.hpp"
#include "src/common/base/log.hpp"

namespace gcal::plugin {

class HostLog final : public base::Log {
 public:
  explicit HostLog(crm::Log log) : log_(log) {}
  void write(base::Level level, std::string_view event, const base::Json& fields) override {
    log_.write(static_cast<int>(level), event,
               fields.members().empty() ? std::string() : fields.dump());
  }

 private:
  crm::Log log_;
};

static_assert(static_cast<int>(base::Level::debug) == CRM_LOG_DEBUG &&
              static_cast<int>(base::Level::error) == CRM_LOG_ERROR);

}  // namespace gcal::plugin
