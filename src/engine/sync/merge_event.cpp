#include "src/engine/sync/merge_event.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/people.hpp"

namespace gcal::sync {
namespace {

using calendar::Attendee;
using calendar::Event;
using calendar::Field;
using calendar::find_guest;
using calendar::guest_key;

using Guests = std::vector<Attendee>;

// An addition or removal on either side holds. Where the remote side refused a guest (not a valid
// address), the CRM alone keeps it.
PerSide<Guests> merge_guests(const PerSide<const Guests*>& base, const PerSide<const Guests*>& now,
                             ConflictPolicy policy) {
  PerSide<Guests> merged;
  for (const Attendee& guest : *now.remote) {
    const std::string key = guest_key(guest);
    const Attendee* crm_before = find_guest(*base.crm, key);
    const Attendee* in_crm = find_guest(*now.crm, key);
    if (crm_before && !in_crm && !base::mutant("removed_guest_returns")) continue;  // in the CRM
    merged.remote.push_back(guest);
    if (!in_crm || !crm_before) continue;
    const Attendee* remote_before = find_guest(*base.remote, key);
    const bool answered_there = remote_before && remote_before->partstat != guest.partstat;
    if (guest.self && in_crm->partstat != crm_before->partstat &&
        !(answered_there && policy != ConflictPolicy::crm_wins))
      merged.remote.back().partstat = in_crm->partstat;
    if (in_crm->optional != crm_before->optional) merged.remote.back().optional = in_crm->optional;
  }
  for (const Attendee& guest : *now.crm) {
    const std::string key = guest_key(guest);
    if (!find_guest(*now.remote, key) && !find_guest(*base.crm, key))
      merged.remote.push_back(guest);  // added in the CRM
  }
  merged.crm = merged.remote;
  for (const Attendee& guest : *now.crm) {
    const std::string key = guest_key(guest);
    if (!find_guest(*now.remote, key) && find_guest(*base.crm, key) &&
        !find_guest(*base.remote, key))
      merged.crm.push_back(guest);
  }
  return merged;
}

void merge_field(const EventVersions& versions, Field field, ConflictPolicy policy,
                 MergedEvent& merged) {
  const auto& [base, now, inherited] = versions;
  PerSide<bool> changed;
  for (const SideName side : kBothSides)
    changed[side] = !calendar::equal(*base[side], *now[side], field);
  if (!(changed.crm || changed.remote) || calendar::equal(*now.crm, *now.remote, field)) return;
  if (field == Field::attendees && !base::mutant("guests_are_one_field")) {
    PerSide<Guests> guests = merge_guests({&base.crm->attendees, &base.remote->attendees},
                                          {&now.crm->attendees, &now.remote->attendees}, policy);
    merged.event.crm.attendees = std::move(guests.crm);
    merged.event.remote.attendees = std::move(guests.remote);
    return;
  }
  const std::size_t i = calendar::index(field);
  const bool both = changed.crm && changed.remote;
  SideName winner = changed.remote ? SideName::remote : SideName::crm;
  if (both && inherited.crm[i] != inherited.remote[i]) {
    winner = inherited.crm[i] ? SideName::remote : SideName::crm;
  } else if (both) {
    winner = other(loser(policy));
    merged.conflicts.set(i);
  }
  calendar::copy(merged.event[other(winner)], *now[winner], field);
}

}  // namespace

MergedEvent merge_event(const EventVersions& versions, calendar::FieldSet fields,
                        ConflictPolicy policy) {
  MergedEvent merged{{*versions.now.crm, *versions.now.remote}, {}};
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
    if (fields[i]) merge_field(versions, static_cast<Field>(i), policy, merged);
  return merged;
}

bool outweighs_deletion(const Event& base, const Event& now, calendar::FieldSet fields) {
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<Field>(i);
    if (!fields[i] || field == Field::reminders || calendar::equal(base, now, field)) continue;
    if (field != Field::attendees) return true;
    Guests before = base.attendees;
    Guests after = now.attendees;
    for (Guests* guests : {&before, &after})
      for (Attendee& guest : *guests) guest.partstat = calendar::PartStat::needs_action;
    if (!calendar::equal_attendees(before, after)) return true;
  }
  return false;
}

}  // namespace gcal::sync
