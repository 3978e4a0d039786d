#include "tests/convergence/times.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace convergence {
namespace {

constexpr std::size_t kMostStarts = 500;

int number(std::string_view text, std::size_t at, std::size_t length) {
  return std::atoi(std::string(text.substr(at, length)).c_str());
}

Seconds last_sunday(int year, unsigned month) {
  using namespace std::chrono;
  const sys_days day{std::chrono::year{year} / std::chrono::month{month} / Sunday[last]};
  return day.time_since_epoch().count() * kDay;
}

std::chrono::year_month_day civil(Seconds at) {
  const Seconds days = at >= 0 ? at / kDay : -((-at + kDay - 1) / kDay);
  return std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{days}}};
}

// Summer time from the last Sunday of March to that of October, 01:00 UTC.
Seconds offset(Seconds utc) {
  const int year = static_cast<int>(civil(utc).year());
  const bool summer = utc >= last_sunday(year, 3) + 3'600 && utc < last_sunday(year, 10) + 3'600;
  return summer ? 7'200 : 3'600;
}

std::string part_of(const std::string& rule, const std::string& name) {
  const std::size_t at = rule.find(name + "=");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + name.size() + 1;
  return rule.substr(begin, rule.find(';', begin) - begin);
}

// Monday is 0.
Seconds weekday(Seconds day) {
  return (day / kDay + 3) % 7;
}

std::set<Seconds> weekdays_of(const std::string& rule, Seconds first_day) {
  static const std::string kNames = "MOTUWETHFRSASU";
  std::set<Seconds> days;
  const std::string by_day = part_of(rule, "BYDAY");
  for (std::size_t at = 0; at + 1 < by_day.size(); at += 3)
    days.insert(static_cast<Seconds>(kNames.find(by_day.substr(at, 2)) / 2));
  if (days.empty()) days.insert(weekday(first_day));
  return days;
}

// The wall clock times that the rule generates from `first` on.
void add_rule(const std::string& rule, Seconds first, bool all_day, std::set<Seconds>& starts) {
  const Seconds first_day = first / kDay * kDay;
  const Seconds time = first - first_day;
  const std::string count_text = part_of(rule, "COUNT");
  const std::string until_text = part_of(rule, "UNTIL");
  const std::string interval_text = part_of(rule, "INTERVAL");
  const Seconds interval = interval_text.empty() ? 1 : std::atoi(interval_text.c_str());
  std::size_t left =
      count_text.empty() ? kMostStarts : std::strtoul(count_text.c_str(), nullptr, 10);
  const auto ended = [&](Seconds wall_clock) {
    return !until_text.empty() &&
           (all_day ? wall_clock : to_utc(wall_clock)) > parse_basic(until_text);
  };
  if (part_of(rule, "RRULE:FREQ") == "DAILY") {
    for (Seconds day = first_day; left > 0 && !ended(day + time); day += interval * kDay, --left)
      starts.insert(day + time);
    return;
  }
  const std::set<Seconds> days = weekdays_of(rule, first_day);
  for (Seconds week = first_day - weekday(first_day) * kDay; left > 0; week += 7 * interval * kDay)
    for (const Seconds day : days) {
      const Seconds at = week + day * kDay + time;
      if (at < first) continue;
      if (left == 0 || ended(at)) return;
      starts.insert(at);
      --left;
    }
}

}  // namespace

Seconds day_of(int year, unsigned month, unsigned day) {
  const std::chrono::sys_days days{std::chrono::year{year} / std::chrono::month{month} /
                                   std::chrono::day{day}};
  return days.time_since_epoch().count() * kDay;
}

Seconds to_wall_clock(Seconds utc) {
  return utc + offset(utc);
}

Seconds to_utc(Seconds wall_clock) {
  return wall_clock - (offset(wall_clock - 7'200) == 7'200 ? 7'200 : 3'600);
}

Seconds parse_rfc3339(std::string_view text) {
  Seconds at = day_of(number(text, 0, 4), static_cast<unsigned>(number(text, 5, 2)),
                      static_cast<unsigned>(number(text, 8, 2)));
  if (text.size() < 19) return at;
  at += number(text, 11, 2) * 3'600 + number(text, 14, 2) * 60 + number(text, 17, 2);
  const std::size_t zone = text.find_first_of("Z+-", 19);
  if (zone == std::string_view::npos || text[zone] == 'Z') return at;
  const Seconds shift = number(text, zone + 1, 2) * 3'600 + number(text, zone + 4, 2) * 60;
  return text[zone] == '+' ? at - shift : at + shift;
}

Seconds parse_basic(std::string_view text) {
  Seconds at = day_of(number(text, 0, 4), static_cast<unsigned>(number(text, 4, 2)),
                      static_cast<unsigned>(number(text, 6, 2)));
  if (text.size() >= 15)
    at += number(text, 9, 2) * 3'600 + number(text, 11, 2) * 60 + number(text, 13, 2);
  return at;
}

Moment moment_of(std::string_view event_time) {
  const std::size_t date = event_time.find("\"date\":\"");
  if (date != std::string_view::npos) return {true, parse_rfc3339(event_time.substr(date + 8, 10))};
  const std::size_t at = event_time.find("\"dateTime\":\"");
  if (at == std::string_view::npos) return {};
  const std::string_view text = event_time.substr(at + 12);
  return {false, parse_rfc3339(text.substr(0, text.find('"')))};
}

std::string date_text(Seconds at) {
  const auto day = civil(at);
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text;
}

std::string date_time_text(Seconds at) {
  const auto time = static_cast<int>(((at % kDay) + kDay) % kDay);
  char text[16];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d", time / 3'600, time / 60 % 60, time % 60);
  return date_text(at) + text;
}

std::string basic_text(const Moment& at) {
  std::string text = at.all_day ? date_text(at.at) : date_time_text(at.at) + "Z";
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::set<Seconds> expand(const std::vector<std::string>& lines, const Moment& start,
                         bool keeps_start) {
  const Seconds first = start.all_day ? start.at : to_wall_clock(start.at);
  std::set<Seconds> wall_clock;
  for (const std::string& line : lines)
    if (line.starts_with("RRULE")) add_rule(line, first, start.all_day, wall_clock);
  std::set<Seconds> starts;
  for (const Seconds at : wall_clock) starts.insert(start.all_day ? at : to_utc(at));
  for (const std::string& line : lines)
    if (line.starts_with("RDATE"))
      starts.insert(parse_basic(std::string_view(line).substr(line.find(':') + 1)));
  // RFC 5545 section 3.8.5.1: the set is made by "gathering all of the start DATE-TIME values
  // generated by any of the specified RRULE and RDATE properties, and then excluding any start
  // DATE-TIME values specified by EXDATE properties". A start that an RDATE gives is not outside.
  const bool outside = starts.insert(start.at).second;
  for (const std::string& line : lines)
    if (line.starts_with("EXDATE"))
      starts.erase(parse_basic(std::string_view(line).substr(line.find(':') + 1)));
  if (outside && keeps_start) starts.insert(start.at);
  return starts;
}

std::string without_end(const std::string& rule) {
  std::string out;
  for (std::size_t at = 0; at < rule.size();) {
    const std::size_t end = std::min(rule.find(';', at), rule.size());
    const std::string part = rule.substr(at, end - at);
    if (!part.starts_with("UNTIL=") && !part.starts_with("COUNT="))
      out += (out.empty() ? "" : ";") + part;
    at = end + 1;
  }
  return out;
}

}  // namespace convergence
