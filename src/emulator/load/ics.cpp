// Reads an iCalendar file into the model, through libical.
#include <libical/ical.h>

#include <algorithm>
#include <map>
#include <memory>

#include "src/common/base/bytes.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/emulator/load/ics_text.hpp"
#include "src/emulator/load/world.hpp"
#include "src/emulator/model/event_rules.hpp"

namespace emulator {
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
Json moment_json(const std::string& basic, std::string zone, const std::string& calendar_zone) {
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

Json moment_of(icalproperty* property, const std::string& calendar_zone) {
  return property
             ? moment_json(value_text(property), parameter_text(property, "TZID"), calendar_zone)
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

// A date without an end lasts a day, a time none: RFC 5545 section 3.6.1; DURATION adds to the
// start.
Json end_of(icalcomponent* event, const Json& start, const std::string& calendar_zone) {
  const Json end = moment_of(first(event, ICAL_DTEND_PROPERTY), calendar_zone);
  if (!end.is_null()) return end;
  int seconds = 0;
  if (icalproperty* duration = first(event, ICAL_DURATION_PROPERTY))
    seconds = icaldurationtype_as_int(icalproperty_get_duration(duration));
  if (start.contains("date"))
    return Json::object(
        {{"date", date_text(days_of(start.string("date")) + std::max(1, seconds / 86'400))}});
  const auto begin = read_moment(start, "start", calendar_zone);
  if (!begin) return start;
  Moment moment = *begin;
  moment.at += std::chrono::seconds{seconds};
  return write_moment(moment, moment.zone.empty() ? calendar_zone : moment.zone, calendar_zone);
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
    if (!icaltime_is_null_time(value.time))
      continue;  // an absolute time: Google has no such reminder
    const int minutes = -icaldurationtype_as_int(value.duration) / 60;
    if (minutes < 0) continue;
    const bool mail = first_text(alarm, ICAL_ACTION_PROPERTY) == "EMAIL";
    overrides.push(Json::object({{"method", mail ? "email" : "popup"}, {"minutes", minutes}}));
  }
  Json out = Json::object({{"useDefault", false}});
  if (!overrides.items().empty()) out.set("overrides", std::move(overrides));
  return out;
}

Json event_of(icalcomponent* event, const std::string& calendar_id,
              const std::string& calendar_zone) {
  Json body = Json::object();
  const std::string uid = first_text(event, ICAL_UID_PROPERTY);
  body.set("iCalUID", uid);
  const Json start = moment_of(first(event, ICAL_DTSTART_PROPERTY), calendar_zone);
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
  Json recurrence = Json::array();
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
      recurrence.push(line + ":" + value_text(property));
    }
  if (!recurrence.items().empty()) body.set("recurrence", std::move(recurrence));
  Json attendees = Json::array();
  for (icalproperty* property = first(event, ICAL_ATTENDEE_PROPERTY); property;
       property = icalcomponent_get_next_property(event, ICAL_ATTENDEE_PROPERTY))
    if (Json attendee = attendee_of(property); valid_email(attendee.string("email")))
      attendees.push(std::move(attendee));
  if (!attendees.items().empty()) body.set("attendees", std::move(attendees));
  if (icalproperty* organizer = first(event, ICAL_ORGANIZER_PROPERTY)) {
    const std::string email = mail_address(value_text(organizer));
    if (valid_email(email)) {
      body.set("organizer", Json::object({{"email", email}}));
      if (const std::string name = parameter_text(organizer, "CN"); !name.empty())
        body.member("organizer").set("displayName", name);
    }
  }
  body.set("reminders", reminders_of(event));
  if (uid.ends_with("@google.com") && valid_id(uid.substr(0, uid.size() - 11)))
    body.set("id", uid.substr(0, uid.size() - 11));
  else
    body.set("id", "_" + gcal::base::to_base32hex(
                             gcal::base::as_bytes(uid + (uid.empty() ? calendar_id : ""))));
  return body;
}

using Component = std::unique_ptr<icalcomponent, FreeComponent>;

// The event as libical reads it. A line it cannot read is reported with its number and left out.
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

}  // namespace

LoadReport load_ics(Google& google, const std::string& email, const std::string& file_name,
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

  WriteOptions loading;
  loading.attachments = loading.conference = loading.loading = true;
  std::map<std::string, std::string> series;  // UID -> event id
  std::vector<std::pair<std::size_t, Component>> exceptions;
  const auto refused = [&](std::size_t line, const std::string& uid, const std::string& why) {
    report.problems.push_back("line " + std::to_string(line) + ": event " +
                              (uid.empty() ? "without UID" : uid.substr(0, 80)) + ": " + why);
  };
  for (const IcsEvent& written : file.events) {
    Component event = parse_event(written, report.problems);
    if (!event) {
      refused(written.line, "", "not readable");
      continue;
    }
    if (first(event.get(), ICAL_RECURRENCEID_PROPERTY)) {
      exceptions.emplace_back(
          written.line, std::move(event));  // after every series, wherever it stands in the file
      continue;
    }
    const Json body = event_of(event.get(), calendar.id, calendar.zone);
    const std::string uid = body.string("iCalUID");
    const auto stored = google.insert(account->email, calendar, body, loading);
    if (!stored) {
      refused(written.line, uid,
              stored.error().status == 409 ? "its UID is there twice" : stored.error().message);
      continue;
    }
    series[uid] = body.string("id");
    ++report.events;
  }
  for (const auto& [line, event] : exceptions) {
    Json body = event_of(event.get(), calendar.id, calendar.zone);
    const std::string uid = body.string("iCalUID");
    const auto master = series.find(uid);
    if (master == series.end()) {
      refused(line, uid, "an instance without its series");
      continue;
    }
    const Json original_json =
        moment_of(first(event.get(), ICAL_RECURRENCEID_PROPERTY), calendar.zone);
    const auto original = read_moment(original_json, "original", calendar.zone);
    if (!original) {
      refused(line, uid, "RECURRENCE-ID: " + original.error().message);
      continue;
    }
    body.erase("recurrence");
    const auto stored =
        google.patch(account->email, calendar,
                     instance_id(*calendar.find(master->second), *original), body, loading);
    if (!stored) {
      refused(line, uid,
              stored.error().status == 404 ? "its RECURRENCE-ID is no instance of the series"
                                           : stored.error().message);
      continue;
    }
    ++report.events;
  }
  google.forget_writes();
  return report;
}

}  // namespace emulator
