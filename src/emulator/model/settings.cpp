// The settings of an account, as the settings resource shows them. They never change, so a list
// with a sync token is empty.
#include <algorithm>

#include "src/emulator/model/google_model.hpp"

namespace emulator {
namespace {

Json setting_json(const char* id, const std::string& value) {
  return Json::object(
      {{"kind", "calendar#setting"}, {"etag", "\"0\""}, {"id", id}, {"value", value}});
}

std::vector<Json> settings_of(const std::string& zone) {
  return {setting_json("autoAddHangouts", "true"),
          setting_json("dateFieldOrder", "DMY"),
          setting_json("defaultEventLength", "60"),
          setting_json("format24HourTime", "true"),
          setting_json("hideInvitations", "false"),
          setting_json("hideWeekends", "false"),
          setting_json("locale", "de"),
          setting_json("remindOnRespondedEventsOnly", "false"),
          setting_json("showDeclinedEvents", "true"),
          setting_json("timezone", zone),
          setting_json("useKeyboardShortcuts", "true"),
          setting_json("weekStart", "1")};
}

}  // namespace

Outcome<Json> GoogleModel::settings(const std::string& email, const PageRequest& page) {
  const auto generation = static_cast<std::uint64_t>(account(email)->token_generation);
  std::vector<Json> all = settings_of(find_calendar(email)->zone);
  if (!page.sync_token.empty()) {
    const auto token = SettingsToken::decode(page.sync_token);
    if (!token || token->kind != TokenKind::sync || token->email != email)
      return bad_request("invalid", "Invalid sync token value.");
    if (token->position != generation) return full_sync_required();
    all.clear();
  }
  std::size_t from = 0;
  if (!page.page_token.empty()) {
    const auto token = SettingsToken::decode(page.page_token);
    if (!token || token->kind != TokenKind::page || token->email != email)
      return invalid_parameter("pageToken", "Invalid page token value.");
    from = token->position;
  }
  Json out = Json::object({{"kind", "calendar#settings"}, {"etag", "\"p0o\""}});
  const std::size_t until =
      from + static_cast<std::size_t>(std::clamp<std::int64_t>(page.max_results, 1, 250));
  if (until < all.size())
    out.set("nextPageToken", SettingsToken{TokenKind::page, email, until}.encode());
  else
    out.set("nextSyncToken", SettingsToken{TokenKind::sync, email, generation}.encode());
  Json items = Json::array();
  for (std::size_t at = from; at < std::min(until, all.size()); ++at)
    items.push(std::move(all[at]));
  out.set("items", std::move(items));
  return out;
}

Outcome<Json> GoogleModel::setting(const std::string& email, const std::string& id) {
  for (Json& one : settings_of(find_calendar(email)->zone))
    if (one.string("id") == id) return std::move(one);
  return not_found();
}

}  // namespace emulator
