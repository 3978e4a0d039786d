// The part of a host that calls a plugin: its lifecycle, its capabilities, notifications and tasks,
// with replies that a test can wait for. It checks the plugin's side of the contract and reports
// violations to the Host. One driver serves one plugin; it is used on one thread, except for
// requests and notifications, which may be sent on any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "host_api/capabilities/calendar.h"
#include "host_api/capabilities/hooks.h"
#include "host_api/capabilities/http.h"
#include "host_api/capabilities/privacy.h"
#include "host_api/capabilities/run.h"
#include "host_api/capabilities/settings.h"
#include "host_api/cpp/abi.hpp"
#include "host_api/cpp/host.hpp"
#include "host_api/testing/fakes.hpp"

namespace crm::fakes {

// One request that was sent to the plugin. Copies share the reply. [any thread]
class Request {
 public:
  explicit Request(Host& host, std::string name)
      : state_(std::make_shared<State>(host, std::move(name))) {}
  // A request that could not be sent.
  Request(Host& host, std::string name, Error error) : Request(host, std::move(name)) {
    state_->answer = std::move(error);
  }

  bool answered() const {
    const std::lock_guard lock(state_->mutex);
    return state_->answer.has_value();
  }
  // Waits for the reply. timeout: none arrived within the limit; it may still arrive.
  Result<std::string> wait(std::chrono::milliseconds limit = std::chrono::seconds(10)) const {
    std::unique_lock lock(state_->mutex);
    if (!state_->came.wait_for(lock, limit, [&] { return state_->answer.has_value(); }))
      return Error{
          Code::timeout,
          state_->name + " was not answered within " + std::to_string(limit.count()) + " ms",
          {}};
    return *state_->answer;
  }
  // The asker does not wait any longer: the plugin may give the work up, and still replies.
  void abandon() const {
    const std::lock_guard lock(state_->mutex);
    state_->abandoned = true;
  }
  // For the plugin. Valid until the driver is destroyed, so that a second send is detected instead
  // of using freed memory.
  crm_reply* abi() const { return state_.get(); }

 private:
  struct State : crm_reply {
    State(Host& h, std::string n) : crm_reply{&take, &wanted}, host(h), name(std::move(n)) {}
    static std::int32_t wanted(crm_reply* reply) noexcept {
      auto* self = static_cast<State*>(reply);
      const std::lock_guard lock(self->mutex);
      return !self->answer && !self->abandoned;
    }
    static void take(crm_reply* reply, crm_status status, crm_str body) noexcept {
      auto* self = static_cast<State*>(reply);
      const std::string text(from_abi(body));
      const std::lock_guard lock(self->mutex);
      if (self->answer)
        return self->host.add_violation("the reply of " + self->name + " was sent twice");
      if (status < CRM_OK || status > CRM_INTERNAL)
        self->host.add_violation("the reply of " + self->name + " has an unknown status");
      if (status == CRM_OK)
        self->answer.emplace(text);
      else
        self->answer.emplace(failure(to_code(status), text));
      self->came.notify_all();
    }
    // A sentence, or schema/error.json.
    static Error failure(Code code, const std::string& body) {
      Error error{code, body};
      if (!body.starts_with('{')) return error;
      const auto json = Json::parse(body);
      if (!json) return error;
      error.message = json->string("message");
      error.retry_after = std::chrono::milliseconds((*json)["retry_after_ms"].as_integer());
      return error;
    }
    Host& host;
    std::string name;
    bool abandoned = false;
    mutable std::mutex mutex;
    mutable std::condition_variable came;
    std::optional<Result<std::string>> answer;
  };
  std::shared_ptr<State> state_;
};

// Creates a plugin, calls it as a host does, and destroys it.
class PluginDriver {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // Calls create. If that fails, every later call and error() return the failure.
  PluginDriver(Host& host, const crm_plugin_entry& entry) : host_(host) {
    host_.expect_silence("");
    const std::size_t before = host_.calls();
    crm_plugin* plugin = nullptr;
    created_ = call(entry.create, static_cast<const crm_host*>(&host), &plugin);
    if (created_ && !plugin)
      created_ = Error{Code::internal, "create succeeded without a plugin", {}};
    if (created_) plugin_ = plugin;
    if (host_.calls() != before)
      host_.add_violation("create called a service: it may only look them up");
  }
  // For a plugin class of the same program, without CRM_PLUGIN: PluginDriver::of<Hello>(host).
  template <class Type>
  static PluginDriver of(Host& host) {
    static constexpr crm_plugin_entry kEntry{
        sizeof(crm_plugin_entry),
        CRM_ABI_MAJOR,
        CRM_ABI_MINOR,
        "test",
        "0.0.0",
        [](const crm_host* h, crm_plugin** out, crm_error* error) noexcept {
          return guard(error, [&]() -> Result<> {
            *out = std::make_unique<Type>(crm::Host(h)).release();
            return {};
          });
        }};
    return PluginDriver(host, kEntry);
  }
  PluginDriver(const PluginDriver&) = delete;
  PluginDriver& operator=(const PluginDriver&) = delete;
  // Quiesces the plugin with a deadline of 10 s if it runs, then destroys it. If it refuses, it is
  // leaked, which is a violation.
  ~PluginDriver() {
    if (started_ && !quiesce(std::chrono::seconds(10))) {
      host_.add_violation("quiesce was refused at the end: the plugin is leaked");
      plugin_ = nullptr;
    }
    destroy();
  }

