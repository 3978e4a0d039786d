// This plugin's "main": builds the object graph from the host's services and ties the lifecycle of
// crm_plugin.h to it. The one place that knows everybody. It must never decide anything itself.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "host_api/cpp/plugin.hpp"
#include "plugin/capabilities/pending_reply.hpp"

namespace gcal::plugin {

class GoogleCalendar final : public crm::Plugin {
 public:
  explicit GoogleCalendar(crm::Host host);
  ~GoogleCalendar() override;

  Result<> prepare() override;
  Result<> start(std::string_view state) override;
  Result<std::string> self_check() override;
  Result<std::string> quiesce(std::chrono::milliseconds deadline) override;
  const void* capability(std::string_view id) noexcept override;

  // What the capability tables call. [any thread] Each copies its arguments, posts to the loop and
  // returns; while the plugin is not running a request is answered with unavailable and a hint is
  // dropped.
  enum class Request { settings_step, calendars, status, sync_now, http };
  void request(Request kind, std::string_view document, crm_reply* reply) noexcept;
  void run(std::string_view key, std::int64_t fence, crm_reply* reply) noexcept;
  enum class Hint { event, account, record };
  void hint(Hint kind, std::string_view id) noexcept;

 private:
  struct Base;     // from create to destroy: what needs no thread
  struct Running;  // from start to quiesce

  template <class Turn>
  bool post(Turn turn);

  crm::Host host_;
  std::unique_ptr<Base> base_;
  std::mutex mutex_;  // guards the two below against the calls of other threads
  std::unique_ptr<Running> running_;
  bool open_ = false;
};

}  // namespace gcal::plugin
