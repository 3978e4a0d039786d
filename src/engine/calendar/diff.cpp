#include "src/engine/calendar/diff.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/people.hpp"
#include "src/engine/calendar/recurrence.hpp"

namespace gcal::calendar {
namespace {

// Names of guests with an address, comments, `self` and `organizer` are no edits of the user and do
// not count.
auto key(const Attendee& attendee) {
  const PartStat answer =
      base::mutant("answers_are_no_change") ? PartStat::needs_action : attendee.partstat;
  return std::tuple(guest_key(attendee), answer, attendee.optional, attendee.resource);
}

bool equal_reminders(const Event& a, const Event& b) {
  if (!a.reminders || !b.reminders) return !a.reminders && !b.reminders;
  return std::set<Reminder>(a.reminders->begin(), a.reminders->end()) ==
         std::set<Reminder>(b.reminders->begin(), b.reminders->end());
}

bool equal_time(const EventTime& a, const EventTime& b) {
  return a == b;
}

bool equal_occurrences(const Series& a, const Series& b) {
  return std::ranges::equal(a.occurrences, b.occurrences, [](const auto& x, const auto& y) {
    return x.first == y.first && equal_occurrence(&x.second, &y.second);
  });
}

}  // namespace

bool equal_attendees(const std::vector<Attendee>& a, const std::vector<Attendee>& b) {
  if (a.size() != b.size()) return false;
  std::multiset<decltype(key(a.front()))> left;
  std::multiset<decltype(key(a.front()))> right;
  for (const Attendee& attendee : a) left.insert(key(attendee));
  for (const Attendee& attendee : b) right.insert(key(attendee));
  return left == right;
}

bool equal_event(const Event& a, const Event& b) {
  for (std::size_t i = 0; i < kFieldCount; ++i)
    if (!equal(a, b, static_cast<Field>(i))) return false;
  return true;
}

bool equal_rule(const Series& a, const Series& b) {
  return equal_times(a, b) && equal_lines(a, b);
}

bool equal_times(const Series& a, const Series& b) {
  return equal(a.master, b.master, Field::schedule);
}

bool equal_lines(const Series& a, const Series& b) {
  return canonical(a.recurrence) == canonical(b.recurrence);
}

bool equal(const Event& a, const Event& b, Field field) {
  switch (field) {
    case Field::summary: return a.summary == b.summary;
    case Field::description: return a.description == b.description;
    case Field::location: return a.location == b.location;
    case Field::schedule: return equal_time(a.start, b.start) && equal_time(a.end, b.end);
    case Field::status: return a.status == b.status;
    case Field::transparency: return a.transparency == b.transparency;
    case Field::visibility: return a.visibility == b.visibility;
    case Field::color: return a.color == b.color;
    case Field::attendees: return equal_attendees(a.attendees, b.attendees);
    case Field::reminders: return equal_reminders(a, b);
  }
  return true;
}

bool equal(const Series& a, const Series& b, Field field) {
  if (field == Field::schedule) return equal_rule(a, b) && equal_occurrences(a, b);
  return equal(a.master, b.master, field);
}

const Occurrence* find_occurrence(const Series& series, const OriginalStart& start) {
  const auto found = series.occurrences.find(start);
  return found == series.occurrences.end() ? nullptr : &found->second;
}

bool equal_occurrence(const Occurrence* a, const Occurrence* b) {
  if (!a || !b) return a == b;
  return a->cancelled == b->cancelled && (a->cancelled || equal_event(a->event, b->event));
}

void set_occurrence(Series& series, const OriginalStart& start, const Occurrence* occurrence) {
  if (occurrence)
    series.occurrences.insert_or_assign(start, *occurrence);
  else
    series.occurrences.erase(start);
}

std::set<OriginalStart> exception_starts(std::initializer_list<const Series*> all) {
  std::set<OriginalStart> starts;
  for (const Series* series : all)
    for (const auto& [start, occurrence] : series->occurrences) starts.insert(start);
  return starts;
}

FieldSet changed(const Series& from, const Series& to) {
  FieldSet set;
  for (std::size_t i = 0; i < kFieldCount; ++i) set[i] = !equal(from, to, static_cast<Field>(i));
  return set;
}

void copy(Event& target, const Event& source, Field field) {
  switch (field) {
    case Field::summary: target.summary = source.summary; break;
    case Field::description: target.description = source.description; break;
    case Field::location: target.location = source.location; break;
    case Field::schedule:
      target.start = source.start;
      target.end = source.end;
      break;
    case Field::status: target.status = source.status; break;
    case Field::transparency: target.transparency = source.transparency; break;
    case Field::visibility: target.visibility = source.visibility; break;
    case Field::color: target.color = source.color; break;
    case Field::attendees:
      target.attendees = source.attendees;
      target.attendees_omitted = source.attendees_omitted;
      break;
    case Field::reminders: target.reminders = source.reminders; break;
  }
}

void copy(Series& target, const Series& source, Field field) {
  copy(target.master, source.master, field);
  if (field != Field::schedule) return;
  target.recurrence = source.recurrence;
  target.occurrences = source.occurrences;
}

}  // namespace gcal::calendar
