#include "src/engine/sync/merge_base_schedule.hpp"

#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/sync/listed_dates.hpp"

namespace gcal::sync {
namespace {

// `was`, an exception of `from` at `start`, as an exception of `to` at `date`: with the time that
// the rule of `to` gives to it unless it had one of its own.
calendar::Occurrence under_rule_of(const Series& to, const calendar::OriginalStart& date,
                                   const calendar::Occurrence& was, const Series& from,
                                   const calendar::OriginalStart& start) {
  calendar::Occurrence now = was;
  if (was.cancelled) return now;
  const calendar::Event by_rule = calendar::occurrence_by_rule(from.master, start);
  if (calendar::equal(was.event, by_rule, calendar::Field::schedule))
    calendar::copy(now.event, calendar::occurrence_by_rule(to.master, date),
                   calendar::Field::schedule);
  return now;
}

// The old base of a date under the new rule of `put`. nullopt: the base had no exception there. An
// exception that the put leaves where it was, outside the new rule, keeps its date and time.
// `shown`: what the side that moved the series has there; its time may have followed the move.
std::optional<calendar::Occurrence> moved_base(const Series& old_base, const Operation& put,
                                               const calendar::DateMap& dates,
                                               const calendar::OriginalStart& start,
                                               const calendar::Occurrence* shown) {
  const calendar::OriginalStart old_start = dates.back(start);
  const bool stays = !find_occurrence(put.before, old_start) &&
                     find_occurrence(put.before, start) &&
                     !base::mutant("date_outside_has_no_base");
  const calendar::Occurrence* const was = find_occurrence(old_base, stays ? start : old_start);
  if (!was) return std::nullopt;
  if (stays) return *was;
  calendar::Occurrence now = under_rule_of(put.series, start, *was, old_base, old_start);
  if (!now.cancelled && shown && !shown->cancelled &&
      calendar::moved_along(was->event, calendar::occurrence_by_rule(old_base.master, old_start),
                            shown->event, calendar::occurrence_by_rule(put.series.master, start)))
    calendar::copy(now.event, shown->event, calendar::Field::schedule);
  return now;
}

// The fields that a put under the same rule wrote at `start`; all of them if it was cancelled or
// restored.
calendar::FieldSet written_fields(const Operation& put, const calendar::OriginalStart& start) {
  const calendar::Occurrence* const sent = find_occurrence(put.series, start);
  const std::optional<calendar::Event> before = calendar::shown_on(put.before, start);
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
  if (!mine.base.occurrences.empty() || !theirs.base.occurrences.empty() ||
      base::mutant("merged_rule_is_not_agreed"))
    return;
  const bool moved = !calendar::equal_times(put.before, put.series);
  const bool other_lines = !calendar::equal_lines(put.before, put.series);
  for (const auto& [state, series] : {std::pair(&mine, &found), std::pair(&theirs, &put.series)}) {
    if (moved) calendar::copy(state->base.master, series->master, calendar::Field::schedule);
    if (other_lines) state->base.recurrence = series->recurrence;
  }
}

// Whether `held` has the rule of `sent`, which may list dates that `held` only shows.
bool has_rule_of(const Series& sent, const Series& held) {
  if (calendar::equal_rule(sent, held)) return true;
  return !base::mutant("listed_date_is_another_rule") &&
         calendar::equal_rule(sent, with_listed_dates(held));
}

// Single dates were written to a side whose rule the other side, which holds `held`, does not have
// yet. A date that both sides show alike is agreed, under the rule of the bases: what either user
// does to it next is an edit of that user.
void adopt_sent_dates(SideState& mine, SideState& theirs, const Operation& put, const Series& found,
                      const Series& held) {
  if (!calendar::equal_rule(theirs.base, held) || base::mutant("date_of_a_waiting_rule_is_news"))
    return;
  const calendar::DateMap dates(held, put.series, {});
  for (const calendar::OriginalStart& date :
       calendar::exception_starts({&put.before, &put.series})) {
    const calendar::Occurrence* const sent = find_occurrence(put.series, date);
    if (equal_occurrence(find_occurrence(put.before, date), sent) ||
        !equal_occurrence(sent, find_occurrence(found, date)))
      continue;
    const calendar::OriginalStart start = dates.back(date);
    const calendar::Occurrence* const shown = find_occurrence(held, start);
    if (!sent != !shown) continue;
    std::optional<calendar::Occurrence> agreed;
    if (sent) agreed = under_rule_of(held, start, *sent, put.series, date);
    if (sent && !equal_occurrence(&*agreed, shown)) continue;
    set_occurrence(mine.base, start, agreed ? &*agreed : nullptr);
    set_occurrence(theirs.base, start, shown);
  }
}

}  // namespace

void adopt_sent_schedule(SideState& mine, SideState& theirs, const Operation& put,
                         const Series& found, const Series* held) {
  if (!calendar::equal_rule(put.series, found)) return;
  const bool creating = put.id.empty();
  const bool new_rule = creating || !calendar::equal_rule(put.before, put.series);
  if (held && !has_rule_of(put.series, *held))
    return new_rule ? adopt_sent_rule(mine, theirs, put, found)
                    : adopt_sent_dates(mine, theirs, put, found, *held);
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
         {std::pair(&mine, &found), std::pair(&theirs, held ? held : &put.series)}) {
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
            new_rule ? moved_base(*old, put, *dates, start, shown)
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

}  // namespace gcal::sync
