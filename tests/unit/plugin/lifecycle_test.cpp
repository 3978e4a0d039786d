// The plugin through its capability table, with its real threads and timers, against an emulator on
// loopback whose answers can be held back. Real time, no fixed waits.
#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "host_api/capabilities/calendar.h"
#include "host_api/capabilities/hooks.h"
#include "host_api/capabilities/http.h"
#include "host_api/capabilities/run.h"
#include "host_api/capabilities/settings.h"
#include "plugin/account/run_requests.hpp"
#include "plugin/wiring.hpp"
#include "src/common/net/http_server.hpp"
#include "src/emulator/api/emulator.hpp"
#include "src/engine/settings/account_config.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/task_dispatcher.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace gcal::plugin::test {
namespace {

using base::Json;
using host::test::must;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kId = "com.example.google_calendar";
constexpr const char* kMe = "me@gmail.example";
constexpr auto kLong = std::chrono::seconds{20};

// Polls a condition that another thread will fulfil; false after kLong.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + kLong;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

// The emulator behind a socket; after hold() answers to listings wait until release().
class GoogleOverLoopback {
 public:
  GoogleOverLoopback() : emulator_(clock_, random_) {
    server_ = must(
        net::HttpServer::start({}, [this](net::ServerRequest request, net::Responder responder) {
          serve(std::move(request), std::move(responder));
        }));
  }
  ~GoogleOverLoopback() {
    release();
    server_.reset();
  }

  std::string address() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
  void hold() { set_holding(true); }
  void release() {
    set_holding(false);
    std::vector<std::pair<net::Responder, net::ServerResponse>> held;
    {
      const std::lock_guard lock(mutex_);
      held.swap(held_);
    }
    for (auto& [responder, response] : held) responder.send(std::move(response));
  }
  std::size_t held() const {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }
  std::size_t listings() const {
    const std::lock_guard lock(mutex_);
    return listings_;
  }

  Json act(const std::string& method, const std::string& path, const Json& body,
           const std::string& token = {}) {
    emulator::Request request;
    request.method = method;
    request.path = path;
    request.body = body.dump();
    if (!token.empty())
      request.headers = {{"Authorization", "Bearer " + token},
                         {"Content-Type", "application/json"}};
    const emulator::Response answer = emulator_.handle(request);
    if (answer.status >= 300) throw std::runtime_error(path + ": " + answer.body);
    return must(Json::parse(answer.body));
  }

 private:
  void set_holding(bool holding) {
    const std::lock_guard lock(mutex_);
    holding_ = holding;
  }
  void serve(net::ServerRequest incoming, net::Responder responder) {
    emulator::Request request;
    request.method = incoming.method;
    request.path = incoming.path;
    request.query = incoming.query;
    request.headers = incoming.headers.fields();
    request.body = std::move(incoming.body);
    request.origin = address();
    emulator::Response answer = emulator_.handle(request);
    net::ServerResponse response;
    response.status = answer.status;
    for (auto& [name, value] : answer.headers)
      response.headers.add(std::move(name), std::move(value));
    response.body = std::move(answer.body);
    const bool listing = incoming.method == "GET" && incoming.path.ends_with("/events");
    {
      const std::lock_guard lock(mutex_);
      listings_ += listing ? 1 : 0;
      if (holding_ && listing) {
        held_.emplace_back(std::move(responder), std::move(response));
        return;
      }
    }
    responder.send(std::move(response));
  }

