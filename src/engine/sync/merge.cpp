#include "src/engine/sync/merge.hpp"

#include <utility>

#include "src/engine/sync/merge_schedule.hpp"

namespace gcal::sync {
namespace {

using calendar::Field;
using calendar::FieldSet;

FieldSet all_but_schedule() {
  return FieldSet{}.set().reset(calendar::index(Field::schedule));
}

// An empty text is no value: the other side's is taken under each policy.
bool is_blank(const Series& series, Field field) {
  switch (field) {
    case Field::summary: return series.master.summary.empty();
    case Field::description: return series.master.description.empty();
    case Field::location: return series.master.location.empty();
    default: return false;
  }
}

// Without a common past, occurrences have no bases either: the schedule is one field.
void merge_without_base(const Series& crm, const Series& remote, ConflictPolicy policy,
                        Merged& merged) {
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const Field field = static_cast<Field>(i);
    if (calendar::equal(crm, remote, field)) continue;
    SideName taken = other(loser(policy));
    if (is_blank(crm, field) != is_blank(remote, field)) {
      taken = is_blank(crm, field) ? SideName::remote : SideName::crm;
    } else {
      merged.conflicts.set(i);
      merged.lost[loser(policy)] = true;
    }
    calendar::copy(merged[other(taken)], taken == SideName::crm ? crm : remote, field);
  }
}

}  // namespace

Merged merge(const Series* crm_base, const Series& crm, const Series* remote_base,
             const Series& remote, ConflictPolicy policy) {
  Merged merged{crm, remote, {}, {}, false};
  merged.crm.facts = remote.facts;
  if (!crm_base || !remote_base) {
    merge_without_base(crm, remote, policy, merged);
    return merged;
  }
  MergedEvent master =
      merge_event({{&crm_base->master, &remote_base->master}, {&crm.master, &remote.master}, {}},
                  all_but_schedule(), policy);
  for (const SideName side : kBothSides) merged[side].master = std::move(master.event[side]);
  merged.conflicts = master.conflicts;
  if (master.conflicts.any()) merged.lost[loser(policy)] = true;
  merge_schedule({crm_base, remote_base}, {&crm, &remote}, policy, merged);
  return merged;
}

bool outweighs_deletion(const Series& base, const Series& now) {
  return outweighs_deletion(base.master, now.master, all_but_schedule()) ||
         schedule_outweighs_deletion(base, now);
}

}  // namespace gcal::sync
