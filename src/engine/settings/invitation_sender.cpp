#include "src/engine/settings/invitation_sender.hpp"

#include <algorithm>

namespace gcal::settings {
namespace {

// In lower case; "" if the address has none. As Google reports it, there is nothing to trim.
std::string domain_of(const std::string& address) {
  const std::size_t at = address.rfind('@');
  std::string domain = at == std::string::npos ? std::string() : address.substr(at + 1);
  for (char& letter : domain)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return domain;
}

}  // namespace

bool google_reads_mailbox(const AccountConfig& config) {
  const std::string domain = domain_of(config.email);
  return config.workspace || domain == "gmail.com" || domain == "googlemail.com";
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
