#include "src/sync/plan.hpp"

namespace gcal::sync {
namespace {

constexpr auto kCrm = static_cast<std::size_t>(SideName::crm);
constexpr auto kGoogle = static_cast<std::size_t>(SideName::google);

// One side of a link as the planner sees it.
struct State {
  bool present = false;
  bool deleted = false;      // was there, and is gone
  bool changed = false;      // differs from its base
  bool revives = false;      // changed in a way that outweighs a deletion on the other side
  const Series* series = nullptr;
  const Series* base = nullptr;
};

State state_of(const LinkView& view, std::size_t side) {
  State state;
  const End& end = view.link.end[side];
  if (end.agreed) state.base = &end.series;
  const std::optional<Observed>& seen = view.seen[side];
  if (seen && seen->observation.kind == Observation::Kind::gone) {
    state.deleted = true;
    return state;
  }
  if (seen) state.series = &seen->observation.series;
  else state.series = state.base;
  state.present = state.series != nullptr;
  if (!state.present) return state;
  if (!state.base) {
    state.changed = state.revives = true;
    return state;
  }
  const calendar::FieldSet fields = calendar::changed(*state.base, *state.series);
  state.changed = fields.any();
  calendar::FieldSet weighty = fields;
  // The reminders of one copy and the answers of guests are no reason to bring back what someone deleted.
  weighty.reset(calendar::index(calendar::Field::reminders));
  weighty.reset(calendar::index(calendar::Field::attendees));
  state.revives = weighty.any();
  return state;
}

void both_present(const State& crm, const State& google, PairMode mode, Policy policy, Plan& plan) {
  // In a view-only calendar Google is right: an edit that slipped in on this side is taken back.
  if (mode == PairMode::view_only) policy = Policy::google_wins;
  Merged merged = merge(crm.base, *crm.series, google.base, *google.series, policy);
  if (mode == PairMode::view_only) {
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i) calendar::copy(merged.crm, *google.series, static_cast<calendar::Field>(i));
    merged.google = *google.series;
  }
  plan.conflicts = merged.conflicts;
  if (merged.conflicts.any()) plan.lost = policy == Policy::google_wins ? *crm.series : *google.series;
  // Facts alone are worth a write only when Google has just said something new about the event.
  const bool new_facts = google.base ? !(google.base->facts == google.series->facts) : !(crm.series->facts == google.series->facts);
  if (calendar::changed(*crm.series, merged.crm).any() || new_facts) {
    plan.crm = Plan::Do::put;
    plan.crm_series = std::move(merged.crm);
  }
  if (calendar::changed(*google.series, merged.google).any()) {
    plan.google = Plan::Do::put;
    plan.google_series = std::move(merged.google);
    plan.guests = crm.changed;
  }
  plan.settle = plan.crm == Plan::Do::nothing && plan.google == Plan::Do::nothing;
}

// The CRM deleted (or moved away) what Google still holds.
void deleted_in_crm(const State& google, PairMode mode, Plan& plan) {
  const bool survives = mode == PairMode::view_only || (google.changed && google.revives && google.base);
  if (survives) {
    plan.crm = Plan::Do::put;
    plan.create_crm = true;
    plan.crm_series = *google.series;
    plan.edit_beat_delete = mode == PairMode::two_way;
    return;
  }
  plan.google = Plan::Do::erase;
  plan.guests = true;
  plan.lost = *google.series;
}

// Google deleted what the CRM still holds.
void deleted_in_google(const State& crm, const Link& link, PairMode mode, Plan& plan) {
  const bool ours = !link.end[kGoogle].agreed || link.end[kGoogle].series.facts.organized_by_self;
  const bool survives = mode == PairMode::two_way && ours && crm.changed && crm.revives && crm.base;
  if (survives) {
    plan.google = Plan::Do::put;
    plan.create_google = true;
    plan.google_series = *crm.series;
    plan.google_series.facts = {};
    plan.edit_beat_delete = true;
    return;
  }
  plan.crm = Plan::Do::erase;
  plan.lost = *crm.series;
}

}  // namespace

Plan plan(const LinkView& view, PairMode mode, Policy policy) {
  Plan plan;
  const State crm = state_of(view, kCrm);
  const State google = state_of(view, kGoogle);
  plan.inferred = (view.seen[kGoogle] && view.seen[kGoogle]->inferred) || (view.seen[kCrm] && view.seen[kCrm]->inferred);

  if (crm.present && google.present) {
    both_present(crm, google, mode, policy, plan);
  } else if (crm.deleted && google.present) {
    deleted_in_crm(google, mode, plan);
  } else if (google.deleted && crm.present) {
    deleted_in_google(crm, view.link, mode, plan);
  } else if (google.present) {  // never stood in the CRM
    plan.crm = Plan::Do::put;
    plan.create_crm = true;
    plan.crm_series = *google.series;
  } else if (crm.present && mode == PairMode::two_way) {  // never stood in Google
    plan.google = Plan::Do::put;
    plan.create_google = true;
    plan.google_series = *crm.series;
    plan.guests = true;
  } else if (!crm.present && !google.present) {
    plan.drop = true;
  }
  return plan;
}

}  // namespace gcal::sync
