// The plugin that checks a host: see README.md beside this file. It is a plugin like any other,
// with a settings page for its account, routes by which host_conformance starts it and fetches its
// report, and tasks. For test hosts only: its routes need no session.
//
// Threads: calls of the host that need a service are put into a queue; one thread of the plugin
// does them, and the suite itself is one of them.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>

#include "host_api/capabilities/http.h"
#include "host_api/capabilities/run.h"
#include "host_api/capabilities/settings.h"
#include "suite.hpp"

#ifndef PROBE_ID
#define PROBE_ID "com.example.conformance_probe"
#endif

namespace conformance {
namespace {

constexpr std::string_view kMemo = R"({"a":[1,{"b":"ä \u0000"}]})";

std::string state_of_the_probe() {
  return {"probe \0 state", 13};
}

// The C side of the host, which the wrapper keeps to itself.
class RawHost : public crm::Clock {
 public:
  explicit RawHost(const crm::Clock& clock) : crm::Clock(clock) {}
  const crm_host* get() const { return host_; }
};

class Probe : public crm::Plugin {
 public:
  explicit Probe(crm::Host host) : host_(host) {}
  ~Probe() override { stop(); }

  Result<> prepare() override {
    const Lifecycle call(*this, Phase::created, Phase::prepared);
    for (const auto& [there, id] : {std::pair(host_.accounts().has_value(), CRM_ACCOUNTS),
                                    std::pair(host_.calendars().has_value(), CRM_CALENDARS),
                                    std::pair(host_.clock().has_value(), CRM_CLOCK),
                                    std::pair(host_.contacts().has_value(), CRM_CONTACTS),
                                    std::pair(host_.events().has_value(), CRM_EVENTS),
                                    std::pair(host_.log().has_value(), CRM_LOG),
                                    std::pair(host_.options().has_value(), CRM_OPTIONS),
                                    std::pair(host_.secrets().has_value(), CRM_SECRETS),
                                    std::pair(host_.sql().has_value(), CRM_SQL),
                                    std::pair(host_.tasks().has_value(), CRM_TASKS)})
      if (!there) return Error{Code::invalid, "this plugin needs " + std::string(id), {}};
    return {};
  }
  Result<std::string> self_check() override {
    const Lifecycle call(*this, phase_, phase_);
    return std::string("{}");
  }
  Result<> start(std::string_view state) override {
    if (worker_.joinable()) return Error{Code::conflict, "the plugin is running already", {}};
    const Lifecycle call(*this, Phase::prepared, Phase::started);
    if (!state.empty() && state != state_of_the_probe()) foreign_state_ = true;
    stopping_ = false;
    worker_ = std::thread([this] { work(); });
    return {};
  }
  Result<std::string> quiesce(std::chrono::milliseconds deadline) override {
    if (!worker_.joinable()) return Error{Code::conflict, "the plugin is not running", {}};
    const Lifecycle call(*this, Phase::started, Phase::prepared);
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait_for(lock, deadline, [this] { return queue_.empty() && !busy_; })) {
        phase_ = Phase::started;
        return Error{Code::timeout, "a check is running", {}};
      }
    }
    stop();
    return state_of_the_probe();
  }
  const void* capability(std::string_view id) noexcept override {
    if (id == CRM_SETTINGS) return &kSettings;
    if (id == CRM_HTTP) return &kHttp;
    if (id == CRM_RUN) return &kRun;
    return nullptr;
  }

 private:
  enum class Phase { created, prepared, started };

  // A lifecycle call: is it the host's only one, and does it come when it may?
  class Lifecycle {
   public:
    Lifecycle(Probe& probe, Phase expected, Phase next) : probe_(probe) {
      if (probe_.inside_.fetch_add(1) > 0) probe_.two_at_once_ = true;
      if (probe_.phase_ != expected && probe_.phase_ != next) probe_.out_of_order_ = true;
      probe_.phase_ = next;
    }
    Lifecycle(const Lifecycle&) = delete;
    Lifecycle& operator=(const Lifecycle&) = delete;
    ~Lifecycle() { --probe_.inside_; }

   private:
    Probe& probe_;
  };

  // --- capabilities ---
  static Probe& of(crm_plugin* plugin) { return *static_cast<Probe*>(plugin); }

  static void step(crm_plugin* plugin, crm_str request, crm_reply* reply) noexcept {
    crm::guard(nullptr, [&]() -> Result<> {
      Probe& self = of(plugin);
      auto answer = std::make_shared<crm::Reply>(crm::Reply(reply));
      self.note_call();
      self.post([&self, answer, text = std::string(crm::from_abi(request))] {
        answer->send(self.next_step(text));
      });
      return {};
    });
  }
  static constexpr crm_settings_0 kSettings{&step};

