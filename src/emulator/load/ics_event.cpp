#include "src/emulator/load/ics_event.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "src/common/base/bytes.hpp"
#include "src/common/base/utf8.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/emulator/model/event_rules.hpp"

namespace emulator {
using gcal::base::Json;
using gcal::icalendar::lower;
using gcal::icalendar::upper;
namespace {

std::string text_of(const IcsComponent& component, std::string_view name) {
  const IcsProperty* property = component.first(name);
  return property ? unescape_ics(property->value) : "";
}

std::string word_of(const IcsComponent& component, std::string_view name) {
  const IcsProperty* property = component.first(name);
  return property ? upper(property->value) : "";
}

std::string mail_address(const std::string& uri) {
  const std::string text = lower(uri);
  return text.starts_with("mailto:") ? text.substr(7) : text;
}

Json attendee_of(const IcsProperty& property) {
  static const std::map<std::string, const char*> kResponses{{"ACCEPTED", "accepted"},
                                                             {"DECLINED", "declined"},
                                                             {"TENTATIVE", "tentative"},
                                                             {"NEEDS-ACTION", "needsAction"}};
  Json attendee = Json::object({{"email", mail_address(property.value)}});
  if (const std::string& name = property.parameter("CN"); !name.empty())
    attendee.set("displayName", name);
  const auto response = kResponses.find(upper(property.parameter("PARTSTAT")));
  attendee.set("responseStatus", response == kResponses.end() ? "needsAction" : response->second);
  if (upper(property.parameter("ROLE")) == "OPT-PARTICIPANT") attendee.set("optional", true);
  const std::string type = upper(property.parameter("CUTYPE"));
  if (type == "RESOURCE" || type == "ROOM") attendee.set("resource", true);
  return attendee;
}

Json attendees_of(const IcsComponent& event) {
  Json attendees = Json::array();
  for (const IcsProperty* property : event.all("ATTENDEE"))
    if (Json attendee = attendee_of(*property); valid_email(attendee.string("email")))
      attendees.push(std::move(attendee));
  return attendees;
}

// null without a valid address.
Json organizer_of(const IcsComponent& event) {
  const IcsProperty* property = event.first("ORGANIZER");
  if (!property) return Json();
  const std::string email = mail_address(property->value);
  if (!valid_email(email)) return Json();
  Json organizer = Json::object({{"email", email}});
  if (const std::string& name = property->parameter("CN"); !name.empty())
    organizer.set("displayName", name);
  return organizer;
}

// Reminders before the event; Google has none at a fixed time or after the start.
Json reminders_of(const IcsComponent& event) {
  Json overrides = Json::array();
  for (const IcsComponent& alarm : event.parts) {
    const IcsProperty* trigger = alarm.name == "VALARM" ? alarm.first("TRIGGER") : nullptr;
    if (!trigger || overrides.items().size() == 5) continue;
    const auto duration = read_duration(trigger->value);
    if (!duration) continue;
    const auto before =
        -std::chrono::floor<std::chrono::minutes>(duration->days + duration->seconds);
    if (before.count() < 0) continue;
    const bool mail = word_of(alarm, "ACTION") == "EMAIL";
    overrides.push(
        Json::object({{"method", mail ? "email" : "popup"}, {"minutes", before.count()}}));
  }
  Json out = Json::object({{"useDefault", false}});
  if (!overrides.items().empty()) out.set("overrides", std::move(overrides));
  return out;
}

std::optional<IcsTime> time_of(const IcsComponent& event, std::string_view name,
                               std::vector<std::string>& problems) {
  const IcsProperty* property = event.first(name);
  if (!property || property->value.empty()) return std::nullopt;
  auto time = read_time(property->value, *property, problems);
  if (!time)
    problems.push_back(
        at_line(property->line, "the value cannot be read: " + std::string(name) + ":" +
                                    std::string(gcal::base::beginning(property->value, 60))));
  return time;
}

}  // namespace

std::optional<IcsEvent> read_event(const IcsComponent& written,
                                   std::vector<std::string>& problems) {
  IcsEvent event;
  event.written = &written;
  event.uid = text_of(written, "UID");
  if (const IcsProperty* sequence = written.first("SEQUENCE"))
    std::from_chars(sequence->value.data(), sequence->value.data() + sequence->value.size(),
                    event.sequence);
  event.stamped = word_of(written, "DTSTAMP");
  event.modified = word_of(written, "LAST-MODIFIED");
  event.cancelled = word_of(written, "STATUS") == "CANCELLED";
  event.recurrence_id = time_of(written, "RECURRENCE-ID", problems);
  if (const IcsProperty* property = written.first("RECURRENCE-ID")) {
    const std::string range = upper(property->parameter("RANGE"));
    event.this_and_future = range == "THISANDFUTURE";
    if (!range.empty() && !event.this_and_future)
      problems.push_back(
          event_problem(event, "RANGE=" + std::string(gcal::base::beginning(range, 40)) +
                                   " is not known: only this instance is changed"));
    if (!event.recurrence_id) {
      problems.push_back(event_problem(event, "left out, its RECURRENCE-ID cannot be read"));
      return std::nullopt;
    }
  }
  auto start = time_of(written, "DTSTART", problems);
  // A cancellation may name the instance alone.
  if (!start && !written.first("DTSTART") && event.recurrence_id) start = event.recurrence_id;
  if (!start) {
    problems.push_back(event_problem(event, "left out, it has no start (DTSTART)"));
    return std::nullopt;
  }
  event.start = *start;
  event.end = time_of(written, "DTEND", problems);
  if (const IcsProperty* property = written.first("DURATION"); property && !event.end) {
    event.duration = read_duration(property->value);
    if (!event.duration)
      problems.push_back(
          at_line(property->line, "the value cannot be read: DURATION:" +
                                      std::string(gcal::base::beginning(property->value, 60))));
    if (event.duration && event.duration->negative()) {
      problems.push_back(event_problem(event, "left out, its DURATION is negative"));
      return std::nullopt;
    }
  }
  return event;
}

bool replaces(const IcsEvent& a, const IcsEvent& b) {
  if (a.sequence != b.sequence) return a.sequence > b.sequence;
  if (a.stamped != b.stamped) return a.stamped > b.stamped;
  return a.modified >= b.modified;
}

Json members_of(const IcsEvent& event, bool whole) {
  const IcsComponent& written = *event.written;
  Json body = Json::object();
  const auto set = [&](const char* name, Json value) {
    if (!value.is_null() || whole) body.set(name, std::move(value));
  };
  for (const auto& [name, property] : {std::pair{"summary", "SUMMARY"},
                                       {"description", "DESCRIPTION"},
                                       {"location", "LOCATION"}}) {
    std::string text = text_of(written, property);
    set(name, text.empty() ? Json() : Json(std::move(text)));
  }
  const std::string status = word_of(written, "STATUS");
  body.set("status", event.cancelled         ? "cancelled"
                     : status == "TENTATIVE" ? "tentative"
                                             : "confirmed");
  set("transparency", word_of(written, "TRANSP") == "TRANSPARENT" ? Json("transparent") : Json());
  const std::string classified = word_of(written, "CLASS");
  set("visibility", classified == "PRIVATE"        ? Json("private")
                    : classified == "CONFIDENTIAL" ? Json("confidential")
                                                   : Json());
  Json attendees = attendees_of(written);
  set("attendees", attendees.items().empty() ? Json() : std::move(attendees));
  if (Json organizer = organizer_of(written); !organizer.is_null())
    body.set("organizer", std::move(organizer));
  body.set("reminders", reminders_of(written));
  return body;
}

std::string event_problem(const IcsEvent& event, const std::string& why) {
  return at_line(
      event.line(),
      "event " +
          (event.uid.empty() ? "without UID" : std::string(gcal::base::beginning(event.uid, 80))) +
          ": " + why);
}

std::string event_id_of(const IcsEvent& event) {
  const std::string& uid = event.uid;
  if (uid.ends_with("@google.com") && valid_id(uid.substr(0, uid.size() - 11)))
    return uid.substr(0, uid.size() - 11);
  if (!uid.empty()) return "_" + gcal::base::to_base32hex(gcal::base::as_bytes(uid));
  std::string text;
  for (const IcsProperty& property : event.written->properties)
    text += property.name + ":" + property.value + "\n";
  const auto digest = gcal::base::sha256(gcal::base::as_bytes(text));
  return gcal::base::to_base32hex({digest.data(), 16});
}

}  // namespace emulator
