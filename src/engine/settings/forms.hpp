// The forms of our flows and the checks of what a person typed into them. Pure: documents in,
// documents out.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/engine/settings/account_config.hpp"
#include "src/engine/settings/steps.hpp"

namespace gcal::settings {

// What the account form holds after it was sent.
struct AccountChoice {
  std::string name;
  std::vector<std::string> visible;  // Google calendar ids
  std::string default_calendar;      // "" = the CRM's own
};

// The value of the drop-down that stands for the CRM's own calendar. No Google calendar has this
// id.
inline constexpr const char* kCrmCalendar = "crm";

// The calendars in the order in which they are offered: the primary first, then writable ones, then
// by name.
std::vector<RemoteCalendar> in_order(std::vector<RemoteCalendar> calendars);

// The form in which a person names the calendar, ticks the visible ones and picks the default. The
// drop-down offers the CRM's own calendar and, at once, what is ticked; it starts with the CRM's
// own calendar, or with `current_default` when the user already has another one.
Form account_form(const std::string& step, const std::vector<RemoteCalendar>& calendars,
                  const AccountChoice& choice);
AccountChoice account_choice(const Json& input);
FieldErrors check(const AccountChoice& choice, const std::vector<RemoteCalendar>& calendars);

struct PreviewNumbers {
  std::size_t appointments = 0;  // series count once
  std::size_t series = 0;
  std::size_t private_ones = 0;
  std::size_t matched = 0;  // appointments that will be linked
  std::size_t leads = 0;
  std::size_t contacts = 0;
  std::size_t existing_future = 0;  // CRM appointments that could go to Google
  std::size_t existing_all = 0;
};

Form preview_form(const std::string& step, const PreviewNumbers& numbers,
                  const AccountChoice& choice);
Existing existing_choice(const Json& input);

// What happens to the appointments of the old default calendar; asks about those with guests only
// where there are some.
Form default_form(const std::string& step, std::size_t alone, std::size_t with_guests,
                  const std::string& from, const std::string& to);

Form credentials_form(const std::string& step, const std::string& callback_url);
FieldErrors check_credentials(const Json& input);

}  // namespace gcal::settings