  static void handle(crm_plugin* plugin, crm_str request, crm_str body, crm_reply* reply) noexcept {
    crm::guard(nullptr, [&]() -> Result<> {
      Probe& self = of(plugin);
      crm::Reply answer(reply);
      self.note_call();
      answer.send(self.respond(crm::from_abi(request), crm::from_abi(body)));
      return {};
    });
  }
  static constexpr crm_http_0 kHttp{&handle};

  static void run(crm_plugin* plugin, crm_str key, crm_str payload, std::int64_t fence,
                  crm_reply* reply) noexcept {
    crm::guard(nullptr, [&]() -> Result<> {
      Probe& self = of(plugin);
      crm::Reply answer(reply);
      self.note_call();
      const std::int64_t now = self.host_.clock() ? self.host_.clock()->wall() : 0;
      self.runs_.add({std::string(crm::from_abi(key)), std::string(crm::from_abi(payload)), fence,
                      now, std::move(answer)});
      return {};
    });
  }
  static constexpr crm_run_0 kRun{&run};

  void note_call() {
    if (phase_ != Phase::started) called_while_stopped_ = true;
  }

  // --- the route ---
  static std::string reply_of(int status, const Json& body) {
    return Json::object({{"status", status},
                         {"headers", Json::object({{"content-type", "application/json"}})},
                         {"body", body.dump()}})
        .dump();
  }

  Result<std::string> respond(std::string_view text, std::string_view body) {
    auto request = Json::parse(text);
    if (!request) return std::move(request).error();
    const std::string path = request->string("path");
    if (path == "echo" || path == "private")
      return reply_of(200, Json::object({{"request", *request}, {"body", std::string(body)}}));
    if (path == "start") return begin_suite(body);
    return reply_of(200, Json::object({{"state", std::string(running_ ? "running"
                                                             : ended_ ? "ended"
                                                                      : "idle")},
                                       {"objects", objects()},
                                       {"sentences", sentences()}}));
  }
  Result<std::string> begin_suite(std::string_view body) {
    auto wish = Json::parse(body);
    if (!wish) return reply_of(400, Json::object({{"message", wish.error().message}}));
    if (running_.exchange(true))
      return reply_of(409, Json::object({{"message", "the suite is running"}}));
    ended_ = false;
    post([this, wish = *wish] {
      report_.clear();
      run_suite(wish);
      running_ = false;
      ended_ = true;
    });
    return reply_of(202, Json::object({{"state", "running"}}));
  }
  // Those of the steps and those of the newest run.
  Json sentences() const {
    Json all = steps_.to_json();
    const Json run = report_.to_json();
    for (const Json& one : run.items()) all.push(one);
    return all;
  }
  Json objects() {
    const std::lock_guard lock(mutex_);
    return objects_.to_json();
  }

  // --- the suite [worker thread] ---
  void run_suite(const Json& wish) {
    const Services services(host_);
    const RawHost raw(services.clock);
    Suite suite{raw.get(),
                services,
                report_,
                runs_,
                first_account(services),
                Objects::from_json(wish["neighbour"]),
                wish.string("record"),
                "c" + std::to_string(services.clock.wall())};
    report_life_cycle();
    if (suite.account.is_null()) {
      Sentence(report_, "services/accounts.h", "Writes all accounts of this plugin")
          .expect(false, "the probe has no account: connect one on the settings page first");
      return;
    }
    if (wish.string("part") == "neighbour")
      become_neighbour(suite);
    else if (wish.string("part") == "after_restart")
      check_after_restart(suite);
    else
      check_before_restart(suite);
  }

  static Json first_account(const Services& services) {
    const auto text = services.accounts.list();
    const auto list = text ? Json::parse(*text) : Result<Json>(text.error());
    if (!list) return {};
    for (const Json& account : list->items())
      if (account.string("state") != "disconnected") return account;
    return {};
  }

  void report_life_cycle() {
    {
      Sentence is(report_, "crm_plugin.h",
                  "create -> prepare -> self_check -> start -> quiesce -> start again, or destroy");
      is.expect(!out_of_order_, "the functions of the life cycle came in another order");
      is.expect(!called_while_stopped_, "a capability was called while the plugin was not started");
    }
    {
      Sentence is(report_, "crm_plugin.h", "one call at a time per plugin");
      is.expect(!two_at_once_, "two functions of the life cycle ran at once");
    }
    Sentence is(report_, "crm_plugin.h",
                "what quiesce of this or an older version wrote, or empty.");
    is.expect(!foreign_state_, "start received a state that quiesce did not write");
    if (set_up_account_.empty()) return;
    Sentence account(report_, "capabilities/settings.h",
                     "the id that the new account is going to have.");
    account.succeeds(host_.accounts()->get(set_up_account_), "get of the account of the set-up");
  }

