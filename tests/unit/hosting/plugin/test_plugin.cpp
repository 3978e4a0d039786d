// A plugin whose behaviour is chosen when it is compiled: BEHAVIOUR_x is 1 for one x. The loader's
// tests run each as a library of its own.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "host_api/capabilities/calendar.h"
#include "host_api/capabilities/hooks.h"
#include "host_api/capabilities/http.h"
#include "host_api/capabilities/privacy.h"
#include "host_api/capabilities/run.h"
#include "host_api/capabilities/settings.h"
#include "host_api/cpp/plugin.hpp"

#ifndef PLUGIN_ID
#define PLUGIN_ID "com.example.good"
#endif
#ifndef PLUGIN_VERSION
#define PLUGIN_VERSION "1.2.3"
#endif

namespace {

using namespace std::chrono_literals;

// The capabilities, each a few lines. Every hint and run is written to the log, where the test
// reads it.
class TestPlugin final : public crm::Plugin {
 public:
  explicit TestPlugin(crm::Host host) : host_(host) {
#ifdef BEHAVIOUR_THROWS_IN_CREATE
    throw std::runtime_error("no licence for this machine");
#endif
  }

  crm::Result<> prepare() override {
#ifdef BEHAVIOUR_FAILS_PREPARE
    return crm::Error{crm::Code::unavailable, "the disk is full", {}};
#else
    TRY(auto tx, host_.sql()->begin(CRM_SQL_WRITE, 0));
    TRY_VOID(tx.exec("CREATE TABLE IF NOT EXISTS starts(at BIGINT)", {}));
    return tx.commit();
#endif
  }
  crm::Result<> start(std::string_view state) override {
#ifdef BEHAVIOUR_FAILS_START
    return crm::Error{crm::Code::unavailable, "no thread is left", {}};
#endif
#ifdef BEHAVIOUR_HANGS_IN_START
    std::this_thread::sleep_for(3600s);
#endif
    say("test.started", R"({"version":")" PLUGIN_VERSION R"(","state":)" +
                            std::string(state.empty() ? "null" : state) + "}");
    return {};
  }
  crm::Result<std::string> self_check() override {
#ifdef BEHAVIOUR_FAILS_SELF_CHECK
    return crm::Error{crm::Code::internal, "the clock runs backwards", {}};
#else
    say("test.checked", R"({"version":")" PLUGIN_VERSION R"("})");
    return std::string("{}");
#endif
  }
  crm::Result<std::string> quiesce(std::chrono::milliseconds) override {
#ifdef BEHAVIOUR_HANGS_IN_QUIESCE
    std::this_thread::sleep_for(3600s);
#endif
#ifdef BEHAVIOUR_REFUSES_QUIESCE
    return crm::Error{crm::Code::timeout, "a request is still on its way", {}};
#else
    const std::lock_guard lock(mutex_);
#ifndef BEHAVIOUR_KEEPS_REQUESTS
    for (crm::Reply& reply : kept_)
      reply.send(crm::Error{crm::Code::unavailable, "the plugin is stopping", {}});
    kept_.clear();
#endif
    say("test.quiesced", R"({"version":")" PLUGIN_VERSION R"("})");
    return std::string(R"({"from":")" PLUGIN_VERSION R"("})");
#endif
  }
  const void* capability(std::string_view id) noexcept override {
#ifdef BEHAVIOUR_OFFERS_LESS
    if (id == CRM_SETTINGS) return nullptr;
#endif
    static constexpr crm_settings_0 kSettings{&step};
    static constexpr crm_calendar_0 kCalendar{&calendars, &status, &sync_now};
    static constexpr crm_hooks_0 kHooks{&event_changed, &account_changed, &record_changed};
    static constexpr crm_http_0 kHttp{&handle};
    static constexpr crm_run_0 kRun{&run};
    static constexpr crm_privacy_0 kPrivacy{&forget};
    if (id == CRM_PRIVACY) return &kPrivacy;
    if (id == CRM_SETTINGS) return &kSettings;
    if (id == CRM_CALENDAR) return &kCalendar;
    if (id == CRM_HOOKS) return &kHooks;
    if (id == CRM_HTTP) return &kHttp;
    if (id == CRM_RUN) return &kRun;
    return nullptr;
  }