  base::SystemClock clock_;
  base::SystemRandom random_;
  emulator::Emulator emulator_;
  mutable std::mutex mutex_;
  bool holding_ = false;
  std::size_t listings_ = 0;
  std::vector<std::pair<net::Responder, net::ServerResponse>> held_;
  std::unique_ptr<net::HttpServer> server_;
};

struct Answer : crm_reply {
  using Taken = std::function<void(crm_status, std::string)>;
  explicit Answer(Taken t)
      : crm_reply{&Answer::do_send, &Answer::is_awaited}, taken(std::move(t)) {}
  static std::int32_t is_awaited(crm_reply*) noexcept { return 1; }
  static void do_send(crm_reply* reply, crm_status status, crm_str body) noexcept {
    const std::unique_ptr<Answer> self(static_cast<Answer*>(reply));
    self->taken(status, std::string(crm::from_abi(body)));
  }
  Taken taken;
};

class Lifecycle : public host::test::CrmTest {
 protected:
  Lifecycle() {
    google_.act("POST", "/_emulator/accounts", Json::object({{"email", kMe}, {"name", "Me"}}));
    const Json grant = google_.act(
        "POST", "/_emulator/tokens",
        Json::object(
            {{"email", kMe},
             {"client_id", "client"},
             {"scopes", Json::array({"calendar.events", "calendar.calendarlist.readonly"})}}));
    crm_ = must(host::Crm::open({.data = folder_.path() / "data", .database = {}, .scrypt_cost = 4},
                                system_clock_, random_, log_));
    std::map<std::string, std::string> options{{"google_base", google_.address()},
                                               {"public_url", ""},
                                               {"client_id", "client"},
                                               {"client_secret", "secret"}};
    host_ = std::make_unique<hosting::PluginHost>(crm_->context(), crm_->port(), kId,
                                                  std::move(options));
    plugin_ = std::make_unique<GoogleCalendar>(crm::Host(host_.get()));
    dispatcher_ = std::make_unique<hosting::TaskDispatcher>(
        crm_->tasks(), system_clock_, log_,
        [this](const auto&, const auto& key, const auto& payload, auto fence, auto done) {
          ++runs_;
          if (key == account_key(account_)) ++account_runs_;
          const auto* table = static_cast<const crm_run_0*>(plugin_->capability(CRM_RUN));
          table->run(plugin_.get(), crm::to_abi(key), crm::to_abi(payload), fence,
                     new Answer([done](crm_status status, const std::string&) {
                       done(crm::to_code(status));
                     }));
        });

    const host::User user = add_user("sales@example.com");
    user_ = user.id;
    settings::AccountConfig config;
    config.sub = "sub";
    config.email = kMe;
    config.name = "Nord";
    config.visible.push_back({kMe, kMe, "#0b57d0", "owner", "Europe/Berlin", true});
    config.default_calendar = kMe;
    hosting::NewAccount account;
    account.plugin = kId;
    account.user = user_;
    account.unique_id = "sub";
    account.title = "Nord";
    account.config = settings::to_json(config);
    account_ = must(crm_->accounts().finish_setup(account)).id;
    const Json stored = Json::object(
        {{"refresh_token", grant.string("refresh_token")}, {"sub", "sub"}, {"email", kMe}});
    must(crm_->secrets().put(kId, "grant/" + account_, stored.dump()));
  }
  ~Lifecycle() override {
    dispatcher_->stop();
    google_.release();
    if (plugin_) {
      const bool stopped = !started_ || plugin_->quiesce(kLong);
      EXPECT_TRUE(stopped);
      plugin_.reset();
    }
    dispatcher_.reset();
    host_.reset();
  }

  void start(std::string_view state = {}) {
    must(plugin_->prepare());
    must(plugin_->start(state));
    started_ = true;
  }
  void add_at_google(const std::string& summary) {
    const std::string token =
        google_.act("POST", "/_emulator/tokens", Json::object({{"email", kMe}}))
            .string("access_token");
    google_.act("POST", std::string("/calendar/v3/calendars/primary/events"),
                Json::object({{"summary", summary},
                              {"start", Json::object({{"date", "2027-01-01"}})},
                              {"end", Json::object({{"date", "2027-01-02"}})}}),
                token);
  }
  std::vector<std::string> in_crm() {
    std::vector<std::string> summaries;
    for (const auto& row :
         must(crm_->appointment_queries().occurrences(user_, host::test::at("2026-01-01T00:00:00Z"),
                                                      host::test::at("2028-01-01T00:00:00Z"))))
      summaries.push_back(row.summary);
    std::ranges::sort(summaries);
    return summaries;
  }
  // Calls a capability and waits for its answer.
  std::pair<crm_status, std::string> ask(void (*function)(crm_plugin*, crm_str,
                                                          crm_reply*) noexcept,
                                         const std::string& request) {
    std::promise<std::pair<crm_status, std::string>> answer;
    function(plugin_.get(), crm::to_abi(request),
             new Answer([&](crm_status status, std::string body) {
               answer.set_value({status, std::move(body)});
             }));
    return answer.get_future().get();
  }
  const crm_calendar_0& provider() {
    return *static_cast<const crm_calendar_0*>(plugin_->capability(CRM_CALENDAR));
  }
  const crm_hooks_0& hooks() {
    return *static_cast<const crm_hooks_0*>(plugin_->capability(CRM_HOOKS));
  }
  std::string mine() const { return Json::object({{"account", account_}, {"user", user_}}).dump(); }

