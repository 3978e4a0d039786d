// What differs between two series, by field, and how one field is copied. Used by the engine to
// find what a side changed and by Google's side to send only that. Facts never count as a
// difference; texts compare byte for byte, rules, guests and reminders by meaning.
#pragma once

#include <bitset>
#include <cstddef>

#include "src/engine/calendar/event.hpp"

namespace gcal::calendar {

// `schedule` is start, end, rule and all occurrences together: they mean something only as a whole.
enum class Field : std::size_t {
  summary,
  description,
  location,
  schedule,
  status,
  transparency,
  visibility,
  color,
  attendees,
  reminders
};
inline constexpr std::size_t kFieldCount = 10;

using FieldSet = std::bitset<kFieldCount>;
inline constexpr std::size_t index(Field field) {
  return static_cast<std::size_t>(field);
}

bool equal(const Series& a, const Series& b, Field field);
FieldSet changed(const Series& from, const Series& to);

// The part of `schedule` apart from the occurrences: start, end and rule.
bool equal_rule(const Series& a, const Series& b);
// Do two guest lists hold the same people with the same answers? The order does not matter.
bool equal_attendees(const std::vector<Attendee>& a, const std::vector<Attendee>& b);
bool equal_event(const Event& a, const Event& b);

// Makes `field` of `target` that of `source`.
void copy(Series& target, const Series& source, Field field);

}  // namespace gcal::calendar
