// Finds the CRM records of the people of an appointment: every lead and contact that has the
// address of one, or another spelling of it that the mail provider delivers alike (S-22, P-24).
// Used by crm_side, the preview and relink_records. The account's own addresses, rooms and the
// organizer's calendar are not guests. Creates no record.
#pragma once

#include <string>
#include <vector>

#include "host_api/cpp/host.hpp"
#include "src/common/base/json.hpp"
#include "src/common/base/result.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::plugin {

class RecordMatcher {
 public:
  // user: the CRM user whose records are searched. own_addresses: those of the connected account.
  RecordMatcher(crm::Contacts contacts, std::string user, std::vector<std::string> own_addresses)
      : contacts_(contacts), user_(std::move(user)), own_(std::move(own_addresses)) {}

  // Looks up the guests of all series together. Returns {"leads": [ids], "contacts": [ids]} for
  // each, in order. Errors: those of crm.contacts/0. [store thread, blocks]
  Result<std::vector<base::Json>> match(const std::vector<const calendar::Series*>& series) const;

 private:
  crm::Contacts contacts_;
  std::string user_;
  std::vector<std::string> own_;
};

}  // namespace gcal::plugin
