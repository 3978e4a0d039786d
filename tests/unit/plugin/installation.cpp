#include "tests/unit/plugin/installation.hpp"

#include <algorithm>
#include <set>

#include "src/common/net/url.hpp"
#include "src/engine/store/migrations.hpp"

namespace gcal::plugin::test {
namespace {

constexpr const char* kBase = "http://127.0.0.1:1";

}  // namespace

Task<net::HttpResponse> EmulatorHttp::send(net::HttpRequest request, net::HttpLimits) {
  CO_TRY(const net::Url url, net::parse_url(request.url));
  sent_.push_back(request.method + " " + request.url);
  if (moment_.happens && request.method == moment_.method &&
      request.url.find(moment_.part) != std::string::npos)
    std::exchange(moment_, {}).happens();
  emulator::Request incoming;
  incoming.method = request.method;
  incoming.path = url.path;
  incoming.query = url.query;
  incoming.headers = request.headers.fields();
  incoming.body = std::move(request.body);
  emulator::Response answer = emulator_.handle(incoming);
  if (answer.drop) co_return Error{Code::timeout, "the answer was lost", {}};
  net::HttpResponse response;
  response.status = answer.status;
  for (auto& [name, value] : answer.headers)
    response.headers.add(std::move(name), std::move(value));
  response.body = std::move(answer.body);
  co_return response;
}

std::size_t EmulatorHttp::count(std::string_view method, std::string_view part) const {
  return static_cast<std::size_t>(std::ranges::count_if(sent_, [&](const std::string& one) {
    return one.starts_with(std::string(method) + " ") && one.find(part) != std::string::npos;
  }));
}

std::size_t EmulatorHttp::writes() const {
  return static_cast<std::size_t>(std::ranges::count_if(sent_, [](const std::string& one) {
    return !one.starts_with("GET ") && one.find("/events") != std::string::npos &&
           one.find("/watch") == std::string::npos;
  }));
}

InstallationTest::InstallationTest(std::string public_url, Client client,
                                   std::unique_ptr<base::Random> random)
    : CrmTest(std::move(random)), google_(clock_, random_), http_(google_) {
  std::map<std::string, std::string> options{
      {"google_base", kBase}, {"public_url", std::move(public_url)}, {"undo_seconds", "0"}};
  if (client == Client::of_site)
    options.merge(
        std::map<std::string, std::string>{{"client_id", "client"}, {"client_secret", "secret"}});
  host_ =
      std::make_unique<hosting::PluginHost>(crm_->context(), crm_->port(), kId, std::move(options));
  services_ = must(HostServices::of(crm::Host(host_.get())));
  site_ = must(SiteOptions::read(*services_));
  blocking_.start();
  database_.emplace(services_->sql);
  must(store::migrate(*database_));
  calls_.emplace(*services_, blocking_);
  vault_.emplace(services_->secrets, services_->options, blocking_);
  const net::RetryTools tools{random_, clock_, pause_};
  tokens_.emplace(oauth::Endpoints::at(site_.google_base), http_, tools);
  budget_.emplace(google::Quota{0, 0}, tools);
  accesses_.emplace(loop_.get_executor(), *tokens_, *vault_, clock_, site_.api_base(), http_, tools,
                    *budget_);
  context_.emplace(PluginContext{*calls_, blocking_, *database_, *vault_, *accesses_, site_, clock_,
                                 random_, log_});

  user_ = add_user("sales@example.com");
  emulated("/accounts", Json::object({{"email", kMe}, {"name", "Me"}}));
}

InstallationTest::~InstallationTest() {
  blocking_.stop();
}

Json InstallationTest::emulated(const std::string& path, const Json& body) {
  emulator::Request request;
  request.method = "POST";
  request.path = "/_emulator" + path;
  request.body = body.dump();
  const emulator::Response answer = google_.handle(request);
  if (answer.status != 200) throw std::runtime_error(path + ": " + answer.body);
  return must(Json::parse(answer.body));
}

void InstallationTest::clear_faults() {
  emulator::Request request;
  request.method = "DELETE";
  request.path = "/_emulator/faults";
  const emulator::Response answer = google_.handle(request);
  if (answer.status != 200) throw std::runtime_error("faults: " + answer.body);
}

Json InstallationTest::google(const std::string& method, const std::string& path,
                              const Json& body) {
  emulator::Request request;
  request.method = method;
  const std::size_t mark = path.find('?');
  request.path = "/calendar/v3" + path.substr(0, mark);
  if (mark != std::string::npos) request.query = path.substr(mark + 1);
  // A new token for each request, because the tests advance the clock by hours.
  const std::string token =
      emulated("/tokens", Json::object({{"email", kMe}})).string("access_token");
  request.headers = {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}};
  if (!body.is_null()) request.body = body.dump();
  const emulator::Response answer = google_.handle(request);
  if (answer.status >= 300) throw std::runtime_error(method + " " + path + ": " + answer.body);
  return answer.body.empty() ? Json() : must(Json::parse(answer.body));
}

