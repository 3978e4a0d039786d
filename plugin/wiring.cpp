#include "plugin/wiring.hpp"

#include "plugin/account/run_memory.hpp"
#include "plugin/adapters/google_access.hpp"
#include "plugin/adapters/host_calls.hpp"
#include "plugin/adapters/host_clock.hpp"
#include "plugin/adapters/host_log.hpp"
#include "plugin/adapters/host_services.hpp"
#include "plugin/adapters/secret_vault.hpp"
#include "plugin/adapters/sql_database.hpp"
#include "plugin/capabilities/background_runs.hpp"
#include "plugin/capabilities/calendar_provider.hpp"
#include "plugin/capabilities/capability_table.hpp"
#include "plugin/capabilities/forgetting.hpp"
#include "plugin/capabilities/invitation_sample.hpp"
#include "plugin/capabilities/settings_page.hpp"
#include "plugin/capabilities/sync_hooks.hpp"
#include "plugin/capabilities/webhook.hpp"
#include "plugin/plugin_context.hpp"
#include "plugin/runtime.hpp"
#include "plugin/site_options.hpp"
#include "src/common/net/http_client.hpp"
#include "src/engine/google/token_buckets.hpp"
#include "src/engine/store/migrations.hpp"

namespace gcal::plugin {

using base::Json;

struct GoogleCalendar::Base {
  explicit Base(const HostServices& services)
      : host(services), clock(host.clock), log(host.log), database(host.sql) {}

  HostServices host;
  HostClock clock;
  HostLog log;
  base::SystemRandom random;
  SqlDatabase database;
};

struct GoogleCalendar::Running {
  Running(Base& base, SiteOptions options, RunMemory remembered)
      : runtime(base.log, base.clock),
        site(std::move(options)),
        memory(std::move(remembered)),
        host(base.host, runtime.blocking()),
        vault(base.host.secrets, base.host.options, runtime.blocking()),
        requests(host),
        base_(base) {}

  // Separate from the constructor, because the HTTP client may refuse its options. [loop thread]
  Result<> connect() {
    net::ClientOptions options;
    options.origins = site.origins();
    options.ca_file = site.ca_file;
    TRY(http, net::make_http_client(runtime.executor(), base_.clock, std::move(options)));
    const net::RetryTools tools{base_.random, base_.clock, pause};
    tokens.emplace(oauth::Endpoints::at(site.google_base), *http, tools);
    budget.emplace(site.quota, tools);
    google.emplace(runtime.executor(), *tokens, vault, base_.clock, site.api_base(), *http, tools,
                   *budget);
    context.emplace(PluginContext{host, runtime.blocking(), base_.database, vault, *google, site,
                                  base_.clock, base_.random, base_.log});
    const auto spawn = [this](std::string name, Task<> task) {
      runtime.spawn(std::move(name), std::move(task));
    };
    runs.emplace(*context, memory, requests, spawn);
    settings.emplace(*context, memory, requests, spawn);
    provider.emplace(*context, memory, *runs);
    hooks.emplace(*context, requests);
    webhook.emplace(*context, requests);
    invitation_sample.emplace(*context);
    forgetting.emplace(*context, *runs);
    return {};
  }

  Runtime runtime;  // first member, destroyed last: pending callbacks may refer to all others
  SiteOptions site;
  RunMemory memory;
  HostCalls host;
  SecretVault vault;
  RunRequests requests;
  net::TimerPause pause;
  std::unique_ptr<net::HttpClient> http;
  std::optional<oauth::TokenClient> tokens;
  std::optional<google::TokenBuckets> budget;  // of the process: shared by all accounts
  std::optional<GoogleAccesses> google;
  std::optional<PluginContext> context;
  std::optional<BackgroundRuns> runs;
  std::optional<SettingsPage> settings;
  std::optional<CalendarProvider> provider;
  std::optional<SyncHooks> hooks;
  std::optional<Webhook> webhook;
  std::optional<InvitationSample> invitation_sample;
  std::optional<Forgetting> forgetting;

