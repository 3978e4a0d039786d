#include "src/common/icalendar/recurrence_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/zone.hpp"

namespace gcal::icalendar {
namespace {

constexpr std::size_t kMaxLine = 1 << 20;
constexpr std::array<std::string_view, 16> kParts{
    "RSCALE", "SKIP",  "FREQ",       "UNTIL",     "COUNT",    "INTERVAL", "BYSECOND", "BYMINUTE",
    "BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH",  "BYSETPOS", "WKST"};
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

bool is_time_part(std::string_view name) {
  return name == "BYSECOND" || name == "BYMINUTE" || name == "BYHOUR";
}

// Does RFC 7529 give the parts a meaning that this product has? In a rule of days or weeks the
// calendar matters only where a part counts months or years.
bool is_gregorian(const RuleParts& parts) {
  const std::string* const scale = find_part(parts, "RSCALE");
  if (!scale || *scale == "GREGORIAN") return true;
  const std::string* const frequency = find_part(parts, "FREQ");
  const bool short_period = frequency && *frequency != "MONTHLY" && *frequency != "YEARLY";
  return short_period && !find_part(parts, "BYMONTH") && !find_part(parts, "BYMONTHDAY") &&
         !find_part(parts, "BYYEARDAY");
}

// Checks one part of a rule for check_rule.
Result<> check_part(const std::string& name, const std::string& value) {
  if (value.empty()) return invalid("a part is written NAME=VALUE");
  if (!name.starts_with("X-") && std::ranges::find(kParts, name) == kParts.end())
    return invalid("an unknown part");
  if (name == "FREQ" && std::ranges::find(kFrequencies, value) == kFrequencies.end())
    return invalid("an unknown frequency");
  if (name == "SKIP" && value != "OMIT" && value != "BACKWARD" && value != "FORWARD")
    return invalid("SKIP is OMIT, BACKWARD or FORWARD");
  if ((name == "COUNT" || name == "INTERVAL") && unsigned_number(value).value_or(0) == 0)
    return invalid("the part " + name + " is a positive number");
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

std::string RecurrenceLine::zone_or(std::string_view zone_of_series) const {
  if (const std::optional<std::string_view> named = zone())
    if (auto known = iana_zone(*named)) return *std::move(known);
  return std::string(zone_of_series);
}

std::string RecurrenceLine::text() const {
  return name + (parameters.empty() ? "" : ";" + parameters) + ":" + value;
}

Result<RecurrenceLine> parse_line(std::string_view text) {
  if (has_control_character(text)) return invalid("a line holds a control character");
  std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return invalid("a line has no colon");
  const std::size_t semicolon = text.substr(0, colon).find(';');
  // A parameter may hold colons, such as TZID=tzone://Microsoft/Utc; the values of these lines do
  // not.
  if (semicolon != std::string_view::npos) colon = text.rfind(':');
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
  if (text.size() > kMaxLine) return invalid("a line is longer than 1 MiB");
  TRY(const RecurrenceLine line, parse_line(text));
  if (line.value.empty() && line.is_rule()) return invalid("a rule needs a value");
  return line.is_rule() ? check_rule(parse_rule(line.value)) : Result<>{};
}

RuleParts parse_rule(std::string_view value) {
  RuleParts parts;
  std::string text(value);
  std::erase(text, ' ');
  for (const std::string_view item : split(text, ';')) {
    if (item.empty()) continue;  // a trailing semicolon is common and harmless
    const std::size_t equals = item.find('=');
    parts.emplace_back(upper(item.substr(0, equals)), equals == std::string_view::npos
                                                          ? std::string()
                                                          : upper(item.substr(equals + 1)));
  }
  return parts;
}

RuleParts effective_parts(RuleParts parts, bool all_day) {
  const std::string* const named = find_part(parts, "FREQ");
  const std::string frequency = named ? *named : std::string();
  const bool yearly = frequency == "YEARLY";
  const bool weeks = yearly && find_part(parts, "BYWEEKNO");
  const bool scaled = find_part(parts, "RSCALE") != nullptr;
  std::erase_if(parts, [&](const auto& part) {
    const auto& [name, value] = part;
    return (name == "BYWEEKNO" && !yearly) || (name == "BYMONTHDAY" && frequency == "WEEKLY") ||
           (name == "BYYEARDAY" &&
            (frequency == "DAILY" || frequency == "WEEKLY" || frequency == "MONTHLY")) ||
           (all_day && is_time_part(name)) || name.starts_with("X-") || name == "RSCALE" ||
           (name == "SKIP" && (!scaled || value == "OMIT" || !(yearly || frequency == "MONTHLY")));
  });
  if (const std::string* const days = find_part(parts, "BYDAY");
      days && (weeks || !(yearly || frequency == "MONTHLY"))) {
    std::string without;  // an ordinal counts in a month or a year only
    for (const std::string_view day : split(*days, ','))
      (without += without.empty() ? "" : ",") +=
          day.substr(day.size() - std::min<std::size_t>(day.size(), 2));
    set_part(parts, "BYDAY", std::move(without));
  }
  const bool has_set = std::ranges::any_of(parts, [](const auto& part) {
    return part.first.starts_with("BY") && part.first != "BYSETPOS";
  });
  if (!has_set) erase_part(parts, "BYSETPOS");
  return parts;
}

Result<> check_rule(const RuleParts& parts) {
  for (auto part = parts.begin(); part != parts.end(); ++part) {
    TRY_VOID(check_part(part->first, part->second));
    if (std::ranges::find(parts.begin(), part, part->first, &RuleParts::value_type::first) != part)
      return invalid("a rule has a part twice: " + part->first);
  }
  if (!find_part(parts, "FREQ")) return invalid("a rule needs a frequency");
  if (find_part(parts, "COUNT") && find_part(parts, "UNTIL"))
    return invalid("UNTIL and COUNT exclude each other");
  if (!is_gregorian(parts)) return invalid("a rule of another calendar than the Gregorian");
  return {};
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
