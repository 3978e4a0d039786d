#include "src/engine/settings/account_config.hpp"

#include <algorithm>

#include "src/common/base/json_array.hpp"

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

const char* text_of(Conflicts conflicts) {
  return conflicts == Conflicts::crm ? "crm" : conflicts == Conflicts::ask ? "ask" : "google";
}

std::optional<Conflicts> conflicts_of(std::string_view text) {
  for (const Conflicts one : {Conflicts::google, Conflicts::crm, Conflicts::ask})
    if (text == text_of(one)) return one;
  return std::nullopt;
}

const char* text_of(PrivateEvents private_events) {
  return private_events == PrivateEvents::busy   ? "busy"
         : private_events == PrivateEvents::hide ? "hide"
                                                 : "keep";
}

std::optional<PrivateEvents> private_events_of(std::string_view text) {
  for (const PrivateEvents one : {PrivateEvents::keep, PrivateEvents::busy, PrivateEvents::hide})
    if (text == text_of(one)) return one;
  return std::nullopt;
}

const char* text_of(InvitationChoice choice) {
  switch (choice) {
    case InvitationChoice::crm: return "crm";
    case InvitationChoice::google: return "google";
    case InvitationChoice::nobody: return "nobody";
    case InvitationChoice::automatic: break;
  }
  return "auto";
}

std::optional<InvitationChoice> invitation_choice_of(std::string_view text) {
  for (const InvitationChoice one : {InvitationChoice::automatic, InvitationChoice::crm,
                                     InvitationChoice::google, InvitationChoice::nobody})
    if (text == text_of(one)) return one;
  return std::nullopt;
}

const char* text_of(InvitationLanguage language) {
  return language == InvitationLanguage::english ? "en"
         : language == InvitationLanguage::both  ? "both"
                                                 : "de";
}

InvitationLanguage language_for(std::string_view locale) {
  const std::string_view language = locale.substr(0, locale.find_first_of("-_"));
  return language == "de" || language == "DE" ? InvitationLanguage::german
                                              : InvitationLanguage::english;
}

std::optional<InvitationLanguage> invitation_language_of(std::string_view text) {
  for (const InvitationLanguage one :
       {InvitationLanguage::german, InvitationLanguage::english, InvitationLanguage::both})
    if (text == text_of(one)) return one;
  return std::nullopt;
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
  if (config.conflicts != Conflicts::google) json.set("conflicts", text_of(config.conflicts));
  if (config.private_events != PrivateEvents::keep)
    json.set("private_events", text_of(config.private_events));
  if (!config.two_way.empty()) json.set("two_way", base::json_array(config.two_way));
  if (config.take_crm_default) json.set("take_crm_default", true);
  if (config.invitations != InvitationChoice::automatic)
    json.set("invitations", text_of(config.invitations));
  if (config.invitation_language != InvitationLanguage::german)
    json.set("invitation_language", text_of(config.invitation_language));
  if (config.workspace) json.set("workspace", true);
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
  config.conflicts = conflicts_of(json.string("conflicts")).value_or(Conflicts::google);
  config.private_events =
      private_events_of(json.string("private_events")).value_or(PrivateEvents::keep);
  for (const Json& id : json["two_way"].items()) config.two_way.push_back(id.as_string());
  config.take_crm_default = json["take_crm_default"].as_bool();
  config.invitations =
      invitation_choice_of(json.string("invitations")).value_or(InvitationChoice::automatic);
  config.invitation_language = invitation_language_of(json.string("invitation_language"))
                                   .value_or(InvitationLanguage::german);
  config.workspace = json["workspace"].as_bool();
  return config;
}

}  // namespace gcal::settings
