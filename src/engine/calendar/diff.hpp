// Compares and copies series field by field. Used by the engine to find what a side changed, and by
// the Google client to send only that. Facts never count as a difference. Texts are compared byte
// for byte; rules, guests and reminders by meaning. Pure.
#pragma once

#include <bitset>
#include <cstddef>
#include <initializer_list>
#include <set>

#include "src/engine/calendar/event.hpp"

namespace gcal::calendar {

// The unit of change detection. Of one event, `schedule` is start and end; of a series, start, end,
// rule and all occurrences. The merge looks inside (decision 0026).
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

bool equal(const Event& a, const Event& b, Field field);
bool equal(const Series& a, const Series& b, Field field);
// The fields in which both differ.
FieldSet changed(const Series& from, const Series& to);

// Compares `schedule` without the occurrences: start, end and rule. The two parts of it: start and
// end, and the lines of the rule in any order.
bool equal_rule(const Series& a, const Series& b);
bool equal_times(const Series& a, const Series& b);
bool equal_lines(const Series& a, const Series& b);
// Whether both lists contain the same addresses with the same answers, in any order.
bool equal_attendees(const std::vector<Attendee>& a, const std::vector<Attendee>& b);
// Compares all user-visible content of one event or occurrence.
bool equal_event(const Event& a, const Event& b);

// The exception of `series` at `start`; null if that occurrence follows the rule.
const Occurrence* find_occurrence(const Series& series, const OriginalStart& start);
// Compares two exceptions; null is one that follows the rule. Two cancelled ones are equal.
bool equal_occurrence(const Occurrence* a, const Occurrence* b);
// Stores a copy of `occurrence` as the exception at `start`; null removes the exception.
void set_occurrence(Series& series, const OriginalStart& start, const Occurrence* occurrence);
// The original starts at which one of `all` has an exception.
std::set<OriginalStart> exception_starts(std::initializer_list<const Series*> all);

// Sets `field` of `target` to that of `source`.
void copy(Event& target, const Event& source, Field field);
void copy(Series& target, const Series& source, Field field);

}  // namespace gcal::calendar
