#include "src/engine/settings/invitation_sender.hpp"

#include <algorithm>

#include "src/common/icalendar/address.hpp"

namespace gcal::settings {

bool google_reads_mailbox(const AccountConfig& config) {
  const std::string address = icalendar::normalised_address(config.email);
  return config.workspace || address.ends_with("@gmail.com") ||
         address.ends_with("@googlemail.com");
}

InvitationSender invitation_sender(const AccountConfig& config, bool mailer_ready) {
  using Who = InvitationSender::Who;
  if (config.invitations == InvitationChoice::nobody) return {Who::nobody, "chosen"};
  if (config.invitations == InvitationChoice::google) return {Who::google, "chosen"};
  if (!mailer_ready) return {Who::google, "mailer"};
  const auto primary = std::ranges::find_if(config.visible, &RemoteCalendar::primary);
  if (primary == config.visible.end() || primary->id != config.default_calendar)
    return {Who::google, "primary"};
  if (config.invitations == InvitationChoice::crm) return {Who::crm, "chosen"};
  if (!google_reads_mailbox(config)) return {Who::google, "mailbox"};
  return {Who::crm, ""};
}

}  // namespace gcal::settings
