#include "src/host/crm/recurrence_lines.hpp"

#include <algorithm>
#include <cstdio>

#include "src/host/crm/occurrences.hpp"

namespace host {
namespace {

using std::chrono::local_seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

Error invalid(std::string message) {
  return {Code::invalid, std::move(message), {}};
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == text.npos) return parts;
    text.remove_prefix(at + 1);
  }
}

struct Basic {
  bool date = false, utc = false;
  sys_seconds wall{};
};

Result<Basic> basic_of(std::string_view text) {
  const Error wrong =
      invalid("recurrence: \"" + std::string(text.substr(0, 32)) + "\" is no date or time");
  const auto digits = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (const char c : text.substr(at, count)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  Basic basic;
  basic.utc = text.size() == 16 && (text[15] == 'Z' || text[15] == 'z');
  basic.date = text.size() == 8;
  if (!basic.date && !basic.utc && text.size() != 15) return wrong;
  const int year = digits(0, 4), month = digits(4, 2), day = digits(6, 2);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (year < 1 || month < 1 || day < 1 || !date.ok()) return wrong;
  basic.wall = sys_days(date);
  if (basic.date) return basic;
  const int hour = digits(9, 2), minute = digits(11, 2), second = digits(13, 2);
  if (text[8] != 'T' || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60)
    return wrong;
  basic.wall += std::chrono::hours(hour) + std::chrono::minutes(minute) +
                std::chrono::seconds(std::min(second, 59));
  return basic;
}

}  // namespace

std::string RecurrenceLine::text() const {
  return name + (parameters.empty() ? "" : ";" + parameters) + ":" + value;
}

Result<RecurrenceLine> line_of(std::string_view text) {
  if (std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7F; }))
    return invalid("recurrence: a line holds a control character");
  const auto colon = text.find(':');
  if (colon == text.npos) return invalid("recurrence: a line has no colon");
  const auto semicolon = text.substr(0, colon).find(';');
  RecurrenceLine line;
  line.name = upper(text.substr(0, std::min(semicolon, colon)));
  if (semicolon != text.npos) line.parameters = text.substr(semicolon + 1, colon - semicolon - 1);
  line.value = text.substr(colon + 1);
  if (line.name != "RRULE" && line.name != "EXRULE" && line.name != "RDATE" &&
      line.name != "EXDATE") {
    return invalid("recurrence: \"" + line.name.substr(0, 32) +
                   "\" is no RRULE, EXRULE, RDATE or EXDATE");
  }
  return line;
}

RuleParts parts_of(std::string_view rule) {
  RuleParts parts;
  for (const auto item : split(rule, ';')) {
    if (item.empty()) continue;
    const auto equals = item.find('=');
    parts.emplace_back(upper(item.substr(0, equals)),
                       equals == item.npos ? std::string() : upper(item.substr(equals + 1)));
  }
  return parts;
}

std::string rule_of(const RuleParts& parts) {
  std::string out;
  for (const auto& [name, value] : parts) out += (out.empty() ? "" : ";") + name + "=" + value;
  return out;
}

const std::string* part(const RuleParts& parts, std::string_view name) {
  const auto found = std::ranges::find(parts, name, &RuleParts::value_type::first);
  return found == parts.end() ? nullptr : &found->second;
}

void set_part(RuleParts& parts, std::string_view name, std::string value) {
  const auto found = std::ranges::find(parts, name, &RuleParts::value_type::first);
  if (found == parts.end())
    parts.emplace_back(std::string(name), std::move(value));
  else
    found->second = std::move(value);
}

void erase_part(RuleParts& parts, std::string_view name) {
  std::erase_if(parts, [&](const auto& entry) { return entry.first == name; });
}

Result<std::vector<EventTime>> dates_of(const RecurrenceLine& line, const EventTime& start) {
  std::string zone = start.zone;
  for (const auto parameter : split(line.parameters, ';')) {
    if (upper(parameter.substr(0, 5)) != "TZID=") continue;
    zone = parameter.substr(5);
    if (zone.size() > 1 && zone.front() == '"' && zone.back() == '"')
      zone = zone.substr(1, zone.size() - 2);
    if (!is_zone(zone))
      return invalid("recurrence: \"" + zone.substr(0, 64) + "\" is no known time zone");
  }
  std::vector<EventTime> dates;
  for (auto value : split(line.value, ',')) {
    if (value.empty()) continue;
    value = value.substr(
        0,
        value.find(
            '/'));  // of a PERIOD only the start matters: all occurrences have the series' length
    TRY(const Basic basic, basic_of(value));
    if (start.all_day) {
      dates.push_back({true, std::chrono::floor<std::chrono::days>(basic.wall), ""});
    } else if (basic.utc) {
      dates.push_back({false, basic.wall, start.zone});
    } else {
      local_seconds local(basic.wall.time_since_epoch());
      if (basic.date) {  // a day in a series of times: the occurrence of that day
        TRY(const local_seconds first, local_of(start.instant, start.zone));
        local += first - std::chrono::floor<std::chrono::days>(first);
      }
      TRY(const sys_seconds instant, instant_of(local, basic.date ? start.zone : zone));
      dates.push_back({false, instant, start.zone});
    }
  }
  return dates;
}

std::string basic_text(const EventTime& time) {
  std::string text = occurrence_key(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

RecurrenceLine line_of_dates(std::string name, const std::vector<EventTime>& dates) {
  RecurrenceLine line{std::move(name), !dates.empty() && dates.front().all_day ? "VALUE=DATE" : "",
                      ""};
  for (const auto& date : dates) line.value += (line.value.empty() ? "" : ",") + basic_text(date);
  return line;
}

Result<local_seconds> until_of(std::string_view value, const EventTime& start) {
  TRY(const Basic basic, basic_of(value));
  const local_seconds wall(basic.wall.time_since_epoch());
  if (start.all_day) return local_seconds(std::chrono::floor<std::chrono::days>(wall));
  if (basic.date) return wall + std::chrono::hours(24) - std::chrono::seconds(1);
  if (basic.utc) return local_of(basic.wall, start.zone);
  return wall;
}

}  // namespace host