  // Leaves objects by which another plugin tries to reach them.
  void become_neighbour(Suite& suite) {
    Objects made;
    made.user = suite.user();
    made.account = suite.account_id();
    made.calendar = make_calendar(suite, "neighbour");
    made.event = suite.name("neighbour");
    made.secret = suite.name("neighbour");
    const auto own = suite.services.calendars.own(suite.user());
    if (own) made.own = *own;
    Sentence is(report_, "services/events.h", "creates (without if_revision) or replaces an event");
    is.succeeds(perform(suite, put_operation(made.event, made.event, made.calendar,
                                             simple_event("of the neighbour"))),
                "put");
    is.succeeds(suite.services.secrets.put(made.secret, "of the neighbour"), "secrets put");
    const std::lock_guard lock(mutex_);
    objects_ = made;
  }

  // --- the settings page [worker thread] ---
  Result<std::string> next_step(const std::string& text) {
    auto request = Json::parse(text);
    if (!request) return std::move(request).error();
    if (request->string("kind") == "discard") return std::string("{}");
    if (request->string("step").empty()) {
      if (request->string("kind") == "setup") check_set_up(*request);
      return first_form().dump();
    }
    check_second_step(*request);
    set_up_account_ = request->string("account");
    return Json::object({{"type", "finish"},
                         {"unique_id", "conformance"},
                         {"title", "Conformance"},
                         {"config", Json::object({{"n", 0}})}})
        .dump();
  }

  static Json first_form() {
    auto form = Json::parse(
        R"({"type":"form","step":"probe","title":"setup.title","description":"setup.description",)"
        R"("last":true,"submit":"setup.submit","values":{},"errors":{},"schema":{"type":"object",)"
        R"("required":["sure"],"properties":{"sure":{"type":"boolean","title":"setup.sure"}}}})");
    Json out = form ? *form : Json();
    if (auto memo = Json::parse(kMemo)) out.set("memo", *memo);
    return out;
  }

  // Before there is an account: its user's own calendar can be read and not be written.
  void check_set_up(const Json& request) {
    constexpr std::string_view kHeader = "capabilities/settings.h";
    {
      Sentence is(steps_, kHeader, "Its step is empty at the beginning of a flow.");
      for (const char* member : {"flow", "user", "account", "locale", "callback_url"})
        is.expect(request[member].is_string(), std::string("the request has no ") + member);
      is.expect(request["memo"].is_null() || request["memo"].members().empty(),
                "the first request has a memo");
    }
    const auto own = host_.calendars()->own(request.string("user"));
    const Services services(host_);
    const RawHost raw(services.clock);
    Json account = Json::object({{"id", request["account"]}, {"user", request["user"]}});
    Suite suite{raw.get(), services, steps_, runs_,
                account,   {},       {},     "s" + std::to_string(services.clock.wall())};
    Sentence is(steps_, "services/calendars.h", "the user's own CRM calendar");
    if (!is.succeeds(own, "own")) return;
    const bool known = !first_account(services).is_null();
    is.succeeds(services.events.changes(*own, "", 10),
                "changes of the own calendar in a set-up, before there is an account");
    if (!known)
      is.fails(perform(suite, put_operation(suite.name("own"), suite.name("own"), *own,
                                            simple_event("too early"))),
               Code::not_found, "put into the own calendar before there is an account");
  }

  void check_second_step(const Json& request) {
    {
      Sentence is(steps_, "capabilities/settings.h", "stores the memo between steps");
      const auto memo = Json::parse(kMemo);
      is.expect(memo && request["memo"] == *memo, "it came back as " + request["memo"].dump());
      is.expect(request.string("step") == "probe", "the request has another step");
    }
    Sentence is(steps_, "capabilities/settings.h", "validates the input against their schema");
    is.expect(request["input"]["sure"].kind() == Json::Kind::boolean,
              "the input is " + request["input"].dump());
  }

  // --- the queue ---
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
      busy_ = true;
      lock.unlock();
      job();
      lock.lock();
      busy_ = false;
      changed_.notify_all();
    }
  }
  void stop() {
    if (!worker_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    worker_.join();
    runs_.give_back();
  }

  crm::Host host_;
  Report steps_;   // of the set-up
  Report report_;  // of the run that is going on or has ended
  Runs runs_;
  std::atomic<bool> running_ = false, ended_ = false;
  std::atomic<Phase> phase_ = Phase::created;
  std::atomic<int> inside_ = 0;
  std::atomic<bool> out_of_order_ = false, two_at_once_ = false, called_while_stopped_ = false,
                    foreign_state_ = false;
  std::string set_up_account_;  // worker thread

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  Objects objects_;
  bool stopping_ = false, busy_ = false;
  std::thread worker_;
};

}  // namespace
}  // namespace conformance

CRM_PLUGIN(conformance::Probe, PROBE_ID, "1.0.0")
