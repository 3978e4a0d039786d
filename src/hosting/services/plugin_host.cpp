#include "src/hosting/services/plugin_host.hpp"

#include <algorithm>
#include <utility>

#include "host_api/cpp/abi.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

struct Offer {
  std::string_view id;
  const void* table;
};

constexpr Offer kOffers[] = {
    {CRM_LOG, &kLogTable},
    {CRM_CLOCK, &kClockTable},
    {CRM_SECRETS, &kSecretsTable},
    {CRM_SQL, &kSqlTable},
    {CRM_ACCOUNTS, &kAccountsTable},
    {CRM_CALENDARS, &kCalendarsTable},
    {CRM_EVENTS, &kEventsTable},
    {CRM_CONTACTS, &kContactsTable},
    {CRM_TASKS, &kTasksTable},
    {CRM_OPTIONS, &kOptionsTable},
    {CRM_MAILER, &kMailerTable},
    {CRM_USERS, &kUsersTable},
    {CRM_HOST_INFO, &kHostInfoTable},
};

const void* find_service(const crm_host* host, const char* id) noexcept {
  if (!id || !PluginHost::of(host).grants(id)) return nullptr;
  if (std::string_view(id) == CRM_MAILER && !PluginHost::of(host).context().mail()) return nullptr;
  const auto* found = std::ranges::find(kOffers, std::string_view(id), &Offer::id);
  return found == std::end(kOffers) ? nullptr : found->table;
}

}  // namespace

PluginHost::PluginHost(HostContext& context, CrmPort& crm, std::string plugin_id,
                       std::map<std::string, std::string> options,
                       std::optional<std::vector<std::string>> services,
                       std::optional<std::vector<std::string>> routes, HostIdentity identity)
    : crm_host{CRM_ABI_MAJOR, CRM_ABI_MINOR, &find_service},
      context_(context),
      crm_(crm),
      plugin_(std::move(plugin_id)),
      options_(std::move(options)),
      services_(std::move(services)),
      routes_(std::move(routes)),
      identity_(std::move(identity)) {}

PluginHost::~PluginHost() = default;

bool PluginHost::grants(std::string_view service) const {
  return !services_ || std::ranges::find(*services_, service) != services_->end();
}

bool PluginHost::has_route(std::string_view path) const {
  return !routes_ || std::ranges::find(*routes_, path) != routes_->end();
}

Result<Database*> PluginHost::plugin_database() const {
  const std::lock_guard lock(mutex_);
  if (!database_) {
    TRY(database_, context_.database().open_plugin(context_.data() / "plugins", plugin_));
  }
  return database_.get();
}

bool PluginHost::enter_transaction() const {
  const std::lock_guard lock(mutex_);
  return in_transaction_.insert(std::this_thread::get_id()).second;
}

void PluginHost::leave_transaction(std::thread::id thread) const {
  const std::lock_guard lock(mutex_);
  in_transaction_.erase(thread);
}

bool offers_service(std::string_view id) {
  return std::ranges::find(kOffers, id, &Offer::id) != std::end(kOffers);
}

Result<Json> object_argument(crm_str text, std::string_view name) {
  auto document = Json::parse(crm::from_abi(text));
  if (!document)
    return Error{Code::invalid, std::string(name) + ": " + document.error().message, {}};
  if (!document->is_object())
    return Error{Code::invalid, std::string(name) + ": a JSON object is expected", {}};
  return document;
}

Result<std::vector<std::string>> texts_argument(crm_str text, std::string_view name) {
  auto document = Json::parse(crm::from_abi(text));
  if (!document)
    return Error{Code::invalid, std::string(name) + ": " + document.error().message, {}};
  if (!document->is_array())
    return Error{Code::invalid, std::string(name) + ": a JSON array of texts is expected", {}};
  std::vector<std::string> texts;
  texts.reserve(document->items().size());
  for (const Json& item : document->items()) {
    if (!item.is_string())
      return Error{Code::invalid, std::string(name) + ": every item must be a text", {}};
    texts.push_back(item.as_string());
  }
  return texts;
}

}  // namespace hosting
