#include "src/hosting/services/event_shape.hpp"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

namespace hosting {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::base::Json;

namespace {

constexpr std::size_t kMaxItems = 10'000, kMaxAddress = 1024, kMaxColor = 32;

Error invalid(std::string_view member, std::string_view message) {
  return {Code::invalid, std::string(member) + ": " + std::string(message), {}};
}

// What `checked` says is said of a member.
Result<> within(std::string_view member, const Result<>& checked) {
  if (checked) return {};
  return invalid(member, checked.error().message);
}

Result<> check_texts(const Json& object, std::initializer_list<const char*> names) {
  for (const char* const name : names)
    if (const Json* member = object.find(name); member && !member->is_string())
      return invalid(name, "a text is expected");
  return {};
}

Result<> check_flags(const Json& object, std::initializer_list<const char*> names) {
  for (const char* const name : names)
    if (const Json* member = object.find(name); member && !member->is_bool())
      return invalid(name, "true or false is expected");
  return {};
}

Result<> check_choice(const Json& object, const char* name,
                      std::initializer_list<std::string_view> values) {
  const Json* const member = object.find(name);
  if (!member) return {};
  if (!member->is_string() || std::ranges::find(values, member->as_string()) == values.end())
    return invalid(name, "an unknown value");
  return {};
}

// A list of at most 10,000 entries, if it is there; each is checked by `check`.
Result<> check_list(const Json& object, const char* name,
                    const std::function<Result<>(const Json&)>& check) {
  const Json* const list = object.find(name);
  if (!list) return {};
  if (!list->is_array()) return invalid(name, "a list is expected");
  if (list->items().size() > kMaxItems) return invalid(name, "at most 10000");
  for (const Json& item : list->items()) TRY_VOID(within(name, check(item)));
  return {};
}

// {"date": ...} or {"date_time": ..., "time_zone": ...}.
Result<> check_time(const Json& object, const char* name) {
  const Json& time = object[name];
  if (!time.is_object()) return invalid(name, "an object with date or date_time is expected");
  const bool day = time.contains("date"), instant = time.contains("date_time");
  if (day == instant) return invalid(name, "either date or date_time is expected");
  TRY_VOID(within(name, check_texts(time, {"date", "date_time", "time_zone"})));
  if (const Json* zone = time.find("time_zone"); zone && zone->as_string().empty())
    return invalid(name, "time_zone: a name is expected");
  return {};
}

Result<> check_guest(const Json& guest) {
  if (!guest.is_object() || !guest["email"].is_string())
    return Error{Code::invalid, "each needs an email", {}};
  if (guest["email"].as_string().size() > kMaxAddress)
    return Error{Code::invalid, "an email has at most 1024 bytes", {}};
  TRY_VOID(check_texts(guest, {"name", "comment"}));
  TRY_VOID(check_flags(guest, {"optional", "resource", "organizer", "self"}));
  return check_choice(guest, "partstat", {"needs_action", "accepted", "declined", "tentative"});
}

Result<> check_reminder(const Json& reminder) {
  const bool fits = reminder.is_object() && reminder["method"].is_string() &&
                    reminder["minutes"].is_integer() && reminder["minutes"].as_integer() >= 0;
  if (!fits) return Error{Code::invalid, "each has a method and minutes, from 0 on", {}};
  return {};
}

// What the series and its changed occurrences have alike.
Result<> check_fields(const Json& event) {
  if (!event.is_object()) return Error{Code::invalid, "an event is a JSON object", {}};
  TRY_VOID(check_time(event, "start"));
  TRY_VOID(check_time(event, "end"));
  if (event["start"].contains("date") != event["end"].contains("date"))
    return invalid("end", "start and end must both be days or both be times");
  TRY_VOID(check_texts(event, {"summary", "description", "location", "color"}));
  if (event.string("color").size() > kMaxColor) return invalid("color", "at most 32 bytes");
  TRY_VOID(check_choice(event, "status", {"confirmed", "tentative"}));
  TRY_VOID(check_choice(event, "transparency", {"opaque", "transparent"}));
  TRY_VOID(check_choice(event, "visibility", {"default", "public", "private", "confidential"}));
  TRY_VOID(check_list(event, "attendees", check_guest));
  return check_list(event, "reminders", check_reminder);
}

Result<> check_line(const Json& line) {
  if (!line.is_string() || line.as_string().empty())
    return Error{Code::invalid, "lines of text are expected", {}};
  return {};
}

Result<> check_occurrence(const Json& occurrence) {
  if (!occurrence.is_object()) return Error{Code::invalid, "each is a JSON object", {}};
  TRY_VOID(check_time(occurrence, "original_start"));
  if (const Json* cancelled = occurrence.find("cancelled"))
    if (!cancelled->is_bool()) return invalid("cancelled", "true or false is expected");
  if (occurrence["cancelled"].as_bool()) return {};
  return check_fields(occurrence["event"]);
}

// Each names another date.
Result<> check_dates(const Json& event) {
  std::set<std::string> dates;
  for (const Json& occurrence : event["occurrences"].items()) {
    const Json& start = occurrence["original_start"];
    const std::string& day = start.string("date");
    if (!dates.insert(day.empty() ? start.string("date_time") : day).second)
      return invalid("occurrences", "two are of one original_start");
  }
  return {};
}

Result<> check_facts(const Json& event) {
  const Json* const facts = event.find("facts");
  if (!facts) return {};
  if (!facts->is_object()) return invalid("facts", "an object is expected");
  TRY_VOID(within("facts", check_texts(*facts, {"ical_uid", "organizer_email", "organizer_name",
                                                "creator_email", "creator_name", "html_link",
                                                "conference_uri", "link_mark"})));
  TRY_VOID(within("facts", check_flags(*facts, {"organized_by_self", "guests_can_modify", "locked",
                                                "guests_see_guests"})));
  if (const Json* sequence = facts->find("sequence"); sequence && !sequence->is_integer())
    return invalid("facts", "sequence: a whole number is expected");
  return within("facts", check_choice(*facts, "type",
                                      {"default", "from_gmail", "focus_time", "out_of_office",
                                       "working_location", "birthday", "unknown"}));
}

}  // namespace

Result<> check_event(const Json& event) {
  TRY_VOID(check_fields(event));
  TRY_VOID(check_list(event, "recurrence", check_line));
  TRY_VOID(check_list(event, "occurrences", check_occurrence));
  TRY_VOID(check_dates(event));
  return check_facts(event);
}

}  // namespace hosting
