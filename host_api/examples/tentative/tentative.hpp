// A plugin that sets each new appointment of one calendar to the status "tentative". It shows how
// notifications, tasks, feeds and conditional writes work together.
//
// It stores nothing but a feed cursor. Services may block, so all calls of the host are made on a
// worker thread of the plugin; its capabilities only queue work. A failed scan is repeated by the
// host (crm.tasks/0).
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
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
  ~Tentative() override { stop_worker(); }

  // The cursor is a cache: without it everything is read again, and nothing is written twice.
  crm::Result<> start(std::string_view state) override {
    if (worker_.joinable())
      return crm::Error{crm::Code::conflict, "the plugin is running already", {}};
    cursor_ = state;
    CRM_TRY_VOID(host_.tasks()->schedule("scan", 0, ""));
    stopping_ = false;
    worker_ = std::thread([this] { work(); });
    return {};
  }
  crm::Result<std::string> self_check() override { return std::string("{}"); }
  // Finishes the queued work first, so that no reply stays open.
  crm::Result<std::string> quiesce(std::chrono::milliseconds deadline) override {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait_for(lock, deadline, [this] { return idle_ && queue_.empty(); }))
        return crm::Error{crm::Code::timeout, "a scan is running", {}};
    }
    stop_worker();
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

  // A capability must return at once, so it only queues work.
  static void event_changed(crm_plugin* plugin, crm_str, crm_str) noexcept {
    crm::guard(nullptr, [&]() -> crm::Result<> {
      Tentative& self = of(plugin);
      self.post([&self] { static_cast<void>(self.host_.tasks()->schedule("scan", 0, "")); });
      return {};
    });
  }
  static void ignore(crm_plugin*, crm_str) noexcept {}
  static void ignore(crm_plugin*, crm_str, crm_str) noexcept {}
  static constexpr crm_hooks_0 kHooks{&event_changed, &ignore, &ignore};

  static void run(crm_plugin* plugin, crm_str, crm_str, std::int64_t fence,
                  crm_reply* reply) noexcept {
    crm::guard(nullptr, [&]() -> crm::Result<> {
      Tentative& self = of(plugin);
      auto answer = std::make_shared<crm::Reply>(crm::Reply(reply));
      self.post([&self, fence, answer] {
        const crm::Result<> done = self.scan(fence);
        answer->send(done ? crm::Result<std::string>(std::string()) : done.error());
      });
      return {};
    });
  }
  static constexpr crm_run_0 kRun{&run};

  void post(std::function<void()> job) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(job));
    changed_.notify_all();
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const std::function<void()> job = std::move(queue_.front());
      queue_.pop_front();
      idle_ = false;
      lock.unlock();
      job();
      lock.lock();
      idle_ = true;
      changed_.notify_all();
    }
  }

  void stop_worker() {
    if (!worker_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    worker_.join();
  }

  // [worker thread]
  crm::Result<> scan(std::int64_t fence) {
    const crm::Events events = *host_.events();
    while (true) {
      auto text = events.changes(kCalendar, cursor_, 100);
      if (!text && text.error().code == crm::Code::gone && !std::exchange(cursor_, {}).empty())
        continue;  // list again
      if (!text) return std::move(text).error();
      CRM_TRY(const Json page, Json::parse(*text));
      CRM_TRY_VOID(mark(events, page["changes"], fence));
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
  std::string cursor_;  // used by the worker while it runs
  std::mutex mutex_;    // guards what follows
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  bool idle_ = true;
  std::thread worker_;
};

}  // namespace example
