#include "src/engine/sync/merge_base.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/people.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/sync/listed_dates.hpp"
#include "src/engine/sync/merge_base_guests.hpp"

namespace gcal::sync {
namespace {

// After an exception is removed, the side may still return it with the series' own values, or
// return one that was not written at all. Such an occurrence is a change of that side and must not
// be hidden in its base; otherwise both sides would drift apart with the next change of the rule.
void keep_extra_occurrences_pending(SideState& mine, const Series& sent, const Series& written) {
  for (const auto& [start, occurrence] : written.occurrences)
    if (!find_occurrence(sent, start)) mine.base.occurrences.erase(start);
}

// A side may answer a write with other answers of guests than were sent: Google may reset them when
// the time changes. Such an answer is news of that side for the other one.
void keep_answers_pending(std::vector<calendar::Attendee>& base,
                          const std::vector<calendar::Attendee>& sent) {
  for (calendar::Attendee& guest : base)
    for (const calendar::Attendee& other : sent)
      if (calendar::guest_key(guest) == calendar::guest_key(other)) guest.partstat = other.partstat;
}

void keep_answers_pending(Series& base, const Series& sent, calendar::Field field) {
  if (base::mutant("reset_answers_hidden")) return;
  if (field == calendar::Field::attendees)
    keep_answers_pending(base.master.attendees, sent.master.attendees);
  if (field != calendar::Field::schedule) return;
  for (auto& [start, occurrence] : base.occurrences)
    if (const calendar::Occurrence* const known = find_occurrence(sent, start))
      keep_answers_pending(occurrence.event.attendees, known->event.attendees);
}

// Whether a side that held `before` and stores what it was sent may hold `found`: as it was sent,
// or the beginning of a text that is too long for it. A user who shortened that text there loses
// nothing.
bool is_stored_form(const calendar::Event& before, const calendar::Event& sent,
                    const calendar::Event& found, calendar::Field field) {
  if (calendar::equal(sent, found, field)) return true;
  if (calendar::equal(before, found, field) || base::mutant("cut_text_is_an_edit")) return false;
  const auto is_beginning = [](const std::string& whole, const std::string& part) {
    return !part.empty() && whole.starts_with(part);
  };
  switch (field) {
    case calendar::Field::summary: return is_beginning(sent.summary, found.summary);
    case calendar::Field::description: return is_beginning(sent.description, found.description);
    case calendar::Field::location: return is_beginning(sent.location, found.location);
    default: return false;
  }
}

// Whether `held` is the content that was sent. Either may list dates that the other only shows.
bool is_content_of(const Series& sent, const Series& held, calendar::Field field) {
  if (calendar::equal(sent, held, field)) return true;
  if (field != calendar::Field::schedule || sent.occurrences.empty()) return false;
  return calendar::equal(with_listed_dates(sent), with_listed_dates(held), field);
}

// The old base of a date under a new rule: what stood at `old_start`, with the time that the new
// rule gives to it unless it had one of its own. nullopt: the base had no exception there.
std::optional<calendar::Occurrence> moved_base(const Series& old_base,
                                               const calendar::OriginalStart& old_start,
                                               const Series& moved,
                                               const calendar::OriginalStart& start) {
  const calendar::Occurrence* const was = find_occurrence(old_base, old_start);
  if (!was) return std::nullopt;
  calendar::Occurrence now = *was;
  if (was->cancelled) return now;
  const calendar::Event by_rule = calendar::occurrence_by_rule(old_base.master, old_start);
  if (calendar::equal(was->event, by_rule, calendar::Field::schedule))
    calendar::copy(now.event, calendar::occurrence_by_rule(moved.master, start),
                   calendar::Field::schedule);
  return now;
}

// What a series shows on one date; nullopt: it is cancelled there.
std::optional<calendar::Event> shown_on(const Series& series,
                                        const calendar::OriginalStart& start) {
  const calendar::Occurrence* const exception = find_occurrence(series, start);
  if (!exception) return calendar::occurrence_by_rule(series.master, start);
  return exception->cancelled ? std::nullopt : std::optional(exception->event);
}

// The fields that a put under the same rule wrote at `start`; all of them if it was cancelled or
// restored.
calendar::FieldSet written_fields(const Operation& put, const calendar::OriginalStart& start) {
  const calendar::Occurrence* const sent = find_occurrence(put.series, start);
  const std::optional<calendar::Event> before = shown_on(put.before, start);
  calendar::FieldSet fields;
  if (!sent || sent->cancelled || !before) return fields.set();
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
    fields[i] = !calendar::equal(*before, sent->event, static_cast<calendar::Field>(i));
  return fields.any() ? fields : fields.set();
}

// Whether `found` shows at `start` the `fields` that were sent. A side may keep an exception that
// was removed, with the values of the series.
bool has_arrived(const calendar::Occurrence* sent, const Series& found,
                 const calendar::OriginalStart& start, calendar::FieldSet fields) {
  const calendar::Occurrence* const now = find_occurrence(found, start);
  if (equal_occurrence(sent, now)) return true;
  if (!now || now->cancelled || (sent && sent->cancelled)) return false;
  if (!sent)
    return !base::mutant("removed_exception_is_news") &&
           calendar::equal_event(now->event, calendar::occurrence_by_rule(found.master, start));
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
    if (fields[i] && !calendar::equal(sent->event, now->event, static_cast<calendar::Field>(i)))
      return false;
  return true;
}

std::optional<calendar::Occurrence> optional_copy(const calendar::Occurrence* occurrence) {
  return occurrence ? std::optional(*occurrence) : std::nullopt;
}

// The base of a date at which not all is agreed: those of the written `fields` that the other side
// shows as they were `sent` are, with the value that this state holds `now`.
std::optional<calendar::Occurrence> agreed_fields(
    std::optional<calendar::Occurrence> base, const SideState& state,
    const calendar::OriginalStart& start, const calendar::Occurrence& sent,
    const calendar::Occurrence& shown, const calendar::Event& now, calendar::FieldSet fields) {
  if (!base || base->cancelled)
    base = calendar::Occurrence{false, calendar::occurrence_by_rule(state.base.master, start)};
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
    if (const auto field = static_cast<calendar::Field>(i);
        fields[i] && calendar::equal(sent.event, shown.event, field))
      calendar::copy(base->event, now, field);
  return base;
}

// A move of one side and other lines of the other one were written as one rule, which the other
// side does not have yet: what the write changed of this side is agreed, the rest is still its
// news. With changed dates, which belong to one of the rules, nothing is agreed before both have
// it.
void adopt_sent_rule(SideState& mine, SideState& theirs, const Operation& put,
                     const Series& found) {
  if (!mine.base.occurrences.empty() || !theirs.base.occurrences.empty()) return;
  const bool moved = !calendar::equal_times(put.before, put.series);
  const bool other_lines = !calendar::equal_lines(put.before, put.series);
  for (const auto& [state, series] : {std::pair(&mine, &found), std::pair(&theirs, &put.series)}) {
    if (moved) calendar::copy(state->base.master, series->master, calendar::Field::schedule);
    if (other_lines) state->base.recurrence = series->recurrence;
  }
}

// A series is written in several requests: first the rule, then each changed occurrence. What
// arrived becomes part of the bases. What did not arrive keeps its old base, so that it still
// counts as a change of the sending side and not of this one.
// `held`: what the other side holds; nullptr: what was sent. What it shows otherwise came from this
// side in a merge: there both bases stay as they were, so that it is still this side's news.
void adopt_sent_schedule(SideState& mine, SideState& theirs, const Operation& put,
                         const Series& found, const Series* held) {
  if (!calendar::equal_rule(put.series, found)) return;
  const bool creating = put.id.empty();
  const bool new_rule = creating || !calendar::equal_rule(put.before, put.series);
  if (new_rule && held && !calendar::equal_rule(put.series, *held))
    return adopt_sent_rule(mine, theirs, put, found);
  Series old_mine, old_theirs;  // the bases under the old rule
  std::optional<calendar::DateMap> dates;
  if (new_rule) {
    old_theirs = theirs.base;
    old_mine = mine.base;
    dates.emplace(put.before, put.series, std::set<calendar::OriginalStart>{});
    // What is left of the old rule stays in the bases: that it goes is the sending side's change.
    const auto is_left = [&](const calendar::OriginalStart& start) {
      const calendar::Occurrence* was = find_occurrence(put.before, start);
      return !creating && was && find_occurrence(found, start) &&
             !find_occurrence(put.series, start) &&
             equal_occurrence(was, find_occurrence(found, start));
    };
    const auto before = std::exchange(mine.base.occurrences, {});
    theirs.base.occurrences.clear();
    for (const auto& [start, occurrence] : before) {
      if (!is_left(start)) continue;
      mine.base.occurrences.emplace(start, occurrence);
      theirs.base.occurrences.emplace(start, occurrence);
    }
    for (const auto& [state, series] :
         {std::pair(&mine, &found), std::pair(&theirs, &put.series)}) {
      state->base.master.start = series->master.start;
      state->base.master.end = series->master.end;
      state->base.recurrence = series->recurrence;
    }
  }
  for (const calendar::OriginalStart& start :
       calendar::exception_starts({&put.before, &put.series, &found})) {
    const calendar::Occurrence* sent = find_occurrence(put.series, start);
    // Not changed by this put.
    if (!new_rule && equal_occurrence(find_occurrence(put.before, start), sent)) continue;
    const calendar::FieldSet fields =
        new_rule ? calendar::FieldSet{}.set() : written_fields(put, start);
    if (!has_arrived(sent, found, start, fields)) continue;
    const calendar::Occurrence* const shown = held ? find_occurrence(*held, start) : sent;
    const bool as_sent = !sent || equal_occurrence(sent, find_occurrence(found, start));
    if (!as_sent || !equal_occurrence(sent, shown)) {
      for (const auto& [state, old, now] :
           {std::tuple(&mine, &old_mine, &found), std::tuple(&theirs, &old_theirs, &put.series)}) {
        std::optional<calendar::Occurrence> base =
            new_rule ? moved_base(*old, dates->back(start), put.series, start)
                     : optional_copy(find_occurrence(state->base, start));
        if (sent && shown && !sent->cancelled && !shown->cancelled)
          base = agreed_fields(std::move(base), *state, start, *sent, *shown,
                               now->occurrences.at(start).event, fields);
        set_occurrence(state->base, start, base ? &*base : nullptr);
      }
      continue;
    }
    set_occurrence(mine.base, start, sent ? find_occurrence(found, start) : nullptr);
    set_occurrence(theirs.base, start, sent);
  }
}

}  // namespace

void update_bases(Link& link, SideName side, const Operation& put, const Series& written,
                  const Series& other_series) {
  const Series& sent = put.series;
  SideState& mine = link.side[side];
  SideState& theirs = link.side[other(side)];
  if (!mine.has_base || !theirs.has_base) {
    mine.base = written;
    theirs.base = other_series;
    mine.has_base = theirs.has_base = true;
    // Where the other side does not hold what was sent yet, the written value still has to be
    // transferred: it must count as changed.
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
      if (const auto field = static_cast<calendar::Field>(i);
          !is_content_of(sent, other_series, field))
        calendar::copy(mine.base, other_series, field);
    if (is_content_of(sent, other_series, calendar::Field::schedule))
      keep_extra_occurrences_pending(mine, sent, written);
    return;
  }
  const calendar::FieldSet changed = calendar::changed(put.before, sent) | put.sent;
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    // Settled when the first request was answered: what differs now was written since.
    if (put.steps > 0 && field != calendar::Field::schedule && !put.sent[i]) continue;
    if (!is_content_of(sent, other_series, field)) {
      if (field == calendar::Field::attendees)
        for (SideState* const state : {&mine, &theirs})
          adopt_common_guests(state->base.master.attendees, sent.master.attendees,
                              other_series.master.attendees);
      const bool same_rule = calendar::equal_rule(put.before, sent);
      if (field == calendar::Field::schedule && !put.id.empty() &&
          (same_rule || calendar::equal_rule(sent, other_series)))
        adopt_sent_schedule(mine, theirs, put, written, &other_series);
      continue;
    }
    // What was not sent cannot have been normalised: if it changed, the side changed it.
    const bool as_sent = !changed[i] && !base::mutant("reset_answers_hidden");
    calendar::copy(mine.base, as_sent || base::mutant("base_is_what_was_sent") ? sent : written,
                   field);
    if (!base::mutant("other_base_stays")) calendar::copy(theirs.base, other_series, field);
    if (field == calendar::Field::schedule) keep_extra_occurrences_pending(mine, sent, written);
    keep_answers_pending(mine.base, sent, field);
  }
  mine.base.facts = written.facts;
  theirs.base.facts = other_series.facts;
}