 private:
  static TestPlugin& of(crm_plugin* plugin) {
    return *static_cast<TestPlugin*>(plugin);
  }
  void say(std::string_view event, std::string_view fields = "{}") const {
    host_.log()->write(CRM_LOG_INFO, event, fields);
  }
  void say_hint(std::string_view event, crm_str a, crm_str b) const {
    say(event, "{\"a\":\"" + std::string(crm::from_abi(a)) + "\",\"b\":\"" +
                   std::string(crm::from_abi(b)) + "\"}");
  }

  // Echoes the request.
  static void step(crm_plugin*, crm_str request, crm_reply* reply) noexcept {
    reply->send(reply, CRM_OK, request);
  }
  // Answers twice, which a plugin must not.
  static void calendars(crm_plugin*, crm_str, crm_reply* reply) noexcept {
    reply->send(reply, CRM_OK, crm::to_abi("[]"));
    reply->send(reply, CRM_OK, crm::to_abi("[1]"));
  }
  // Keeps the request open until quiesce.
  static void status(crm_plugin* plugin, crm_str, crm_reply* reply) noexcept {
#ifdef BEHAVIOUR_ANSWERS_STATUS
    return reply->send(reply, CRM_OK, crm::to_abi(PLUGIN_VERSION));
#endif
    {
      const std::lock_guard lock(of(plugin).mutex_);
      of(plugin).kept_.emplace_back(reply);
    }
    of(plugin).say("test.kept");
  }
  static void sync_now(crm_plugin*, crm_str, crm_reply* reply) noexcept {
    reply->send(reply, CRM_NEEDS_AUTH, crm::to_abi("connect again"));
  }
  static void event_changed(crm_plugin* plugin, crm_str calendar, crm_str event) noexcept {
    of(plugin).say_hint("test.event", calendar, event);
  }
  static void account_changed(crm_plugin* plugin, crm_str account) noexcept {
    of(plugin).say_hint("test.account", account, {nullptr, 0});
  }
  static void record_changed(crm_plugin* plugin, crm_str kind, crm_str record) noexcept {
    of(plugin).say_hint("test.record", kind, record);
  }
  static void handle(crm_plugin*, crm_str, crm_str body, crm_reply* reply) noexcept {
    const bool version = crm::from_abi(body) == "version";
    reply->send(reply, CRM_OK, version ? crm::to_abi(PLUGIN_VERSION) : body);
  }
  static void run(crm_plugin* plugin, crm_str key, crm_str payload, std::int64_t,
                  crm_reply* reply) noexcept {
#ifdef BEHAVIOUR_HANGS_IN_RUN
    of(plugin).say_hint("test.hangs", key, payload);
    std::this_thread::sleep_for(3600s);
#endif
    of(plugin).say_hint("test.run", key, payload);
    reply->send(reply, CRM_OK, {nullptr, 0});
  }

  // Fails the first time, with the time after which the host asks again.
  static void forget(crm_plugin* plugin, crm_str request, crm_reply* raw) noexcept {
    of(plugin).say("test.forget", crm::from_abi(request));
    crm::Reply reply(raw);
    if (of(plugin).asked_to_forget_++ > 0) return reply.send(std::string());
    reply.send(crm::Error{crm::Code::unavailable, "no answer", 7s});
  }

  crm::Host host_;
  std::atomic<int> asked_to_forget_ = 0;
  std::mutex mutex_;
  std::deque<crm::Reply> kept_;
};

}  // namespace

CRM_PLUGIN(TestPlugin, PLUGIN_ID, PLUGIN_VERSION)
