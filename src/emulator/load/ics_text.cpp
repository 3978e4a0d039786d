#include "src/emulator/load/ics_text.hpp"

#include <algorithm>

#include "src/common/base/utf8.hpp"

namespace emulator {
namespace {

using Line = std::pair<std::size_t, std::string>;

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return text;
}

std::string place(std::size_t line) {
  return "line " + std::to_string(line) + ": ";
}

// Lines end in CRLF or LF; one that begins with a space or a tab goes on the one before.
std::vector<Line> unfold(const std::string& text) {
  std::vector<Line> lines;
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0, number = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (!lines.empty() && (line.starts_with(' ') || line.starts_with('\t')))
      lines.back().second += line.substr(1);
    else
      lines.emplace_back(number, std::move(line));
  }
  return lines;
}

// name *(";" param) ":" value, the name of letters, digits and '-'.
bool is_content_line(const std::string& line) {
  const std::size_t name = line.find_first_of(";:");
  if (name == std::string::npos || name == 0) return false;
  return std::all_of(line.begin(), line.begin() + static_cast<long>(name), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string unescape(const std::string& value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\' || i + 1 == value.size()) {
      out += value[i];
      continue;
    }
    ++i;
    out += value[i] == 'n' || value[i] == 'N' ? '\n' : value[i];
  }
  return out;
}

}  // namespace

std::string IcsEvent::text() const {
  std::string out;
  for (const auto& [number, line] : lines) out += line + "\r\n";
  return out;
}

IcsText split_ics(const std::string& text) {
  IcsText out;
  std::vector<std::pair<std::string, std::size_t>>
      open;  // the components around the line, and where they began
  IcsEvent event;
  bool in_event = false;
  const auto drop_event = [&](const std::string& why) {
    out.problems.push_back(place(event.line) + why);
    event = IcsEvent{};
    in_event = false;
  };
  for (const auto& [number, line] : unfold(text)) {
    if (line.empty()) continue;
    if (!gcal::base::is_utf8(line)) {
      out.problems.push_back(place(number) + "not UTF-8");
      continue;
    }
    if (!is_content_line(line)) {
      out.problems.push_back(place(number) +
                             "no iCalendar line (NAME:VALUE): " + line.substr(0, 60));
      continue;
    }
    const std::string head = upper(line.substr(0, line.find_first_of(";:")));
    const std::string value =
        line.substr(line.find(':') == std::string::npos ? line.size() : line.find(':') + 1);
    if (head == "BEGIN") {
      const std::string component = upper(value);
      if (component == "VCALENDAR") out.is_calendar = true;
      if (component == "VEVENT") {
        if (in_event) drop_event("the event has no END:VEVENT");
        in_event = true;
        event.line = number;
      }
      open.emplace_back(component, number);
      if (in_event) event.lines.emplace_back(number, line);
      continue;
    }
    if (head == "END") {
      const std::string component = upper(value);
      const auto matching = std::find_if(open.rbegin(), open.rend(),
                                         [&](const auto& one) { return one.first == component; });
      if (matching == open.rend()) {
        out.problems.push_back(place(number) + "END:" + component.substr(0, 40) +
                               " without its BEGIN");
        continue;
      }
      const bool crossed = matching != open.rbegin();
      open.erase(std::prev(matching.base()), open.end());
      if (in_event) event.lines.emplace_back(number, line);
      if (component == "VEVENT" && in_event) {
        if (crossed) {
          drop_event("a part of the event has no END");
        } else {
          out.events.push_back(std::exchange(event, IcsEvent{}));
          in_event = false;
        }
      } else if (component == "VCALENDAR" && in_event) {
        drop_event("the event has no END:VEVENT");
      }
      continue;
    }
    if (in_event)
      event.lines.emplace_back(number, line);
    else if (head == "X-WR-CALNAME")
      out.name = unescape(value);
    else if (head == "X-WR-TIMEZONE")
      out.zone = value;
    else if (head == "X-WR-CALDESC")
      out.description = unescape(value);
  }
  if (in_event) drop_event("the file ends inside this event");
  return out;
}

}  // namespace emulator
