#include "src/engine/sync/plan.hpp"

#include <utility>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/sync/complete_guests.hpp"
#include "src/engine/sync/listed_dates.hpp"

namespace gcal::sync {
namespace {

// One side of a link as the planner sees it.
struct State {
  bool present = false;
  bool deleted = false;             // existed, and was deleted
  bool changed = false;             // differs from its base
  bool overrides_deletion = false;  // changed in a way that outweighs a deletion on the other side
  const Series* series = nullptr;
  const Series* base = nullptr;
};

State state_of(const LinkWithChanges& linked, SideName side) {
  State state;
  const SideState& stored = linked.link.side[side];
  if (stored.has_base) state.base = &stored.base;
  const std::optional<PendingChange>& change = linked.change[side];
  if (change && change->item.kind == FeedItem::Kind::deleted) {
    state.deleted = true;
    return state;
  }
  state.series = change ? &change->item.series : state.base;
  state.present = state.series != nullptr;
  if (!state.present) return state;
  if (!state.base) {
    state.changed = state.overrides_deletion = true;
    return state;
  }
  state.changed = calendar::changed(*state.base, *state.series).any();
  state.overrides_deletion = state.changed && outweighs_deletion(*state.base, *state.series) &&
                             !base::mutant("deletion_always_wins");
  return state;
}

// Event types whose content cannot be written at the remote side. An unknown one is left alone.
bool is_read_only(calendar::EventType type) {
  using calendar::EventType;
  return type == EventType::working_location || type == EventType::birthday ||
         type == EventType::unknown;
}

// The fields that a write to the remote side may contain. In a meeting of another organiser only
// the properties of this copy are ours: Google refuses other changes or, worse, applies them to
// this copy alone.
calendar::FieldSet writable_at_remote(const calendar::Facts& facts) {
  using calendar::Field;
  calendar::FieldSet fields;
  if (is_read_only(facts.type)) return fields;
  if (facts.type != calendar::EventType::from_gmail && !facts.locked &&
      (facts.organized_by_self || facts.guests_can_modify))
    return fields.set();
  for (const Field field : {Field::transparency, Field::visibility, Field::color, Field::reminders})
    fields.set(calendar::index(field));
  return fields;
}

// The remote side's guests, with the account's own answer taken from `wanted`.
std::vector<calendar::Attendee> with_own_answer(std::vector<calendar::Attendee> guests,
                                                const std::vector<calendar::Attendee>& wanted) {
  for (calendar::Attendee& guest : guests)
    for (const calendar::Attendee& other : wanted)
      if (guest.self && other.self) guest.partstat = other.partstat;
  return guests;
}

// What the remote side holds, with the account's own answers and the dates that it removed from
// `wanted`: of another organiser's meeting a user decides nothing else.
Series with_own_decisions(const Series& held, const Series& wanted) {
  Series decided = held;
  decided.master.attendees = with_own_answer(held.master.attendees, wanted.master.attendees);
  if (!calendar::equal_rule(held, wanted)) return decided;
  for (const auto& [start, date] : wanted.occurrences) {
    const calendar::Occurrence* known = calendar::find_occurrence(held, start);
    if (known && known->cancelled) continue;
    const calendar::Event by_rule = calendar::occurrence_by_rule(decided.master, start);
    calendar::Occurrence now = known ? *known : calendar::Occurrence{false, by_rule};
    now.cancelled = date.cancelled;
    if (!date.cancelled)
      now.event.attendees = with_own_answer(now.event.attendees, date.event.attendees);
    if (known || now.cancelled || !calendar::equal_event(now.event, by_rule))
      decided.occurrences.insert_or_assign(start, std::move(now));
  }
  // A date whose own answer was taken back in the CRM has that of the series again.
  for (auto& [start, date] : decided.occurrences)
    if (!date.cancelled && !calendar::find_occurrence(wanted, start))
      date.event.attendees = with_own_answer(date.event.attendees, wanted.master.attendees);
  return decided;
}

// Fields that may not be written to the remote side are set back in the CRM, and count as conflicts
// so that the CRM's values are kept in the history.
void revert_unwritable_fields(const State& crm, const State& remote, calendar::FieldSet writable,
                              bool may_answer, Merged& merged) {
  const Series stays =
      may_answer ? with_own_decisions(*remote.series, merged.remote) : *remote.series;
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (writable[i] || calendar::equal(*remote.series, merged.remote, field)) continue;
    calendar::copy(merged.remote, stays, field);
    calendar::copy(merged.crm, merged.remote, field);
    if (calendar::equal(*crm.series, merged.crm, field)) continue;
    // A field that the CRM left alone only follows the remote side.
    if (crm.base && calendar::equal(*crm.base, *crm.series, field)) continue;
    merged.conflicts.set(i);
    merged.lost.crm = true;
  }
}

void both_present(const State& crm, const State& seen, PairMode mode, ConflictPolicy policy,
                  Plan& plan) {
  // In a view-only calendar the remote side is authoritative: an edit in the CRM is reverted.
  if (mode == PairMode::view_only) policy = ConflictPolicy::remote_wins;
  // Without a common past, guests that the remote side does not show are those of the CRM.
  Series whole;
  State remote = seen;
  if (!crm.base || !seen.base) {
    whole = *seen.series;
    complete_guests(whole, crm.series);
    remote.series = &whole;
  }
  Merged merged = merge(crm.base, *crm.series, remote.base, *remote.series, policy);
  const bool may_write = mode == PairMode::two_way || base::mutant("copies_are_written_back");
  const calendar::Facts& facts = remote.series->facts;
  const calendar::FieldSet writable = may_write ? writable_at_remote(facts) : calendar::FieldSet();
  // Without bases nothing is known of who changed what, so there is nothing to ask.
  if (policy == ConflictPolicy::ask && crm.base && remote.base &&
      (merged.conflicts & writable).any()) {
    plan.hold = kHeldConflict;
    return;
  }
  revert_unwritable_fields(crm, remote, writable, may_write && !is_read_only(facts.type), merged);
  if (may_write) merged.remote = as_written(*remote.series, std::move(merged.remote), merged.crm);
  plan.conflicts = merged.conflicts;
  plan.edit_beat_delete = merged.edit_beat_delete;
  if (merged.lost.crm) plan.discarded.crm = *crm.series;
  if (merged.lost.remote) plan.discarded.remote = *remote.series;
  // Facts alone cause a write only when the remote side has just reported new ones.
  const bool new_facts =
      remote.base ? !(remote.base->facts == facts) : !(crm.series->facts == facts);
  if (calendar::changed(*crm.series, merged.crm).any() || new_facts) {
    plan.action.crm = Plan::Action::put;
    plan.series.crm = std::move(merged.crm);
  }
  if (calendar::changed(*remote.series, merged.remote).any()) {
    plan.action.remote = Plan::Action::put;
    plan.series.remote = std::move(merged.remote);
    plan.notify_guests = (crm.base && crm.changed) || base::mutant("echo_mails_guests");
  }
  plan.rebase_only =
      plan.action.crm == Plan::Action::nothing && plan.action.remote == Plan::Action::nothing;
}

// The CRM deleted (or moved to another calendar) what the remote side still holds.
void deleted_in_crm(const State& remote, PairMode mode, Plan& plan) {
  const bool shows = mode == PairMode::view_only && !base::mutant("copies_are_deleted_at_google");
  const bool survives = shows || is_read_only(remote.series->facts.type) ||
                        (remote.changed && remote.overrides_deletion && remote.base) ||
                        base::mutant("deletion_never_wins");
  if (survives) {
    plan.action.crm = Plan::Action::put;
    plan.create.crm = true;
    plan.series.crm = *remote.series;
    plan.edit_beat_delete = mode == PairMode::two_way && remote.changed;
    return;
  }
  plan.action.remote = Plan::Action::erase;
  plan.notify_guests = !plan.inferred;
  plan.discarded.remote = *remote.series;
}

// The remote side deleted what the CRM still holds.
void deleted_at_remote(const State& crm, const Link& link, PairMode mode, Plan& plan) {
  const SideState& remote = link.side.remote;
  const bool ours = !remote.has_base || remote.base.facts.organized_by_self;
  const bool survives =
      mode == PairMode::two_way && ours && crm.changed && crm.overrides_deletion && crm.base;
  if (survives) {
    plan.action.remote = Plan::Action::put;
    plan.create.remote = true;
    plan.series.remote = as_created(*crm.series);
    plan.series.remote.facts = {};
    plan.edit_beat_delete = true;
    return;
  }
  plan.action.crm = Plan::Action::erase;
  plan.discarded.crm = *crm.series;
}

}  // namespace

