// A plugin that sets each new appointment of one calendar to the status "tentative". It shows how
// notifications, timers, feeds and conditional writes work together.
//
// It stores nothing but a feed cursor. Its functions are called on the host's threads; a mutex
// makes the scan run once at a time. A failed scan is repeated by the host (crm.tasks/0).
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "host_api/capabilities/hooks.h"
#include "host_api/capabilities/run.h"
#include "host_api/cpp/plugin.hpp"
#include "host_api/testing/json.hpp"

namespace example {

class Tentative : public crm::Plugin {
 public:
  explicit Tentative(crm::Host host) : host_(host) {}

  crm::Result<> prepare() override {
    if (host_.events() && host_.tasks()) return {};
    return crm::Error{crm::Code::invalid, "this plugin needs crm.events/0 and crm.tasks/0", {}};
  }
  // The cursor is a cache: without it everything is read again, and nothing is written twice.
  crm::Result<> start(std::string_view state) override {
    cursor_ = state;
    return host_.tasks()->schedule("scan", 0, "");
  }
  crm::Result<std::string> self_check() override { return std::string("{}"); }
  crm::Result<std::string> quiesce(std::chrono::milliseconds) override {
    const std::lock_guard lock(mutex_);
    return cursor_;
  }
  const void* capability(std::string_view id) noexcept override {
    if (id == CRM_HOOKS) return &kHooks;
    if (id == CRM_RUN) return &kRun;
    return nullptr;
  }

 private:
  using Json = crm::fakes::Json;  // a product uses a JSON library of its own choice
  static constexpr std::string_view kCalendar = "own-anna";

  // A notification must return at once, so it only schedules a task.
  static void event_changed(crm_plugin* plugin, crm_str, crm_str) noexcept {
    crm::guard(nullptr, [&] { return of(plugin).host_.tasks()->schedule("scan", 0, ""); });
  }
  static void ignore(crm_plugin*, crm_str) noexcept {}
  static void ignore(crm_plugin*, crm_str, crm_str) noexcept {}
  static constexpr crm_hooks_0 kHooks{&event_changed, &ignore, &ignore};

  static void run(crm_plugin* plugin, crm_str, crm_str, std::int64_t fence,
                  crm_reply* reply) noexcept {
    crm::Reply answer(reply);
    crm_error error;
    const crm_status status = crm::guard(&error, [&] { return of(plugin).scan(fence); });
    if (status == CRM_OK)
      answer.send(std::string());
    else
      answer.send(crm::Error{crm::to_code(status), error.message, {}});
  }
  static constexpr crm_run_0 kRun{&run};

  crm::Result<> scan(std::int64_t fence) {
    const std::lock_guard lock(mutex_);
    const crm::Events events = *host_.events();
    while (true) {
      auto text = events.changes(kCalendar, cursor_, 100);
      if (!text && text.error().code == crm::Code::gone && !std::exchange(cursor_, {}).empty())
        continue;  // list again
      if (!text) return std::move(text).error();
      TRY(const Json page, Json::parse(*text));
      TRY_VOID(mark(events, page["changes"], fence));
      cursor_ = page.string("cursor");
      if (!page["more"].as_bool()) return {};
    }
  }

  static crm::Result<> mark(const crm::Events& events, const Json& changes, std::int64_t fence) {
    Json operations = Json::array(), op_ids = Json::array();
    for (const Json& change : changes.items()) {
      const Json& document = change["document"];
      if (document.is_null() || document["event"].find("status")) continue;
      Json event = document["event"];
      event.set("status", "tentative");
      // The op_id names the revision, so the host recognises a repetition.
      const std::string op_id = "mark-" + document.string("revision");
      op_ids.push(op_id);
      operations.push(Json::object({{"op", "put"},
                                    {"op_id", op_id},
                                    {"id", document["id"]},
                                    {"calendar", document["calendar"]},
                                    {"if_revision", document["revision"]},
                                    {"event", std::move(event)}}));
    }
    if (operations.items().empty()) return {};
    // After a conflict with a user's change the feed delivers the appointment again.
    if (auto results = events.apply(fence, operations.dump()); !results)
      return std::move(results).error();
    return events.settle(op_ids.dump());
  }

  static Tentative& of(crm_plugin* plugin) { return *static_cast<Tentative*>(plugin); }

  crm::Host host_;
  std::mutex mutex_;
  std::string cursor_;
};

}  // namespace example
