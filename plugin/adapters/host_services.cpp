#include "plugin/adapters/host_services.hpp"

namespace gcal::plugin {
namespace {

template <class View>
Result<View> required(std::optional<View> view, const char* id) {
  if (view) return *std::move(view);
  return Error{Code::unavailable, std::string("this host does not offer the service ") + id, {}};
}

}  // namespace

Result<HostServices> HostServices::of(const crm::Host& host) {
  TRY(const crm::Log log, required(host.log(), CRM_LOG));
  TRY(const crm::Clock clock, required(host.clock(), CRM_CLOCK));
  TRY(const crm::Secrets secrets, required(host.secrets(), CRM_SECRETS));
  TRY(const crm::Sql sql, required(host.sql(), CRM_SQL));
  TRY(const crm::Accounts accounts, required(host.accounts(), CRM_ACCOUNTS));
  TRY(const crm::Calendars calendars, required(host.calendars(), CRM_CALENDARS));
  TRY(const crm::Events events, required(host.events(), CRM_EVENTS));
  TRY(const crm::Contacts contacts, required(host.contacts(), CRM_CONTACTS));
  TRY(const crm::Tasks tasks, required(host.tasks(), CRM_TASKS));
  return HostServices{log,      clock,          secrets,       sql,
                      accounts, calendars,      events,        contacts,
                      tasks,    host.options(), host.mailer(), host.host_info()};
}

}  // namespace gcal::plugin
