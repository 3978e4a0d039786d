// What the parts of this folder pass to each other: a message as a plugin submits it, the settings
// of the mail server, and a logo. Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/common/base/result.hpp"
#include "src/hosting/storage/database.hpp"

namespace host::mail {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::base::Json;
using hosting::Blob;
using hosting::Connection;
using hosting::Database;
using hosting::Row;

struct Mailbox {
  std::string name, address;
};

// A PNG inside a message; its HTML says cid:name.
struct MailImage {
  std::string name, png;
};

struct CalendarPart {
  std::string method;  // "REQUEST" | "CANCEL"
  std::string text;    // sent byte for byte
};

struct MailMessage {
  std::string key, group, user, event;
  bool is_private = false;
  std::string kind;  // "invite" | "update" | "cancel" of plugins; "test" | "grant" of the host
  Mailbox to, reply_to;
  std::string from_name, from_address;  // address "": the sender of the settings
  std::string subject, language, text, html;
  std::optional<CalendarPart> calendar;
  std::vector<MailImage> images;
  std::string first_key;
  std::optional<std::int64_t> not_before;
  std::int64_t expires_at = 0;
};

inline constexpr std::size_t kMaxKey = 64, kMaxGroup = 128, kMaxSubject = 200, kMaxText = 64 * 1024,
                             kMaxCalendar = 128 * 1024, kMaxImages = 2, kMaxImage = 64 * 1024,
                             kMaxMessage = 512 * 1024, kMaxBatch = 200, kMaxKeys = 500;
inline constexpr std::int64_t kMaxWaiting = 20'000;

// How the connection to the mail server is protected.
enum class Security { tls, starttls, none };
std::string_view to_text(Security security);  // "tls" | "starttls" | "none"

struct MailSettings {
  std::string host;  // "": no mail server
  std::int64_t port = 0;
  Security security = Security::starttls;
  std::string ca_file;  // "": the system's authorities
  std::string name;     // what EHLO says; "": the domain of `from`
  std::string user;     // "": without a log-in
  bool has_password = false;
  std::string from;    // the sender's address
  std::string bounce;  // envelope sender; "": from
  std::vector<std::string> own_domains;
  std::int64_t hold_ms = 60'000;

  bool is_off() const { return host.empty(); }
  const std::string& envelope_sender() const { return bounce.empty() ? from : bounce; }
};

struct Logo {
  std::string account, plugin, sha256, png, alt;
  std::int64_t width = 0, height = 0;  // as shown: half of the image's, rounded up

  Json to_json() const;  // schema/mailer_info.json#/$defs/logo
};

}  // namespace host::mail
