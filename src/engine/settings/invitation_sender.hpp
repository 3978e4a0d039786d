// Who mails the guests of what a user does from now on, and why not the CRM (PD-06). Used by
// runs, which store the answer with each write, and by the status. Pure.
#pragma once

#include "src/engine/settings/account_config.hpp"

namespace gcal::settings {

struct InvitationSender {
  enum class Who { crm, google, nobody };
  Who who = Who::google;
  // Why it is not the CRM, or that the user chose it: "mailer" (it is not ready), "primary" (the
  // default calendar is another one, so its address would be the organiser), "mailbox" (Google does
  // not read what guests answer to the organiser), "chosen"; "" for the CRM by itself.
  const char* reason = "";
};

// Whether Google reads the mail of this account, and with it the answers of guests.
bool google_reads_mailbox(const AccountConfig& config);

InvitationSender invitation_sender(const AccountConfig& config, bool mailer_ready);

}  // namespace gcal::settings
