#include "plugin/capabilities/capability_table.hpp"

#include "host_api/capabilities/calendar.h"
#include "host_api/capabilities/hooks.h"
#include "host_api/capabilities/http.h"
#include "host_api/capabilities/invitations.h"
#include "host_api/capabilities/privacy.h"
#include "host_api/capabilities/run.h"
#include "host_api/capabilities/settings.h"
#include "plugin/wiring.hpp"

namespace gcal::plugin {
namespace {

GoogleCalendar& of(crm_plugin* plugin) {
  return *static_cast<GoogleCalendar*>(static_cast<crm::Plugin*>(plugin));
}

template <GoogleCalendar::Request kind>
void request(crm_plugin* plugin, crm_str document, crm_reply* reply) noexcept {
  of(plugin).request(kind, crm::from_abi(document), reply);
}

void http(crm_plugin* plugin, crm_str document, crm_str, crm_reply* reply) noexcept {
  of(plugin).request(GoogleCalendar::Request::http, crm::from_abi(document), reply);
}

void run(crm_plugin* plugin, crm_str key, crm_str, std::int64_t fence, crm_reply* reply) noexcept {
  of(plugin).run(crm::from_abi(key), fence, reply);
}

void event_changed(crm_plugin* plugin, crm_str calendar, crm_str) noexcept {
  of(plugin).hint(GoogleCalendar::Hint::event, crm::from_abi(calendar));
}
void account_changed(crm_plugin* plugin, crm_str account) noexcept {
  of(plugin).hint(GoogleCalendar::Hint::account, crm::from_abi(account));
}
void record_changed(crm_plugin* plugin, crm_str, crm_str record) noexcept {
  of(plugin).hint(GoogleCalendar::Hint::record, crm::from_abi(record));
}

constexpr crm_settings_0 kSettings{&request<GoogleCalendar::Request::settings_step>};
constexpr crm_calendar_0 kCalendar{&request<GoogleCalendar::Request::calendars>,
                                   &request<GoogleCalendar::Request::status>,
                                   &request<GoogleCalendar::Request::sync_now>};
constexpr crm_hooks_0 kHooks{&event_changed, &account_changed, &record_changed};
constexpr crm_http_0 kHttp{&http};
constexpr crm_run_0 kRun{&run};
constexpr crm_privacy_0 kPrivacy{&request<GoogleCalendar::Request::forget>};
constexpr crm_invitations_0 kInvitations{&request<GoogleCalendar::Request::invitation_sample>};

}  // namespace

const void* capability_table(std::string_view id) noexcept {
  if (id == CRM_SETTINGS) return &kSettings;
  if (id == CRM_CALENDAR) return &kCalendar;
  if (id == CRM_HOOKS) return &kHooks;
  if (id == CRM_HTTP) return &kHttp;
  if (id == CRM_RUN) return &kRun;
  if (id == CRM_PRIVACY) return &kPrivacy;
  if (id == CRM_INVITATIONS) return &kInvitations;
  return nullptr;
}

}  // namespace gcal::plugin
