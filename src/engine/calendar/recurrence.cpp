#include "src/engine/calendar/recurrence.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "src/engine/calendar/time_zone.hpp"

namespace gcal::calendar {
namespace {

constexpr std::size_t kMaxLine = 64 << 10;
constexpr std::array<std::string_view, 14> kParts{
    "FREQ",  "UNTIL",      "COUNT",     "INTERVAL", "BYSECOND", "BYMINUTE", "BYHOUR",
    "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH",  "BYSETPOS", "WKST"};
constexpr std::array<std::string_view, 7> kFrequencies{"SECONDLY", "MINUTELY", "HOURLY", "DAILY",
                                                       "WEEKLY",   "MONTHLY",  "YEARLY"};

Error invalid(std::string message) {
  return Error{Code::invalid, std::move(message), {}};
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_rule(std::string_view line) {
  return line.starts_with("RRULE:") || line.starts_with("EXRULE:");
}

Result<> check_positive(std::string_view name, std::string_view value) {
  unsigned number = 0;
  const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || stop != value.data() + value.size() || number == 0)
    return invalid("the recurrence part " + std::string(name) + " is a positive number");
  return {};
}

Result<> check_rule(std::string_view value) {
  bool frequency = false;
  bool count = false;
  bool until = false;
  std::vector<std::string> seen;
  for (const std::string_view part : split(value, ';')) {
    if (part.empty()) continue;  // a trailing semicolon is common and harmless
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals + 1 == part.size())
      return invalid("a recurrence part is written NAME=VALUE");
    const std::string name = upper(part.substr(0, equals));
    const std::string text = upper(part.substr(equals + 1));
    if (!name.starts_with("X-") && std::ranges::find(kParts, name) == kParts.end())
      return invalid("an unknown recurrence part");
    if (std::ranges::find(seen, name) != seen.end())
      return invalid("a recurrence part stands twice: " + name);
    seen.push_back(name);
    if (name == "FREQ") {
      frequency = std::ranges::find(kFrequencies, text) != kFrequencies.end();
      if (!frequency) return invalid("an unknown recurrence frequency");
    }
    if (name == "COUNT" || name == "INTERVAL") TRY_VOID(check_positive(name, text));
    count |= name == "COUNT";
    until |= name == "UNTIL";
  }
  if (!frequency) return invalid("a recurrence rule needs a frequency");
  if (count && until) return invalid("a recurrence rule has COUNT or UNTIL, not both");
  return {};
}

}  // namespace

Result<> check_recurrence_line(std::string_view line) {
  if (line.size() > kMaxLine) return invalid("a recurrence line is longer than 64 KiB");
  for (const char c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return invalid("a recurrence line holds a control character");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return invalid("a recurrence line is written NAME:VALUE");
  const std::string name = upper(line.substr(0, std::min(colon, line.find(';'))));
  const std::string_view value = line.substr(colon + 1);
  if (value.empty()) return invalid("a recurrence line has a value");
  if (name == "RRULE" || name == "EXRULE") return check_rule(value);
  if (name == "RDATE" || name == "EXDATE") return {};
  return invalid("a recurrence line is an RRULE, RDATE, EXDATE or EXRULE");
}

std::vector<std::string> canonical(const std::vector<std::string>& recurrence) {
  std::vector<std::string> lines;
  for (const std::string& original : recurrence) {
    std::string line = original;
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) {
      lines.push_back(line);
      continue;
    }
    const std::string name =
        upper(std::string_view(line).substr(0, std::min(colon, line.find(';'))));
    if (name == "RRULE" || name == "EXRULE") {
      std::vector<std::string> parts;
      for (const std::string_view part : split(std::string_view(line).substr(colon + 1), ';')) {
        std::string text = upper(part);
        if (!text.empty() && text != "INTERVAL=1" && text != "WKST=MO")
          parts.push_back(std::move(text));
      }
      std::ranges::sort(parts);
      line = name + ":";
      for (std::size_t i = 0; i < parts.size(); ++i) line += (i ? ";" : "") + parts[i];
    }
    lines.push_back(std::move(line));
  }
  std::ranges::sort(lines);
  return lines;
}

std::vector<std::string> ending_before(const std::vector<std::string>& recurrence,
                                       const OriginalStart& cut) {
  // The last moment that still belongs to the old rule: a second (a day) before the first
  // occurrence that does not.
  std::string until;
  const auto compact = [](std::string text) {
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
  };
  if (cut.all_day)
    until = compact(format_date(
        Date{std::chrono::floor<std::chrono::days>(cut.instant) - std::chrono::days{1}}));
  else
    until = compact(format_rfc3339(cut.instant - std::chrono::seconds{1}, "UTC"));

  std::vector<std::string> lines;
  for (const std::string& line : recurrence) {
    if (!is_rule(upper(line.substr(0, 7)))) {
      lines.push_back(line);
      continue;
    }
    const std::size_t colon = line.find(':');
    std::string out = line.substr(0, colon + 1);
    for (const std::string_view part : split(std::string_view(line).substr(colon + 1), ';')) {
      const std::string text = upper(part);
      if (part.empty() || text.starts_with("COUNT=") || text.starts_with("UNTIL=")) continue;
      out += std::string(part) + ";";
    }
    lines.push_back(out + "UNTIL=" + until);
  }
  return lines;
}

bool ends_before(const std::vector<std::string>& recurrence, const OriginalStart& start) {
  bool any = false;
  for (const std::string& line : recurrence) {
    const std::string text = upper(line);
    if (text.starts_with("RDATE")) return false;
    if (!text.starts_with("RRULE:")) continue;
    any = true;
    const std::size_t at = text.find("UNTIL=");
    if (at == std::string::npos) return false;
    const std::string until = text.substr(at + 6, text.find(';', at) - at - 6);
    // "20250327" or "20250327T045959Z": in one form the order of the letters is that of time. A
    // date ends with its day.
    std::string moment =
        start.all_day ? format_date(Date{std::chrono::floor<std::chrono::days>(start.instant)})
                      : format_rfc3339(start.instant, "UTC");
    std::erase_if(moment, [](char c) { return c == '-' || c == ':'; });
    if (moment.substr(0, std::min(moment.size(), until.size())) <=
        until.substr(0, std::min(moment.size(), until.size())))
      return false;
  }
  return any;
}

}  // namespace gcal::calendar
