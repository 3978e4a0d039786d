#include "src/emulator/load/ics_text.hpp"

#include <algorithm>

#include "src/common/base/utf8.hpp"
#include "src/common/icalendar/ascii.hpp"

namespace emulator {
using gcal::icalendar::upper;
namespace {

using Line = std::pair<std::size_t, std::string>;

// Lines end in CRLF or LF; a line that begins with a space or a tab continues the one before.
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

// name *(";" param) ":" value, where the name has letters, digits and '-'.
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

class Splitter {
 public:
  void add(std::size_t number, const std::string& line) {
    if (line.empty()) return;
    if (!gcal::base::is_utf8(line)) {
      report(number, "not UTF-8");
      return;
    }
    if (!is_content_line(line)) {
      report(number, "no iCalendar line (NAME:VALUE): " + line.substr(0, 60));
      return;
    }
    const std::string name = upper(line.substr(0, line.find_first_of(";:")));
    const std::size_t colon = line.find(':');
    const std::string value = colon == std::string::npos ? "" : line.substr(colon + 1);
    if (name == "BEGIN")
      begin(number, line, upper(value));
    else if (name == "END")
      end(number, line, upper(value));
    else if (in_event_)
      event_.lines.emplace_back(number, line);
    else
      read_calendar_property(name, value);
  }

  IcsText finish() {
    if (in_event_) drop_event("the file ends inside this event");
    return std::move(out_);
  }

 private:
  void report(std::size_t number, const std::string& what) {
    out_.problems.push_back("line " + std::to_string(number) + ": " + what);
  }

  void drop_event(const std::string& why) {
    report(event_.line, why);
    event_ = IcsEvent{};
    in_event_ = false;
  }

  void begin(std::size_t number, const std::string& line, const std::string& component) {
    if (component == "VCALENDAR") out_.is_calendar = true;
    if (component == "VEVENT") {
      if (in_event_) drop_event("the event has no END:VEVENT");
      in_event_ = true;
      event_.line = number;
    }
    open_.push_back(component);
    if (in_event_) event_.lines.emplace_back(number, line);
  }

  void end(std::size_t number, const std::string& line, const std::string& component) {
    const auto matching = std::find(open_.rbegin(), open_.rend(), component);
    if (matching == open_.rend()) {
      report(number, "END:" + component.substr(0, 40) + " without its BEGIN");
      return;
    }
    const bool crossed = matching != open_.rbegin();
    open_.erase(std::prev(matching.base()), open_.end());
    if (!in_event_) return;
    event_.lines.emplace_back(number, line);
    if (component == "VEVENT" && crossed) {
      drop_event("a part of the event has no END");
    } else if (component == "VEVENT") {
      out_.events.push_back(std::exchange(event_, IcsEvent{}));
      in_event_ = false;
    } else if (component == "VCALENDAR") {
      drop_event("the event has no END:VEVENT");
    }
  }

  void read_calendar_property(const std::string& name, const std::string& value) {
    if (name == "X-WR-CALNAME") out_.name = unescape(value);
    if (name == "X-WR-TIMEZONE") out_.zone = value;
    if (name == "X-WR-CALDESC") out_.description = unescape(value);
  }

  IcsText out_;
  std::vector<std::string> open_;  // the components around the line
  IcsEvent event_;
  bool in_event_ = false;
};

}  // namespace

std::string IcsEvent::text() const {
  std::string out;
  for (const auto& [number, line] : lines) out += line + "\r\n";
  return out;
}

IcsText split_ics(const std::string& text) {
  Splitter splitter;
  for (const auto& [number, line] : unfold(text)) splitter.add(number, line);
  return splitter.finish();
}

}  // namespace emulator
