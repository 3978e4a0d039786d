// crm.clock/0: the host's clock, which a test may own.
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

std::int64_t wall(const crm_host* host) noexcept {
  return PluginHost::of(host).context().clock().now().time_since_epoch().count();
}
std::int64_t monotonic_ms(const crm_host* host) noexcept {
  return PluginHost::of(host).context().clock().monotonic().count();
}

}  // namespace

constexpr crm_clock_0 kClockTable{&wall, &monotonic_ms};

}  // namespace hosting
