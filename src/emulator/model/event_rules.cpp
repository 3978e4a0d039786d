#include "src/emulator/model/event_rules.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "src/common/base/utf8.hpp"

namespace emulator {
namespace {

constexpr std::array<std::string_view, 34> kWritable{"status",
                                                     "summary",
                                                     "description",
                                                     "location",
                                                     "colorId",
                                                     "start",
                                                     "end",
                                                     "endTimeUnspecified",
                                                     "recurrence",
                                                     "transparency",
                                                     "visibility",
                                                     "sequence",
                                                     "attendees",
                                                     "attendeesOmitted",
                                                     "extendedProperties",
                                                     "conferenceData",
                                                     "anyoneCanAddSelf",
                                                     "guestsCanInviteOthers",
                                                     "guestsCanModify",
                                                     "guestsCanSeeOtherGuests",
                                                     "privateCopy",
                                                     "locked",
                                                     "reminders",
                                                     "source",
                                                     "attachments",
                                                     "eventType",
                                                     "birthdayProperties",
                                                     "focusTimeProperties",
                                                     "outOfOfficeProperties",
                                                     "workingLocationProperties",
                                                     "hangoutLink",
                                                     "gadget",
                                                     "organizer",
                                                     "eventLabelId"};

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

Outcome<Json> reminders(const Json& value) {
  if (!value.is_object()) return bad("invalid", "Invalid Value");
  const Json& overrides = value["overrides"];
  const bool use_default = value["useDefault"].as_bool(false);
  if (use_default && !overrides.items().empty())
    return bad("cannotUseDefaultRemindersAndSpecifyOverride",
               "Cannot specify both default reminders and overrides at the same time.", "calendar");
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
    return bad("eventRemindersCountExceedsLimit",
               "The number of overridden reminders exceeds the limit of 5.", "calendar");
  Json out = Json::object({{"useDefault", use_default}});
  if (!kept.items().empty()) out.set("overrides", std::move(kept));
  return out;
}

Outcome<Json> attendees(const Json& value) {
  if (!value.is_array()) return bad("invalid", "Invalid Value");
  Json out = Json::array();
  std::set<std::string> seen;
  for (const Json& entry : value.items()) {
    std::string email = entry.string("email");
    if (!valid_email(email)) return bad("invalid", "Invalid attendee email.");
    std::transform(email.begin(), email.end(), email.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (!seen.insert(email).second) continue;
    Json kept = Json::object({{"email", email}});
    if (!entry.string("displayName").empty()) kept.set("displayName", entry["displayName"]);
    if (entry["optional"].as_bool()) kept.set("optional", true);
    if (entry["resource"].as_bool()) kept.set("resource", true);
    const std::string& response = entry.string("responseStatus");
    if (!response.empty() &&
        !one_of(response, {"needsAction", "declined", "tentative", "accepted"}))
      return bad("invalid", "Invalid Value");
    kept.set("responseStatus", response.empty() ? "needsAction" : response);
    if (!entry.string("comment").empty()) kept.set("comment", entry["comment"]);
    if (entry["additionalGuests"].as_integer() > 0)
      kept.set("additionalGuests", entry["additionalGuests"]);
    out.push(std::move(kept));
  }
  return out;
}

// Keys over 44 characters are dropped, values over 1024 cut: without a word, as the service does.
Outcome<Json> extended_properties(const Json& value, bool birthday) {
  Json out = Json::object();
  std::size_t count = 0, bytes = 0;
  for (const char* kind : {"private", "shared"}) {
    Json kept = Json::object();
    for (const auto& [key, text] : value[kind].members()) {
      if (!text.is_string()) return bad("invalid", "Invalid Value");
      if (key.size() > 44) continue;
      const std::string_view cut = gcal::base::beginning(text.as_string(), 1024);
      ++count;
      bytes += key.size() + cut.size();
      kept.set(key, cut);
    }
    if (birthday && std::string_view(kind) == "private" && !kept.members().empty())
      return bad("eventTypeRestriction",
                 "Birthday events do not support private extended properties.", "calendar");
    if (!kept.members().empty()) out.set(kind, std::move(kept));
  }
  if (count > 300 || bytes > 32 * 1024)
    return bad("invalid", "The extended properties exceed the limit of the event.");
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
  const std::string type = fields.contains("eventType") ? fields.string("eventType") : "default";
  if (!one_of(type,
              {"default", "birthday", "fromGmail", "focusTime", "outOfOffice", "workingLocation"}))
    return bad("invalid", "Invalid value for: " + std::string(gcal::base::beginning(type, 40)) +
                              " is not a valid value");
  if (type == "birthday" && !event.start.all_day)
    return bad("eventTypeRestriction", "Birthday events must be all-day events.", "calendar");
  if (type == "focusTime" &&
      (event.start.all_day || fields.string("transparency") == "transparent"))
    return bad("malformedFocusTimeEvent",
               "A focus time event must be a timed event that blocks time.", "calendar");
  if (type == "outOfOffice" &&
      (event.start.all_day || fields.string("transparency") == "transparent"))
    return bad("malformedOutOfOfficeEvent",
               "An out of office event must be a timed event that blocks time.", "calendar");
  if (type == "workingLocation" && (!fields["workingLocationProperties"].is_object() ||
                                    fields.string("transparency") != "transparent"))
    return bad("malformedWorkingLocationEvent",
               "A working location event must be transparent and name its location.", "calendar");
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

bool is_private_member(std::string_view name) {
  return name == "reminders" || name == "colorId" || name == "eventLabelId" ||
         name == "transparency" || name == "visibility" || name == "attendeesOmitted" ||
         name == "attendees" || name == "extendedProperties" || name == "status" ||
         name == "sequence";
}

Json merge_patch(const Json& stored, const Json& patch) {
  Json out = stored;
  for (const auto& [name, value] : patch.members()) {
    if (std::find(kWritable.begin(), kWritable.end(), name) == kWritable.end() ||
        name == "organizer")
      continue;
    if (value.is_null())
      out.erase(name);
    else if (name == "reminders")
      out.set(name, value);
    else
      out.set(name, merge_maps(stored[name], value));
  }
  return out;
}

Json writable(const Json& body) {
  Json out = Json::object();
  for (const auto& [name, value] : body.members())
    if (!value.is_null() && std::find(kWritable.begin(), kWritable.end(), name) != kWritable.end())
      out.set(name, value);
  return out;
}

Outcome<> apply_rules(Event& event, Json fields, const RuleOptions& options) {
  for (const char* name : {"summary", "description", "location", "colorId", "eventLabelId",
                           "status", "transparency", "visibility", "eventType"})
    if (const Json* value = fields.find(name); value && !value->is_string())
      return bad("parseError", "Parse Error");
  for (const char* name : {"summary", "description", "location"})
    for (const char c : fields.string(name))
      if (c == '\0') return bad("invalid", "Invalid Value");

  TRY(event.start, read_moment(fields["start"], "start", options.calendar_zone));
  TRY(event.end, read_moment(fields["end"], "end", options.calendar_zone));
  if (event.start.all_day != event.end.all_day) return bad("invalid", "Invalid start time.");
  if (event.end.at < event.start.at || (event.start.all_day && event.end.at == event.start.at))
    return bad("timeRangeEmpty", "The specified time range is empty.", "calendar");

  const std::string status =
      fields.string("status").empty() ? "confirmed" : fields.string("status");
  if (!one_of(status, {"confirmed", "tentative", "cancelled"}))
    return bad("invalid", "Invalid value for: status");
  fields.set("status", status);
  if (fields.contains("transparency") &&
      !one_of(fields.string("transparency"), {"opaque", "transparent"}))
    return bad("invalid", "Invalid value for: transparency");
  if (fields.contains("visibility") &&
      !one_of(fields.string("visibility"), {"default", "public", "private", "confidential"}))
    return bad("invalid", "Invalid value for: visibility");
  if (const Json* color = fields.find("colorId")) {
    static constexpr std::string_view kColors = " 1 2 3 4 5 6 7 8 9 10 11 ";
    if (!color->as_string().empty() &&
        kColors.find(" " + color->as_string() + " ") == std::string_view::npos)
      return bad("invalid", "Invalid event color id.");
  }
  cut_text(fields, "description", 8192);
  cut_text(fields, "location", 1024);

  if (const Json* lines = fields.find("recurrence")) {
    if (!lines->is_array()) return bad("parseError", "Parse Error");
    std::vector<std::string> texts;
    for (const Json& line : lines->items()) texts.push_back(line.as_string());
    if (texts.empty()) {
      fields.erase("recurrence");
    } else {
      if (!event.series.empty())
        return bad("invalid", "Recurring event instances cannot be recurring.");
      if (!event.start.all_day && event.start.zone.empty())
        return bad("required", "Missing time zone definition for start time.");
      if (!event.end.all_day && event.end.zone.empty()) event.end.zone = event.start.zone;
      TRY_VOID(check_recurrence(texts, event.start));
    }
  }
  if (const Json* list = fields.find("attendees")) {
    TRY(Json kept, attendees(*list));
    if (kept.items().empty())
      fields.erase("attendees");
    else
      fields.set("attendees", std::move(kept));
  }
  const std::string type = fields.contains("eventType") ? fields.string("eventType") : "default";
  if (const Json* properties = fields.find("extendedProperties")) {
    TRY(Json kept, extended_properties(*properties, type == "birthday"));
    if (kept.members().empty())
      fields.erase("extendedProperties");
    else
      fields.set("extendedProperties", std::move(kept));
  }
  if (const Json* value = fields.find("reminders")) {
    TRY(Json kept, reminders(*value));
    fields.set("reminders", std::move(kept));
  }
  if (const Json* source = fields.find("source")) {
    const std::string& url = source->string("url");
    if (!url.starts_with("http://") && !url.starts_with("https://"))
      return bad("invalid", "Invalid source URL.");
  }
  if (fields["attachments"].items().size() > 25)
    return bad("invalid", "The number of attachments exceeds the limit of 25.");
  TRY_VOID(check_type(fields, event));

  fields.set(
      "start",
      write_moment(event.start, event.start.zone.empty() ? options.calendar_zone : event.start.zone,
                   options.calendar_zone));
  fields.set("end", write_moment(event.end,
                                 event.end.zone.empty() ? options.calendar_zone : event.end.zone,
                                 options.calendar_zone));
  event.fields = std::move(fields);
  event.last_end = event.end.at.time_since_epoch().count();
  if (event.is_series()) {
    const std::int64_t last = last_start(event.recurrence(), event.start, options.calendar_zone);
    event.last_end = last >= kEndless ? kEndless : last + (event.end.at - event.start.at).count();
  }
  return Done{};
}

}  // namespace emulator
