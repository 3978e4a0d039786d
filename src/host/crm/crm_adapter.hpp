// The CRM behind the port of the hosting library: passes each call on to users, calendars, records
// or the feed of appointments. Created by Crm. It must never decide anything itself.
#pragma once

#include "src/host/crm/appointment_feed.hpp"
#include "src/host/crm/calendars.hpp"
#include "src/host/crm/records.hpp"
#include "src/host/crm/users.hpp"
#include "src/hosting/services/crm_port.hpp"

namespace host {

class CrmAdapter final : public hosting::CrmPort {
 public:
  // All references outlive the object.
  CrmAdapter(Users& users, Calendars& calendars, Records& records, AppointmentFeed& feed)
      : users_(users), calendars_(calendars), records_(records), feed_(feed) {}

  Result<hosting::PluginUser> user(std::string_view id) const override;
  Result<std::vector<hosting::PluginCalendar>> plugin_calendars(
      std::string_view plugin, std::string_view account) const override;
  Result<std::string> put_calendar(std::string_view plugin,
                                   const hosting::RemoteCalendar& calendar) override;
  Result<> set_calendar_state(std::string_view plugin, std::string_view calendar,
                              std::string_view state) override;
  Result<> set_default_calendar(std::string_view plugin, std::string_view user,
                                std::string_view calendar) override;
  Result<std::string> own_calendar(std::string_view user) const override;
  Result<std::map<std::string, hosting::FoundRecords>> records_by_address(
      std::string_view user, const std::vector<std::string>& addresses) const override;
  Result<RecordChanges> record_changes(std::string_view cursor, std::uint32_t limit) const override;
  Result<FeedPage> event_changes(std::string_view plugin, std::string_view calendar,
                                 std::string_view cursor, std::uint32_t limit) const override;
  Result<std::vector<EventDocument>> events(std::string_view plugin,
                                            const std::vector<std::string>& ids) const override;
  Result<std::vector<OperationResult>> apply(std::string_view plugin, std::int64_t fence,
                                             const std::vector<Operation>& operations,
                                             const FenceCheck& fence_is_current) override;
  Result<> acknowledge(std::string_view plugin, const std::vector<std::string>& op_ids) override;

 private:
  Users& users_;
  Calendars& calendars_;
  Records& records_;
  AppointmentFeed& feed_;
};

}  // namespace host
