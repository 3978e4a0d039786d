#include "src/engine/sync/agree.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/people.hpp"

namespace gcal::sync {
namespace {

SideName other_of(SideName side) {
  return side == SideName::crm ? SideName::google : SideName::crm;
}

const calendar::Occurrence* find(const Series& series, const calendar::OriginalStart& start) {
  const auto found = series.occurrences.find(start);
  return found == series.occurrences.end() ? nullptr : &found->second;
}

bool same(const calendar::Occurrence* a, const calendar::Occurrence* b) {
  if (!a || !b) return a == b;
  return a->cancelled == b->cancelled &&
         (a->cancelled || calendar::equal_event(a->event, b->event));
}

void put_occurrence(Series& series, const calendar::OriginalStart& start,
                    const calendar::Occurrence* occurrence) {
  if (occurrence)
    series.occurrences.insert_or_assign(start, *occurrence);
  else
    series.occurrences.erase(start);
}

// A side that was told to forget an exception may keep it as one that says what the rule says, or
// keep one that was not spoken of. Such a difference is news from that side and no way of writing
// the same thing: its base must not hide it, or both would drift apart with the next change of the
// rule's text.
void agree_on_schedule(End& mine, const Series& sent, const Series& written) {
  for (const auto& [start, occurrence] : written.occurrences)
    if (!find(sent, start)) mine.series.occurrences.erase(start);
}

}  // namespace

void agree(Link& link, SideName side, const Series& sent, const Series& written,
           const Series& other) {
  End& mine = link.end[static_cast<std::size_t>(side)];
  End& theirs = link.end[static_cast<std::size_t>(other_of(side))];
  if (!mine.agreed || !theirs.agreed) {
    mine.series = written;
    theirs.series = other;
    mine.agreed = theirs.agreed = true;
    // Where the other side does not hold yet what was sent, the written value still has to travel
    // there: it counts as changed.
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
      if (const auto field = static_cast<calendar::Field>(i); !calendar::equal(sent, other, field))
        calendar::copy(mine.series, other, field);
    if (calendar::equal(sent, other, calendar::Field::schedule))
      agree_on_schedule(mine, sent, written);
    return;
  }
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (!calendar::equal(sent, other, field)) continue;
    calendar::copy(mine.series, written, field);
    calendar::copy(theirs.series, other, field);
    if (field == calendar::Field::schedule) agree_on_schedule(mine, sent, written);
  }
  mine.series.facts = written.facts;
  theirs.series.facts = other.facts;
}

namespace {

// A series is written in several requests: the rule first, then one changed occurrence after the
// other. What of it arrived is agreed, what did not arrive keeps its old base, so that it still
// counts as this side's wish and not as the other's change.
void absorb_schedule(End& mine, End& theirs, const Operation& put, const Series& found) {
  if (!calendar::equal_rule(put.series, found)) return;
  const bool creating = put.id.empty();
  const bool new_rule = creating || !calendar::equal_rule(put.before, put.series);
  if (new_rule) {
    mine.series.occurrences.clear();
    theirs.series.occurrences.clear();
    for (const auto& [end, series] : {std::pair(&mine, &found), std::pair(&theirs, &put.series)}) {
      end->series.master.start = series->master.start;
      end->series.master.end = series->master.end;
      end->series.recurrence = series->recurrence;
    }
  }
  std::set<calendar::OriginalStart> starts;
  for (const Series* series : {&put.before, &put.series, &found})
    for (const auto& [start, occurrence] : series->occurrences) starts.insert(start);
  for (const calendar::OriginalStart& start : starts) {
    const calendar::Occurrence* sent = find(put.series, start);
    if (!new_rule && same(find(put.before, start), sent)) continue;  // not what this put was about
    if (!same(sent, find(found, start))) continue;
    put_occurrence(mine.series, start, find(found, start));
    put_occurrence(theirs.series, start, sent);
  }
}

// A list of guests may have been merged from both sides. Only what differs from what this side held
// before was the other side's wish, and it is known to have been held there.
void absorb_guests(End& theirs, const Operation& put) {
  using Guests = std::vector<calendar::Attendee>;
  const auto find_guest = [](Guests& guests, const calendar::Attendee& wanted) {
    return std::ranges::find_if(guests, [&](const calendar::Attendee& guest) {
      return calendar::normalised(guest.email) == calendar::normalised(wanted.email);
    });
  };
  Guests before = put.before.master.attendees;
  Guests sent = put.series.master.attendees;
  Guests& held = theirs.series.master.attendees;
  for (const calendar::Attendee& guest : sent) {
    const auto was = find_guest(before, guest);
    const auto known = find_guest(held, guest);
    if (was == before.end() && known == held.end()) held.push_back(guest);
    if (was == before.end() || known == held.end()) continue;
    if (was->partstat != guest.partstat) known->partstat = guest.partstat;
    if (was->optional != guest.optional) known->optional = guest.optional;
  }
  for (const calendar::Attendee& guest : before)
    if (find_guest(sent, guest) == sent.end())
      if (const auto known = find_guest(held, guest); known != held.end()) held.erase(known);
}

}  // namespace

void absorb_sent(Link& link, SideName side, const Operation& put, const Series& found) {
  End& mine = link.end[static_cast<std::size_t>(side)];
  End& theirs = link.end[static_cast<std::size_t>(other_of(side))];
  calendar::FieldSet fields;
  if (put.id.empty()) {
    mine.series = theirs.series = put.series;
    mine.agreed = theirs.agreed = true;
    fields.set();
  } else {
    fields = calendar::changed(put.before, put.series);
  }
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (!fields[i]) continue;
    if (field == calendar::Field::schedule) {
      absorb_schedule(mine, theirs, put, found);
      continue;
    }
    if (!calendar::equal(put.series, found, field)) continue;
    calendar::copy(mine.series, found, field);
    if (field == calendar::Field::attendees && !put.id.empty())
      absorb_guests(theirs, put);
    else
      calendar::copy(theirs.series, put.series, field);
  }
}

}  // namespace gcal::sync
