#include "src/emulator/model/event_time.hpp"

#include "src/common/base/utf8.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/common/icalendar/zone.hpp"

namespace emulator {
namespace ical = gcal::icalendar;

bool known_zone(std::string_view name) {
  return ical::is_zone(name);
}

Outcome<EventTime> parse_event_time(const Json& value, std::string_view which,
                                    const std::string& calendar_zone) {
  const std::string name(which);
  if (!value.is_object()) return bad_request("required", "Missing " + name + " time.");
  const Json& date = value["date"];
  const Json& date_time = value["dateTime"];
  if (date.is_null() == date_time.is_null()) {
    if (date.is_null()) return bad_request("required", "Missing " + name + " time.");
    return bad_request("invalid", "Invalid " + name + " time.");
  }
  EventTime time;
  if (!value["timeZone"].is_null()) {
    time.zone = value.string("timeZone");
    if (!known_zone(time.zone))
      return bad_request("invalid", "Invalid time zone definition for " + name + " time.");
  }
  if (!date.is_null()) {
    if (!ical::parse_date(date.as_string()))
      return bad_request("invalid", "Invalid " + name + " time.");
    time.all_day = true;
    time.date = date.as_string();
    time.at = midnight(time.date, calendar_zone);
    time.zone.clear();
    return time;
  }
  const std::string& text = date_time.as_string();
  if (auto instant = ical::parse_rfc3339(text)) {
    time.at = *instant;
  } else if (auto local = ical::parse_local(text, time.zone.empty() ? "UTC" : time.zone)) {
    if (time.zone.empty())
      return bad_request("required", "Missing time zone definition for " + name + " time.");
    time.at = *local;
  } else {
    return bad_request("invalid", "Invalid value for: Invalid format: \"" +
                                      std::string(gcal::base::beginning(text, 64)) + "\"");
  }
  return time;
}

Json event_time_json(const EventTime& time, const std::string& answer_zone,
                     const std::string& calendar_zone) {
  Json out = Json::object();
  if (time.all_day) {
    out.set("date", time.date);
    return out;
  }
  out.set("dateTime", ical::format_rfc3339(time.at, answer_zone));
  out.set("timeZone", time.zone.empty() ? calendar_zone : time.zone);
  return out;
}

Json event_time_json(const EventTime& time, const std::string& calendar_zone) {
  return event_time_json(time, time.zone.empty() ? calendar_zone : time.zone, calendar_zone);
}

std::string instance_suffix(const EventTime& original) {
  return ical::basic_format(original.all_day ? original.date
                                             : ical::format_rfc3339(original.at, "UTC"));
}

std::string timestamp(std::int64_t milliseconds) {
  const std::int64_t whole = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000;
  std::string text = ical::format_rfc3339(SysSeconds{std::chrono::seconds{whole}}, "UTC");
  const std::string fraction = std::to_string(1'000 + milliseconds - whole * 1'000);  // "1043"
  text.replace(text.size() - 1, 1, fraction);
  text[text.size() - fraction.size()] = '.';
  return text += 'Z';
}

std::string date_text(std::int64_t days_since_epoch) {
  return ical::format_date(ical::Date{std::chrono::sys_days{std::chrono::days{days_since_epoch}}});
}

SysSeconds midnight(const std::string& date, const std::string& zone) {
  auto at = ical::parse_local(date + "T00:00:00", zone);
  if (!at) at = ical::parse_local(date + "T00:00:00", "UTC");
  return at ? *at : SysSeconds{};
}

std::int64_t days_of(const std::string& date) {
  auto parsed = ical::parse_date(date);
  return parsed ? std::chrono::sys_days{*parsed}.time_since_epoch().count() : 0;
}

}  // namespace emulator
