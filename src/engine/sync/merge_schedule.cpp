#include "src/engine/sync/merge_schedule.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/rule_dates.hpp"
#include "src/engine/calendar/series_move.hpp"

namespace gcal::sync {
namespace {

using calendar::DateMap;
using calendar::Event;
using calendar::Field;
using calendar::FieldSet;
using calendar::Occurrence;
using calendar::SeriesMove;

using Sides = PerSide<const Series*>;

FieldSet all_fields() {
  return FieldSet{}.set();
}

void copy_rule(Series& target, const Series& source) {
  calendar::copy(target.master, source.master, Field::schedule);
  target.recurrence = source.recurrence;
}

// How one side changed start, end and rule. Lines that only follow a move of the start count as
// unchanged.
struct RuleChange {
  bool times = false;
  bool lines = false;

  static RuleChange between(const Series& base, const Series& now) {
    RuleChange change{!calendar::equal_times(base, now), !calendar::equal_lines(base, now)};
    if (change.times && change.lines) change.lines = !calendar::same_rule_moved(base, now);
    return change;
  }
  bool any() const { return times || lines; }
};

// One side moved the series within its day, the other changed the lines: the lines move as well.
bool combine(const Sides& base, const Sides& now, SideName mover, Merged& merged) {
  const auto move = SeriesMove::between(base[mover]->master.start, now[mover]->master.start);
  if (!move || !move->keeps_day()) return false;
  const Series& ruler = *now[other(mover)];
  std::optional<std::vector<std::string>> lines = calendar::moved_within_day(ruler, *move);
  if (!lines) return false;
  for (const SideName side : kBothSides) {
    calendar::copy(merged[side].master, now[mover]->master, Field::schedule);
    merged[side].recurrence = *lines;
  }
  return true;
}

void merge_rule(const Sides& base, const Sides& now, ConflictPolicy policy, Merged& merged) {
  if (calendar::equal_rule(*now.crm, *now.remote)) return;
  const RuleChange crm = RuleChange::between(*base.crm, *now.crm);
  const RuleChange remote = RuleChange::between(*base.remote, *now.remote);
  if (!crm.any() && !remote.any()) return;  // each side has its own notation
  if (!crm.any()) return copy_rule(merged.crm, *now.remote);
  if (!remote.any()) return copy_rule(merged.remote, *now.crm);
  // Where both made one change alike, the side that made another as well has both.
  if (calendar::equal_times(*now.crm, *now.remote) && crm.lines != remote.lines) {
    const SideName both = crm.lines ? SideName::crm : SideName::remote;
    return copy_rule(merged[other(both)], *now[both]);
  }
  if (calendar::equal_lines(*now.crm, *now.remote) && crm.times != remote.times) {
    const SideName both = crm.times ? SideName::crm : SideName::remote;
    return copy_rule(merged[other(both)], *now[both]);
  }
  if (crm.times != remote.times && crm.lines != remote.lines &&
      !base::mutant("time_and_rule_are_one_field") &&
      combine(base, now, crm.times ? SideName::crm : SideName::remote, merged))
    return;
  merged.conflicts.set(calendar::index(Field::schedule));
  merged.lost[loser(policy)] = true;
  copy_rule(merged[loser(policy)], *now[other(loser(policy))]);
}

// The exceptions that stayed where they were although the rule of their series left those dates:
// Google may leave them behind when its master is changed. They stand outside the rule.
std::set<OriginalStart> left_outside(const Series& base, const Series& now) {
  std::set<OriginalStart> starts;
  if (calendar::equal_rule(base, now) || base::mutant("left_exception_lost")) return starts;
  for (const auto& [start, occurrence] : now.occurrences)
    if (!occurrence.cancelled && find_occurrence(base, start)) starts.insert(start);
  const auto existing = calendar::existing_dates(now, starts);
  if (!existing) return {};
  std::erase_if(starts, [&](const OriginalStart& start) { return existing->contains(start); });
  return starts;
}

// The occurrences of one version of a series by the dates of the merged rule; `outside` keep
// theirs.
class OnMergedDates {
 public:
  OnMergedDates(const Series& series, const Series& merged, std::set<OriginalStart> outside = {})
      : series_(series), outside_(std::move(outside)) {
    if (!calendar::equal_rule(series, merged))
      map_.emplace(series, merged, calendar::exception_starts({&series}));
    for (const auto& [start, occurrence] : series.occurrences) {
      const std::optional<OriginalStart> date =
          map_ && !outside_.contains(start) ? map_->forward(start) : start;
      if (date)
        by_date_.emplace(*date, &occurrence);
      else
        without_date_.push_back(start);
    }
  }