  Result<> error() const { return created_; }
  crm_plugin* plugin() const { return plugin_; }
  bool started() const { return started_; }

  // --- lifecycle [one thread] ---
  Result<> prepare() {
    CRM_TRY_VOID(created_);
    return call(plugin_->prepare, plugin_);
  }
  // state "": the state that the last quiesce of this driver returned, if any.
  Result<> start(std::string_view state = {}) {
    CRM_TRY_VOID(created_);
    host_.expect_silence("");
    auto result =
        call(plugin_->start, plugin_, to_abi(state.empty() ? std::string_view(state_) : state));
    if (result) started_ = true;
    return result;
  }
  Result<std::string> self_check() {
    CRM_TRY_VOID(created_);
    return call_for_text(plugin_->self_check, plugin_);
  }
  // After a success every request must be answered and the plugin must not call the host; anything
  // else is a violation.
  Result<std::string> quiesce(Milliseconds deadline) {
    CRM_TRY_VOID(created_);
    auto state =
        call_for_text(plugin_->quiesce, plugin_, static_cast<std::uint32_t>(deadline.count()));
    if (!state) return state;
    started_ = false;
    state_ = *state;
    host_.expect_silence("after quiesce");
    const std::lock_guard lock(mutex_);
    for (const Request& request : requests_)
      if (!request.answered()) host_.add_violation("a reply was still open after quiesce");
    return state;
  }
  void destroy() {
    if (!plugin_) return;
    host_.expect_silence("by destroy");
    crm_plugin* const plugin = std::exchange(plugin_, nullptr);
    plugin->destroy(plugin);
    host_.expect_silence("after destroy");
    created_ = Error{Code::cancelled, "the plugin was destroyed", {}};
  }

