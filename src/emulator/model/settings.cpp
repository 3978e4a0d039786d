// A person's settings, as the settings resource shows them. They do not change here: a sync token
// brings nothing new.
#include <algorithm>
#include <charconv>

#include "src/emulator/model/google.hpp"

namespace emulator {
namespace {

Json setting(const char* id, const std::string& value) {
  return Json::object(
      {{"kind", "calendar#setting"}, {"etag", "\"0\""}, {"id", id}, {"value", value}});
}

std::vector<Json> settings_of(const std::string& zone) {
  return {setting("autoAddHangouts", "true"),
          setting("dateFieldOrder", "DMY"),
          setting("defaultEventLength", "60"),
          setting("format24HourTime", "true"),
          setting("hideInvitations", "false"),
          setting("hideWeekends", "false"),
          setting("locale", "de"),
          setting("remindOnRespondedEventsOnly", "false"),
          setting("showDeclinedEvents", "true"),
          setting("timezone", zone),
          setting("useKeyboardShortcuts", "true"),
          setting("weekStart", "1")};
}

}  // namespace

Outcome<Json> Google::settings(const std::string& email, std::int64_t max_results,
                               const std::string& page_token, const std::string& sync_token) {
  const std::string generation = std::to_string(account(email)->token_generation);
  std::vector<Json> all = settings_of(find_calendar(email)->zone);
  if (!sync_token.empty()) {
    const auto payload = unseal(sync_token);
    const std::string mine = "settings-sync\n" + email + "\n";
    if (!payload || !payload->starts_with(mine)) return bad("invalid", "Invalid sync token value.");
    if (payload->substr(mine.size()) != generation)
      return Problem{410,
                     "calendar",
                     "fullSyncRequired",
                     "Sync token is no longer valid, a full sync is required.",
                     "parameter",
                     "syncToken"};
    all.clear();
  }
  std::size_t from = 0;
  if (!page_token.empty()) {
    const auto payload = unseal(page_token);
    const std::string mine = "settings-page\n" + email + "\n";
    if (!payload || !payload->starts_with(mine))
      return wrong_parameter("pageToken", "Invalid page token value.");
    std::from_chars(payload->data() + mine.size(), payload->data() + payload->size(), from);
  }
  Json out = Json::object({{"kind", "calendar#settings"}, {"etag", "\"p0o\""}});
  const std::size_t until =
      from + static_cast<std::size_t>(std::clamp<std::int64_t>(max_results, 1, 250));
  if (until < all.size())
    out.set("nextPageToken", seal("settings-page\n" + email + "\n" + std::to_string(until)));
  else
    out.set("nextSyncToken", seal("settings-sync\n" + email + "\n" + generation));
  Json items = Json::array();
  for (std::size_t at = from; at < std::min(until, all.size()); ++at)
    items.push(std::move(all[at]));
  out.set("items", std::move(items));
  return out;
}

Outcome<Json> Google::setting(const std::string& email, const std::string& id) {
  for (Json& one : settings_of(find_calendar(email)->zone))
    if (one.string("id") == id) return std::move(one);
  return not_found();
}

}  // namespace emulator
