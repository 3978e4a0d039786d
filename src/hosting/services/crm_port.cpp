#include "src/hosting/services/crm_port.hpp"

#include "src/common/base/json_array.hpp"

namespace hosting {

std::string_view to_text(RecordKind kind) {
  return kind == RecordKind::lead ? "lead" : "contact";
}

Json PluginUser::to_json() const {
  Json json = Json::object({{"id", id},
                            {"email", email},
                            {"name", name},
                            {"role", role},
                            {"locale", locale},
                            {"time_zone", time_zone},
                            {"default_calendar", default_calendar}});
  if (locked) json.set("locked", true);
  return json;
}

Json PluginCalendar::to_json() const {
  return Json::object({{"id", id},
                       {"user", user},
                       {"account", remote.account},
                       {"remote_id", remote.remote_id},
                       {"name", remote.name},
                       {"color", remote.color},
                       {"role", remote.role},
                       {"mode", remote.mode},
                       {"state", state},
                       {"is_default", is_default}});
}

Json LinkedRecords::to_json() const {
  return Json::object(
      {{"leads", gcal::base::json_array(leads)}, {"contacts", gcal::base::json_array(contacts)}});
}

Json FoundRecords::to_json() const {
  Json json = exact.to_json();
  if (!(similar == LinkedRecords{})) json.set("similar", similar.to_json());
  return json;
}

Json EventDocument::to_json() const {
  Json json = Json::object({{"id", id},
                            {"calendar", calendar},
                            {"revision", revision},
                            {"event", event},
                            {"records", records.to_json()}});
  if (!split_of.empty()) json.set("split_of", split_of);
  if (!notify.empty()) json.set("notify", notify);
  return json;
}

Json FeedPage::to_json() const {
  Json entries = Json::array();
  for (const FeedEntry& entry : changes) {
    Json& item = entries.push(Json::object({{"id", entry.id}}));
    if (entry.kind == FeedEntry::Kind::deleted) item.set("deleted", true);
    if (!entry.notify.empty()) item.set("notify", entry.notify);
    if (entry.kind == FeedEntry::Kind::moved) item.set("moved", entry.moved_to);
    if (entry.kind != FeedEntry::Kind::changed) continue;
    item.set("revision", entry.document.revision);
    item.set("document", entry.document.to_json());
  }
  return Json::object({{"changes", std::move(entries)}, {"cursor", cursor}, {"more", more}});
}

Json OperationResult::to_json() const {
  Json json = Json::object({{"status", static_cast<std::int64_t>(status)}});
  if (!revision.empty()) json.set("revision", revision);
  if (!message.empty()) json.set("message", message);
  return json;
}

}  // namespace hosting