  base::SystemClock system_clock_;
  GoogleOverLoopback google_;
  std::unique_ptr<hosting::PluginHost> host_;
  std::unique_ptr<GoogleCalendar> plugin_;
  std::unique_ptr<hosting::TaskDispatcher> dispatcher_;
  std::atomic<int> runs_{0}, account_runs_{0};
  std::string user_, account_;
  bool started_ = false;
};

TEST_F(Lifecycle, MissedChangesArriveAfterStart) {
  add_at_google("Before");
  start();
  must(dispatcher_->start());
  EXPECT_TRUE(eventually([&] { return in_crm() == std::vector<std::string>{"Before"}; }));
  const Json report = must(Json::parse(must(plugin_->self_check())));
  EXPECT_EQ(report["schema_version"].as_integer(), 11);
  EXPECT_FALSE(report["push"].as_bool());
}

TEST_F(Lifecycle, QuiesceCancelsARunAndTheNextStartCompletesIt) {
  add_at_google("Before");
  google_.hold();
  start();
  must(dispatcher_->start());
  ASSERT_TRUE(eventually([&] { return google_.held() == 1; }));
  const Result<std::string> state = plugin_->quiesce(kLong);
  started_ = false;
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_TRUE(must(Json::parse(*state)).is_object());
  EXPECT_THAT(in_crm(), IsEmpty());
  // While stopped, a request is answered immediately, a hint is dropped, nothing is sent to Google.
  EXPECT_EQ(ask(provider().status, mine()).first, CRM_UNAVAILABLE);
  hooks().account_changed(plugin_.get(), crm::to_abi(account_));
  google_.release();
  start(*state);
  EXPECT_TRUE(eventually([&] { return in_crm() == std::vector<std::string>{"Before"}; }));
}

TEST_F(Lifecycle, HintsDuringARunLeadToOneFurtherRun) {
  start();
  must(dispatcher_->start());
  ASSERT_TRUE(eventually([&] {
    return must(crm_->accounts().of_plugin(kId, account_)).health.string("state") == "ok";
  }));
  ASSERT_EQ(ask(provider().sync_now, mine()).first, CRM_OK);
  google_.hold();
  // Not waited for: the run is blocked by the held answer.
  std::promise<crm_status> ended;
  provider().sync_now(
      plugin_.get(), crm::to_abi(mine()),
      new Answer([&](crm_status status, const std::string&) { ended.set_value(status); }));
  ASSERT_TRUE(eventually([&] { return google_.held() == 1; }));
  const int before = account_runs_;
  for (int i = 0; i < 50; ++i) hooks().account_changed(plugin_.get(), crm::to_abi(account_));
  // Answered on the loop thread after the hints, so all of them have been processed.
  ASSERT_EQ(ask(provider().status, mine()).first, CRM_OK);
  google_.release();
  EXPECT_EQ(ended.get_future().get(), CRM_OK);
  EXPECT_TRUE(eventually([&] { return account_runs_ == before + 1; }));
  // The next requested run is the next run: there was none in between.
  EXPECT_EQ(ask(provider().sync_now, mine()).first, CRM_OK);
  EXPECT_EQ(account_runs_, before + 2);
}

TEST_F(Lifecycle, CalendarListAndHintAboutARecordReachThePlugin) {
  start();
  must(dispatcher_->start());
  const auto [status, calendars] = ask(provider().calendars, mine());
  EXPECT_EQ(status, CRM_OK);
  EXPECT_THAT(calendars, HasSubstr(kMe));
  // The runs of the start have begun when this one, which was requested later, has ended.
  ASSERT_EQ(ask(provider().sync_now, mine()).first, CRM_OK);
  const int before = runs_;
  hooks().record_changed(plugin_.get(), crm::to_abi("lead"), crm::to_abi("any"));
  EXPECT_TRUE(eventually([&] { return runs_ > before; }));
}

TEST_F(Lifecycle, ChangeInTheCrmIsAtGoogleWithinASecond) {  // PD-16
  start();
  must(dispatcher_->start());
  ASSERT_TRUE(eventually([&] {
    return must(crm_->accounts().of_plugin(kId, account_)).health.string("state") == "ok";
  }));
  const auto begin = std::chrono::steady_clock::now();
  const host::SaveResult saved = must(crm_->appointment_editor().create(
      user_, "", host::test::all_day("Call", "2027-02-01", "2027-02-02")));
  const std::string calendar = must(crm_->calendars().default_of(user_)).id;
  hooks().event_changed(plugin_.get(), crm::to_abi(calendar), crm::to_abi(saved.id));
  const std::string token = google_.act("POST", "/_emulator/tokens", Json::object({{"email", kMe}}))
                                .string("access_token");
  EXPECT_TRUE(eventually([&] {
    return google_.act("GET", "/calendar/v3/calendars/primary/events", {}, token)["items"]
               .items()
               .size() == 1;
  }));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{1});
}

