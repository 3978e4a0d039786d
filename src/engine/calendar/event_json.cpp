#include "src/engine/calendar/event_json.hpp"

#include <array>
#include <utility>

#include "src/common/base/json_array.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/common/icalendar/zone.hpp"

namespace gcal::calendar {
namespace {

using base::Json;

template <class Enum, std::size_t N>
using Names = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Names<Status, 2> kStatus{
    {{Status::confirmed, "confirmed"}, {Status::tentative, "tentative"}}};
constexpr Names<Transparency, 2> kTransparency{
    {{Transparency::opaque, "opaque"}, {Transparency::transparent, "transparent"}}};
constexpr Names<Visibility, 4> kVisibility{{{Visibility::default_, "default"},
                                            {Visibility::public_, "public"},
                                            {Visibility::private_, "private"},
                                            {Visibility::confidential, "confidential"}}};
constexpr Names<PartStat, 4> kPartStat{{{PartStat::needs_action, "needs_action"},
                                        {PartStat::accepted, "accepted"},
                                        {PartStat::declined, "declined"},
                                        {PartStat::tentative, "tentative"}}};
constexpr Names<EventType, 7> kEventType{{{EventType::default_, "default"},
                                          {EventType::from_gmail, "from_gmail"},
                                          {EventType::focus_time, "focus_time"},
                                          {EventType::out_of_office, "out_of_office"},
                                          {EventType::working_location, "working_location"},
                                          {EventType::birthday, "birthday"},
                                          {EventType::unknown, "unknown"}}};

template <class Enum, std::size_t N>
void write_enum(Json& json, std::string_view key, const Names<Enum, N>& names, Enum value) {
  for (const auto& [candidate, name] : names)
    if (candidate == value && value != names[0].first) json.set(key, name);
}

Error invalid(std::string message) {
  return Error{Code::invalid, std::move(message), {}};
}

template <class Enum, std::size_t N>
Result<Enum> read_enum(const Json& json, std::string_view key, const Names<Enum, N>& names) {
  const Json* member = json.find(key);
  if (!member) return names[0].first;
  for (const auto& [value, name] : names)
    if (member->as_string() == name) return value;
  return invalid(std::string(key) + ": not one of its known values");
}

void write_text(Json& json, std::string_view key, const std::string& text) {
  if (!text.empty()) json.set(key, text);
}

void write_flag(Json& json, std::string_view key, bool value, bool standard = false) {
  if (value != standard) json.set(key, value);
}

Json attendee_json(const Attendee& attendee) {
  Json json = Json::object({{"email", attendee.email}});
  write_text(json, "name", attendee.name);
  write_enum(json, "partstat", kPartStat, attendee.partstat);
  write_flag(json, "optional", attendee.optional);
  write_flag(json, "resource", attendee.resource);
  write_flag(json, "organizer", attendee.organizer);
  write_flag(json, "self", attendee.self);
  write_text(json, "comment", attendee.comment);
  return json;
}

enum class Form { document, stored };

void write_event(Json& json, const Event& event, Form form) {
  write_text(json, "summary", event.summary);
  write_text(json, "description", event.description);
  write_text(json, "location", event.location);
  json.set("start", to_json(event.start));
  json.set("end", to_json(event.end));
  write_enum(json, "status", kStatus, event.status);
  write_enum(json, "transparency", kTransparency, event.transparency);
  write_enum(json, "visibility", kVisibility, event.visibility);
  write_text(json, "color", event.color);
  if (!event.attendees.empty()) {
    Json& attendees = json.set("attendees", Json::array());
    for (const Attendee& attendee : event.attendees) attendees.push(attendee_json(attendee));
  }
  if (form == Form::stored) write_flag(json, "attendees_omitted", event.attendees_omitted);
  if (event.reminders) {
    Json& reminders = json.set("reminders", Json::array());
    for (const Reminder& reminder : *event.reminders)
      reminders.push(Json::object({{"method", reminder.method}, {"minutes", reminder.minutes}}));
  }
}

Json facts_json(const Facts& facts) {
  Json json = Json::object();
  write_text(json, "ical_uid", facts.ical_uid);
  if (facts.sequence != 0) json.set("sequence", facts.sequence);
  write_enum(json, "type", kEventType, facts.type);
  write_text(json, "organizer_email", facts.organizer_email);
  write_text(json, "organizer_name", facts.organizer_name);
  write_flag(json, "organized_by_self", facts.organized_by_self, true);
  write_text(json, "creator_email", facts.creator_email);
  write_text(json, "creator_name", facts.creator_name);
  write_flag(json, "guests_can_modify", facts.guests_can_modify);
  write_flag(json, "locked", facts.locked);
  write_text(json, "html_link", facts.html_link);
  write_text(json, "conference_uri", facts.conference_uri);
  write_text(json, "link_mark", facts.link_mark);
  write_flag(json, "guests_see_guests", facts.guests_see_guests, true);
  return json;
}

Json original_start_json(const OriginalStart& start) {
  if (start.all_day)
    return to_json(EventTime{Date{std::chrono::floor<std::chrono::days>(start.instant)}});
  return Json::object({{"date_time", icalendar::format_rfc3339(start.instant, "UTC")}});
}

Result<Event> read_event(const Json& json) {
  Event event;
  event.summary = json.string("summary");
  event.description = json.string("description");
  event.location = json.string("location");
  TRY(event.start, event_time_from_json(json["start"]));
  TRY(event.end, event_time_from_json(json["end"]));
  if (is_all_day(event.start) != is_all_day(event.end))
    return invalid("start and end are both dates or both times");
  const OriginalStart first = OriginalStart::of(event.start);
  const OriginalStart last = OriginalStart::of(event.end);
  if (last.instant < first.instant || (first.all_day && last.instant == first.instant))
    return invalid("an appointment ends after it starts");
  TRY(event.status, read_enum(json, "status", kStatus));
  TRY(event.transparency, read_enum(json, "transparency", kTransparency));
  TRY(event.visibility, read_enum(json, "visibility", kVisibility));
  event.color = json.string("color");
  for (const Json& item : json["attendees"].items()) {
    Attendee attendee;
    attendee.email = item.string("email");
    attendee.name = item.string("name");
    if (!item.contains("email") || (attendee.email.empty() && attendee.name.empty()))
      return invalid("attendees: each has an e-mail address, or a name beside an empty one");
    TRY(attendee.partstat, read_enum(item, "partstat", kPartStat));
    attendee.optional = item["optional"].as_bool();
    attendee.resource = item["resource"].as_bool();
    attendee.organizer = item["organizer"].as_bool();
    attendee.self = item["self"].as_bool();
    attendee.comment = item.string("comment");
    event.attendees.push_back(std::move(attendee));
  }
  event.attendees_omitted = json["attendees_omitted"].as_bool();
  if (const Json* reminders = json.find("reminders")) {
    event.reminders.emplace();
    for (const Json& item : reminders->items())
      event.reminders->push_back(
          {item.string("method"), static_cast<std::int32_t>(item["minutes"].as_integer())});
  }
  return event;
}

Result<Facts> read_facts(const Json& json) {
  Facts facts;
  facts.ical_uid = json.string("ical_uid");
  facts.sequence = json["sequence"].as_integer();
  TRY(facts.type, read_enum(json, "type", kEventType));
  facts.organizer_email = json.string("organizer_email");
  facts.organizer_name = json.string("organizer_name");
  facts.organized_by_self = json["organized_by_self"].as_bool(true);
  facts.creator_email = json.string("creator_email");
  facts.creator_name = json.string("creator_name");
  facts.guests_can_modify = json["guests_can_modify"].as_bool();
  facts.locked = json["locked"].as_bool();
  facts.html_link = json.string("html_link");
  facts.conference_uri = json.string("conference_uri");
  facts.link_mark = json.string("link_mark");
  facts.guests_see_guests = json["guests_see_guests"].as_bool(true);
  return facts;
}

}  // namespace

Json to_json(const EventTime& time) {
  if (const Date* date = std::get_if<Date>(&time))
    return Json::object({{"date", icalendar::format_date(*date)}});
  const ZonedTime& zoned = std::get<ZonedTime>(time);
  return Json::object({{"date_time", icalendar::format_rfc3339(zoned.instant, zoned.zone)},
                       {"time_zone", zoned.zone}});
}

Result<EventTime> event_time_from_json(const Json& json) {
  if (const Json* date = json.find("date")) {
    TRY(const Date day, icalendar::parse_date(date->as_string()));
    return EventTime{day};
  }
  const std::string& text = json.string("date_time");
  if (text.empty()) return invalid("a time has the member date or date_time");
  std::string zone = "UTC";
  if (const Json* named = json.find("time_zone")) {
    TRY(zone, icalendar::iana_zone(named->as_string()));
  }
  TRY(const std::chrono::sys_seconds instant, icalendar::parse_rfc3339(text));
  return EventTime{ZonedTime{instant, std::move(zone)}};
}

namespace {

Json series_json(const Series& series, Form form) {
  Json json = Json::object();
  write_event(json, series.master, form);
  if (!series.recurrence.empty()) json.set("recurrence", base::json_array(series.recurrence));
  if (!series.occurrences.empty()) {
    Json& occurrences = json.set("occurrences", Json::array());
    for (const auto& [start, occurrence] : series.occurrences) {
      Json& item = occurrences.push(Json::object({{"original_start", original_start_json(start)}}));
      if (occurrence.cancelled)
        item.set("cancelled", true);
      else
        write_event(item.set("event", Json::object()), occurrence.event, form);
    }
  }
  Json facts = facts_json(series.facts);
  if (!facts.members().empty()) json.set("facts", std::move(facts));
  return json;
}

}  // namespace

Json to_json(const Series& series) {
  return series_json(series, Form::document);
}

Json to_stored_json(const Series& series) {
  return series_json(series, Form::stored);
}

Result<Series> series_from_json(const Json& json) {
  if (!json.is_object()) return invalid("an event is a JSON object");
  Series series;
  TRY(series.master, read_event(json));
  for (const Json& line : json["recurrence"].items()) {
    TRY_VOID(icalendar::check_line(line.as_string()));
    series.recurrence.push_back(line.as_string());
  }
  for (const Json& item : json["occurrences"].items()) {
    TRY(const EventTime start, event_time_from_json(item["original_start"]));
    Occurrence occurrence;
    occurrence.cancelled = item["cancelled"].as_bool();
    if (!occurrence.cancelled) {
      TRY(occurrence.event, read_event(item["event"]));
    }
    if (!series.occurrences.emplace(OriginalStart::of(start), std::move(occurrence)).second)
      return invalid("occurrences: one original start occurs twice");
  }
  TRY(series.facts, read_facts(json["facts"]));
  return series;
}

}  // namespace gcal::calendar