  const std::map<OriginalStart, const Occurrence*>& by_date() const { return by_date_; }
  // Original starts of the occurrences that the merged rule does not have.
  const std::vector<OriginalStart>& without_date() const { return without_date_; }

  const Occurrence* exception(const OriginalStart& date) const {
    const auto found = by_date_.find(date);
    return found == by_date_.end() ? nullptr : found->second;
  }
  Event by_rule(const OriginalStart& date) const {
    const bool moved = map_ && !outside_.contains(date);
    return calendar::occurrence_by_rule(series_.master, moved ? map_->back(date) : date);
  }

 private:
  const Series& series_;
  std::set<OriginalStart> outside_;
  std::optional<DateMap> map_;  // nullopt: the rule is the merged one
  std::map<OriginalStart, const Occurrence*> by_date_;
  std::vector<OriginalStart> without_date_;
};

// What a series shows on one date.
struct Shown {
  const Occurrence* exception = nullptr;
  bool cancelled = false;
  Event by_rule;
  Event event;  // by_rule where the date is cancelled

  Shown(const Occurrence* occurrence, Event rule)
      : exception(occurrence), by_rule(std::move(rule)) {
    cancelled = exception && exception->cancelled;
    event = exception && !cancelled ? exception->event : by_rule;
  }
};

// `series` by its own rule.
Shown shown_at(const Series& series, const OriginalStart& start) {
  return {find_occurrence(series, start), calendar::occurrence_by_rule(series.master, start)};
}

// What one side did to one date.
struct DateChange {
  Shown base, now;
  FieldSet inherited;  // changed because the whole series changed
  FieldSet own;        // changed on this date

  DateChange(Shown before, Shown after) : base(std::move(before)), now(std::move(after)) {
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
      const auto field = static_cast<Field>(i);
      if (calendar::equal(base.event, now.event, field)) continue;
      const bool by_rule =
          (calendar::equal(base.event, base.by_rule, field) &&
           calendar::equal(now.event, now.by_rule, field)) ||
          (field == Field::schedule &&
           calendar::moved_along(base.event, base.by_rule, now.event, now.by_rule) &&
           !base::mutant("time_that_moves_along_is_own"));
      (by_rule ? inherited : own).set(i);
    }
  }

  bool cancels() const { return now.cancelled && !base.cancelled; }
  bool edits() const { return !now.cancelled && (base.cancelled || own.any()); }
  bool adds() const { return now.exception && !base.exception; }
  bool outweighs_cancellation() const {
    return !now.cancelled && (base.cancelled || outweighs_deletion(base.event, now.event, own));
  }
};

// The merge of the occurrences, date by date.
class OccurrenceMerge {
 public:
  OccurrenceMerge(const Sides& base, const Sides& now, ConflictPolicy policy, Merged& merged)
      : policy_(policy),
        merged_(merged),
        outside_(outside_both(base, now)),
        base_{OnMergedDates(*base.crm, merged.crm, outside_),
              OnMergedDates(*base.remote, merged.remote, outside_)},
        now_{OnMergedDates(*now.crm, merged.crm, outside_),
             OnMergedDates(*now.remote, merged.remote, outside_)} {}

  void run(const Sides& base, const Sides& now) {
    std::set<OriginalStart> dates;
    for (const SideName side : kBothSides) {
      for (const auto& [date, occurrence] : base_[side].by_date()) dates.insert(date);
      for (const auto& [date, occurrence] : now_[side].by_date()) dates.insert(date);
      note_lost(side, *base[side], *now[side]);
      merged_[side].occurrences.clear();
    }
    for (const OriginalStart& date : dates) merge_date(date);
  }

