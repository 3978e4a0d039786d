#include "src/emulator/load/ics_time.hpp"

#include "src/common/icalendar/recurrence_text.hpp"

namespace emulator {
namespace ical = gcal::icalendar;
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr std::int64_t kLongest = 400 * 366;  // days of a duration

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<IcsTime> read_time(std::string_view text, const IcsProperty& property,
                                 std::vector<std::string>& problems) {
  std::string value(trimmed(text));
  const bool midnight = value.size() >= 15 && value.compare(9, 6, "240000") == 0;
  if (midnight) value.replace(9, 6, "000000");
  const auto read = ical::parse_date_or_time(value);
  if (!read) return std::nullopt;
  IcsTime time{read->is_date, read->is_utc, read->wall, ""};
  if (midnight) {
    time.wall += days{1};
    problems.push_back(at_line(property.line, property.name + ": 24:00 is no time (RFC 5545 " +
                                                  "section 3.3.12), read as the next midnight"));
  }
  // VALUE=DATE with a time: the writer says that the day counts.
  if (property.parameter("VALUE") == "DATE" && !time.is_date) {
    time.is_date = true;
    time.is_utc = false;
    time.wall = std::chrono::floor<days>(time.wall);
  }
  if (!time.is_date && !time.is_utc) time.zone = property.parameter("TZID");
  return time;
}

std::optional<IcsDuration> read_duration(std::string_view text) {
  text = trimmed(text);
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  if (!text.starts_with('P') && !text.starts_with('p')) return std::nullopt;
  text.remove_prefix(1);
  IcsDuration out;
  bool in_time = false, any = false;
  std::int64_t number = -1;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      number = (number < 0 ? 0 : number) * 10 + (c - '0');
      if (number > 1'000'000'000) return std::nullopt;
      continue;
    }
    if ((c == 'T' || c == 't') && !in_time && number < 0) {
      in_time = true;
      continue;
    }
    if (number < 0) return std::nullopt;
    if (!in_time && (c == 'W' || c == 'w'))
      out.days += days{7 * number};
    else if (!in_time && (c == 'D' || c == 'd'))
      out.days += days{number};
    else if (in_time && (c == 'H' || c == 'h'))
      out.seconds += std::chrono::hours{number};
    else if (in_time && (c == 'M' || c == 'm'))
      out.seconds += std::chrono::minutes{number};
    else if (in_time && (c == 'S' || c == 's'))
      out.seconds += seconds{number};
    else
      return std::nullopt;
    any = true;
    number = -1;
  }
  if (!any || number >= 0 || out.days.count() > kLongest || out.seconds > days{kLongest})
    return std::nullopt;
  if (minus) return IcsDuration{-out.days, -out.seconds};
  return out;
}

std::optional<IcsPeriod> read_period(std::string_view text, const IcsProperty& property,
                                     std::vector<std::string>& problems) {
  const std::size_t slash = text.find('/');
  const auto start = read_time(text.substr(0, slash), property, problems);
  if (!start || slash == std::string_view::npos) return std::nullopt;
  IcsPeriod period{*start, std::nullopt, std::nullopt};
  const std::string_view rest = text.substr(slash + 1);
  period.duration = read_duration(rest);
  if (!period.duration) period.end = read_time(rest, property, problems);
  if (!period.duration && !period.end) return std::nullopt;
  return period;
}

}  // namespace emulator
