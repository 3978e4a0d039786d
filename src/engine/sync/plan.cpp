#include "src/engine/sync/plan.hpp"

namespace gcal::sync {
namespace {

constexpr auto kCrm = static_cast<std::size_t>(SideName::crm);
constexpr auto kGoogle = static_cast<std::size_t>(SideName::google);

// One side of a link as the planner sees it.
struct State {
  bool present = false;
  bool deleted = false;  // was there, and is gone
  bool changed = false;  // differs from its base
  bool revives = false;  // changed in a way that outweighs a deletion on the other side
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
  if (seen)
    state.series = &seen->observation.series;
  else
    state.series = state.base;
  state.present = state.series != nullptr;
  if (!state.present) return state;
  if (!state.base) {
    state.changed = state.revives = true;
    return state;
  }
  const calendar::FieldSet fields = calendar::changed(*state.base, *state.series);
  state.changed = fields.any();
  calendar::FieldSet weighty = fields;
  // The reminders of one copy and the answers of guests are no reason to bring back what someone
  // deleted.
  weighty.reset(calendar::index(calendar::Field::reminders));
  weighty.reset(calendar::index(calendar::Field::attendees));
  state.revives = weighty.any();
  return state;
}

// Kinds of which Google lets nothing but its own copy's furniture be written. One that is not known
// yet is left alone.
bool is_read_only(calendar::EventType type) {
  using calendar::EventType;
  return type == EventType::working_location || type == EventType::birthday ||
         type == EventType::unknown;
}

// The fields that a write to Google may hold. Of someone else's meeting only this copy's own are
// ours: the rest belongs to the organiser, and a write to it would be refused or, worse, stand in
// this copy alone.
calendar::FieldSet writable_at_google(const calendar::Facts& facts) {
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

// Google's guests with nothing of the CRM's but the account's own answer.
std::vector<calendar::Attendee> with_own_answer(std::vector<calendar::Attendee> guests,
                                                const std::vector<calendar::Attendee>& wanted) {
  for (calendar::Attendee& guest : guests)
    for (const calendar::Attendee& other : wanted)
      if (guest.self && other.self) guest.partstat = other.partstat;
  return guests;
}

// What may not be written to Google is taken back in the CRM, and the CRM's value is kept in the
// history.
void take_back(const State& crm, const State& google, calendar::FieldSet writable, bool may_answer,
               Merged& merged) {
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (writable[i] || calendar::equal(*google.series, merged.google, field)) continue;
    if (field == calendar::Field::attendees && may_answer)
      merged.google.master.attendees =
          with_own_answer(google.series->master.attendees, merged.google.master.attendees);
    else
      calendar::copy(merged.google, *google.series, field);
    calendar::copy(merged.crm, merged.google, field);
    if (!calendar::equal(*crm.series, merged.crm, field)) merged.conflicts.set(i);
  }
}

void both_present(const State& crm, const State& google, PairMode mode, Policy policy, Plan& plan) {
  // In a view-only calendar Google is right: an edit that slipped in on this side is taken back.
  if (mode == PairMode::view_only) policy = Policy::google_wins;
  Merged merged = merge(crm.base, *crm.series, google.base, *google.series, policy);
  const bool may_write = mode == PairMode::two_way;
  const calendar::FieldSet writable =
      may_write ? writable_at_google(google.series->facts) : calendar::FieldSet();
  take_back(crm, google, writable, may_write && !is_read_only(google.series->facts.type), merged);
  plan.conflicts = merged.conflicts;
  if (merged.conflicts.any())
    plan.lost = calendar::changed(*crm.series, merged.crm).any() ? *crm.series : *google.series;
  // Facts alone are worth a write only when Google has just said something new about the event.
  const bool new_facts = google.base ? !(google.base->facts == google.series->facts)
                                     : !(crm.series->facts == google.series->facts);
  if (calendar::changed(*crm.series, merged.crm).any() || new_facts) {
    plan.crm = Plan::Do::put;
    plan.crm_series = std::move(merged.crm);
  }
  if (calendar::changed(*google.series, merged.google).any()) {
    plan.google = Plan::Do::put;
    plan.google_series = std::move(merged.google);
    plan.guests = crm.base && crm.changed;
  }
  plan.settle = plan.crm == Plan::Do::nothing && plan.google == Plan::Do::nothing;
}

// The CRM deleted (or moved away) what Google still holds.
void deleted_in_crm(const State& google, PairMode mode, Plan& plan) {
  const bool survives = mode == PairMode::view_only || is_read_only(google.series->facts.type) ||
                        (google.changed && google.revives && google.base);
  if (survives) {
    plan.crm = Plan::Do::put;
    plan.create_crm = true;
    plan.crm_series = *google.series;
    plan.edit_beat_delete = mode == PairMode::two_way && google.changed;
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
  plan.inferred = (view.seen[kGoogle] && view.seen[kGoogle]->inferred) ||
                  (view.seen[kCrm] && view.seen[kCrm]->inferred);

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
  } else if (crm.present && mode == PairMode::two_way && !crm.series->facts.organized_by_self) {
    plan.hold = kHeldForeign;  // inserted, it would invite everybody again in our name
  } else if (crm.present && mode == PairMode::two_way) {  // never stood in Google
    plan.google = Plan::Do::put;
    plan.create_google = true;
    plan.google_series = *crm.series;
    plan.guests = view.link.incarnation == 0;  // brought back, it is no new invitation
  } else if (!crm.present && !google.present) {
    plan.drop = true;
  }
  return plan;
}

}  // namespace gcal::sync
