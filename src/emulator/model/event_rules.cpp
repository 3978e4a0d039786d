#include "src/emulator/model/event_rules.hpp"

#include <algorithm>
#include <set>

#include "src/common/base/utf8.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/emulator/model/event_members.hpp"

namespace emulator {
using gcal::icalendar::lower;
namespace {

bool one_of(const std::string& text, std::initializer_list<std::string_view> values) {
  return std::find(values.begin(), values.end(), text) != values.end();
}

Json merge_maps(const Json& stored, const Json& patch) {
  if (!patch.is_object() || !stored.is_object()) {
    if (!patch.is_object()) return patch;
    Json out = Json::object();
    for (const auto& [name, value] : patch.members())
      if (!value.is_null()) out.set(name, merge_maps(Json(), value));
    return out;
  }
  Json out = stored;
  for (const auto& [name, value] : patch.members()) {
    if (value.is_null())
      out.erase(name);
    else
      out.set(name, merge_maps(stored[name], value));
  }
  return out;
}

Outcome<Json> canonical_reminders(const Json& value) {
  if (!value.is_object()) return bad_request("invalid", "Invalid Value");
  const Json& overrides = value["overrides"];
  const bool use_default = value["useDefault"].as_bool(false);
  if (use_default && !overrides.items().empty())
    return bad_request("cannotUseDefaultRemindersAndSpecifyOverride",
                       "Cannot specify both default reminders and overrides at the same time.",
                       "calendar");
  Json kept = Json::array();
  std::set<std::pair<std::string, std::int64_t>> seen;
  for (const Json& entry : overrides.items()) {
    const std::string& method = entry.string("method");
    if (!one_of(method, {"email", "popup"})) continue;
    const std::int64_t minutes =
        std::clamp<std::int64_t>(entry["minutes"].as_integer(0), 0, 40'320);
    if (!seen.insert({method, minutes}).second) continue;
    kept.push(Json::object({{"method", method}, {"minutes", minutes}}));
  }
  if (kept.items().size() > 5)
    return bad_request("eventRemindersCountExceedsLimit",
                       "The number of overridden reminders exceeds the limit of 5.", "calendar");
  Json out = Json::object({{"useDefault", use_default}});
  if (!kept.items().empty()) out.set("overrides", std::move(kept));
  return out;
}

Outcome<Json> canonical_attendees(const Json& value) {
  if (!value.is_array()) return bad_request("invalid", "Invalid Value");
  Json out = Json::array();
  std::set<std::string> seen;
  for (const Json& entry : value.items()) {
    std::string email = entry.string("email");
    if (!valid_email(email)) return bad_request("invalid", "Invalid attendee email.");
    email = lower(std::move(email));
    if (!seen.insert(email).second) continue;
    Json kept = Json::object({{"email", email}});
    if (!entry.string("displayName").empty()) kept.set("displayName", entry["displayName"]);
    if (entry["optional"].as_bool()) kept.set("optional", true);
    if (entry["resource"].as_bool()) kept.set("resource", true);
    const std::string& response = entry.string("responseStatus");
    if (!response.empty() &&
        !one_of(response, {"needsAction", "declined", "tentative", "accepted"}))
      return bad_request("invalid", "Invalid Value");
    kept.set("responseStatus", response.empty() ? "needsAction" : response);
    if (!entry.string("comment").empty()) kept.set("comment", entry["comment"]);
    if (entry["additionalGuests"].as_integer() > 0)
      kept.set("additionalGuests", entry["additionalGuests"]);
    out.push(std::move(kept));
  }
  return out;
}

// Keys over 44 characters are dropped and values over 1024 are cut, without an error, as Google
// does.
Outcome<Json> canonical_properties(const Json& value, bool birthday) {
  Json out = Json::object();
  std::size_t count = 0, bytes = 0;
  for (const char* kind : {"private", "shared"}) {
    Json kept = Json::object();
    for (const auto& [key, text] : value[kind].members()) {
      if (!text.is_string()) return bad_request("invalid", "Invalid Value");
      if (key.size() > 44) continue;
      const std::string_view cut = gcal::base::beginning(text.as_string(), 1024);
      ++count;
      bytes += key.size() + cut.size();
      kept.set(key, cut);
    }
    if (birthday && std::string_view(kind) == "private" && !kept.members().empty())
      return bad_request("eventTypeRestriction",
                         "Birthday events do not support private extended properties.", "calendar");
    if (!kept.members().empty()) out.set(kind, std::move(kept));
  }
  if (count > 300 || bytes > 32 * 1024)
    return bad_request("invalid", "The extended properties exceed the limit of the event.");
  return out;
}

void cut_text(Json& fields, const char* name, std::size_t limit) {
  const std::string& text = fields.string(name);
  if (text.size() <= limit) return;
  std::size_t characters = 0, at = 0;
  while (at < text.size()) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && ++characters > limit) break;
    ++at;
  }
  if (at < text.size()) fields.set(name, text.substr(0, at));
}

Outcome<> check_type(const Json& fields, const Event& event) {
  const std::string type = event_type(fields);
  if (!one_of(type,
              {"default", "birthday", "fromGmail", "focusTime", "outOfOffice", "workingLocation"}))
    return bad_request("invalid",
                       "Invalid value for: " + std::string(gcal::base::beginning(type, 40)) +
                           " is not a valid value");
  if (type == "birthday" && !event.start.all_day)
    return bad_request("eventTypeRestriction", "Birthday events must be all-day events.",
                       "calendar");
  if (type == "focusTime" &&
      (event.start.all_day || fields.string("transparency") == "transparent"))
    return bad_request("malformedFocusTimeEvent",
                       "A focus time event must be a timed event that blocks time.", "calendar");
  if (type == "outOfOffice" &&
      (event.start.all_day || fields.string("transparency") == "transparent"))
    return bad_request("malformedOutOfOfficeEvent",
                       "An out of office event must be a timed event that blocks time.",
                       "calendar");
  if (type == "workingLocation" && (!fields["workingLocationProperties"].is_object() ||
                                    fields.string("transparency") != "transparent"))
    return bad_request("malformedWorkingLocationEvent",
                       "A working location event must be transparent and name its location.",
                       "calendar");
  return Done{};
}

Outcome<> check_texts(const Json& fields) {
  for (const char* name : {"summary", "description", "location", "colorId", "eventLabelId",
                           "status", "transparency", "visibility", "eventType"})
    if (const Json* value = fields.find(name); value && !value->is_string())
      return bad_request("parseError", "Parse Error");
  for (const char* name : {"summary", "description", "location"})
    for (const char c : fields.string(name))
      if (c == '\0') return bad_request("invalid", "Invalid Value");
  return Done{};
}

Outcome<> read_times(Event& event, const Json& fields, const std::string& calendar_zone) {
  TRY(event.start, parse_event_time(fields["start"], "start", calendar_zone));
  TRY(event.end, parse_event_time(fields["end"], "end", calendar_zone));
  if (event.start.all_day != event.end.all_day)
    return bad_request("invalid", "Invalid start time.");
  if (event.end.at < event.start.at || (event.start.all_day && event.end.at == event.start.at))
    return bad_request("timeRangeEmpty", "The specified time range is empty.", "calendar");
  return Done{};
}

// The members that hold one of a few words; `status` gets its default.
Outcome<> apply_choices(Json& fields) {
  const std::string status =
      fields.string("status").empty() ? "confirmed" : fields.string("status");
  if (!one_of(status, {"confirmed", "tentative", "cancelled"}))
    return bad_request("invalid", "Invalid value for: status");
  fields.set("status", status);
  if (fields.contains("transparency") &&
      !one_of(fields.string("transparency"), {"opaque", "transparent"}))
    return bad_request("invalid", "Invalid value for: transparency");
  if (fields.contains("visibility") &&
      !one_of(fields.string("visibility"), {"default", "public", "private", "confidential"}))
    return bad_request("invalid", "Invalid value for: visibility");
  if (const Json* color = fields.find("colorId")) {
    static constexpr std::string_view kColors = " 1 2 3 4 5 6 7 8 9 10 11 ";
    if (!color->as_string().empty() &&
        kColors.find(" " + color->as_string() + " ") == std::string_view::npos)
      return bad_request("invalid", "Invalid event color id.");
  }
  return Done{};
}

Outcome<> apply_recurrence(Event& event, Json& fields, bool until_kind) {
  const Json* lines = fields.find("recurrence");
  if (!lines) return Done{};
  if (!lines->is_array()) return bad_request("parseError", "Parse Error");
  std::vector<std::string> texts;
  for (const Json& line : lines->items()) texts.push_back(line.as_string());
  if (texts.empty()) {
    fields.erase("recurrence");
    return Done{};
  }
  if (!event.series.empty())
    return bad_request("invalid", "Recurring event instances cannot be recurring.");
  if (!event.start.all_day && event.start.zone.empty())
    return bad_request("required", "Missing time zone definition for start time.");
  if (!event.end.all_day && event.end.zone.empty()) event.end.zone = event.start.zone;
  return check_recurrence(texts, event.start, until_kind);
}

// The members that are lists and objects.
Outcome<> apply_structures(Json& fields) {
  if (const Json* list = fields.find("attendees")) {
    TRY(Json kept, canonical_attendees(*list));
    if (kept.items().empty())
      fields.erase("attendees");
    else
      fields.set("attendees", std::move(kept));
  }
  if (const Json* properties = fields.find("extendedProperties")) {
    TRY(Json kept, canonical_properties(*properties, event_type(fields) == "birthday"));
    if (kept.members().empty())
      fields.erase("extendedProperties");
    else
      fields.set("extendedProperties", std::move(kept));
  }
  if (const Json* value = fields.find("reminders")) {
    TRY(Json kept, canonical_reminders(*value));
    fields.set("reminders", std::move(kept));
  }
  if (const Json* source = fields.find("source")) {
    const std::string& url = source->string("url");
    if (!url.starts_with("http://") && !url.starts_with("https://"))
      return bad_request("invalid", "Invalid source URL.");
  }
  if (fields["attachments"].items().size() > 25)
    return bad_request("invalid", "The number of attachments exceeds the limit of 25.");
  return Done{};
}

}  // namespace

