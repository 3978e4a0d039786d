#include "src/host/crm/event_view.hpp"

#include <algorithm>

#include "src/common/icalendar/address.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/host/crm/occurrences.hpp"

namespace host {
namespace icalendar = gcal::icalendar;
namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;

// src/docs/limits.md says why.
constexpr std::size_t kMaxText = 1024 * 1024, kMaxGuests = 10'000, kMaxExceptions = 10'000,
                      kMaxLines = 10'000;

Error invalid(std::string message) {
  return {Code::invalid, std::move(message), {}};
}

Result<sys_days> parse_day(std::string_view text) {
  const auto date = icalendar::parse_date(text);
  if (!date) return invalid("\"" + std::string(text.substr(0, 32)) + "\" is no day");
  return sys_days(*date);
}

Result<sys_seconds> parse_instant(std::string_view text) {
  auto instant = icalendar::parse_rfc3339(text);
  if (!instant)
    return invalid("\"" + std::string(text.substr(0, 40)) + "\" is no time as in RFC 3339");
  return instant;
}

Result<std::string> text_member(const Json& json, std::string_view name, std::size_t limit) {
  const Json* member = json.find(name);
  if (!member) return std::string();
  if (!member->is_string()) return invalid(std::string(name) + ": a text is expected");
  if (member->as_string().size() > limit)
    return invalid(std::string(name) + ": at most " + std::to_string(limit) + " bytes");
  return member->as_string();
}

Result<std::string> enum_member(const Json& json, std::string_view name,
                                std::initializer_list<std::string_view> values) {
  const Json* member = json.find(name);
  if (!member) return std::string(*values.begin());
  if (std::ranges::find(values, std::string_view(member->as_string())) == values.end())
    return invalid(std::string(name) + ": unknown value");
  return member->as_string();
}

Result<EventFields> fields_of(const Json& json) {
  if (!json.is_object()) return invalid("an event is a JSON object");
  EventFields fields;
  auto start = event_time_of(json["start"]), end = event_time_of(json["end"]);
  if (!start) return invalid("start: " + start.error().message);
  if (!end) return invalid("end: " + end.error().message);
  fields.start = *std::move(start);
  fields.end = *std::move(end);
  if (fields.start.all_day != fields.end.all_day)
    return invalid("end: start and end must both be days or both be times");
  if (fields.end.instant < fields.start.instant ||
      (fields.start.all_day && fields.end.instant == fields.start.instant))
    return invalid("end: must be after start");
  TRY(fields.summary, text_member(json, "summary", kMaxText));
  TRY_VOID([&]() -> Result<> {
    TRY(const std::string description, text_member(json, "description", kMaxText));
    return {};
  }());
  TRY(fields.location, text_member(json, "location", kMaxText));
  TRY(fields.color, text_member(json, "color", 32));
  TRY(fields.status, enum_member(json, "status", {"confirmed", "tentative"}));
  TRY(fields.transparency, enum_member(json, "transparency", {"opaque", "transparent"}));
  TRY(fields.visibility,
      enum_member(json, "visibility", {"default", "public", "private", "confidential"}));
  const Json& attendees = json["attendees"];
  if (!attendees.is_null() && !attendees.is_array())
    return invalid("attendees: a list is expected");
  if (attendees.items().size() > kMaxGuests) return invalid("attendees: at most 10000");
  fields.guests.reserve(attendees.items().size());
  for (const Json& item : attendees.items()) {
    Guest guest;
    guest.email = item.string("email");
    TRY(guest.name, text_member(item, "name", kMaxText));
    // A guest without an address, such as a telephone line, has a name.
    if (!item.contains("email") || guest.email.size() > 1024 ||
        (guest.email.empty() && guest.name.empty()))
      return invalid("attendees: each needs an address");
    TRY(guest.partstat,
        enum_member(item, "partstat", {"needs_action", "accepted", "declined", "tentative"}));
    guest.optional = item["optional"].as_bool();
    guest.resource = item["resource"].as_bool();
    guest.organizer = item["organizer"].as_bool();
    guest.self = item["self"].as_bool();
    fields.guests.push_back(std::move(guest));
  }
  return fields;
}

std::vector<Guest> hosts_of(const Json& facts) {
  std::vector<Guest> hosts;
  for (const char* role : {"organizer", "creator"}) {
    Guest one;
    one.email = facts.string(std::string(role) + "_email");
    one.name = facts.string(std::string(role) + "_name");
    one.partstat = "needs_action";
    one.organizer = role == std::string_view("organizer");
    one.role = role;
    const bool own = one.organizer && facts["organized_by_self"].as_bool(true);
    if (!own && !icalendar::person_address(one.email).empty()) hosts.push_back(std::move(one));
  }
  return hosts;
}

}  // namespace

