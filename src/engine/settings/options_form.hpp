// The options form of a connected account, and what its input changes in the config. The form shows
// only calendars that Google lists at present; a chosen calendar that is not listed stays chosen,
// so that it is adopted again if it returns (PD-02). Used by flow. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "src/engine/settings/account_config.hpp"
#include "src/engine/settings/forms.hpp"

namespace gcal::settings {

// The form's values for `config`: the chosen calendars that are among `calendars`, and the default
// calendar whether it is among them or not.
// `present_default`: see account_form.
AccountChoice choice_of(const AccountConfig& config, const std::vector<RemoteCalendar>& calendars,
                        const std::string& present_default = {});

// The form with the values of `choice`. Its drop-down always offers the account's present default,
// also if it vanished or may no longer be written, so that the rest can be saved without changing
// it (PD-03). Without a mailer of the CRM it offers no invitations by the CRM, unless that was
// chosen while there was one.
Form options_form(const std::string& step, const std::vector<RemoteCalendar>& calendars,
                  const AccountConfig& config, const AccountChoice& choice,
                  const std::string& present_default, bool has_mailer);
// The errors of the input by field. The values of choice_of() have none.
FieldErrors check_options(const AccountChoice& choice, const std::vector<RemoteCalendar>& calendars,
                          const AccountConfig& config, bool has_mailer);

// Asks whose value stays in the appointment `title`, the first of `count` conflicts.
Form conflict_form(const std::string& step, const std::string& title, std::size_t count);

// Applies to `config` what the user changed: where `choice` equals `shown`, the values of the form
// when it was opened, the config keeps what was stored meanwhile.
void apply_choice(AccountConfig& config, const AccountChoice& shown, const AccountChoice& choice,
                  const std::vector<RemoteCalendar>& calendars);

}  // namespace gcal::settings