  // --- capabilities [any thread] ---
  template <class Table>
  const Table* capability(const char* id) const {
    return plugin_ ? static_cast<const Table*>(plugin_->capability(plugin_, id)) : nullptr;
  }
  // Also keeps who is in the middle of a set-up.
  Request settings_step(std::string_view request) {
    if (const auto json = Json::parse(request); json && json->is_object()) {
      const std::string kind = json->string("kind"), user = json->string("user");
      if (kind == "setup") host_.accounts.begin_set_up(user);
      if (kind == "discard") host_.accounts.end_set_up(user);
    }
    return send<crm_settings_0>(CRM_SETTINGS, "step", &crm_settings_0::step, request);
  }
  Request calendars(std::string_view request) {
    return send<crm_calendar_0>(CRM_CALENDAR, "calendars", &crm_calendar_0::calendars, request);
  }
  Request status(std::string_view request) {
    return send<crm_calendar_0>(CRM_CALENDAR, "status", &crm_calendar_0::status, request);
  }
  Request sync_now(std::string_view request) {
    return send<crm_calendar_0>(CRM_CALENDAR, "sync_now", &crm_calendar_0::sync_now, request);
  }
  Request http(std::string_view request, std::string_view body) {
    return send<crm_http_0>(CRM_HTTP, "handle", &crm_http_0::handle, request, to_abi(body));
  }
  Request forget(std::string_view request) {
    return send<crm_privacy_0>(CRM_PRIVACY, "forget", &crm_privacy_0::forget, request);
  }
  Request run(std::string_view key, std::string_view payload, std::int64_t fence) {
    return send<crm_run_0>(CRM_RUN, "run", &crm_run_0::run, key, to_abi(payload), fence);
  }

  // --- notifications and tasks ---
  // Delivers the notifications of users' changes since the last call. Returns how many the plugin
  // received; 0 if it does not offer crm.hooks/0.
  std::size_t deliver_notifications() {
    const auto* hooks = capability<crm_hooks_0>(CRM_HOOKS);
    const Notifications notifications = host_.take_notifications();
    if (!hooks) return 0;
    for (const Notification& notification : notifications) {
      if (notification.kind == Notification::Kind::event)
        hooks->event_changed(plugin_, to_abi(notification.first), to_abi(notification.second));
      if (notification.kind == Notification::Kind::account)
        hooks->account_changed(plugin_, to_abi(notification.first));
      if (notification.kind == Notification::Kind::record)
        hooks->record_changed(plugin_, to_abi(notification.first), to_abi(notification.second));
    }
    return notifications.size();
  }
  // Runs the task of this key now and waits for its end. not_found: no such task is scheduled.
  Result<std::string> fire(std::string_view key, Milliseconds limit = std::chrono::seconds(10)) {
    CRM_TRY(const Tasks::Run run, host_.tasks.take(key));
    return finish(run, limit);
  }
  // Runs the tasks whose time has come by the host's clock, one after the other, until none is
  // left. Returns how many ran, or the first failure.
  Result<int> run_due(Milliseconds limit = std::chrono::seconds(10)) {
    int count = 0;
    while (const auto run = host_.tasks.take_due()) {
      auto answer = finish(*run, limit);
      if (!answer)
        return Error{
            answer.error().code, "the task " + run->key + ": " + answer.error().message, {}};
      ++count;
    }
    return count;
  }

 private:
  template <class Table, class Function, class... Args>
  Request send(const char* id, const char* name, Function function, std::string_view request,
               Args... args) {
    const std::string title = std::string(id) + " " + name;
    if (!created_) return Request(host_, title, created_.error());
    const Table* table = capability<Table>(id);
    if (!table)
      return Request(host_, title,
                     Error{Code::not_found, "the plugin does not offer " + std::string(id), {}});
    Request sent(host_, title);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(sent);
    }
    (table->*function)(plugin_, to_abi(request), args..., sent.abi());
    return sent;
  }
  Result<std::string> finish(const Tasks::Run& task, Milliseconds limit) {
    auto answer = run(task.key, task.payload, task.fence).wait(limit);
    host_.tasks.finish(task, answer ? Code::ok : answer.error().code,
                       answer ? Milliseconds(0) : answer.error().retry_after);
    return answer;
  }

  Host& host_;
  Result<> created_;
  crm_plugin* plugin_ = nullptr;
  bool started_ = false;
  std::string state_;
  std::mutex mutex_;  // guards requests_
  std::deque<Request> requests_;
};

}  // namespace crm::fakes
