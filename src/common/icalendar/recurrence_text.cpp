#include "src/common/icalendar/recurrence_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "src/common/icalendar/ascii.hpp"

namespace gcal::icalendar {
namespace {

constexpr std::size_t kMaxLine = 64 << 10;
constexpr std::array<std::string_view, 14> kParts{
    "FREQ",  "UNTIL",      "COUNT",     "INTERVAL", "BYSECOND", "BYMINUTE", "BYHOUR",
    "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH",  "BYSETPOS", "WKST"};
constexpr std::array<std::string_view, 7> kFrequencies{"SECONDLY", "MINUTELY", "HOURLY", "DAILY",
                                                       "WEEKLY",   "MONTHLY",  "YEARLY"};

Error invalid(const std::string& message) {
  return Error{Code::invalid, "recurrence: " + message, {}};
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

// The whole text as a number without a sign; nothing for anything else.
std::optional<unsigned> unsigned_number(std::string_view text) {
  unsigned number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

// Checks a rule's parts for check_line.
Result<> check_rule(std::string_view value) {
  bool frequency = false;
  bool count = false;
  bool until = false;
  std::vector<std::string> seen;
  for (const std::string_view part : split(value, ';')) {
    if (part.empty()) continue;  // a trailing semicolon is common and harmless
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals + 1 == part.size())
      return invalid("a part is written NAME=VALUE");
    const std::string name = upper(part.substr(0, equals));
    const std::string text = upper(part.substr(equals + 1));
    if (!name.starts_with("X-") && std::ranges::find(kParts, name) == kParts.end())
      return invalid("an unknown part");
    if (std::ranges::find(seen, name) != seen.end())
      return invalid("a rule has a part twice: " + name);
    seen.push_back(name);
    if (name == "FREQ") {
      frequency = std::ranges::find(kFrequencies, text) != kFrequencies.end();
      if (!frequency) return invalid("an unknown frequency");
    }
    if ((name == "COUNT" || name == "INTERVAL") && unsigned_number(text).value_or(0) == 0)
      return invalid("the part " + name + " is a positive number");
    count |= name == "COUNT";
    until |= name == "UNTIL";
  }
  if (!frequency) return invalid("a rule needs a frequency");
  if (count && until) return invalid("UNTIL and COUNT exclude each other");
  return {};
}

// Is the text a number from `least` to `most`, or with `negative` the negative of one?
bool in_bounds(std::string_view text, unsigned least, unsigned most, bool negative) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  if (text.size() > 5) return false;
  const std::optional<unsigned> value = unsigned_number(text);
  return value && (!minus || negative) && *value >= least && *value <= most;
}

// Are the ordinals of BYDAY ones that the frequency can have?
bool ordinals_in_bounds(std::string_view by_day, std::string_view frequency) {
  return std::ranges::all_of(split(by_day, ','), [&](std::string_view day) {
    if (day.size() < 2) return false;
    const std::string_view ordinal = day.substr(0, day.size() - 2);
    if (ordinal.empty()) return true;
    if (frequency == "MONTHLY") return in_bounds(ordinal, 1, 5, true);
    return frequency == "YEARLY" && in_bounds(ordinal, 1, 53, true);
  });
}

}  // namespace

std::optional<std::string_view> RecurrenceLine::zone() const {
  constexpr std::string_view kName = "TZID=";
  std::optional<std::string_view> found;
  for (const std::string_view parameter : split(parameters, ';'))
    if (upper(parameter.substr(0, kName.size())) == kName) found = parameter.substr(kName.size());
  return found;
}

std::string RecurrenceLine::text() const {
  return name + (parameters.empty() ? "" : ";" + parameters) + ":" + value;
}

Result<RecurrenceLine> parse_line(std::string_view text) {
  if (has_control_character(text)) return invalid("a line holds a control character");
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return invalid("a line has no colon");
  const std::size_t semicolon = text.substr(0, colon).find(';');
  RecurrenceLine line;
  line.name = upper(text.substr(0, std::min(semicolon, colon)));
  if (semicolon != std::string_view::npos)
    line.parameters = text.substr(semicolon + 1, colon - semicolon - 1);
  line.value = text.substr(colon + 1);
  if (!line.is_rule() && line.name != "RDATE" && line.name != "EXDATE")
    return invalid("\"" + line.name.substr(0, 32) + "\" is no RRULE, EXRULE, RDATE or EXDATE");
  return line;
}

Result<> check_line(std::string_view text) {
  if (text.size() > kMaxLine) return invalid("a line is longer than 64 KiB");
  TRY(const RecurrenceLine line, parse_line(text));
  if (line.value.empty()) return invalid("a line needs a value");
  return line.is_rule() ? check_rule(line.value) : Result<>{};
}

RuleParts parse_rule(std::string_view value) {
  RuleParts parts;
  for (const std::string_view item : split(value, ';')) {
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    parts.emplace_back(upper(item.substr(0, equals)), equals == std::string_view::npos
                                                          ? std::string()
                                                          : upper(item.substr(equals + 1)));
  }
  return parts;
}

std::string format_rule(const RuleParts& parts) {
  std::string out;
  for (const auto& [name, value] : parts) out += (out.empty() ? "" : ";") + name + "=" + value;
  return out;
}

const std::string* find_part(const RuleParts& parts, std::string_view name) {
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

bool numbers_in_bounds(const RuleParts& parts) {
  struct Bounds {
    std::string_view name;
    unsigned least, most;
    bool negative;
  };
  static constexpr Bounds kBounds[] = {{"INTERVAL", 1, 9'999, false}, {"COUNT", 1, 99'999, false},
                                       {"BYSECOND", 0, 60, false},    {"BYMINUTE", 0, 59, false},
                                       {"BYHOUR", 0, 23, false},      {"BYMONTHDAY", 1, 31, true},
                                       {"BYYEARDAY", 1, 366, true},   {"BYWEEKNO", 1, 53, true},
                                       {"BYMONTH", 1, 12, false},     {"BYSETPOS", 1, 366, true}};
  for (const Bounds& bounds : kBounds) {
    const std::string* const values = find_part(parts, bounds.name);
    if (!values) continue;
    for (const std::string_view value : split(*values, ','))
      if (!in_bounds(value, bounds.least, bounds.most, bounds.negative)) return false;
  }
  const std::string* const by_day = find_part(parts, "BYDAY");
  const std::string* const frequency = find_part(parts, "FREQ");
  return !by_day || (frequency && ordinals_in_bounds(*by_day, *frequency));
}

Result<DateOrTime> parse_date_or_time(std::string_view text) {
  text = text.substr(0, text.find('/'));
  const Error wrong = invalid("\"" + std::string(text.substr(0, 32)) + "\" is no date or time");
  const auto digits = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (const char c : text.substr(at, count)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  DateOrTime out;
  out.is_utc = text.size() == 16 && (text[15] == 'Z' || text[15] == 'z');
  out.is_date = text.size() == 8;
  if (!out.is_date && !out.is_utc && text.size() != 15) return wrong;
  const int year = digits(0, 4), month = digits(4, 2), day = digits(6, 2);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (year < 1 || month < 1 || day < 1 || !date.ok()) return wrong;
  out.wall = std::chrono::local_days(date);
  if (out.is_date) return out;
  const int hour = digits(9, 2), minute = digits(11, 2), second = digits(13, 2);
  if ((text[8] != 'T' && text[8] != 't') || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 60)
    return wrong;
  out.wall += std::chrono::hours(hour) + std::chrono::minutes(minute) +
              std::chrono::seconds(std::min(second, 59));
  return out;
}

std::string basic_format(std::string rfc3339) {
  std::erase_if(rfc3339, [](char c) { return c == '-' || c == ':'; });
  return rfc3339;
}

}  // namespace gcal::icalendar