bool valid_id(const std::string& id) {
  return id.size() >= 5 && id.size() <= 1024 && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'v');
         });
}

bool valid_email(const std::string& text) {
  const std::size_t at = text.find('@');
  if (at == std::string::npos || at == 0 || at + 1 >= text.size() || text.size() > 254 ||
      text.find('@', at + 1) != std::string::npos)
    return false;
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) {
        return c <= ' ' || c == 0x7F || c == ',' || c == ';' || c == '<' || c == '>';
      }))
    return false;
  const std::string domain = text.substr(at + 1);
  return domain.find('.') != std::string::npos && domain.front() != '.' && domain.back() != '.' &&
         domain.find("..") == std::string::npos;
}

std::string event_type(const Json& fields) {
  return fields.contains("eventType") ? fields.string("eventType") : "default";
}

Json merge_patch(const Json& stored, const Json& patch, bool merges_reminders) {
  Json out = stored;
  for (const auto& [name, value] : patch.members()) {
    if (!find_event_member(name) || name == "organizer") continue;
    if (value.is_null())
      out.erase(name);
    else if (name == "reminders" && !merges_reminders)
      out.set(name, value);
    else
      out.set(name, merge_maps(stored[name], value));
  }
  return out;
}

Json writable(const Json& body) {
  Json out = Json::object();
  for (const auto& [name, value] : body.members())
    if (!value.is_null() && find_event_member(name)) out.set(name, value);
  return out;
}

Outcome<> apply_rules(Event& event, Json fields, const RuleOptions& options) {
  TRY_VOID(check_texts(fields));
  TRY_VOID(read_times(event, fields, options.calendar_zone));
  TRY_VOID(apply_choices(fields));
  cut_text(fields, "description", 8192);
  cut_text(fields, "location", 1024);
  TRY_VOID(apply_recurrence(event, fields, options.until_kind));
  TRY_VOID(apply_structures(fields));
  TRY_VOID(check_type(fields, event));

  fields.set("start", event_time_json(event.start, options.calendar_zone));
  fields.set("end", event_time_json(event.end, options.calendar_zone));
  event.fields = std::move(fields);
  event.last_end = last_end_of(event, options.calendar_zone);
  return Done{};
}

std::int64_t last_end_of(const Event& event, const std::string& calendar_zone) {
  return last_end(event.recurrence(), event.start, event.end, calendar_zone);
}

}  // namespace emulator