 private:
  static std::set<OriginalStart> outside_both(const Sides& base, const Sides& now) {
    std::set<OriginalStart> outside = left_outside(*base.crm, *now.crm);
    outside.merge(left_outside(*base.remote, *now.remote));
    return outside;
  }

  DateChange change_of(SideName side, const OriginalStart& date) {
    const auto shown = [&](const OnMergedDates& version) {
      return Shown(version.exception(date), version.by_rule(date));
    };
    return {shown(base_[side]), shown(now_[side])};
  }

  void conflict(SideName lost) {
    merged_.conflicts.set(calendar::index(Field::schedule));
    merged_.lost[lost] = true;
  }

  // A date that this side changed and that the merged rule does not have.
  void note_lost(SideName side, const Series& base, const Series& now) {
    if (now_[side].without_date().empty()) return;
    const OnMergedDates before(base, now);
    for (const OriginalStart& start : now_[side].without_date()) {
      const DateChange change(Shown(before.exception(start), before.by_rule(start)),
                              shown_at(now, start));
      if (change.edits()) conflict(side);
    }
  }

  // In its base; also at a date that only the old rule of this side had.
  bool had_exception(SideName side, const OriginalStart& date) const {
    const std::vector<OriginalStart>& gone = base_[side].without_date();
    return base_[side].exception(date) || std::ranges::find(gone, date) != gone.end();
  }

  void keep(SideName side, const OriginalStart& date, const Shown& shown, const Event& event) {
    if (shown.cancelled)
      merged_[side].occurrences[date] = Occurrence{true, {}};
    else if (shown.exception)
      merged_[side].occurrences[date] = Occurrence{false, event};
  }

  void merge_date(const OriginalStart& date) {
    const DateChange crm = change_of(SideName::crm, date);
    const DateChange remote = change_of(SideName::remote, date);
    if (crm.now.cancelled != remote.now.cancelled)
      return crm.now.cancelled ? merge_cancelled(date, SideName::crm, crm, remote)
                               : merge_cancelled(date, SideName::remote, remote, crm);
    if (crm.now.cancelled) {
      for (const SideName side : kBothSides) merged_[side].occurrences[date] = Occurrence{true, {}};
      return;
    }
    MergedEvent merged = merge_event({{&crm.base.event, &remote.base.event},
                                      {&crm.now.event, &remote.now.event},
                                      {crm.inherited, remote.inherited}},
                                     all_fields(), policy_);
    const bool in_crm = crm.now.exception;
    const bool in_remote = remote.now.exception;
    if (!in_crm && !in_remote) return;
    const bool one_only = in_crm != in_remote;
    const DateChange& present = in_crm ? crm : remote;
    const bool touched = present.edits() || present.adds();
    const bool removed = (!in_crm && had_exception(SideName::crm, date)) ||
                         (!in_remote && had_exception(SideName::remote, date));
    if (one_only && removed && !touched) return;  // back to what the rule says
    if (merged.conflicts.any()) conflict(loser(policy_));
    keep_kind(date, crm, remote, merged);
    if (one_only && !touched)
      return keep_untouched(date, in_crm ? SideName::crm : SideName::remote, present.now, merged);
    // A value that lost a conflict against the rule makes no exception where there is none: the
    // side would be asked to write what it shows already.
    const auto needless = [&](SideName side) {
      const bool exists = side == SideName::crm ? in_crm : in_remote;
      return !exists && merged.conflicts.any() && !base::mutant("lost_exception_kept") &&
             !outside_.contains(date) &&
             calendar::equal_event(merged.event[side],
                                   calendar::occurrence_by_rule(merged_[side].master, date));
    };
    for (const SideName side : kBothSides)
      if (!needless(side))
        merged_[side].occurrences[date] = Occurrence{false, std::move(merged.event[side])};
  }