bool EventView::any_private() const {
  return master.is_private() || std::ranges::any_of(exceptions, [](const auto& entry) {
           return !entry.second.cancelled && entry.second.fields.is_private();
         });
}

std::vector<Guest> EventView::people(const EventFields& fields) const {
  std::vector<Guest> out = fields.guests;
  for (const Guest& one : hosts) {
    const std::string address = icalendar::normalised_address(one.email);
    if (std::ranges::none_of(out, [&](const Guest& guest) {
          return icalendar::normalised_address(guest.email) == address;
        }))
      out.push_back(one);
  }
  return out;
}

Result<EventTime> event_time_of(const Json& value) {
  if (!value.is_object()) return invalid("an object with date or date_time is expected");
  if (const Json* date = value.find("date")) {
    if (value.contains("date_time")) return invalid("date and date_time exclude each other");
    TRY(const sys_days day, parse_day(date->as_string()));
    return EventTime{true, day, ""};
  }
  const Json* time = value.find("date_time");
  if (!time) return invalid("date or date_time is missing");
  TRY(const sys_seconds instant, parse_instant(time->as_string()));
  const Json* zone = value.find("time_zone");
  const std::string name = zone ? zone->as_string() : "UTC";
  if (!icalendar::is_zone(name))
    return invalid("\"" + name.substr(0, 64) + "\" is no known time zone");
  return EventTime{false, instant, name};
}

Json to_json(const EventTime& time) {
  if (time.all_day) return Json::object({{"date", occurrence_key(time)}});
  const std::string zone = icalendar::is_zone(time.zone) ? time.zone : "UTC";
  return Json::object(
      {{"date_time", icalendar::format_rfc3339(time.instant, zone)}, {"time_zone", zone}});
}

std::string occurrence_key(const EventTime& time) {
  return time.all_day ? icalendar::format_date(
                            icalendar::Date{std::chrono::floor<std::chrono::days>(time.instant)})
                      : icalendar::format_rfc3339(time.instant, "UTC");
}

Result<EventTime> occurrence_of_key(std::string_view text) {
  if (text.size() == 10) {
    TRY(const sys_days day, parse_day(text));
    return EventTime{true, day, ""};
  }
  TRY(const sys_seconds instant, parse_instant(text));
  return EventTime{false, instant, "UTC"};
}

Result<EventView> view_of(const Json& event) {
  EventView view;
  TRY(view.master, fields_of(event));
  const Json& lines = event["recurrence"];
  if (!lines.is_null() && !lines.is_array()) return invalid("recurrence: a list is expected");
  if (lines.items().size() > kMaxLines) return invalid("recurrence: at most 10000 lines");
  for (const Json& line : lines.items()) {
    if (!line.is_string() || line.as_string().size() > kMaxText)
      return invalid("recurrence: lines of text, at most 1 MiB each");
    view.recurrence.push_back(line.as_string());
  }
  TRY_VOID(check_recurrence(view.recurrence, view.master.start));
  const Json& occurrences = event["occurrences"];
  if (!occurrences.is_null() && !occurrences.is_array())
    return invalid("occurrences: a list is expected");
  if (occurrences.items().size() > kMaxExceptions) return invalid("occurrences: at most 10000");
  for (const Json& item : occurrences.items()) {
    auto original = event_time_of(item["original_start"]);
    if (!original) return invalid("occurrences: original_start: " + original.error().message);
    if (original->all_day != view.master.start.all_day)
      return invalid(
          "occurrences: original_start must be a day for a series of whole days and a time "
          "otherwise");
    ExceptionView exception;
    exception.cancelled = item["cancelled"].as_bool();
    if (!exception.cancelled) {
      auto fields = fields_of(item["event"]);
      if (!fields) return invalid("occurrences: " + fields.error().message);
      exception.fields = *std::move(fields);
    }
    if (!view.exceptions.emplace(*original, std::move(exception)).second)
      return invalid("occurrences: one original_start appears twice");
  }
  const Json& facts = event["facts"];
  if (!facts.is_null() && !facts.is_object()) return invalid("facts: an object is expected");
  view.ical_uid = facts.string("ical_uid");
  view.hosts = hosts_of(facts);
  view.type = facts.contains("type") ? facts.string("type") : "default";
  view.organized_by_self = facts["organized_by_self"].as_bool(true);
  view.guests_can_modify = facts["guests_can_modify"].as_bool();
  view.locked = facts["locked"].as_bool();
  return view;
}

}  // namespace host
