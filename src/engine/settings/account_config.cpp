#include "src/engine/settings/account_config.hpp"

#include <algorithm>

namespace gcal::settings {

using base::Json;

void name_primary_as(const std::vector<RemoteCalendar>& known,
                     std::vector<RemoteCalendar>& listed) {
  const auto mine = std::ranges::find_if(known, &RemoteCalendar::primary);
  const auto theirs = std::ranges::find_if(listed, &RemoteCalendar::primary);
  if (mine == known.end() || theirs == listed.end()) return;
  if (std::ranges::find(listed, mine->id, &RemoteCalendar::id) == listed.end())
    theirs->id = mine->id;
}

Json to_json(const RemoteCalendar& calendar) {
  return Json::object({{"id", calendar.id},
                       {"name", calendar.name},
                       {"color", calendar.color},
                       {"role", calendar.role},
                       {"time_zone", calendar.time_zone},
                       {"primary", calendar.primary}});
}

RemoteCalendar remote_calendar_from_json(const Json& json) {
  return {json.string("id"),   json.string("name"),      json.string("color"),
          json.string("role"), json.string("time_zone"), json["primary"].as_bool()};
}

Json to_json(const AccountConfig& config) {
  Json visible = Json::array();
  for (const RemoteCalendar& calendar : config.visible) visible.push(to_json(calendar));
  const char* existing = config.export_existing == ExportExisting::all      ? "all"
                         : config.export_existing == ExportExisting::future ? "future"
                                                                            : "none";
  Json json = Json::object({{"sub", config.sub},
                            {"email", config.email},
                            {"name", config.name},
                            {"visible", std::move(visible)},
                            {"default_calendar", config.default_calendar},
                            {"existing", existing}});
  if (!config.copy_guest_events_into.empty()) json.set("guests_too", config.copy_guest_events_into);
  if (!config.draft.empty()) json.set("draft", config.draft);
  return json;
}

AccountConfig account_config_from_json(const Json& json) {
  AccountConfig config;
  config.sub = json.string("sub");
  config.email = json.string("email");
  config.name = json.string("name");
  for (const Json& calendar : json["visible"].items())
    config.visible.push_back(remote_calendar_from_json(calendar));
  config.default_calendar = json.string("default_calendar");
  config.copy_guest_events_into = json.string("guests_too");
  config.draft = json.string("draft");
  const std::string& existing = json.string("existing");
  config.export_existing = existing == "all"      ? ExportExisting::all
                           : existing == "future" ? ExportExisting::future
                                                  : ExportExisting::none;
  return config;
}

}  // namespace gcal::settings
