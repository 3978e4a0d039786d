#include "src/hosting/services/documents.hpp"

#include <algorithm>

#include "src/common/base/json_array.hpp"

namespace hosting {
namespace {

constexpr std::size_t kMaxEventId = 128, kMaxRecordKind = 64;

}  // namespace

std::string_view to_text(RecordKind kind) {
  return kind == RecordKind::lead ? "lead" : "contact";
}

std::optional<RecordKind> record_kind_of(std::string_view text) {
  if (text == "lead") return RecordKind::lead;
  if (text == "contact") return RecordKind::contact;
  return std::nullopt;
}

LinkedRecords LinkedRecords::of(const std::vector<CrmRecord>& records) {
  LinkedRecords linked;
  for (const CrmRecord& record : records) {
    const auto kind = record_kind_of(record.kind);
    if (!kind) continue;
    (*kind == RecordKind::lead ? linked.leads : linked.contacts).push_back(record.id);
  }
  std::ranges::sort(linked.leads);
  std::ranges::sort(linked.contacts);
  return linked;
}

LinkedRecords LinkedRecords::of(const Json& json) {
  LinkedRecords linked;
  for (const Json& id : json["leads"].items()) linked.leads.push_back(id.as_string());
  for (const Json& id : json["contacts"].items()) linked.contacts.push_back(id.as_string());
  return linked;
}

std::vector<CrmRecord> LinkedRecords::records() const {
  std::vector<CrmRecord> list;
  list.reserve(leads.size() + contacts.size());
  for (const auto& id : leads) list.push_back({"lead", id});
  for (const auto& id : contacts) list.push_back({"contact", id});
  return list;
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

RemoteCalendar RemoteCalendar::of(std::string account, const Json& json) {
  return {std::move(account),   json.string("remote_id"), json.string("name"),
          json.string("color"), json.string("role"),      json.string("mode")};
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

bool is_event_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxEventId && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '_';
  });
}

bool is_record_kind(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && text.size() <= kMaxRecordKind && is_letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
         });
}

bool is_wish(std::string_view notify) {
  return notify.empty() || notify == "nobody" || notify == "google";
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

Result<EventDocument> EventDocument::parse(std::string_view text) {
  const auto unreadable = [](const std::string& what) {
    return Error{Code::internal, "the CRM gave an appointment that cannot be read: " + what, {}};
  };
  auto json = Json::parse(text);
  if (!json || !json->is_object()) return unreadable("no JSON object");
  const std::string id = json->string("id");
  if (!is_event_id(id)) return unreadable(kNoEventId);
  for (const char* const name : {"calendar", "revision"})
    if (json->string(name).empty()) return unreadable(id + ": " + name + ": a text is expected");
  if (!(*json)["event"].is_object()) return unreadable(id + ": event: an object is expected");
  EventDocument document{id,
                         json->string("calendar"),
                         json->string("revision"),
                         (*json)["event"],
                         LinkedRecords::of((*json)["records"]),
                         json->string("split_of")};
  return document;
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
