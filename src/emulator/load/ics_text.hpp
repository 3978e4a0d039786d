// Takes an iCalendar file (RFC 5545) apart into calendars, events and time zones, with the line of
// each property, so that a problem can name it. Used by load_ics. What is no content line is
// reported and left out; the rest is read. Pure text: no value is looked into.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace emulator {

struct IcsProperty {
  std::size_t line = 0;
  std::string name;                                             // upper case
  std::vector<std::pair<std::string, std::string>> parameters;  // names in upper case, no quotes
  std::string value;                                            // as written, unfolded

  const std::string& parameter(std::string_view parameter_name) const;  // "" when absent
};

// VCALENDAR, VEVENT, VTIMEZONE, or what these two hold: VALARM, STANDARD, DAYLIGHT.
struct IcsComponent {
  std::string name;
  std::size_t line = 0;  // of its BEGIN
  std::vector<IcsProperty> properties;
  std::vector<IcsComponent> parts;  // of a VEVENT or VTIMEZONE

  const IcsProperty* first(std::string_view property_name) const;  // nullptr when absent
  std::vector<const IcsProperty*> all(std::string_view property_name) const;
};

struct IcsCalendar {
  IcsComponent properties;
  std::vector<IcsComponent> events, zones;
};

struct IcsText {
  std::vector<IcsCalendar> calendars;  // none: the text is no iCalendar file
  std::vector<std::string> problems;
};

IcsText parse_ics(const std::string& text);

// "line 12: what", as every problem of a file is written.
std::string at_line(std::size_t line, const std::string& what);

// The text of a TEXT value (RFC 5545 section 3.3.11): \n, \, and the others without the backslash.
std::string unescape_ics(std::string_view value);

}  // namespace emulator
