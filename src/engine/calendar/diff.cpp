#include "src/engine/calendar/diff.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "src/common/icalendar/address.hpp"
#include "src/engine/calendar/recurrence.hpp"

namespace gcal::calendar {
namespace {

// Names, comments, `self` and `organizer` are no edits of the user and do not count.
auto key(const Attendee& attendee) {
  return std::tuple(icalendar::normalised_address(attendee.email), attendee.partstat,
                    attendee.optional, attendee.resource);
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
  return a.summary == b.summary && a.description == b.description && a.location == b.location &&
         equal_time(a.start, b.start) && equal_time(a.end, b.end) && a.status == b.status &&
         a.transparency == b.transparency && a.visibility == b.visibility && a.color == b.color &&
         equal_attendees(a.attendees, b.attendees) && equal_reminders(a, b);
}

bool equal_rule(const Series& a, const Series& b) {
  return equal_time(a.master.start, b.master.start) && equal_time(a.master.end, b.master.end) &&
         canonical(a.recurrence) == canonical(b.recurrence);
}

bool equal(const Series& a, const Series& b, Field field) {
  switch (field) {
    case Field::summary: return a.master.summary == b.master.summary;
    case Field::description: return a.master.description == b.master.description;
    case Field::location: return a.master.location == b.master.location;
    case Field::schedule: return equal_rule(a, b) && equal_occurrences(a, b);
    case Field::status: return a.master.status == b.master.status;
    case Field::transparency: return a.master.transparency == b.master.transparency;
    case Field::visibility: return a.master.visibility == b.master.visibility;
    case Field::color: return a.master.color == b.master.color;
    case Field::attendees: return equal_attendees(a.master.attendees, b.master.attendees);
    case Field::reminders: return equal_reminders(a.master, b.master);
  }
  return true;
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

FieldSet changed(const Series& from, const Series& to) {
  FieldSet set;
  for (std::size_t i = 0; i < kFieldCount; ++i) set[i] = !equal(from, to, static_cast<Field>(i));
  return set;
}

void copy(Series& target, const Series& source, Field field) {
  switch (field) {
    case Field::summary: target.master.summary = source.master.summary; break;
    case Field::description: target.master.description = source.master.description; break;
    case Field::location: target.master.location = source.master.location; break;
    case Field::schedule:
      target.master.start = source.master.start;
      target.master.end = source.master.end;
      target.recurrence = source.recurrence;
      target.occurrences = source.occurrences;
      break;
    case Field::status: target.master.status = source.master.status; break;
    case Field::transparency: target.master.transparency = source.master.transparency; break;
    case Field::visibility: target.master.visibility = source.master.visibility; break;
    case Field::color: target.master.color = source.master.color; break;
    case Field::attendees: target.master.attendees = source.master.attendees; break;
    case Field::reminders: target.master.reminders = source.master.reminders; break;
  }
}

}  // namespace gcal::calendar
