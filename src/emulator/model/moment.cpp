#include "src/emulator/model/moment.hpp"

#include "src/common/base/utf8.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/common/icalendar/zone.hpp"

namespace emulator {
namespace ical = gcal::icalendar;

bool known_zone(std::string_view name) {
  return ical::is_zone(name);
}

Outcome<Moment> read_moment(const Json& value, std::string_view which,
                            const std::string& calendar_zone) {
  const std::string name(which);
  if (!value.is_object()) return bad("required", "Missing " + name + " time.");
  const Json& date = value["date"];
  const Json& time = value["dateTime"];
  if (date.is_null() == time.is_null()) {
    if (date.is_null()) return bad("required", "Missing " + name + " time.");
    return bad("invalid", "Invalid " + name + " time.");
  }
  Moment moment;
  if (!value["timeZone"].is_null()) {
    moment.zone = value.string("timeZone");
    if (!known_zone(moment.zone))
      return bad("invalid", "Invalid time zone definition for " + name + " time.");
  }
  if (!date.is_null()) {
    if (!ical::parse_date(date.as_string())) return bad("invalid", "Invalid " + name + " time.");
    moment.all_day = true;
    moment.date = date.as_string();
    moment.at = midnight(moment.date, calendar_zone);
    moment.zone.clear();
    return moment;
  }
  const std::string& text = time.as_string();
  if (auto instant = ical::parse_rfc3339(text)) {
    moment.at = *instant;
  } else if (auto local = ical::parse_local(text, moment.zone.empty() ? "UTC" : moment.zone)) {
    if (moment.zone.empty())
      return bad("required", "Missing time zone definition for " + name + " time.");
    moment.at = *local;
  } else {
    return bad("invalid", "Invalid value for: Invalid format: \"" +
                              std::string(gcal::base::beginning(text, 64)) + "\"");
  }
  return moment;
}

Json write_moment(const Moment& moment, const std::string& answer_zone,
                  const std::string& calendar_zone) {
  Json out = Json::object();
  if (moment.all_day) {
    out.set("date", moment.date);
    return out;
  }
  out.set("dateTime", ical::format_rfc3339(moment.at, answer_zone));
  out.set("timeZone", moment.zone.empty() ? calendar_zone : moment.zone);
  return out;
}

std::string instance_suffix(const Moment& original) {
  return ical::basic_format(original.all_day ? original.date
                                             : ical::format_rfc3339(original.at, "UTC"));
}

std::string timestamp(std::int64_t milliseconds) {
  const std::int64_t whole = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000;
  std::string text = ical::format_rfc3339(Seconds{std::chrono::seconds{whole}}, "UTC");
  const std::string fraction = std::to_string(1'000 + milliseconds - whole * 1'000);  // "1043"
  text.replace(text.size() - 1, 1, fraction);
  text[text.size() - fraction.size()] = '.';
  return text += 'Z';
}

std::string date_text(std::int64_t days_since_epoch) {
  return ical::format_date(ical::Date{std::chrono::sys_days{std::chrono::days{days_since_epoch}}});
}

Seconds midnight(const std::string& date, const std::string& zone) {
  auto at = ical::parse_local(date + "T00:00:00", zone);
  if (!at) at = ical::parse_local(date + "T00:00:00", "UTC");
  return at ? *at : Seconds{};
}

std::int64_t days_of(const std::string& date) {
  auto parsed = ical::parse_date(date);
  return parsed ? std::chrono::sys_days{*parsed}.time_since_epoch().count() : 0;
}

}  // namespace emulator
