#include "src/engine/calendar/time_zone.hpp"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace gcal::calendar {
namespace {

using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
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
  if (hour > 23 || minute > 59 || second > 59)
    return invalid("a time has at most 23 hours, 59 minutes and 59 seconds");
  text.remove_prefix(19);
  if (is_at(text, 0, '.')) {
    std::size_t end = 1;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end == 1) return invalid("a fraction of a second has digits");
    text.remove_prefix(end);
  }
  return local_days{date} + std::chrono::hours{hour} + minutes{minute} + seconds{second};
}

const date::time_zone* find_zone(std::string_view name) {
  try {
    return date::locate_zone(std::string(name));
  } catch (const std::exception&) {
    return nullptr;  // the library's word for: no such zone
  }
}

date::local_seconds to_date(local_seconds local) {
  return date::local_seconds{local.time_since_epoch()};
}

// CLDR's windowsZones for territory 001: what Outlook and Exchange write.
constexpr std::array<std::pair<std::string_view, std::string_view>, 76> kWindowsZones{{
    {"AUS Central Standard Time", "Australia/Darwin"},
    {"AUS Eastern Standard Time", "Australia/Sydney"},
    {"Afghanistan Standard Time", "Asia/Kabul"},
    {"Alaskan Standard Time", "America/Anchorage"},
    {"Arab Standard Time", "Asia/Riyadh"},
    {"Arabian Standard Time", "Asia/Dubai"},
    {"Arabic Standard Time", "Asia/Baghdad"},
    {"Argentina Standard Time", "America/Buenos_Aires"},
    {"Atlantic Standard Time", "America/Halifax"},
    {"Azerbaijan Standard Time", "Asia/Baku"},
    {"Azores Standard Time", "Atlantic/Azores"},
    {"Bangladesh Standard Time", "Asia/Dhaka"},
    {"Belarus Standard Time", "Europe/Minsk"},
    {"Canada Central Standard Time", "America/Regina"},
    {"Caucasus Standard Time", "Asia/Yerevan"},
    {"Cen. Australia Standard Time", "Australia/Adelaide"},
    {"Central America Standard Time", "America/Guatemala"},
    {"Central Asia Standard Time", "Asia/Almaty"},
    {"Central Brazilian Standard Time", "America/Cuiaba"},
    {"Central Europe Standard Time", "Europe/Budapest"},
    {"Central European Standard Time", "Europe/Warsaw"},
    {"Central Pacific Standard Time", "Pacific/Guadalcanal"},
    {"Central Standard Time", "America/Chicago"},
    {"Central Standard Time (Mexico)", "America/Mexico_City"},
    {"China Standard Time", "Asia/Shanghai"},
    {"E. Africa Standard Time", "Africa/Nairobi"},
    {"E. Australia Standard Time", "Australia/Brisbane"},
    {"E. Europe Standard Time", "Europe/Chisinau"},
    {"E. South America Standard Time", "America/Sao_Paulo"},
    {"Eastern Standard Time", "America/New_York"},
    {"Egypt Standard Time", "Africa/Cairo"},
    {"Ekaterinburg Standard Time", "Asia/Yekaterinburg"},
    {"FLE Standard Time", "Europe/Kiev"},
    {"Fiji Standard Time", "Pacific/Fiji"},
    {"GMT Standard Time", "Europe/London"},
    {"GTB Standard Time", "Europe/Bucharest"},
    {"Georgian Standard Time", "Asia/Tbilisi"},
    {"Greenland Standard Time", "America/Godthab"},
    {"Greenwich Standard Time", "Atlantic/Reykjavik"},
    {"Hawaiian Standard Time", "Pacific/Honolulu"},
    {"India Standard Time", "Asia/Kolkata"},
    {"Iran Standard Time", "Asia/Tehran"},
    {"Israel Standard Time", "Asia/Jerusalem"},
    {"Jordan Standard Time", "Asia/Amman"},
    {"Korea Standard Time", "Asia/Seoul"},
    {"Mauritius Standard Time", "Indian/Mauritius"},
    {"Middle East Standard Time", "Asia/Beirut"},
    {"Montevideo Standard Time", "America/Montevideo"},
    {"Morocco Standard Time", "Africa/Casablanca"},
    {"Mountain Standard Time", "America/Denver"},
    {"Myanmar Standard Time", "Asia/Rangoon"},
    {"N. Central Asia Standard Time", "Asia/Novosibirsk"},
    {"Nepal Standard Time", "Asia/Katmandu"},
    {"New Zealand Standard Time", "Pacific/Auckland"},
    {"Newfoundland Standard Time", "America/St_Johns"},
    {"North Asia Standard Time", "Asia/Krasnoyarsk"},
    {"Pacific SA Standard Time", "America/Santiago"},
    {"Pacific Standard Time", "America/Los_Angeles"},
    {"Pakistan Standard Time", "Asia/Karachi"},
    {"Romance Standard Time", "Europe/Paris"},
    {"Russian Standard Time", "Europe/Moscow"},
    {"SA Eastern Standard Time", "America/Cayenne"},
    {"SA Pacific Standard Time", "America/Bogota"},
    {"SA Western Standard Time", "America/La_Paz"},
    {"SE Asia Standard Time", "Asia/Bangkok"},
    {"Singapore Standard Time", "Asia/Singapore"},
    {"South Africa Standard Time", "Africa/Johannesburg"},
    {"Sri Lanka Standard Time", "Asia/Colombo"},
    {"Taipei Standard Time", "Asia/Taipei"},
    {"Tokyo Standard Time", "Asia/Tokyo"},
    {"Turkey Standard Time", "Europe/Istanbul"},
    {"US Eastern Standard Time", "America/Indianapolis"},
    {"US Mountain Standard Time", "America/Phoenix"},
    {"UTC", "UTC"},
    {"W. Central Africa Standard Time", "Africa/Lagos"},
    {"W. Europe Standard Time", "Europe/Berlin"},
}};

