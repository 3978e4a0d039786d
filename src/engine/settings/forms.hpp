// The forms of the settings flows and the validation of their input. Used by flow. Labels and
// messages are keys of manifests/strings. Pure: JSON in, JSON out.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/engine/settings/account_config.hpp"
#include "src/engine/settings/steps.hpp"

namespace gcal::settings {

// The input of the account form.
struct AccountChoice {
  std::string name;
  std::vector<std::string> visible;  // Google calendar ids
  // "" = the CRM's own calendar, kPresentDefault = the user's present default, in another account
  std::string default_calendar;
  std::optional<Conflicts> conflicts{};                     // absent: the form does not ask
  std::optional<PrivateEvents> private_events{};            // likewise
  std::optional<std::vector<std::string>> two_way{};        // likewise
  std::optional<InvitationChoice> invitations{};            // likewise
  std::optional<InvitationLanguage> invitation_language{};  // likewise

  // The default among the account's own calendars; "" for both others.
  std::string own_default() const;
};

// The value of the drop-down for the CRM's own calendar. No Google calendar has this id.
inline constexpr const char* kCrmCalendar = "crm";
// Its value for the user's present default calendar while that belongs to another account (PD-11).
inline constexpr const char* kPresentDefault = "present";

// Sorts the calendars for display: the primary first, then writable ones, then by name.
std::vector<RemoteCalendar> in_order(std::vector<RemoteCalendar> calendars);

// The form for display name, visible calendars and default calendar. The drop-down offers the CRM's
// own calendar and the ticked ones (S-16), and between them `present_default`, the name of the
// user's present default in another account, unless it is "". `choice` holds the initial values.
Form account_form(const std::string& step, const std::vector<RemoteCalendar>& calendars,
                  const AccountChoice& choice, const std::string& present_default = {});
// The input of that form, trimmed and without duplicates.
AccountChoice account_choice(const Json& input);
// The errors of the input by field; empty if it is valid.
FieldErrors check(const AccountChoice& choice, const std::vector<RemoteCalendar>& calendars);

struct PreviewNumbers {
  std::size_t appointments = 0;  // a series counts once
  std::size_t series = 0;
  std::size_t private_ones = 0;
  std::size_t mails = 0;    // guests whom the first run lets Google mail
  std::size_t matched = 0;  // appointments with at least one matching record
  std::size_t leads = 0;
  std::size_t contacts = 0;
  std::size_t existing_future = 0;  // CRM appointments that can be exported
  std::size_t existing_all = 0;
  // If the account was connected before: copies that were deleted since and come back, and changes
  // of copies that are not carried over but kept in the journal (PD-14).
  std::size_t restored = 0;
  std::size_t set_aside = 0;
};

// The last form of the set-up: what will happen, and which existing appointments to export.
Form preview_form(const std::string& step, const PreviewNumbers& numbers,
                  const AccountChoice& choice);
// The answer to that question; none if it was not asked.
ExportExisting existing_choice(const Json& input);

// Confirmation of a changed default calendar (PD-10): the numbers of appointments that are copied,
// and a tick box for those with guests if there are any.
Form default_form(const std::string& step, std::size_t alone, std::size_t with_guests,
                  const std::string& from, const std::string& to);

// The form for the OAuth client's id and secret, for administrators.
Form credentials_form(const std::string& step, const std::string& callback_url);
// The errors of that form by field.
FieldErrors check_credentials(const Json& input);

}  // namespace gcal::settings
