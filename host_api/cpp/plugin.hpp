// The base class of a plugin written in C++, the reply to a request, and the macro that defines the
// exported entry. A plugin derives from Plugin and uses CRM_PLUGIN once. The host calls the
// lifecycle functions on one thread and capability() on any. Exceptions do not leave this header:
// they become INTERNAL with their message.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "host_api/cpp/abi.hpp"
#include "host_api/cpp/host.hpp"

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
  virtual const void* capability(std::string_view id) noexcept = 0;  // [any thread]

 private:
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
};

// The reply to one request. Move-only; destroyed without send it replies INTERNAL, so each request
// is answered exactly once. [any thread]
class Reply {
 public:
  explicit Reply(crm_reply* reply) noexcept : reply_(reply) {}
  Reply(Reply&& other) noexcept : reply_(std::exchange(other.reply_, nullptr)) {}
  Reply& operator=(Reply&& other) noexcept {
    std::swap(reply_, other.reply_);
    return *this;
  }
  ~Reply() { send(CRM_INTERNAL, "the request was dropped unanswered"); }

  // Sends the text, or the error's code and message. A second call has no effect.
  void send(const Result<std::string>& result) noexcept {
    if (result)
      send(CRM_OK, *result);
    else
      send(static_cast<crm_status>(result.error().code), result.error().message);
  }

 private:
  void send(crm_status status, std::string_view body) noexcept {
    if (crm_reply* reply = std::exchange(reply_, nullptr)) reply->send(reply, status, to_abi(body));
  }
  crm_reply* reply_;
};

}  // namespace crm

// CRM_PLUGIN(example::Plugin, "com.example.plugin", "1.0.0") defines crm_entry. Type needs a
// constructor from crm::Host, which runs in create and may only look services up.
#define CRM_PLUGIN(Type, plugin_id, plugin_version)                                         \
  extern "C" __attribute__((visibility("default"))) const crm_plugin_entry crm_entry = {    \
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