  // Neither side changed the date, and only `where` needs an exception to say so; unless the series
  // changed around it: then the other side needs one for what the date still shows.
  void keep_untouched(const OriginalStart& date, SideName where, const Shown& shown,
                      MergedEvent& merged) {
    keep(where, date, shown, merged.event[where]);
    const SideName there = other(where);
    if (!outside_.contains(date) && !base::mutant("kept_date_follows_series") &&
        !calendar::equal_event(merged.event[there], by_merged_rule(there, date)))
      merged_[there].occurrences[date] = Occurrence{false, std::move(merged.event[there])};
  }

  // One side shows the date, the other does not.
  void merge_cancelled(const OriginalStart& date, SideName where, const DateChange& cancelled,
                       const DateChange& shown) {
    const bool cancels = cancelled.cancels();
    if (!cancels && !shown.edits()) {  // as both were before
      keep(where, date, cancelled.now, cancelled.now.event);
      keep(other(where), date, shown.now, shown.now.event);
      return;
    }
    if (cancels && !shown.outweighs_cancellation()) {
      for (const SideName side : kBothSides) merged_[side].occurrences[date] = Occurrence{true, {}};
      return;
    }
    merged_.edit_beat_delete |= cancels;
    for (const SideName side : kBothSides) {
      Event event = shown.now.event;
      const DateChange& own = side == where ? cancelled : shown;
      if (!has_kind(side, date, event, own)) {
        calendar::copy(event, by_merged_rule(side, date), Field::schedule);
        conflict(other(where));
      }
      keep(side, date, shown.now, event);
    }
  }

  Event by_merged_rule(SideName side, const OriginalStart& date) const {
    return calendar::occurrence_by_rule(merged_[side].master, date);
  }

  // Whether the occurrence may have this content: all day if the series is, otherwise at a time.
  // What a side shows itself in a series of the merged kind is its own affair. `own`: its date.
  bool has_kind(SideName side, const OriginalStart& date, const Event& event,
                const DateChange& own) const {
    const bool all_day = calendar::is_all_day(by_merged_rule(side, date).start);
    return calendar::is_all_day(event.start) == all_day ||
           (calendar::is_all_day(own.now.by_rule.start) == all_day && own.now.exception &&
            !own.now.cancelled);
  }

  // A series of days has no occurrence at a time, nor the reverse: a time that one side gave to
  // this date does not outlive that the other made it a series of the other kind.
  void keep_kind(const OriginalStart& date, const DateChange& crm, const DateChange& remote,
                 MergedEvent& merged) {
    for (const SideName side : kBothSides) {
      if (has_kind(side, date, merged.event[side], side == SideName::crm ? crm : remote)) continue;
      calendar::copy(merged.event[side], by_merged_rule(side, date), Field::schedule);
      for (const SideName each : kBothSides)
        if ((each == SideName::crm ? crm : remote).own[calendar::index(Field::schedule)])
          conflict(each);
    }
  }

  ConflictPolicy policy_;
  Merged& merged_;
  std::set<OriginalStart> outside_;
  PerSide<OnMergedDates> base_, now_;
};

}  // namespace

void merge_schedule(const Sides& base, const Sides& now, ConflictPolicy policy, Merged& merged) {
  if (base::mutant("schedule_is_one_field") &&
      !calendar::equal(*base.crm, *now.crm, Field::schedule) &&
      !calendar::equal(*base.remote, *now.remote, Field::schedule))
    return calendar::copy(merged[loser(policy)], *now[other(loser(policy))], Field::schedule);
  merge_rule(base, now, policy, merged);
  bool any = false;
  for (const SideName side : kBothSides)
    any |= !base[side]->occurrences.empty() || !now[side]->occurrences.empty();
  if (any) OccurrenceMerge(base, now, policy, merged).run(base, now);
}

bool schedule_outweighs_deletion(const Series& base, const Series& now) {
  if (!calendar::equal_rule(base, now)) return true;
  for (const OriginalStart& start : calendar::exception_starts({&base, &now})) {
    if (DateChange(shown_at(base, start), shown_at(now, start)).outweighs_cancellation())
      return true;
  }
  return false;
}

}  // namespace gcal::sync