// Times stand in every event: digits are written in place, not put together from texts.
void add_two(std::string& out, long value) {
  (out += static_cast<char>('0' + value / 10 % 10)) += static_cast<char>('0' + value % 10);
}

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
  if (hours > 14 || mins > 59) return invalid("an offset is at most 14 hours");
  const minutes offset = std::chrono::hours{hours} + minutes{mins};
  return text[0] == '+' ? wall - offset : wall + offset;
}

std::string format_rfc3339(sys_seconds instant, std::string_view zone) {
  const date::time_zone* found = zone == "UTC" ? nullptr : find_zone(zone);
  if (!found) return write_local(local_seconds{instant.time_since_epoch()}) + "Z";
  const seconds offset = found->get_info(instant).offset;
  const auto absolute = std::chrono::duration_cast<minutes>(std::chrono::abs(offset)).count();
  std::string text = write_local(local_seconds{(instant + offset).time_since_epoch()});
  text += offset < seconds{0} ? '-' : '+';
  add_two(text, absolute / 60);
  text += ':';
  add_two(text, absolute % 60);
  return text;
}

Result<sys_seconds> parse_local(std::string_view text, std::string_view zone) {
  TRY(const local_seconds local, take_local(text));
  if (!text.empty()) return invalid("a local time has no offset");
  const date::time_zone* found = find_zone(zone);
  if (!found) return invalid("an unknown time zone: " + std::string(zone.substr(0, 64)));
  const date::local_info info = found->get_info(to_date(local));
  // In a gap the wall clock was put forward while this time passed; the offset before the gap moves
  // it past its end.
  return sys_seconds{local.time_since_epoch() - info.first.offset};
}

Result<local_seconds> to_local(sys_seconds instant, std::string_view zone) {
  const date::time_zone* found = find_zone(zone);
  if (!found) return invalid("an unknown time zone: " + std::string(zone.substr(0, 64)));
  return local_seconds{(instant + found->get_info(instant).offset).time_since_epoch()};
}

Result<std::string> iana_zone(std::string_view name) {
  if (name.empty() || name.size() > 64)
    return invalid("a time zone has a name of at most 64 characters");
  const auto windows =
      std::ranges::find(kWindowsZones, name, &std::pair<std::string_view, std::string_view>::first);
  if (windows != kWindowsZones.end()) return std::string(windows->second);
  if (name.find_first_not_of(
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-") !=
          std::string_view::npos ||
      !find_zone(name))
    return invalid("an unknown time zone: " + std::string(name));
  return std::string(name);
}

}  // namespace gcal::calendar
