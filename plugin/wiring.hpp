// Composition root: builds the plugin's objects from the host's services and maps the life cycle of
// crm_plugin.h to them. Contains no logic. Life-cycle functions are called by the host, one at a
// time; the functions for the capability table by any thread.
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

  // Called by the capability table. Each copies its arguments, posts a callback to the loop thread
  // and returns. While the plugin is not running, a request is answered with unavailable and a hint
  // is dropped. [any thread]
  enum class Request {
    settings_step,
    calendars,
    status,
    sync_now,
    http,
    invitation_sample,
    forget
  };
  void request(Request kind, std::string_view document, crm_reply* reply) noexcept;
  void run(std::string_view key, std::int64_t fence, crm_reply* reply) noexcept;
  enum class Hint { event, account, record };
  void hint(Hint kind, std::string_view id) noexcept;

 private:
  struct Base;     // from create to destroy: objects without threads
  struct Running;  // from start to quiesce

  template <class Callback>
  bool post(Callback callback);

  crm::Host host_;
  std::unique_ptr<Base> base_;
  std::mutex mutex_;  // guards running_ and open_
  std::unique_ptr<Running> running_;
  bool open_ = false;
};

}  // namespace gcal::plugin
