#include "src/engine/google/time_json.hpp"

#include <utility>

#include "src/common/icalendar/rfc3339.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/common/icalendar/zone_names.hpp"

namespace gcal::google {
namespace {

using base::Json;
using calendar::Date;
using calendar::EventTime;
using calendar::ZonedTime;
using icalendar::Zone;
using std::chrono::days;
using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr const char* kUtc = "UTC";

Error invalid(std::string message) {
  return Error{Code::invalid, std::move(message), {}};
}

// The offset of a time that parse_rfc3339 has read as `instant`.
seconds offset_of(std::string_view text, sys_seconds instant) {
  const Result<sys_seconds> wall = icalendar::parse_local(text.substr(0, 19), kUtc);
  return wall ? *wall - instant : seconds{0};
}

std::string zone_by_offset(sys_seconds instant, seconds offset, const std::string& calendar_zone) {
  const std::optional<Zone> calendar = Zone::find(calendar_zone);
  if (calendar && calendar->offset(instant) == offset) return calendar_zone;
  if (auto fixed = icalendar::zone_of_offset(offset)) return *std::move(fixed);
  return calendar ? calendar_zone : kUtc;
}

// The end of an event whose given end is of the other kind than its start.
EventTime as_kind_of(const EventTime& start, const EventTime& end) {
  if (const Date* day = std::get_if<Date>(&end)) {
    const std::string& zone = std::get<ZonedTime>(start).zone;
    const local_seconds midnight = std::chrono::local_days{*day};
    const Result<sys_seconds> instant = icalendar::to_instant(midnight, zone);
    return ZonedTime{instant ? *instant : sys_seconds{midnight.time_since_epoch()}, zone};
  }
  const auto& [instant, zone] = std::get<ZonedTime>(end);
  const Result<local_seconds> local = icalendar::to_local(instant, zone);
  const local_seconds wall = local ? *local : local_seconds{instant.time_since_epoch()};
  return Date{std::chrono::ceil<days>(wall)};
}

}  // namespace

Result<EventTime> time_from_json(const Json& json, std::string_view key,
                                 const std::string& calendar_zone) {
  if (const std::string& date = json.string("date"); !date.empty()) {
    TRY(const Date day, icalendar::parse_date(date));
    return EventTime{day};
  }
  const std::string& text = json.string("dateTime");
  if (text.empty()) return invalid(std::string(key) + ": neither a date nor a time");
  const std::string& named = json.string("timeZone");
  Result<std::string> zone = icalendar::iana_zone(named.empty() ? calendar_zone : named);
  if (const Result<sys_seconds> instant = icalendar::parse_rfc3339(text))
    return EventTime{ZonedTime{
        *instant, zone ? *std::move(zone)
                       : zone_by_offset(*instant, offset_of(text, *instant), calendar_zone)}};
  if (!zone) zone = icalendar::is_zone(calendar_zone) ? calendar_zone : kUtc;
  const Result<sys_seconds> instant = icalendar::parse_local(text, *zone);
  if (!instant) return invalid(std::string(key) + ": " + instant.error().message);
  return EventTime{ZonedTime{*instant, *std::move(zone)}};
}

Result<TimeRange> range_from_json(const Json& item, const std::string& calendar_zone) {
  TRY(const EventTime start, time_from_json(item["start"], "start", calendar_zone));
  Result<EventTime> end = time_from_json(item["end"], "end", calendar_zone);
  TimeRange range{start, end ? *std::move(end) : start};
  if (is_all_day(range.end) != is_all_day(start)) range.end = as_kind_of(start, range.end);
  const Date* const first = std::get_if<Date>(&range.start);
  if (!first) {
    if (std::get<ZonedTime>(range.end).instant < std::get<ZonedTime>(start).instant)
      range.end = start;
    return range;
  }
  const std::chrono::sys_days day{*first};
  if (std::chrono::sys_days{std::get<Date>(range.end)} <= day) range.end = Date{day + days{1}};
  if (std::get<Date>(range.end).year() > std::chrono::year{9'999})
    return invalid("end: beyond the year 9999");
  return range;
}

Json time_json(const EventTime& time, bool other_kind_before) {
  if (const Date* date = std::get_if<Date>(&time)) {
    Json json = Json::object({{"date", icalendar::format_date(*date)}});
    if (other_kind_before) {
      json.set("dateTime", nullptr);
      json.set("timeZone", nullptr);
    }
    return json;
  }
  const ZonedTime& zoned = std::get<ZonedTime>(time);
  Json json = Json::object({{"dateTime", icalendar::format_rfc3339(zoned.instant, zoned.zone)},
                            {"timeZone", zoned.zone}});
  if (other_kind_before) json.set("date", nullptr);
  return json;
}

}  // namespace gcal::google
