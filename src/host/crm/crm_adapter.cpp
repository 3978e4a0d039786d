#include "src/host/crm/crm_adapter.hpp"

#include <algorithm>

namespace host {
namespace {

std::vector<std::string> ids_of(const std::vector<RecordName>& records) {
  std::vector<std::string> ids;
  ids.reserve(records.size());
  for (const RecordName& record : records) ids.push_back(record.id);
  return ids;
}

}  // namespace

Result<hosting::PluginUser> CrmAdapter::user(std::string_view id) const {
  TRY(const User user, users_.get(id));
  TRY(const Calendar calendar, calendars_.default_of(user.id));
  return hosting::PluginUser{user.id,     user.email,  user.name,
                             user.role,   user.locale, user.time_zone,
                             calendar.id, user.locked, user.is_removed()};
}

Result<std::vector<hosting::PluginCalendar>> CrmAdapter::plugin_calendars(
    std::string_view plugin, std::string_view account) const {
  TRY(const auto calendars, calendars_.list_of_plugin(plugin, account));
  std::vector<hosting::PluginCalendar> out;
  out.reserve(calendars.size());
  for (const Calendar& calendar : calendars) {
    out.push_back({calendar.id,
                   calendar.user,
                   {calendar.account, calendar.remote_id, calendar.name, calendar.color,
                    calendar.role, calendar.mode},
                   calendar.state,
                   calendar.is_default});
  }
  return out;
}

Result<std::string> CrmAdapter::put_calendar(std::string_view plugin,
                                             const hosting::RemoteCalendar& calendar) {
  return calendars_.put(plugin, calendar);
}

Result<> CrmAdapter::set_calendar_state(std::string_view plugin, std::string_view calendar,
                                        std::string_view state) {
  return calendars_.set_state(plugin, calendar, state);
}

Result<> CrmAdapter::set_default_calendar(std::string_view plugin, std::string_view user,
                                          std::string_view calendar) {
  TRY(const std::string own, calendars_.own_of(user));
  if (!calendar.empty() && calendar != own) {
    TRY(const auto visible, plugin_calendars(plugin, ""));
    if (std::ranges::none_of(visible, [&](const auto& one) { return one.id == calendar; }))
      return Error{Code::not_found, "there is no such calendar", {}};
  }
  return calendars_.set_default(user, calendar, plugin);
}

Result<std::string> CrmAdapter::own_calendar(std::string_view user) const {
  return calendars_.own_of(user);
}

// Every user of this CRM sees every record.
Result<std::map<std::string, hosting::FoundRecords>> CrmAdapter::records_by_address(
    std::string_view user, const std::vector<std::string>& addresses) const {
  TRY(const User viewer, users_.get(user));
  TRY(const auto found, records_.find_by_email(addresses));
  std::map<std::string, hosting::FoundRecords> out;
  for (const auto& [address, records] : found)
    out.emplace(address, hosting::FoundRecords{
                             {ids_of(records.leads), ids_of(records.contacts)},
                             {ids_of(records.similar_leads), ids_of(records.similar_contacts)}});
  return out;
}

Result<RecordChanges> CrmAdapter::record_changes(std::string_view cursor,
                                                 std::uint32_t limit) const {
  return records_.changes(cursor, limit);
}

Result<FeedPage> CrmAdapter::event_changes(std::string_view plugin, std::string_view calendar,
                                           std::string_view cursor, std::uint32_t limit) const {
  return feed_.changes(plugin, calendar, cursor, limit);
}

Result<std::vector<EventDocument>> CrmAdapter::events(std::string_view plugin,
                                                      const std::vector<std::string>& ids) const {
  return feed_.get(plugin, ids);
}

Result<std::vector<OperationResult>> CrmAdapter::apply(std::string_view plugin, std::int64_t fence,
                                                       const std::vector<Operation>& operations,
                                                       const FenceCheck& fence_is_current) {
  return feed_.apply(plugin, fence, operations, fence_is_current);
}

Result<> CrmAdapter::acknowledge(std::string_view plugin, const std::vector<std::string>& op_ids) {
  return feed_.acknowledge(plugin, op_ids);
}

}  // namespace host