Plan plan(const LinkWithChanges& linked, PairMode mode, ConflictPolicy policy) {
  Plan plan;
  const State crm = state_of(linked, SideName::crm);
  const State remote = state_of(linked, SideName::remote);
  plan.inferred = (linked.change.remote && linked.change.remote->inferred) ||
                  (linked.change.crm && linked.change.crm->inferred);

  if (crm.present && remote.present) {
    both_present(crm, remote, mode, policy, plan);
  } else if (crm.deleted && remote.present) {
    deleted_in_crm(remote, mode, plan);
  } else if (remote.deleted && crm.present) {
    deleted_at_remote(crm, linked.link, mode, plan);
  } else if (remote.present) {  // new at the remote side
    plan.action.crm = Plan::Action::put;
    plan.create.crm = true;
    plan.series.crm = *remote.series;
  } else if (crm.present && mode == PairMode::two_way && !crm.series->facts.organized_by_self) {
    plan.hold = kHeldForeign;
  } else if (crm.present && mode == PairMode::two_way) {  // new in the CRM
    plan.action.remote = Plan::Action::put;
    plan.create.remote = true;
    plan.series.remote = as_created(*crm.series);
    // A re-creation is no new invitation.
    plan.notify_guests = linked.link.incarnation % kUnusableId == 0;
  } else if (!crm.present && !remote.present) {
    plan.remove_link = true;
  }
  return plan;
}

}  // namespace gcal::sync
