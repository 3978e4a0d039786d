// The CRM behind the port of the hosting library: users, calendars, appointments and records, in
// one database with the library's tables. Created by Crm. It must never decide what a plugin may
// do: the library does.
#pragma once

#include <string>
#include <utility>

#include "src/common/base/clock.hpp"
#include "src/host/crm/appointment_store.hpp"
#include "src/host/crm/calendars.hpp"
#include "src/host/crm/records.hpp"
#include "src/host/crm/users.hpp"
#include "src/hosting/crm_hosting/port.hpp"

namespace host {

class CrmAdapter final : public hosting::CrmPort {
 public:
  // All references outlive the object.
  CrmAdapter(Database& database, Users& users, Calendars& calendars, Records& records,
             AppointmentStore& appointments, const gcal::base::Clock& clock, std::string public_url)
      : database_(database),
        users_(users),
        calendars_(calendars),
        records_(records),
        appointments_(appointments),
        clock_(clock),
        public_url_(std::move(public_url)) {}

  Result<hosting::CrmUser> user(std::string_view id) const override;
  Result<> write(const Work& work) override;
  Result<> read(const Work& work) const override;
  Result<std::string> owner(hosting::CrmTransaction& transaction,
                            std::string_view calendar) const override;
  Result<std::vector<std::string>> load(hosting::CrmTransaction& transaction,
                                        const std::vector<std::string>& ids) const override;
  Result<std::string> save(hosting::CrmTransaction& transaction, std::string_view document,
                           const std::optional<std::string>& if_revision) override;
  Result<> erase(hosting::CrmTransaction& transaction, std::string_view id,
                 std::string_view if_revision) override;
  Result<> link(hosting::CrmTransaction& transaction, std::string_view id,
                const std::vector<hosting::CrmRecord>& records) override;
  Result<std::vector<std::string>> appointments_of(hosting::CrmTransaction& transaction,
                                                   std::string_view calendar,
                                                   std::string_view after,
                                                   std::uint32_t limit) const override;
  // Every user of this CRM sees every record.
  Result<std::map<std::string, hosting::RecordsOfAddress>> records_by_address(
      std::string_view user, const std::vector<std::string>& addresses) const override;
  Result<> calendar_changed(hosting::CrmTransaction& transaction,
                            const hosting::CrmCalendar& calendar) override;
  std::string public_url() const override { return public_url_; }

 private:
  Database& database_;
  Users& users_;
  Calendars& calendars_;
  Records& records_;
  AppointmentStore& appointments_;
  const gcal::base::Clock& clock_;
  std::string public_url_;
};

}  // namespace host