void settle_master(Link& link, SideName side, const Operation& put, const Series& written,
                   const Series& other_series) {
  SideState& mine = link.side[side];
  SideState& theirs = link.side[other(side)];
  const calendar::FieldSet changed = calendar::changed(put.before, put.series);
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (field == calendar::Field::schedule || !(changed[i] || put.id.empty()) ||
        !calendar::equal(put.series, other_series, field))
      continue;
    calendar::copy(mine.base, written, field);
    calendar::copy(theirs.base, other_series, field);
    keep_answers_pending(mine.base, put.series, field);
  }
}

namespace {

// If both events changed the field and show it alike now, it becomes part of both bases. Returns
// whether it did.
bool adopt_equal_field(const PerSide<calendar::Event*>& base,
                       const PerSide<const calendar::Event*>& now, calendar::Field field) {
  if (calendar::equal(*base.crm, *now.crm, field) ||
      calendar::equal(*base.remote, *now.remote, field) ||
      !calendar::equal(*now.crm, *now.remote, field))
    return false;
  for (const SideName side : kBothSides) calendar::copy(*base[side], *now[side], field);
  return true;
}

// The same on single dates: the sides may differ in what only one of them cuts.
bool adopt_equal_dates(const PerSide<Series*>& base, const PerSide<const Series*>& held) {
  for (const SideName side : kBothSides)
    if (!calendar::equal_rule(*base[side], *held[side])) return false;
  bool any = false;
  for (const calendar::OriginalStart& start :
       calendar::exception_starts({base.crm, base.remote, held.crm, held.remote})) {
    const PerSide<const calendar::Occurrence*> now{find_occurrence(*held.crm, start),
                                                   find_occurrence(*held.remote, start)};
    if (!now.crm != !now.remote) continue;
    PerSide<std::optional<calendar::Event>> was, shown;
    for (const SideName side : kBothSides) {
      was[side] = shown_on(*base[side], start);
      shown[side] = shown_on(*held[side], start);
    }
    if (!was.crm != !was.remote || !shown.crm != !shown.remote) continue;
    if (!shown.crm || !was.crm) {  // both cancelled the date, or show it again
      if (!shown.crm == !was.crm || !equal_occurrence(now.crm, now.remote)) continue;
      for (const SideName side : kBothSides) set_occurrence(*base[side], start, now[side]);
      any = true;
      continue;
    }
    bool agreed = false;
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
      agreed |= adopt_equal_field({&*was.crm, &*was.remote}, {&*shown.crm, &*shown.remote},
                                  static_cast<calendar::Field>(i));
    if (!agreed) continue;
    for (const SideName side : kBothSides)
      base[side]->occurrences.insert_or_assign(start, calendar::Occurrence{false, *was[side]});
    any = true;
  }
  return any;
}

bool adopt_equal_schedule(Link& link, const PerSide<const Series*>& held) {
  constexpr auto kSchedule = calendar::Field::schedule;
  const PerSide<Series*> base{&link.side.crm.base, &link.side.remote.base};
  if (calendar::equal(*base.crm, *held.crm, kSchedule) ||
      calendar::equal(*base.remote, *held.remote, kSchedule))
    return false;
  if (!calendar::equal(*held.crm, *held.remote, kSchedule)) return adopt_equal_dates(base, held);
  for (const SideName side : kBothSides) calendar::copy(*base[side], *held[side], kSchedule);
  return true;
}

}  // namespace

