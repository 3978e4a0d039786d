// The base class of a plugin written in C++ and the macro that defines the exported entry. A plugin
// derives from Plugin, provides its capabilities (host_api/cpp/capabilities.hpp) and uses
// CRM_PLUGIN once. The host calls the lifecycle functions on one thread and all others on any.
// Exceptions do not leave this header: they become INTERNAL with their message.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "host_api/cpp/abi.hpp"
#include "host_api/cpp/capabilities.hpp"
#include "host_api/cpp/host.hpp"
#include "host_api/cpp/reply.hpp"

namespace crm {

// The C table is the base class, so the C functions reach the object by a static_cast.
class Plugin : public crm_plugin {
 public:
  Plugin() noexcept
      : crm_plugin{&do_prepare, &do_start,   &do_self_check,
                   &do_quiesce, &do_destroy, &do_capability} {}
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  virtual ~Plugin() = default;

  // See crm_plugin in crm_plugin.h for the meaning of each. [host's thread]
  virtual Result<> prepare() = 0;
  virtual Result<> start(std::string_view state) = 0;
  virtual Result<std::string> self_check() = 0;
  virtual Result<std::string> quiesce(std::chrono::milliseconds deadline) = 0;
  // What was provided. Override it to write the tables by hand. [any thread]
  virtual const void* capability(std::string_view id) noexcept { return provided_.table(id); }

 protected:
  // Offers a capability, which must outlive the plugin; the manifest names it too. For the
  // constructor: afterwards the host has read the tables.
  template <class Capability>
  void provide(Capability& capability) noexcept {
    provided_.set(capability);
  }

 private:
  friend class ProvidedTables<Plugin>;
  static Plugin& of(crm_plugin* plugin) noexcept { return *static_cast<Plugin*>(plugin); }
  static crm_status do_prepare(crm_plugin* p, crm_error* e) noexcept {
    return guard(e, [&] { return of(p).prepare(); });
  }
  static crm_status do_start(crm_plugin* p, crm_str state, crm_error* e) noexcept {
    return guard(e, [&] { return of(p).start(from_abi(state)); });
  }
  static crm_status do_self_check(crm_plugin* p, crm_sink report, crm_error* e) noexcept {
    return guard_into(report, e, [&] { return of(p).self_check(); });
  }
  static crm_status do_quiesce(crm_plugin* p, std::uint32_t deadline_ms, crm_sink state,
                               crm_error* e) noexcept {
    return guard_into(state, e,
                      [&] { return of(p).quiesce(std::chrono::milliseconds(deadline_ms)); });
  }
  static void do_destroy(crm_plugin* p) noexcept { delete &of(p); }
  static const void* do_capability(crm_plugin* p, const char* id) noexcept {
    return of(p).capability(id ? id : "");
  }
  ProvidedTables<Plugin> provided_;
};

}  // namespace crm

// CRM_PLUGIN(example::Plugin, "com.example.plugin", "1.0.0") defines crm_entry. Type needs a
// constructor from crm::Host, which runs in create and may only look services up.
#define CRM_PLUGIN(Type, plugin_id, plugin_version)                                         \
  extern "C" CRM_EXPORT const crm_plugin_entry crm_entry = {                                \
      sizeof(crm_plugin_entry),                                                             \
      CRM_ABI_MAJOR,                                                                        \
      CRM_ABI_MINOR,                                                                        \
      plugin_id,                                                                            \
      plugin_version,                                                                       \
      [](const crm_host* host, crm_plugin** out, crm_error* error) noexcept -> crm_status { \
        return crm::guard(error, [&]() -> crm::Result<> {                                   \
          *out = std::make_unique<Type>(crm::Host(host)).release();                         \
          return {};                                                                        \
        });                                                                                 \
      }};
