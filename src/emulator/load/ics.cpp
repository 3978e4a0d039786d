// Loads an iCalendar file into the model; libical parses the events.
#include <libical/ical.h>

#include <algorithm>
#include <map>
#include <memory>

#include "src/common/base/bytes.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/emulator/load/ics_text.hpp"
#include "src/emulator/load/world.hpp"
#include "src/emulator/model/event_rules.hpp"

namespace emulator {
using gcal::icalendar::lower;
namespace {

using gcal::base::Json;

struct FreeComponent {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};

std::string text_of(const char* text) {
  return text ? text : "";
}

std::string value_text(icalproperty* property) {
  char* text = icalproperty_get_value_as_string_r(property);
  std::string copy = text_of(text);
  icalmemory_free_buffer(text);
  return copy;
}

std::string parameter_text(icalproperty* property, const char* name) {
  char* text = icalproperty_get_parameter_as_string_r(property, name);
  std::string copy = text_of(text);
  if (text) icalmemory_free_buffer(text);
  if (copy.size() >= 2 && copy.front() == '"' && copy.back() == '"')
    copy = copy.substr(1, copy.size() - 2);
  return copy;
}

std::string mail_address(const std::string& uri) {
  const std::string text = lower(uri);
  return text.starts_with("mailto:") ? text.substr(7) : text;
}

// "20250324T073000Z", "20250324T073000" + TZID, "20250324" -> Google's start or end.
Json time_json(const std::string& basic, std::string zone, const std::string& calendar_zone) {
  if (basic.size() < 8) return Json();
  const std::string date = basic.substr(0, 4) + "-" + basic.substr(4, 2) + "-" + basic.substr(6, 2);
  if (basic.size() < 15) return Json::object({{"date", date}});
  if (const auto name = gcal::icalendar::iana_zone(zone)) zone = *name;
  const bool utc = basic.back() == 'Z';
  const std::string time = date + "T" + basic.substr(9, 2) + ":" + basic.substr(11, 2) + ":" +
                           basic.substr(13, 2) + (utc ? "Z" : "");
  return Json::object({{"dateTime", time},
                       {"timeZone", known_zone(zone) ? zone
                                    : utc            ? "UTC"
                                                     : calendar_zone}});
}

Json time_of(icalproperty* property, const std::string& calendar_zone) {
  return property ? time_json(value_text(property), parameter_text(property, "TZID"), calendar_zone)
                  : Json();
}

icalproperty* first(icalcomponent* component, icalproperty_kind kind) {
  return icalcomponent_get_first_property(component, kind);
}

std::string first_text(icalcomponent* component, icalproperty_kind kind) {
  icalproperty* property = first(component, kind);
  if (!property) return "";
  const icalvalue* value = icalproperty_get_value(property);
  const icalvalue_kind type = value ? icalvalue_isa(value) : ICAL_NO_VALUE;
  return type == ICAL_TEXT_VALUE ? text_of(icalvalue_get_text(value)) : value_text(property);
}

// Without DTEND and DURATION, a date lasts a day and a time has no length (RFC 5545,
// section 3.6.1).
Json end_of(icalcomponent* event, const Json& start, const std::string& calendar_zone) {
  const Json end = time_of(first(event, ICAL_DTEND_PROPERTY), calendar_zone);
  if (!end.is_null()) return end;
  int seconds = 0;
  if (icalproperty* duration = first(event, ICAL_DURATION_PROPERTY))
    seconds = icaldurationtype_as_int(icalproperty_get_duration(duration));
  if (start.contains("date"))
    return Json::object(
        {{"date", date_text(days_of(start.string("date")) + std::max(1, seconds / 86'400))}});
  const auto begin = parse_event_time(start, "start", calendar_zone);
  if (!begin) return start;
  EventTime time = *begin;
  time.at += std::chrono::seconds{seconds};
  return event_time_json(time, calendar_zone);
}

Json attendee_of(icalproperty* property) {
  static const std::map<std::string, const char*> kResponses{{"ACCEPTED", "accepted"},
                                                             {"DECLINED", "declined"},
                                                             {"TENTATIVE", "tentative"},
                                                             {"NEEDS-ACTION", "needsAction"}};
  Json attendee = Json::object({{"email", mail_address(value_text(property))}});
  if (const std::string name = parameter_text(property, "CN"); !name.empty())
    attendee.set("displayName", name);
  const auto response = kResponses.find(parameter_text(property, "PARTSTAT"));
  attendee.set("responseStatus", response == kResponses.end() ? "needsAction" : response->second);
  if (parameter_text(property, "ROLE") == "OPT-PARTICIPANT") attendee.set("optional", true);
  if (parameter_text(property, "CUTYPE") == "RESOURCE" ||
      parameter_text(property, "CUTYPE") == "ROOM")
    attendee.set("resource", true);
  return attendee;
}

Json reminders_of(icalcomponent* event) {
  Json overrides = Json::array();
  for (icalcomponent* alarm = icalcomponent_get_first_component(event, ICAL_VALARM_COMPONENT);
       alarm; alarm = icalcomponent_get_next_component(event, ICAL_VALARM_COMPONENT)) {
    icalproperty* trigger = first(alarm, ICAL_TRIGGER_PROPERTY);
    if (!trigger || overrides.items().size() == 5) continue;
    const icaltriggertype value = icalproperty_get_trigger(trigger);
    if (!icaltime_is_null_time(value.time)) continue;  // Google has no reminders at a fixed time
    const int minutes = -icaldurationtype_as_int(value.duration) / 60;
    if (minutes < 0) continue;
    const bool mail = first_text(alarm, ICAL_ACTION_PROPERTY) == "EMAIL";
    overrides.push(Json::object({{"method", mail ? "email" : "popup"}, {"minutes", minutes}}));
  }
  Json out = Json::object({{"useDefault", false}});
  if (!overrides.items().empty()) out.set("overrides", std::move(overrides));
  return out;
}

// RRULE, RDATE, EXDATE and EXRULE as Google's recurrence lines.
Json recurrence_of(icalcomponent* event) {
  Json lines = Json::array();
  for (const icalproperty_kind kind :
       {ICAL_RRULE_PROPERTY, ICAL_RDATE_PROPERTY, ICAL_EXDATE_PROPERTY, ICAL_EXRULE_PROPERTY})
    for (icalproperty* property = first(event, kind); property;
         property = icalcomponent_get_next_property(event, kind)) {
      std::string line = text_of(icalproperty_get_property_name(property));
      const std::string zone = parameter_text(property, "TZID");
      if (kind == ICAL_RDATE_PROPERTY || kind == ICAL_EXDATE_PROPERTY) {
        if (value_text(property).size() == 8)
          line += ";VALUE=DATE";
        else if (const auto name = gcal::icalendar::iana_zone(zone); name && !zone.empty())
          line += ";TZID=" + *name;
      }
      lines.push(line + ":" + value_text(property));
    }
  return lines;
}

Json attendees_of(icalcomponent* event) {
  Json attendees = Json::array();
  for (icalproperty* property = first(event, ICAL_ATTENDEE_PROPERTY); property;
       property = icalcomponent_get_next_property(event, ICAL_ATTENDEE_PROPERTY))
    if (Json attendee = attendee_of(property); valid_email(attendee.string("email")))
      attendees.push(std::move(attendee));
  return attendees;
}

// null without a valid address.
Json organizer_of(icalcomponent* event) {
  icalproperty* property = first(event, ICAL_ORGANIZER_PROPERTY);
  if (!property) return Json();
  const std::string email = mail_address(value_text(property));
  if (!valid_email(email)) return Json();
  Json organizer = Json::object({{"email", email}});
  if (const std::string name = parameter_text(property, "CN"); !name.empty())
    organizer.set("displayName", name);
  return organizer;
}

// Google's own export has its event ids in the UIDs.
std::string event_id_of(const std::string& uid, const std::string& calendar_id) {
  if (uid.ends_with("@google.com") && valid_id(uid.substr(0, uid.size() - 11)))
    return uid.substr(0, uid.size() - 11);
  return "_" + gcal::base::to_base32hex(gcal::base::as_bytes(uid.empty() ? calendar_id : uid));
}

Json event_of(icalcomponent* event, const std::string& calendar_id,
              const std::string& calendar_zone) {
  Json body = Json::object();
  const std::string uid = first_text(event, ICAL_UID_PROPERTY);
  body.set("iCalUID", uid);
  const Json start = time_of(first(event, ICAL_DTSTART_PROPERTY), calendar_zone);
  body.set("start", start);
  body.set("end", end_of(event, start, calendar_zone));
  for (const auto& [name, kind] : {std::pair{"summary", ICAL_SUMMARY_PROPERTY},
                                   {"description", ICAL_DESCRIPTION_PROPERTY},
                                   {"location", ICAL_LOCATION_PROPERTY}})
    if (const std::string text = first_text(event, kind); !text.empty()) body.set(name, text);
  const std::string status = first_text(event, ICAL_STATUS_PROPERTY);
  body.set("status", status == "CANCELLED"   ? "cancelled"
                     : status == "TENTATIVE" ? "tentative"
                                             : "confirmed");
  if (first_text(event, ICAL_TRANSP_PROPERTY) == "TRANSPARENT")
    body.set("transparency", "transparent");
  const std::string classified = first_text(event, ICAL_CLASS_PROPERTY);
  if (classified == "PRIVATE") body.set("visibility", "private");
  if (classified == "CONFIDENTIAL") body.set("visibility", "confidential");
  if (Json lines = recurrence_of(event); !lines.items().empty())
    body.set("recurrence", std::move(lines));
  if (Json attendees = attendees_of(event); !attendees.items().empty())
    body.set("attendees", std::move(attendees));
  if (Json organizer = organizer_of(event); !organizer.is_null())
    body.set("organizer", std::move(organizer));
  body.set("reminders", reminders_of(event));
  body.set("id", event_id_of(uid, calendar_id));
  return body;
}

using Component = std::unique_ptr<icalcomponent, FreeComponent>;

// The event as libical reads it; null when it reads none. A line that libical cannot read is
// reported with its number and left out.
Component parse_event(const IcsEvent& written, std::vector<std::string>& problems) {
  Component parsed(icalparser_parse_string(written.text().c_str()));
  if (!parsed) return parsed;
  if (icalcomponent_count_errors(parsed.get()) == 0) return parsed;
  IcsEvent kept = written;
  kept.lines.clear();
  int depth = 0;
  for (const auto& [number, line] : written.lines) {
    const bool begin = line.starts_with("BEGIN:"), end = line.starts_with("END:");
    depth += begin ? 1 : end ? -1 : 0;
    if (!begin && !end && depth == 1) {
      const Component alone(
          icalparser_parse_string(("BEGIN:VEVENT\r\n" + line + "\r\nEND:VEVENT\r\n").c_str()));
      if (!alone || icalcomponent_count_errors(alone.get()) > 0) {
        problems.push_back("line " + std::to_string(number) +
                           ": the value cannot be read: " + line.substr(0, 60));
        continue;
      }
    }
    kept.lines.emplace_back(number, line);
  }
  return Component(icalparser_parse_string(kept.text().c_str()));
}

// Loads the events of one file into one calendar.
class IcsLoader {
 public:
  IcsLoader(GoogleModel& google, const std::string& email, Calendar& calendar, LoadReport& report)
      : google_(google), email_(email), calendar_(calendar), report_(report) {
    options_.attachments = options_.conference = options_.loading = true;
  }

  // Exceptions are loaded after every series, wherever the file has them.
  void load(const std::vector<IcsEvent>& events) {
    for (const IcsEvent& written : events) {
      Component event = parse_event(written, report_.problems);
      if (!event)
        refuse(written.line, "", "not readable");
      else if (first(event.get(), ICAL_RECURRENCEID_PROPERTY))
        exceptions_.emplace_back(written.line, std::move(event));
      else
        load_event(written.line, event.get());
    }
    for (const auto& [line, event] : exceptions_) load_exception(line, event.get());
  }

 private:
  void refuse(std::size_t line, const std::string& uid, const std::string& why) {
    report_.problems.push_back("line " + std::to_string(line) + ": event " +
                               (uid.empty() ? "without UID" : uid.substr(0, 80)) + ": " + why);
  }

  void load_event(std::size_t line, icalcomponent* event) {
    const Json body = event_of(event, calendar_.id, calendar_.zone);
    const std::string uid = body.string("iCalUID");
    const auto stored = google_.insert(email_, calendar_, body, options_);
    if (!stored)
      return refuse(
          line, uid,
          stored.error().status == 409 ? "its UID is there twice" : stored.error().message);
    series_[uid] = body.string("id");
    ++report_.events;
  }

  void load_exception(std::size_t line, icalcomponent* event) {
    Json body = event_of(event, calendar_.id, calendar_.zone);
    const std::string uid = body.string("iCalUID");
    const auto master = series_.find(uid);
    if (master == series_.end()) return refuse(line, uid, "an instance without its series");
    const Json recurrence_id = time_of(first(event, ICAL_RECURRENCEID_PROPERTY), calendar_.zone);
    const auto original = parse_event_time(recurrence_id, "original", calendar_.zone);
    if (!original) return refuse(line, uid, "RECURRENCE-ID: " + original.error().message);
    body.erase("recurrence");
    const std::string id = instance_id(*calendar_.find(master->second), *original);
    const auto stored = google_.patch(email_, calendar_, id, body, options_);
    if (!stored)
      return refuse(line, uid,
                    stored.error().status == 404 ? "its RECURRENCE-ID is no instance of the series"
                                                 : stored.error().message);
    ++report_.events;
  }

  GoogleModel& google_;
  const std::string& email_;
  Calendar& calendar_;
  LoadReport& report_;
  WriteOptions options_;
  std::map<std::string, std::string> series_;  // UID -> event id
  std::vector<std::pair<std::size_t, Component>> exceptions_;
};

}  // namespace

LoadReport load_ics(GoogleModel& google, const std::string& email, const std::string& file_name,
                    const std::string& text, bool read_only) {
  LoadReport report;
  const IcsText file = split_ics(text);
  report.problems = file.problems;
  Account* account = google.account(email);
  if (!account || !file.is_calendar) {
    report.problems.push_back(account ? "no iCalendar file: BEGIN:VCALENDAR is missing"
                                      : "no account " + email);
    return report;
  }
  std::string zone = file.zone;
  if (!zone.empty() && !known_zone(zone))
    report.problems.push_back("X-WR-TIMEZONE: unknown time zone " + zone.substr(0, 60));
  if (!known_zone(zone)) zone = google.find_calendar(account->email)->zone;
  std::string id = google.new_calendar_id();
  if (read_only) id = "de." + id.substr(2, 12) + "#holiday@group.v.calendar.google.com";
  Calendar& calendar = google.add_calendar(read_only ? "" : account->email, id,
                                           file.name.empty() ? file_name : file.name, zone);
  calendar.description = file.description;
  google.subscribe(*account, calendar, read_only ? "reader" : "owner", false);
  IcsLoader(google, account->email, calendar, report).load(file.events);
  google.clear_writes();
  return report;
}

}  // namespace emulator