bool adopt_equal_values(Link& link, const PerSide<const Series*>& held) {
  if (!link.side.crm.has_base || !link.side.remote.has_base) return false;
  if (base::mutant("same_change_twice")) return false;
  bool any = false;
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    any |= field == calendar::Field::schedule
               ? adopt_equal_schedule(link, held)
               : adopt_equal_field({&link.side.crm.base.master, &link.side.remote.base.master},
                                   {&held.crm->master, &held.remote->master}, field);
  }
  return any;
}

bool holds_first_step(const Operation& put, const Series& found) {
  if (put.id.empty()) return true;
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (calendar::equal(put.before.master, put.series.master, field)) continue;
    if (is_stored_form(put.before.master, put.series.master, found.master, field)) return true;
  }
  if (!calendar::equal_rule(put.before, put.series)) return calendar::equal_rule(put.series, found);
  for (const Series* series : {&put.before, &put.series})
    for (const auto& [start, occurrence] : series->occurrences) {
      const calendar::Occurrence* sent = find_occurrence(put.series, start);
      if (!equal_occurrence(find_occurrence(put.before, start), sent) &&
          has_arrived(sent, found, start, written_fields(put, start)))
        return true;
    }
  return false;
}

namespace {

bool take_arrived_dates(Series& part, const Operation& put, const Series& found) {
  if (!calendar::equal_rule(put.before, put.series)) {
    if (!calendar::equal_rule(put.series, found)) return false;
    calendar::copy(part, found, calendar::Field::schedule);
    return true;
  }
  bool any = false;
  for (const calendar::OriginalStart& start :
       calendar::exception_starts({&put.before, &put.series})) {
    const calendar::Occurrence* const sent = find_occurrence(put.series, start);
    if (equal_occurrence(find_occurrence(put.before, start), sent) ||
        !has_arrived(sent, found, start, written_fields(put, start)))
      continue;
    set_occurrence(part, start, find_occurrence(found, start));
    any = true;
  }
  return any;
}

}  // namespace

