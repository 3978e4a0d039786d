#include "src/hosting/crm_hosting/hosting.hpp"

#include <algorithm>
#include <future>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "src/common/base/clock.hpp"
#include "src/common/base/id.hpp"
#include "src/common/base/log.hpp"
#include "src/common/base/random.hpp"
#include "src/hosting/library/data_lock.hpp"
#include "src/hosting/library/parts.hpp"
#include "src/hosting/library/restore_guard.hpp"
#include "src/hosting/library/schema_lock.hpp"
#include "src/hosting/plugins/crash_log.hpp"
#include "src/hosting/services/account_removal.hpp"
#include "src/hosting/services/forgetting.hpp"
#include "src/hosting/services/master_key.hpp"
#include "src/hosting/services/schema.hpp"
#include "src/hosting/storage/private_folder.hpp"
#include "src/hosting/storage/sqlite_database.hpp"
#include "src/hosting/web/api_response.hpp"

namespace crm_hosting {
namespace {

using crm::Code;
using crm::Error;
using crm::Result;
using gcal::base::Json;

class VendorLog final : public gcal::base::Log {
 public:
  using Sink = std::function<void(Level, std::string_view, std::string_view)>;

  explicit VendorLog(Sink sink) : sink_(std::move(sink)) {}
  void write(gcal::base::Level level, std::string_view event, const Json& fields) override {
    if (sink_) sink_(static_cast<Level>(level), event, fields.dump());
  }

 private:
  Sink sink_;
};
static_assert(static_cast<int>(Level::error) == static_cast<int>(gcal::base::Level::error));

// What a vendor's object is built on. Destroyed in reverse order.
struct Ground {
  explicit Ground(VendorLog::Sink sink) : log(std::move(sink)) {}

  VendorLog log;
  gcal::base::SystemClock clock;
  gcal::base::SystemRandom random;
  std::optional<hosting::DataLock> lock;
  std::unique_ptr<hosting::SchemaLock> schema_lock;  // null: not on PostgreSQL
  std::unique_ptr<hosting::Database> database;
  std::unique_ptr<hosting::HostContext> context;
  std::unique_ptr<hosting::RestoreGuard> guard;
};

// How often it is written how far the vendor's feed is: each time is a transaction of the vendor's.
constexpr std::chrono::seconds kFeedNoteInterval{10};

Result<std::unique_ptr<hosting::RestoreGuard>> guard_restores(const std::filesystem::path& data,
                                                              CrmPort& port, Ground& ground) {
  hosting::RestoreGuard::Feeds feeds;
  feeds.present = [&port] {
    hosting::FeedMark mark;
    const auto read = port.read([&mark](CrmTransaction& transaction) -> Result<> {
      TRY(mark, hosting::ChangeFeed::head(transaction));
      return {};
    });
    return read ? Result<hosting::FeedMark>(mark) : read.error();
  };
  feeds.begin_epoch = [&port, &random = ground.random] {
    return port.write([&random](CrmTransaction& transaction) {
      return hosting::ChangeFeed::begin_epoch(transaction, gcal::base::new_id(random));
    });
  };
  return hosting::RestoreGuard::start(data / "high_water", std::move(feeds), kFeedNoteInterval,
                                      ground.log);
}

Result<std::unique_ptr<hosting::Database>> open_database(const Options& options, Ground& ground) {
  if (!options.postgres_url.empty()) {
    const hosting::PostgresPlace place{options.postgres_url, options.postgres_password,
                                       options.postgres_schema};
    TRY(ground.schema_lock, hosting::SchemaLock::take(place));
    return hosting::Database::open(place);
  }
  return hosting::Database::open(options.database.empty() ? options.data / "hosting.sqlite"
                                                          : options.database);
}

hosting::PartsOptions parts_options(Options& options, const CrmPort& port) {
  hosting::PartsOptions parts;
  parts.plugins.folder = std::move(options.plugins);
  parts.plugins.dev_unsigned = options.dev_unsigned;
  parts.plugins.package_keys =
      options.package_keys.empty() ? options.data / "package_keys" : options.package_keys;
  parts.plugins.values = std::move(options.plugin_options);
  parts.plugins.values_of = std::move(options.plugin_options_of);
  parts.plugins.values["public_url"] = port.public_url();
  parts.plugins.identity.name = std::move(options.program);
  parts.plugins.identity.version = std::move(options.program_version);
  parts.plugins.quiesce_deadline = options.stop_deadline;
  parts.web.settings_page = std::move(options.settings_page);
  parts.watch_crashes = options.watch_crashes;
  return parts;
}

// Answers 503 if it is dropped without an answer, as when the library stops meanwhile.
class Answer {
 public:
  explicit Answer(std::function<void(Response)> send) : send_(std::move(send)) {}
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() { send({}); }
  void operator()(Response response) { send(std::move(response)); }

