#include "plugin/adapters/host_mailer.hpp"

#include <algorithm>

#include "host_api/cpp/plugin.hpp"
#include "src/common/base/milliseconds.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

constexpr const char* kLogo = "logo";
// A message that no end of its appointment limits is tried as long as the mailer tries any.
constexpr base::Milliseconds kLongest = std::chrono::hours{48};

invitations::Kind kind_of(calendar::Mail::Kind kind) {
  switch (kind) {
    case calendar::Mail::Kind::update: return invitations::Kind::update;
    case calendar::Mail::Kind::cancel: return invitations::Kind::cancel;
    default: return invitations::Kind::invite;
  }
}

const char* text_of(invitations::Kind kind) {
  switch (kind) {
    case invitations::Kind::update: return "update";
    case invitations::Kind::cancel: return "cancel";
    case invitations::Kind::invite: break;
  }
  return "invite";
}

invitations::Language language_of(settings::InvitationLanguage language) {
  switch (language) {
    case settings::InvitationLanguage::english: return invitations::Language::english;
    case settings::InvitationLanguage::both: return invitations::Language::both;
    case settings::InvitationLanguage::german: break;
  }
  return invitations::Language::german;
}

Json mailbox(const std::string& address, const std::string& name) {
  Json json = Json::object({{"address", address}});
  if (!name.empty()) json.set("name", name);
  return json;
}

std::vector<Result<>> results_of(const std::vector<Json>& answers) {
  std::vector<Result<>> results;
  for (const Json& one : answers) {
    const Code code = crm::to_code(static_cast<crm_status>(one["status"].as_integer(CRM_INTERNAL)));
    if (code == Code::ok)
      results.emplace_back();
    else
      results.emplace_back(Error{code, one.string("message"), {}});
  }
  return results;
}

}  // namespace

invitations::Sender invitation_sender_of(const Account& account, const Json& info) {
  invitations::Sender sender;
  sender.account = account.id;
  sender.from_address = info.string("from");
  const std::string& email = account.config.email;
  std::string domain = email.substr(std::min(email.rfind('@'), email.size() - 1) + 1);
  std::ranges::transform(domain, domain.begin(), [](unsigned char letter) {
    return static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
  });
  sender.is_organizer_domain = std::ranges::any_of(
      info["own_domains"].items(), [&](const Json& own) { return own.as_string() == domain; });
  if (const Json* logo = info["logos"].find(account.id)) {
    sender.logo = kLogo;
    sender.company = logo->string("alt");
    sender.logo_width = static_cast<int>((*logo)["width"].as_integer());
    sender.logo_height = static_cast<int>((*logo)["height"].as_integer());
  }
  sender.product_version = GCAL_PLUGIN_VERSION;
  sender.language = language_of(account.config.invitation_language);
  return sender;
}

invitations::Invitation invitation_from(const sync::Invitation& row,
                                        const invitations::Sender& sender) {
  invitations::Invitation invitation;
  invitation.id = row.id;
  invitation.guest = row.guest;
  invitation.kind = kind_of(row.kind);
  invitation.date = row.date;
  invitation.sequence = row.sequence;
  invitation.dtstamp = std::chrono::floor<std::chrono::seconds>(row.stamp);
  invitation.before = row.before;
  invitation.after = row.after;
  invitation.first_key = row.first_key;
  invitation.sender = sender;
  return invitation;
}

Json mail_json(const sync::Invitation& row, const invitations::Message& message,
               const std::string& user, base::Instant now) {
  Json json = Json::object({{"key", row.id},
                            {"group", message.group},
                            {"user", user},
                            {"to", mailbox(message.to_address, message.to_name)},
                            {"reply_to", mailbox(message.reply_to, {})},
                            {"from_name", message.from_name},
                            {"subject", message.subject},
                            {"language", message.language},
                            {"text", message.text},
                            {"html", message.html},
                            {"kind", text_of(message.kind)}});
  if (!row.crm_id.empty()) json.set("event", row.crm_id);
  if (message.is_private) json.set("private", true);
  if (!message.from_address.empty()) json.set("from_address", message.from_address);
  if (!message.calendar.empty())
    json.set("calendar", Json::object({{"method", message.method}, {"text", message.calendar}}));
  if (!message.image.empty()) json.set("images", Json::array({message.image}));
  if (!row.first_key.empty()) json.set("first_key", row.first_key);
  base::Instant expires = now + kLongest;
  if (message.ends_at) expires = std::max(now, base::Instant{*message.ends_at});
  json.set("expires_at", base::milliseconds(expires));
  return json;
}

Json mail_images(const std::string& account, const Json& info) {
  Json images = Json::array();
  if (const Json* logo = info["logos"].find(account))
    images.push(
        Json::object({{"name", kLogo}, {"account", account}, {"sha256", logo->string("sha256")}}));
  return images;
}

Task<std::vector<Result<>>> HostMailer::submit(std::vector<sync::Invitation> rows) {
  const invitations::Sender sender = invitation_sender_of(account_, info_);
  Json messages = Json::array();
  for (const sync::Invitation& row : rows)
    messages.push(mail_json(row, invitations::compose(invitation_from(row, sender)), account_.user,
                            clock_.now()));
  Json batch = Json::object({{"messages", std::move(messages)}});
  if (Json images = mail_images(account_.id, info_); !images.items().empty())
    batch.set("images", std::move(images));
  CO_TRY(const std::vector<Json> answers, co_await host_.submit_mails(fence_, std::move(batch)));
  co_return results_of(answers);
}

Task<std::vector<Result<>>> HostMailer::withdraw(std::vector<std::string> keys) {
  CO_TRY(const std::vector<Json> answers, co_await host_.withdraw_mails(fence_, std::move(keys)));
  co_return results_of(answers);
}

}  // namespace gcal::plugin
