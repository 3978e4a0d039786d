#include "src/emulator/load/ics_text.hpp"

#include <algorithm>
#include <optional>

#include "src/common/base/utf8.hpp"
#include "src/common/icalendar/ascii.hpp"

namespace emulator {
using gcal::icalendar::upper;
namespace {

using Line = std::pair<std::size_t, std::string>;

// Lines end in CRLF or LF, in a file without LF in CR; one that begins with a space or a tab
// continues the one before, also in the middle of a character.
std::vector<Line> unfold(const std::string& text) {
  std::vector<Line> lines;
  const char end_of_line = text.find('\n') == std::string::npos ? '\r' : '\n';
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0, number = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(end_of_line, at), text.size());
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

// The length of the character at `at`; 0 when these bytes are none that a text may hold.
std::size_t character_at(const std::string& text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return (first < ' ' && first != '\t') || first == 0x7F ? 0 : 1;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return gcal::base::is_utf8(std::string_view(text).substr(at, length)) ? length : 0;
}

// Puts U+FFFD in the place of each byte that is no UTF-8 and of each control character (RFC 5545
// section 3.1). Answers how many there were.
std::size_t repair(std::string& line) {
  const auto plain = [](unsigned char c) { return (c >= ' ' && c < 0x7F) || c == '\t'; };
  if (std::all_of(line.begin(), line.end(), plain)) return 0;
  std::string out;
  std::size_t broken = 0;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t length = character_at(line, at);
    out += length > 0 ? line.substr(at, length) : "\xEF\xBF\xBD";
    broken += length == 0 ? 1 : 0;
    at += std::max<std::size_t>(length, 1);
  }
  line = std::move(out);
  return broken;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

// ^n, ^' and ^^ of a parameter's value (RFC 6868).
std::string decode_parameter(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') continue;
    const char next = text[i] == '^' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 'n' || next == '^' || next == '\'') {
      out += next == 'n' ? '\n' : next == '^' ? '^' : '"';
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The first `wanted` outside of double quotes; npos when there is none.
std::size_t find_unquoted(std::string_view text, std::string_view wanted, std::size_t from) {
  bool quoted = false;
  for (std::size_t i = from; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (!quoted && wanted.find(text[i]) != std::string_view::npos) return i;
  }
  return std::string_view::npos;
}

// Values of dates hold no colon, but a TZID that should be in quotes may:
// TZID=(UTC-05:00) Eastern Time (US & Canada).
bool is_date_property(const std::string& name) {
  return name == "DTSTART" || name == "DTEND" || name == "RECURRENCE-ID" || name == "EXDATE" ||
         name == "RDATE";
}

// name *(";" parameter) ":" value; nothing for another form.
std::optional<IcsProperty> parse_property(const Line& line) {
  const std::string& text = line.second;
  const std::size_t name_end = text.find_first_of(";:");
  if (name_end == std::string::npos || !is_name(std::string_view(text).substr(0, name_end)))
    return std::nullopt;
  IcsProperty property{line.first, upper(std::string_view(text).substr(0, name_end)), {}, ""};
  std::size_t colon = find_unquoted(text, ":", name_end);
  if (colon == std::string::npos) colon = text.find(':', name_end);  // a quote without its end
  if (colon != std::string::npos && is_date_property(property.name)) colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  property.value = text.substr(colon + 1);
  const std::string_view head = std::string_view(text).substr(0, colon);
  for (std::size_t at = name_end; at < colon;) {
    const std::size_t end = std::min(find_unquoted(head, ";", at + 1), colon);
    const std::string_view parameter = head.substr(at + 1, end - at - 1);
    const std::size_t equals = parameter.find('=');
    if (equals != std::string_view::npos)
      property.parameters.emplace_back(upper(parameter.substr(0, equals)),
                                       decode_parameter(parameter.substr(equals + 1)));
    at = end;
  }
  return property;
}

// Puts lines together to components. Never deeper than a part of an event, whatever the file nests.
class Assembler {
 public:
  void add(Line line) {
    if (line.second.find_first_not_of(" \t") == std::string::npos) return;
    const std::size_t broken = repair(line.second);
    if (broken > 0)
      report(line.first, "not UTF-8: " + std::to_string(broken) + " bytes replaced by U+FFFD");
    auto property = parse_property(line);
    if (!property)
      return report(line.first, "no iCalendar line (NAME:VALUE): " +
                                    std::string(gcal::base::beginning(line.second, 60)));
    std::string component = upper(property->value);
    while (component.ends_with(' ') || component.ends_with('\t')) component.pop_back();
    if (property->name == "BEGIN")
      begin(line.first, component);
    else if (property->name == "END")
      end(line.first, component);
    else if (IcsComponent* holder = innermost())
      holder->properties.push_back(std::move(*property));
  }

  IcsText finish() {
    if (unit_) drop("the file ends inside this " + kind());
    return std::move(out_);
  }

 private:
  void report(std::size_t line, const std::string& what) {
    out_.problems.push_back(at_line(line, what));
  }
  std::string kind() const { return unit_->name == "VEVENT" ? "event" : "time zone"; }
  void drop(const std::string& why) {
    report(unit_->line, why);
    unit_.reset();
    part_.reset();
  }

  // What the next property belongs to; nullptr for components that are not read.
  IcsComponent* innermost() {
    if (out_.calendars.empty() || open_.empty()) return nullptr;
    const std::string& name = open_.back();
    if (part_) return part_->name == name ? &*part_ : nullptr;
    if (unit_) return unit_->name == name ? &*unit_ : nullptr;
    return name == "VCALENDAR" ? &out_.calendars.back().properties : nullptr;
  }

  void begin(std::size_t line, const std::string& name) {
    if (name == "VCALENDAR" || name == "VEVENT" || name == "VTIMEZONE") {
      if (unit_) drop("the " + kind() + " has no END:" + unit_->name);
      if (name == "VCALENDAR") {
        open_.clear();
        out_.calendars.push_back({{name, line, {}, {}}, {}, {}});
      } else {
        unit_ = IcsComponent{name, line, {}, {}};
      }
    } else if (unit_ && !part_ && open_.back() == unit_->name) {
      part_ = IcsComponent{name, line, {}, {}};
    }
    open_.push_back(name);
  }

  void end(std::size_t line, const std::string& name) {
    const auto matching = std::find(open_.rbegin(), open_.rend(), name);
    if (matching == open_.rend())
      return report(line,
                    "END:" + std::string(gcal::base::beginning(name, 40)) + " without its BEGIN");
    const bool crossed = matching != open_.rbegin();
    const bool ends_unit =
        unit_ && std::find(open_.rbegin(), std::next(matching), unit_->name) != std::next(matching);
    open_.erase(std::prev(matching.base()), open_.end());
    if (!unit_) return;
    if (ends_unit && name != unit_->name)  // a component around it ends
      return drop("the " + kind() + " has no END:" + unit_->name);
    if (name == unit_->name) {
      if (crossed) return drop("a part of the " + kind() + " has no END");
      if (!out_.calendars.empty()) {
        IcsCalendar& calendar = out_.calendars.back();
        (name == "VEVENT" ? calendar.events : calendar.zones).push_back(std::move(*unit_));
      }
      unit_.reset();
      part_.reset();
    } else if (part_ && name == part_->name && open_.back() == unit_->name) {
      unit_->parts.push_back(std::move(*part_));
      part_.reset();
    }
  }

  IcsText out_;
  std::vector<std::string> open_;     // the components around the line
  std::optional<IcsComponent> unit_;  // the VEVENT or VTIMEZONE that is open
  std::optional<IcsComponent> part_;  // what is open inside it
};

}  // namespace

const std::string& IcsProperty::parameter(std::string_view parameter_name) const {
  static const std::string kNone;
  for (const auto& [known, text] : parameters)
    if (known == parameter_name) return text;
  return kNone;
}

const IcsProperty* IcsComponent::first(std::string_view property_name) const {
  for (const IcsProperty& property : properties)
    if (property.name == property_name) return &property;
  return nullptr;
}

std::vector<const IcsProperty*> IcsComponent::all(std::string_view property_name) const {
  std::vector<const IcsProperty*> found;
  for (const IcsProperty& property : properties)
    if (property.name == property_name) found.push_back(&property);
  return found;
}

IcsText parse_ics(const std::string& text) {
  Assembler assembler;
  for (Line& line : unfold(text)) assembler.add(std::move(line));
  return assembler.finish();
}

std::string at_line(std::size_t line, const std::string& what) {
  return "line " + std::to_string(line) + ": " + what;
}

std::string unescape_ics(std::string_view value) {
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

}  // namespace emulator