 private:
  Base& base_;
};

GoogleCalendar::GoogleCalendar(crm::Host host) : host_(host) {}

GoogleCalendar::~GoogleCalendar() = default;

Result<> GoogleCalendar::prepare() {
  if (!base_) {
    TRY(const HostServices services, HostServices::of(host_));
    base_ = std::make_unique<Base>(services);
  }
  TRY_VOID(SiteOptions::read(base_->host));
  return store::migrate(base_->database);
}

Result<> GoogleCalendar::start(std::string_view state) {
  if (running_) return Error{Code::conflict, "the plugin is running already", {}};
  if (!base_) TRY_VOID(prepare());
  TRY(SiteOptions site, SiteOptions::read(base_->host));
  // The state is a cache: an unreadable one is treated as empty.
  const Result<Json> cached = Json::parse(state.empty() ? "{}" : state);
  auto running = std::make_unique<Running>(*base_, std::move(site),
                                           cached ? run_memory_from_json(*cached) : RunMemory());
  Result<> connected;
  running->runtime.run_on_loop([&] { connected = running->connect(); });
  TRY_VOID(connected);
  {
    const std::lock_guard lock(mutex_);
    running_ = std::move(running);
    open_ = true;
  }
  // Last, because the host may call back immediately.
  post([](Running& now) { now.runtime.spawn("catch up", now.runs->catch_up()); });
  return {};
}

Result<std::string> GoogleCalendar::self_check() {
  if (!base_) TRY_VOID(prepare());
  TRY(const SiteOptions site, SiteOptions::read(base_->host));
  std::int64_t version = 0;
  const auto read = [&](store::Connection& connection) {
    const auto take = [&](store::Row row) -> Result<> {
      version = row[0].integer();
      return {};
    };
    return connection.exec("SELECT version FROM schema_version WHERE id = 1", {}, take);
  };
  TRY_VOID(base_->database.transact(store::Mode::read, 0, read));
  if (version == 0) return Error{Code::invalid, "the plugin's database has no tables", {}};
  // Checks that secrets can be stored and read back; otherwise no account could stay connected.
  TRY_VOID(base_->host.secrets.put("self_check", "ok"));
  TRY(const std::string secret, base_->host.secrets.get("self_check"));
  TRY_VOID(base_->host.secrets.erase("self_check"));
  if (secret != "ok")
    return Error{Code::internal, "the host's secrets do not answer what was stored", {}};
  return Json::object({{"schema_version", version},
                       {"secrets", "ok"},
                       {"google", site.google_base.empty() ? "google" : site.google_base},
                       {"push", !site.webhook_address().empty()}})
      .dump();
}

Result<std::string> GoogleCalendar::quiesce(std::chrono::milliseconds deadline) {
  if (!running_) return std::string();
  {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  const Result<> stopped = running_->runtime.stop_tasks(deadline);
  if (!stopped) {
    const std::lock_guard lock(mutex_);
    open_ = true;
    return stopped.error();
  }
  running_->runtime.stop_loop();
  const std::string state = to_json(running_->memory).dump();
  std::unique_ptr<Running> ended;
  {
    const std::lock_guard lock(mutex_);
    ended = std::move(running_);
  }
  ended.reset();  // discards pending callbacks, which answers their requests
  return state;
}

template <class Callback>
bool GoogleCalendar::post(Callback callback) {
  const std::lock_guard lock(mutex_);
  if (!open_) return false;
  running_->runtime.post(
      [running = running_.get(), callback = std::move(callback)] { callback(*running); });
  return true;
}

void GoogleCalendar::request(Request kind, std::string_view document, crm_reply* raw) noexcept {
  // If the reply is destroyed without an answer, it tells the host to repeat the request later.
  crm::Reply reply(raw);
  (void)crm::guard(nullptr, [&]() -> Result<> {
    const SharedReply shared = std::make_shared<PendingReply>(std::move(reply));
    post([kind, text = std::string(document), shared](Running& running) {
      Runtime& runtime = running.runtime;
      switch (kind) {
        case Request::settings_step: return running.settings->step(text, shared);
        case Request::calendars:
          return runtime.spawn("calendars", running.provider->calendars(text, shared));
        case Request::status:
          return runtime.spawn("status", running.provider->status(text, shared));
        case Request::sync_now:
          return runtime.spawn("sync now", running.provider->sync_now(text, shared));
        case Request::invitation_sample:
          return runtime.spawn("invitation sample",
                               running.invitation_sample->sample(text, shared));
        case Request::forget:
          return runtime.spawn("forget", running.forgetting->forget(text, shared));
        case Request::http: return runtime.spawn("web hook", running.webhook->handle(text, shared));
      }
    });
    return {};
  });
}

void GoogleCalendar::run(std::string_view key, std::int64_t fence, crm_reply* raw) noexcept {
  crm::Reply reply(raw);
  (void)crm::guard(nullptr, [&]() -> Result<> {
    const SharedReply shared = std::make_shared<PendingReply>(std::move(reply));
    post([key = std::string(key), fence, shared](Running& running) {
      running.runs->run(key, fence, shared);
    });
    return {};
  });
}

void GoogleCalendar::hint(Hint kind, std::string_view id) noexcept {
  // Errors, such as lack of memory, lose the hint, which is allowed.
  (void)crm::guard(nullptr, [&]() -> Result<> {
    post([kind, text = std::string(id)](Running& running) {
      switch (kind) {
        case Hint::event:
          return running.runtime.spawn("event changed", running.hooks->event_changed(text));
        case Hint::account:
          return running.runtime.spawn("account changed", running.hooks->account_changed(text));
        case Hint::record:
          return running.runtime.spawn("record changed", running.hooks->record_changed());
      }
    });
    return {};
  });
}

const void* GoogleCalendar::capability(std::string_view id) noexcept {
  return capability_table(id);
}

}  // namespace gcal::plugin