 private:
  void send(std::optional<Response> response) {
    const auto once = std::exchange(send_, nullptr);
    if (!once) return;
    once(response ? *std::move(response)
                  : hosting::as_http(hosting::error_response(
                        {Code::unavailable, "the host is stopping", std::chrono::seconds(1)})));
  }

  std::function<void(Response)> send_;
};

Plugin shown(const hosting::PluginInfo& info) {
  const hosting::PluginReload& last = info.last_reload;
  return {info.id,
          info.version,
          info.state,
          info.reason,
          info.origin,
          info.signed_by,
          {last.result, last.from, last.to, last.reason}};
}

// Of a user who has left. Repeated, it does what is still to be done.
Result<> end_accounts_of(Hosting::Parts& parts, const std::string& user) {
  hosting::HostContext& context = parts.context;
  TRY(const auto accounts, context.accounts().of_user(user));
  for (const hosting::Account& account : accounts)
    TRY_VOID(hosting::disconnect_account(context.accounts(), parts.calendars, account));
  TRY_VOID(context.database().write(
      [&](hosting::Connection& c) { return hosting::schedule_forgetting(c, user); }));
  context.tasks().look_now();
  return {};
}

Result<> check(const Options& options, const CrmPort& port) {
  const auto invalid = [](const char* message) { return Error{Code::invalid, message, {}}; };
  if (options.data.empty()) return invalid("Options::data: a folder for the library is missing");
  if (!options.postgres_url.empty() && !options.database.empty())
    return invalid("Options::database: a file, and Options::postgres_url: give one of them");
  if (options.program.empty())
    return invalid("Options::program: the name of the program is missing");
  // Two slashes would be an address of another host.
  if (!options.settings_page.starts_with('/') || options.settings_page.starts_with("//"))
    return invalid("Options::settings_page: a path that begins with one / is expected");
  if (options.stop_deadline < std::chrono::milliseconds(0))
    return invalid("Options::stop_deadline: not negative");
  return check_public_url(port.public_url());
}

}  // namespace

Result<> check_public_url(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view rest = text.substr(scheme.size());
    const auto is_odd = [](char c) { return c <= ' ' || c == 0x7f; };
    if (!rest.empty() && !rest.starts_with('/') && !rest.ends_with('/') &&
        rest.find_first_of("?#@\\") == std::string_view::npos && std::ranges::none_of(rest, is_odd))
      return {};
  }
  return Error{Code::invalid,
               "CrmPort::public_url: an address such as https://crm.example is expected, without a "
               "slash at the end; http://localhost:8080 for a CRM that is reached from this "
               "machine only",
               {}};
}

Result<std::unique_ptr<Hosting>> Hosting::open(Options options, CrmPort& port) {
  TRY_VOID(check(options, port));
  auto ground = std::make_shared<Ground>(std::move(options.log));
  TRY_VOID(hosting::make_private_folder(options.data));
  TRY(auto lock, hosting::DataLock::take(options.data, "crm_hosting"));
  ground->lock.emplace(std::move(lock));
  TRY(ground->database, open_database(options, *ground));
  TRY_VOID(hosting::migrate(*ground->database, hosting::hosting_steps(),
                            gcal::base::new_id(ground->random), hosting::hosting_beginning()));
  if (options.new_master_key)
    TRY_VOID(hosting::master_key::create(
        options.master_key.empty() ? hosting::master_key::place(options.data) : options.master_key,
        ground->random));
  TRY(ground->context,
      hosting::HostContext::open(options.data, *ground->database, ground->clock, ground->random,
                                 ground->log, {options.master_key, options.new_master_key}));
  TRY_VOID(port.write([&](CrmTransaction& transaction) {
    return hosting::ChangeFeed::create_tables(transaction, gcal::base::new_id(ground->random));
  }));
  hosting::HostContext& context = *ground->context;
  TRY(ground->guard, guard_restores(options.data, port, *ground));
  auto parts = std::make_unique<Parts>(context, port, parts_options(options, port), ground);
  parts->schema_lock = ground->schema_lock.get();
  return std::make_unique<Hosting>(std::move(parts));
}

