#include "src/common/icalendar/rfc3339.hpp"

#include <algorithm>
#include <optional>

#include "src/common/icalendar/zone.hpp"

namespace gcal::icalendar {
namespace {

using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

Error invalid(std::string message) {
  return Error{Code::invalid, std::move(message), {}};
}

// Exactly `digits` digits at `at`; -1 otherwise.
int number(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// Is the letter at that position? False beyond the end.
bool is_at(std::string_view text, std::size_t at, char c) {
  return at < text.size() && text[at] == c;
}

// "2025-03-24T07:30:00" at the front of `text`; the rest (fraction, offset) is left in it.
Result<local_seconds> take_local(std::string_view& text) {
  TRY(const Date date, parse_date(text.substr(0, 10)));
  const int hour = number(text, 11, 2);
  const int minute = number(text, 14, 2);
  const int second = number(text, 17, 2);
  if (!(is_at(text, 10, 'T') || is_at(text, 10, 't')) || !is_at(text, 13, ':') ||
      !is_at(text, 16, ':') || hour < 0 || minute < 0 || second < 0)
    return invalid("a time is written like 2025-03-24T07:30:00");
  if (hour > 23 || minute > 59 || second > 60)
    return invalid("a time has at most 23 hours, 59 minutes and 60 seconds");
  text.remove_prefix(19);
  if (is_at(text, 0, '.')) {
    std::size_t end = 1;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end == 1) return invalid("a fraction of a second has digits");
    text.remove_prefix(end);
  }
  return local_days{date} + std::chrono::hours{hour} + minutes{minute} +
         seconds{std::min(second, 59)};
}

// Every event has several times, so their digits are appended in place, without temporary texts.
void add_two(std::string& out, long value) {
  (out += static_cast<char>('0' + value / 10 % 10)) += static_cast<char>('0' + value % 10);
}

// "2025-03-24T07:30:00"
std::string write_local(local_seconds local) {
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::hh_mm_ss time{local - day};
  std::string text;
  text.reserve(sizeof "2025-03-24T12:00:00+01:00");
  text += format_date(Date{day});
  text += 'T';
  add_two(text, time.hours().count());
  text += ':';
  add_two(text, time.minutes().count());
  text += ':';
  add_two(text, time.seconds().count());
  return text;
}

// The offset to write an instant with. Offsets have whole minutes, also where the clocks of the
// zone did not; a wall clock beside the years 1 to 9999 gets the offset that brings it back.
minutes written_offset(sys_seconds instant, seconds offset) {
  constexpr auto kFirst = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
  constexpr auto kBehind = std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1};
  constexpr minutes kLargest{24 * 60 - 1};
  if (instant + offset < kFirst) return kLargest;
  if (instant + offset >= kBehind) return -kLargest;
  return std::chrono::duration_cast<minutes>(offset);
}

}  // namespace

Result<Date> parse_date(std::string_view text) {
  const int year = number(text, 0, 4);
  const int month = number(text, 5, 2);
  const int day = number(text, 8, 2);
  const Date date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                  std::chrono::day{static_cast<unsigned>(day)}};
  if (text.size() != 10 || year < 1 || month < 1 || day < 1 || text[4] != '-' || text[7] != '-' ||
      !date.ok())
    return invalid("a date is written like 2025-03-24");
  return date;
}

std::string format_date(Date date) {
  const int year = static_cast<int>(date.year());
  std::string text;
  if (year < 0 || year > 9'999) {
    text = std::to_string(year);
  } else {
    add_two(text, year / 100);
    add_two(text, year % 100);
  }
  text += '-';
  add_two(text, static_cast<unsigned>(date.month()));
  text += '-';
  add_two(text, static_cast<unsigned>(date.day()));
  return text;
}

Result<sys_seconds> parse_rfc3339(std::string_view text) {
  TRY(const local_seconds local, take_local(text));
  const sys_seconds wall{local.time_since_epoch()};
  if (text == "Z" || text == "z") return wall;
  const int hours = number(text, 1, 2);
  const int mins = number(text, 4, 2);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || hours < 0 ||
      mins < 0)
    return invalid("a time ends with Z or an offset such as +01:00");
  if (hours > 23 || mins > 59) return invalid("an offset is less than a day");
  const minutes offset = std::chrono::hours{hours} + minutes{mins};
  return text[0] == '+' ? wall - offset : wall + offset;
}

std::string format_rfc3339(sys_seconds instant, std::string_view zone) {
  const std::optional<Zone> found = zone == "UTC" ? std::nullopt : Zone::find(zone);
  const seconds ahead = found ? found->offset(instant) : seconds{0};
  const minutes offset = written_offset(instant, ahead);
  std::string text = write_local(local_seconds{(instant + offset).time_since_epoch()});
  if (!found && offset == minutes{0}) return text + "Z";
  const auto absolute = std::chrono::abs(offset).count();
  text += offset < minutes{0} ? '-' : '+';
  add_two(text, absolute / 60);
  text += ':';
  add_two(text, absolute % 60);
  return text;
}

Result<sys_seconds> parse_local(std::string_view text, std::string_view zone) {
  TRY(const local_seconds local, take_local(text));
  if (!text.empty()) return invalid("a local time has no offset");
  return to_instant(local, zone);
}

}  // namespace gcal::icalendar