std::optional<Series> arrived_part(const Operation& put, const Series& found) {
  if (put.id.empty()) return found;
  Series part = put.before;
  bool any = take_arrived_dates(part, put, found);
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (field == calendar::Field::schedule || field == calendar::Field::attendees ||
        calendar::equal(put.before.master, put.series.master, field) ||
        !is_stored_form(put.before.master, put.series.master, found.master, field))
      continue;
    calendar::copy(part.master, found.master, field);
    any = true;
  }
  any |= take_arrived_guests(part.master.attendees, put.before.master.attendees,
                             put.series.master.attendees, found.master.attendees);
  if (!any) return std::nullopt;
  part.facts = found.facts;
  return part;
}

std::optional<Series> left_of_put(const Operation& put, const Series& found) {
  const bool master_was_sent = put.steps > 0 || !calendar::equal_rule(put.before, put.series);
  if (put.kind != Operation::Kind::put || put.id.empty() || !master_was_sent ||
      !calendar::equal_rule(put.series, found) || base::mutant("put_not_continued"))
    return std::nullopt;
  Series wanted = found;
  for (const calendar::OriginalStart& start :
       calendar::exception_starts({&put.before, &put.series, &found})) {
    const calendar::Occurrence* const now = find_occurrence(found, start);
    if (!now || equal_occurrence(now, find_occurrence(put.before, start)))
      set_occurrence(wanted, start, find_occurrence(put.series, start));
  }
  if (calendar::equal(wanted, found, calendar::Field::schedule)) return std::nullopt;
  return wanted;
}

