#include "src/engine/calendar/recurrence.hpp"

#include <algorithm>
#include <chrono>

#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rfc3339.hpp"

namespace gcal::calendar {
namespace {

using icalendar::split;
using icalendar::upper;

bool is_rule(std::string_view line) {
  return line.starts_with("RRULE:") || line.starts_with("EXRULE:");
}

// A start as RFC 5545 writes UNTIL: "20250327", or in UTC "20250327T045959Z".
std::string basic_text(const OriginalStart& start) {
  return icalendar::basic_format(
      start.all_day
          ? icalendar::format_date(Date{std::chrono::floor<std::chrono::days>(start.instant)})
          : icalendar::format_rfc3339(start.instant, "UTC"));
}

}  // namespace

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
  // The end of the old rule: a day or a second before the first start that leaves it.
  const std::chrono::seconds step = cut.all_day ? std::chrono::days{1} : std::chrono::seconds{1};
  const std::string until = basic_text({cut.all_day, cut.instant - step});

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

std::string rdate_line(const std::set<OriginalStart>& starts) {
  std::string line;
  for (const OriginalStart& start : starts) {
    line += line.empty() ? (start.all_day ? "RDATE;VALUE=DATE:" : "RDATE:") : ",";
    line += basic_text(start);
  }
  return line;
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
    // In one notation the order of the letters is that of time. A date ends with its day.
    const std::string moment = basic_text(start);
    if (moment.substr(0, std::min(moment.size(), until.size())) <=
        until.substr(0, std::min(moment.size(), until.size())))
      return false;
  }
  return any;
}

}  // namespace gcal::calendar