Hosting::Hosting(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Hosting::~Hosting() {
  stop();
}

// Of the users who have accounts here, those who left the CRM before user_removed was called.
Result<> Hosting::forget_removed() {
  std::vector<std::string> users;
  TRY_VOID(parts_->context.database().read([&users](hosting::Connection& c) {
    return c.each("SELECT DISTINCT user FROM accounts",
                  [&users](const hosting::Row& row) { users.push_back(row.text(0)); });
  }));
  for (const std::string& user : users) {
    const auto known = parts_->port.user(user);
    if (known && known->removed) TRY_VOID(end_accounts_of(*parts_, user));
  }
  return {};
}

Result<> Hosting::start() {
  {
    const std::lock_guard lock(parts_->mutex);
    if (std::exchange(parts_->started, true))
      return Error{Code::conflict, "the library was started before", {}};
  }
  hosting::CrashLog crashes(parts_->context.data());
  if (parts_->watch_crashes) TRY_VOID(crashes.watch());
  if (parts_->owned) TRY_VOID(forget_removed());
  auto started = parts_->plugins.start();
  if (parts_->schema_lock)
    parts_->schema_lock->watch(parts_->context.log(),
                               [parts = parts_.get()](const Error&) { parts->stop(); });
  return started;
}

std::vector<std::string> Hosting::stop() {
  return parts_->stop();
}

Result<> Hosting::note_changed(CrmTransaction& transaction, const AppointmentChange& change) {
  return parts_->context.feed().note_changed(transaction, change);
}

Result<> Hosting::note_record_changed(CrmTransaction& transaction, const RecordNote& note) {
  return parts_->context.feed().note_record_changed(transaction, note);
}

Result<> Hosting::user_removed(const std::string& user) {
  const auto known = parts_->port.user(user);
  if (!known && known.error().code != Code::not_found) return known.error();
  if (known && !known->removed)
    return Error{Code::conflict, "the user is still there: CrmPort::user does not say removed", {}};
  return end_accounts_of(*parts_, user);
}

Result<> Hosting::set_default_calendar(const std::string& user, const std::string& calendar) {
  return parts_->calendars.set_default(user, calendar);
}

void Hosting::page_opened(const std::string& user) {
  parts_->web.say_viewed(user);
}

Admission Hosting::admit(const Request& head) {
  return parts_->web.admit(head);
}

void Hosting::handle(Request request, const Identity& identity,
                     std::function<void(Response)> answer) {
  const auto once = std::make_shared<Answer>(std::move(answer));
  {
    const std::lock_guard lock(parts_->mutex);
    if (parts_->stopped) return;  // `once` answers
  }
  parts_->web.handle(std::move(request), identity,
                     [once](Response response) { (*once)(std::move(response)); });
}

Response Hosting::handle(Request request, const Identity& identity) {
  std::promise<Response> promise;
  auto answered = promise.get_future();
  handle(std::move(request), identity,
         [&promise](Response response) { promise.set_value(std::move(response)); });
  return answered.get();
}

std::vector<Plugin> Hosting::plugins() const {
  std::vector<Plugin> out;
  for (const hosting::PluginInfo& info : parts_->plugins.list()) out.push_back(shown(info));
  return out;
}

std::string Hosting::texts(std::string_view language) const {
  return parts_->plugins.strings(language).dump();
}

Result<Plugin> Hosting::reload(const std::string& plugin) {
  std::promise<Result<Plugin>> promise;
  auto done = promise.get_future();
  parts_->plugins.reload(plugin, [&promise](const Result<hosting::PluginInfo>& info) {
    promise.set_value(info ? Result<Plugin>(shown(*info)) : Result<Plugin>(info.error()));
  });
  return done.get();
}

void Hosting::reload_changed() {
  parts_->plugins.reload_changed();
}

}  // namespace crm_hosting