void adopt_sent_values(Link& link, SideName side, const Operation& put, const Series& found,
                       const Series* held) {
  if (base::mutant("lost_answer_forgotten")) return;
  SideState& mine = link.side[side];
  SideState& theirs = link.side[other(side)];
  calendar::FieldSet fields;
  if (put.id.empty()) {
    mine.base = theirs.base = put.series;
    mine.has_base = theirs.has_base = true;
    fields.set();
  } else {
    fields = calendar::changed(put.before, put.series);
  }
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (!fields[i]) continue;
    if (field == calendar::Field::schedule) {
      adopt_sent_schedule(mine, theirs, put, found, put.id.empty() ? nullptr : held);
      continue;
    }
    if (field == calendar::Field::attendees && !put.id.empty()) {
      const Guests& before = put.before.master.attendees;
      Guests arrived = put.series.master.attendees;
      if (!calendar::equal_attendees(arrived, found.master.attendees)) {
        arrived = before;
        take_arrived_guests(arrived, before, put.series.master.attendees, found.master.attendees);
      }
      for (SideState* const state : {&mine, &theirs})
        adopt_sent_guests(state->base.master.attendees, before, arrived);
      continue;
    }
    if (!is_stored_form(put.before.master, put.series.master, found.master, field)) continue;
    calendar::copy(mine.base, found, field);
    calendar::copy(theirs.base, put.series, field);
  }
}

}  // namespace gcal::sync