TEST_F(Lifecycle, InvalidRequestsAreAnsweredOnce) {
  start();
  const auto& settings = *static_cast<const crm_settings_0*>(plugin_->capability(CRM_SETTINGS));
  const auto& http = *static_cast<const crm_http_0*>(plugin_->capability(CRM_HTTP));
  EXPECT_EQ(ask(settings.step, "{").first, CRM_INVALID);
  EXPECT_EQ(ask(settings.step, "{\"kind\":\"dance\"}").first, CRM_INVALID);
  EXPECT_EQ(ask(provider().status, "[]").first, CRM_NOT_FOUND);
  // For another user the account does not exist.
  EXPECT_EQ(
      ask(provider().status, Json::object({{"account", account_}, {"user", "another-user"}}).dump())
          .first,
      CRM_NOT_FOUND);
  std::promise<std::string> answer;
  const std::string request =
      Json::object({{"method", "POST"},
                    {"path", "webhook"},
                    {"headers", Json::object({{"x-goog-channel-id", "x"}})}})
          .dump();
  http.handle(plugin_.get(), crm::to_abi(request), {},
              new Answer([&](crm_status, std::string body) { answer.set_value(std::move(body)); }));
  EXPECT_EQ(must(Json::parse(answer.get_future().get()))["status"].as_integer(), 404);
  EXPECT_EQ(plugin_->capability("crm.unknown/0"), nullptr);
}

TEST_F(Lifecycle, TimedOutQuiesceLeavesThePluginRunning) {
  add_at_google("Before");
  start();
  // Another writer holds the plugin's database, so a run that writes waits in the host.
  hosting::Database* database = must(host_->plugin_database());
  hosting::Database::Writer writer(*database);
  must(writer.begin());
  must(dispatcher_->start());
  ASSERT_TRUE(eventually([&] { return database->waiting_writers() > 0; }));
  const Result<std::string> state = plugin_->quiesce(std::chrono::milliseconds{1});
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, Code::timeout);
  EXPECT_THAT(state.error().message, HasSubstr("still running"));
  writer.rollback();
  EXPECT_EQ(ask(provider().status, mine()).first, CRM_OK);
  EXPECT_TRUE(eventually([&] { return in_crm() == std::vector<std::string>{"Before"}; }));
}

}  // namespace
}  // namespace gcal::plugin::test