std::string InstallationTest::add_at_google(const std::string& calendar, const Json& event) {
  return google("POST", "/calendars/" + net::percent_encode(calendar) + "/events", event)
      .string("id");
}

std::vector<std::string> InstallationTest::at_google(const std::string& calendar) {
  std::vector<std::string> summaries;
  const Json page =
      google("GET", "/calendars/" + net::percent_encode(calendar) + "/events?maxResults=2500");
  for (const Json& item : page["items"].items()) summaries.push_back(item.string("summary"));
  std::ranges::sort(summaries);
  return summaries;
}

void InstallationTest::connect(std::vector<std::string> visible, std::string default_calendar,
                               settings::ExportExisting existing) {
  settings::AccountConfig config;
  config.sub = "sub-of-me";
  config.email = kMe;
  config.name = "Nord";
  for (const std::string& id : visible)
    config.visible.push_back(
        {id, id == kMe ? kMe : "Team", "#0b57d0", "owner", "Europe/Berlin", id == kMe});
  config.default_calendar = std::move(default_calendar);
  config.export_existing = existing;
  hosting::NewAccount account;
  account.plugin = kId;
  account.user = user_.id;
  account.unique_id = config.sub;
  account.title = config.name;
  account.identity = kMe;
  account.config = settings::to_json(config);
  account_ = must(crm_->accounts().finish_setup(account)).id;
  const Json grant = emulated(
      "/tokens",
      Json::object(
          {{"email", kMe},
           {"client_id", "client"},
           {"scopes", Json::array({"calendar.events", "calendar.calendarlist.readonly"})}}));
  StoredGrant stored{grant.string("refresh_token"), config.sub, kMe};
  must(support::run_task(
      vault_->store_grant(account_, SecretVault::Which::kept, std::move(stored))));
}

void InstallationTest::change(const std::function<void(settings::AccountConfig&)>& edit) {
  must(support::run_task(calls_->edit_config(account_, edit)));
}

std::int64_t InstallationTest::next_fence() {
  must(crm_->tasks().schedule(kId, "account:" + account_, 0, ""));
  const std::optional<hosting::DueTask> due = must(crm_->tasks().take_due());
  if (!due) throw std::runtime_error("nothing is due");
  must(crm_->tasks().finished(*due, std::nullopt));
  return due->fence;
}

Result<RunOutcome> InstallationTest::try_run(std::int64_t fence) {
  AccountRun run(*context_, memory_, account_, fence);
  return support::run_task(run.run());
}

RunOutcome InstallationTest::run() {
  return must(try_run(next_fence()));
}

Json InstallationTest::calendar(const std::string& remote_id) {
  const Json list = must(Json::parse(must(services_->calendars.list(account_))));
  for (const Json& one : list.items())
    if (one.string("remote_id") == remote_id) return one;
  return {};
}

std::vector<std::string> InstallationTest::in_crm(const std::string& remote_id) {
  const std::string id = remote_id.empty() ? must(services_->calendars.own(user_.id))
                                           : calendar(remote_id).string("id");
  std::vector<std::string> summaries;
  const Json page = must(Json::parse(must(services_->events.changes(id, "", 2'500))));
  for (const Json& change : page["changes"].items())
    if (change.contains("document"))
      summaries.push_back(change["document"]["event"].string("summary"));
  std::ranges::sort(summaries);
  return summaries;
}

std::string InstallationTest::create_in_crm(const Json& event, const std::string& calendar) {
  return must(crm_->appointment_editor().create(user_.id, calendar, event)).id;
}

Json InstallationTest::health() {
  return must(crm_->accounts().of_plugin(kId, account_)).health;
}

sync::Pair InstallationTest::pair(const std::string& remote_calendar) {
  store::SqlJournal journal(*database_, blocking_, random_, 0);
  for (const sync::Pair& one : must(support::run_task(journal.pairs(account_))))
    if (one.remote_calendar == remote_calendar) return one;
  throw std::runtime_error("there is no pair for " + remote_calendar);
}

Json google_timed(const std::string& summary, const std::string& start, const std::string& end) {
  return Json::object(
      {{"summary", summary},
       {"start", Json::object({{"dateTime", start}, {"timeZone", "Europe/Berlin"}})},
       {"end", Json::object({{"dateTime", end}, {"timeZone", "Europe/Berlin"}})}});
}

Json google_day(const std::string& summary, const std::string& day, const std::string& next) {
  return Json::object({{"summary", summary},
                       {"start", Json::object({{"date", day}})},
                       {"end", Json::object({{"date", next}})}});
}

}  // namespace gcal::plugin::test
