#include "src/host/crm/recurrence_lines.hpp"

#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/zone.hpp"

namespace host {

namespace icalendar = gcal::icalendar;
using icalendar::DateOrTime;
using std::chrono::local_seconds;
using std::chrono::sys_seconds;

Result<std::vector<EventTime>> dates_of(const RecurrenceLine& line, const EventTime& start) {
  const std::string zone = line.zone_or(start.zone);
  std::vector<EventTime> dates;
  for (const std::string_view text : icalendar::split(line.value, ',')) {
    if (text.empty()) continue;
    const Result<DateOrTime> read = icalendar::parse_date_or_time(text);
    if (!read) continue;
    const DateOrTime& value = *read;
    const sys_seconds as_utc(value.wall.time_since_epoch());
    if (start.all_day) {
      dates.push_back({true, std::chrono::floor<std::chrono::days>(as_utc), ""});
    } else if (value.is_utc) {
      dates.push_back({false, as_utc, start.zone});
    } else {
      local_seconds local = value.wall;
      if (value.is_date) {  // a day in a series of times: the occurrence of that day
        TRY(const local_seconds first, icalendar::to_local(start.instant, start.zone));
        local += first - std::chrono::floor<std::chrono::days>(first);
      }
      TRY(const sys_seconds instant,
          icalendar::to_instant(local, value.is_date ? start.zone : zone));
      dates.push_back({false, instant, start.zone});
    }
  }
  return dates;
}

std::string basic_text(const EventTime& time) {
  return icalendar::basic_format(occurrence_key(time));
}

RecurrenceLine line_of_dates(std::string name, const std::vector<EventTime>& dates) {
  RecurrenceLine line{std::move(name), !dates.empty() && dates.front().all_day ? "VALUE=DATE" : "",
                      ""};
  for (const auto& date : dates) line.value += (line.value.empty() ? "" : ",") + basic_text(date);
  return line;
}

Result<local_seconds> until_of(std::string_view value, const EventTime& start) {
  TRY(const DateOrTime until, icalendar::parse_date_or_time(value));
  if (start.all_day) return local_seconds(std::chrono::floor<std::chrono::days>(until.wall));
  if (until.is_date) return until.wall + std::chrono::hours(24) - std::chrono::seconds(1);
  if (until.is_utc)
    return icalendar::to_local(sys_seconds(until.wall.time_since_epoch()), start.zone);
  return until.wall;
}

}  // namespace host
