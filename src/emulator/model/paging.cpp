#include "src/emulator/model/paging.hpp"

#include <charconv>
#include <string_view>
#include <vector>

#include "src/common/base/bytes.hpp"
#include "src/common/icalendar/ascii.hpp"

namespace emulator {
namespace base = gcal::base;
namespace {

using Fields = std::vector<std::string>;

// Eight bytes of a digest, then the payload.
std::string seal(const std::string& payload) {
  static constexpr std::string_view kKey = "google_emulator";
  const base::Sha256 digest = base::hmac_sha256(base::as_bytes(kKey), base::as_bytes(payload));
  std::string raw(reinterpret_cast<const char*>(digest.data()), 8);
  raw += payload;
  std::string token = base::to_base64url(base::as_bytes(raw));
  while (token.size() % 4 != 0) token += '=';
  return token;
}

std::optional<std::string> unseal(const std::string& token) {
  std::string text = token;
  while (text.ends_with('=')) text.pop_back();
  auto raw = base::from_base64url(text);
  if (!raw || raw->size() < 8) return std::nullopt;
  const std::string payload(raw->begin() + 8, raw->end());
  const std::string sealed = seal(payload);
  if (sealed != token && sealed.substr(0, text.size()) != text) return std::nullopt;
  return payload;
}

std::string encode_fields(const Fields& fields) {
  std::string payload;
  for (const std::string& field : fields) (payload += field) += '\n';
  payload.pop_back();
  return seal(payload);
}

// nullopt unless the token is whole and has `count` fields, or up to `optional` more.
std::optional<Fields> decode_fields(const std::string& token, std::size_t count,
                                    std::size_t optional = 0) {
  const std::optional<std::string> payload = unseal(token);
  if (!payload) return std::nullopt;
  const std::vector<std::string_view> fields = gcal::icalendar::split(*payload, '\n');
  if (fields.size() < count || fields.size() > count + optional) return std::nullopt;
  return Fields(fields.begin(), fields.end());
}

template <class Number>
Number number(const std::string& text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string time_text(const std::optional<SysSeconds>& time) {
  return time ? std::to_string(time->time_since_epoch().count()) : "";
}
std::optional<SysSeconds> time_from(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return SysSeconds{std::chrono::seconds{number<std::int64_t>(text)}};
}

// The kind of a token whose name in the payload is one of two; nullopt for any other name.
std::optional<TokenKind> kind_of(const std::string& text, const char* page, const char* sync) {
  if (text == page) return TokenKind::page;
  if (text == sync) return TokenKind::sync;
  return std::nullopt;
}

}  // namespace

std::string EventsSyncToken::encode() const {
  return encode_fields({"sync", email, calendar_id, std::to_string(generation),
                        std::to_string(covered), binding, time_text(time_min),
                        time_text(time_max)});
}

std::optional<EventsSyncToken> EventsSyncToken::decode(const std::string& token) {
  const auto fields = decode_fields(token, 8);
  if (!fields || fields->at(0) != "sync") return std::nullopt;
  return EventsSyncToken{.email = fields->at(1),
                         .calendar_id = fields->at(2),
                         .generation = number<int>(fields->at(3)),
                         .covered = number<std::uint64_t>(fields->at(4)),
                         .binding = fields->at(5),
                         .time_min = time_from(fields->at(6)),
                         .time_max = time_from(fields->at(7))};
}

std::string EventsPageToken::encode() const {
  return encode_fields({"page", email, calendar_id, binding, std::to_string(after_change),
                        std::to_string(after_key), after_id, std::to_string(covered),
                        std::to_string(empty_pages)});
}

std::optional<EventsPageToken> EventsPageToken::decode(const std::string& token) {
  const auto fields = decode_fields(token, 9);
  if (!fields || fields->at(0) != "page") return std::nullopt;
  return EventsPageToken{.email = fields->at(1),
                         .calendar_id = fields->at(2),
                         .binding = fields->at(3),
                         .after_change = number<std::uint64_t>(fields->at(4)),
                         .after_key = number<std::int64_t>(fields->at(5)),
                         .after_id = fields->at(6),
                         .covered = number<std::uint64_t>(fields->at(7)),
                         .empty_pages = number<std::uint64_t>(fields->at(8))};
}

std::string InstancesPageToken::encode() const {
  return encode_fields({"instances", event_id, std::to_string(after_key), after_id});
}

std::optional<InstancesPageToken> InstancesPageToken::decode(const std::string& token) {
  const auto fields = decode_fields(token, 4);
  if (!fields || fields->at(0) != "instances") return std::nullopt;
  return InstancesPageToken{.event_id = fields->at(1),
                            .after_key = number<std::int64_t>(fields->at(2)),
                            .after_id = fields->at(3)};
}

std::string CalendarListToken::encode() const {
  Fields fields{kind == TokenKind::page ? "list-page" : "list-sync", email,
                std::to_string(generation), std::to_string(change)};
  if (kind == TokenKind::page) fields.push_back(std::to_string(covered));
  return encode_fields(fields);
}

std::optional<CalendarListToken> CalendarListToken::decode(const std::string& token) {
  const auto fields = decode_fields(token, 4, 1);
  const auto kind = fields ? kind_of(fields->at(0), "list-page", "list-sync") : std::nullopt;
  if (!kind) return std::nullopt;
  return CalendarListToken{.kind = *kind,
                           .email = fields->at(1),
                           .generation = number<int>(fields->at(2)),
                           .change = number<std::uint64_t>(fields->at(3)),
                           .covered = number<std::uint64_t>(fields->back())};
}

std::string AclToken::encode() const {
  Fields fields{"acl", calendar_id, kind == TokenKind::page ? "page" : "sync",
                std::to_string(change), std::to_string(since)};
  if (kind == TokenKind::page) fields.push_back(std::to_string(covered));
  return encode_fields(fields);
}

std::optional<AclToken> AclToken::decode(const std::string& token) {
  const auto fields = decode_fields(token, 5, 1);
  if (!fields || fields->at(0) != "acl") return std::nullopt;
  const auto kind = kind_of(fields->at(2), "page", "sync");
  if (!kind) return std::nullopt;
  return AclToken{.kind = *kind,
                  .calendar_id = fields->at(1),
                  .change = number<std::uint64_t>(fields->at(3)),
                  .since = number<std::uint64_t>(fields->at(4)),
                  .covered = number<std::uint64_t>(fields->back())};
}

std::string SettingsToken::encode() const {
  return encode_fields({kind == TokenKind::page ? "settings-page" : "settings-sync", email,
                        std::to_string(position)});
}

std::optional<SettingsToken> SettingsToken::decode(const std::string& token) {
  const auto fields = decode_fields(token, 3);
  const auto kind =
      fields ? kind_of(fields->at(0), "settings-page", "settings-sync") : std::nullopt;
  if (!kind) return std::nullopt;
  return SettingsToken{
      .kind = *kind, .email = fields->at(1), .position = number<std::uint64_t>(fields->at(2))};
}

}  // namespace emulator
