#include "src/host/mail/mail_batch.hpp"

#include <algorithm>

#include "src/common/base/bytes.hpp"
#include "src/host/mail/address.hpp"

namespace host::mail {
namespace {

Error refused(std::string_view member, std::string_view what) {
  return {Code::invalid, std::string(member) + ": " + std::string(what), {}};
}

Result<std::string> text_of(const Json& message, std::string_view member, std::size_t most) {
  const Json& value = message[member];
  if (!value.is_string() || value.as_string().empty()) return refused(member, "a text is needed");
  if (value.as_string().size() > most) return refused(member, "it is too long");
  return value.as_string();
}

Result<Mailbox> mailbox_of(const Json& message, std::string_view member) {
  Mailbox mailbox{message[member].string("name"), ""};
  auto address = sendable_address(message[member].string("address"));
  if (!address) return refused(member, address.error().message);
  mailbox.address = *std::move(address);
  return mailbox;
}

Result<std::optional<CalendarPart>> calendar_of(const Json& message) {
  const Json* calendar = message.find("calendar");
  if (!calendar || calendar->is_null()) return std::optional<CalendarPart>();
  CalendarPart part{calendar->string("method"), calendar->string("text")};
  if (part.method != "REQUEST" && part.method != "CANCEL")
    return refused("calendar.method", "REQUEST or CANCEL");
  if (part.text.empty() || part.text.size() > kMaxCalendar)
    return refused("calendar.text", "it is empty or too long");
  return std::optional<CalendarPart>(std::move(part));
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && name.front() >= 'a' && name.front() <= 'z' &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

Result<MailImage> image_of(const Json& image, const FindLogo& find_logo) {
  MailImage out{image.string("name"), ""};
  if (const std::string& account = image.string("account"); !account.empty()) {
    TRY(auto logo, find_logo(account));
    if (!logo || logo->sha256 != image.string("sha256"))
      return Error{Code::conflict, "the account has another logo now: read info again", {}};
    out.png = std::move(logo->png);
    return out;
  }
  const auto bytes = gcal::base::from_base64(image.string("base64"));
  if (!bytes || image.string("type") != "image/png")
    return refused("images", "a PNG in base64 is expected");
  out.png.assign(bytes->begin(), bytes->end());
  if (!out.png.starts_with("\x89PNG\r\n\x1a\n") || out.png.size() > kMaxImage)
    return refused("images", "a PNG of at most 64 KiB is expected");
  return out;
}

Result<std::vector<MailImage>> images_of(const Json& batch, const Json& message,
                                         const FindLogo& find_logo) {
  std::vector<MailImage> images;
  const auto& names = message["images"].items();
  if (names.size() > kMaxImages) return refused("images", "at most two");
  for (const Json& name : names) {
    const auto& all = batch["images"].items();
    const auto found = std::ranges::find_if(
        all, [&](const Json& image) { return image.string("name") == name.as_string(); });
    if (!is_name(name.as_string()) || found == all.end())
      return refused("images", "the batch has no image of this name");
    TRY(MailImage image, image_of(*found, find_logo));
    images.push_back(std::move(image));
  }
  return images;
}

// The sender of the settings, or an address that the mail server may send for (I-05).
Result<std::string> from_address_of(const Json& message, const MailSettings& settings) {
  const std::string& wanted = message.string("from_address");
  if (wanted.empty()) return std::string();
  auto address = sendable_address(wanted);
  if (!address) return refused("from_address", address.error().message);
  if (std::ranges::find(settings.own_domains, domain_of(*address)) == settings.own_domains.end())
    return refused("from_address", "the mail server may not send for this domain");
  return address;
}

}  // namespace

Result<Json::Array> messages_of(const Json& batch, std::size_t most) {
  if (!batch.is_object() || !batch["messages"].is_array())
    return Error{Code::invalid, "batch: an object with messages is expected", {}};
  const Json::Array& messages = batch["messages"].items();
  if (messages.empty() || messages.size() > most)
    return Error{Code::invalid, "messages: 1 to " + std::to_string(most) + " are expected", {}};
  return messages;
}

Result<MailMessage> read_message(const Json& batch, const Json& message,
                                 const MailSettings& settings, const FindLogo& find_logo) {
  MailMessage out;
  TRY(out.key, text_of(message, "key", kMaxKey));
  TRY(out.group, text_of(message, "group", kMaxGroup));
  TRY(out.user, text_of(message, "user", kMaxGroup));
  out.event = message.string("event");
  out.is_private = message["private"].as_bool();
  out.kind = message.string("kind");
  if (out.kind != "invite" && out.kind != "update" && out.kind != "cancel")
    return refused("kind", "invite, update or cancel");
  TRY(out.to, mailbox_of(message, "to"));
  TRY(out.reply_to, mailbox_of(message, "reply_to"));
  out.from_name = message.string("from_name");
  TRY(out.from_address, from_address_of(message, settings));
  TRY(out.subject, text_of(message, "subject", 4 * kMaxSubject));
  if (characters_of(out.subject) > kMaxSubject) return refused("subject", "it is too long");
  out.language = message.string("language");
  if (out.language != "de" && out.language != "en") return refused("language", "de or en");
  TRY(out.text, text_of(message, "text", kMaxText));
  TRY(out.html, text_of(message, "html", kMaxText));
  TRY(out.calendar, calendar_of(message));
  TRY(out.images, images_of(batch, message, find_logo));
  out.first_key = message.string("first_key");
  if (out.first_key.size() > kMaxKey) return refused("first_key", "it is too long");
  if (const Json* time = message.find("not_before"); time && time->is_integer())
    out.not_before = time->as_integer();
  if (!message["expires_at"].is_integer()) return refused("expires_at", "a time is needed");
  out.expires_at = message["expires_at"].as_integer();
  return out;
}

}  // namespace host::mail
