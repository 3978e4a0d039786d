// What a person chose for one account, as it is kept in the host's accounts service. Written by the
// settings flow, read by the sync. It is the wish; the pairs in the journal are brought in line
// with it, so that a crash in between heals itself.
#pragma once

#include <string>
#include <vector>

#include "src/common/base/json.hpp"

namespace gcal::settings {

struct RemoteCalendar {
  std::string id;
  std::string name;   // summaryOverride before summary
  std::string color;  // "#rrggbb"
  std::string role;   // owner | writer | writerWithoutPrivateAccess | reader | freeBusyReader
  std::string time_zone;
  bool primary = false;

  // Only a calendar that its user may fill can be the default: owner or writer.
  bool writable() const { return role == "owner" || role == "writer"; }
  friend bool operator==(const RemoteCalendar&, const RemoteCalendar&) = default;
};

// Which of the appointments that already stand in the CRM go to Google when the account is
// connected.
enum class Existing { none, future, all };

struct AccountConfig {
  std::string sub;  // Google's stable name of the person; an e-mail address can change hands
  std::string email;
  std::string name;  // the display name in the CRM only
  std::vector<RemoteCalendar> visible;
  std::string default_calendar;  // a Google calendar id; "" = the CRM's own calendar: nothing is
                                 // written to Google
  Existing existing = Existing::none;  // done once, then reset to none
  std::string guests_too{};  // the default calendar for which a person said that appointments with
                             // guests are copied too (decision 10)
  std::string draft{};  // the account id under which the set-up ran; taken over once, then cleared

  friend bool operator==(const AccountConfig&, const AccountConfig&) = default;
};

base::Json to_json(const RemoteCalendar& calendar);
RemoteCalendar remote_calendar_from_json(const base::Json& json);
base::Json to_json(const AccountConfig& config);
AccountConfig account_config_from_json(const base::Json& json);

}  // namespace gcal::settings
