#include "src/engine/sync/merge.hpp"

#include <set>

#include "src/common/icalendar/address.hpp"

namespace gcal::sync {
namespace {

using calendar::Field;
using calendar::Occurrence;
using calendar::OriginalStart;

// Both sides changed occurrences and neither changed the rule: each occurrence is merged by itself.
// Returns whether both sides changed the same occurrence to different values.
bool merge_occurrences(const Series& crm_base, const Series& crm, const Series& remote_base,
                       const Series& remote, ConflictPolicy policy, Merged& merged) {
  std::set<OriginalStart> starts;
  for (const auto* series : {&crm_base, &crm, &remote_base, &remote})
    for (const auto& [start, occurrence] : series->occurrences) starts.insert(start);
  bool conflict = false;
  for (const OriginalStart& start : starts) {
    const Occurrence* in_crm = find_occurrence(crm, start);
    const Occurrence* in_remote = find_occurrence(remote, start);
    const bool crm_changed = !equal_occurrence(find_occurrence(crm_base, start), in_crm);
    const bool remote_changed = !equal_occurrence(find_occurrence(remote_base, start), in_remote);
    if (equal_occurrence(in_crm, in_remote)) continue;
    const bool both = crm_changed && remote_changed;
    conflict |= both;
    if (both ? policy == ConflictPolicy::remote_wins : remote_changed)
      set_occurrence(merged.crm, start, in_remote);
    else if (crm_changed)
      set_occurrence(merged.remote, start, in_crm);
  }
  return conflict;
}

const calendar::Attendee* find_guest(const std::vector<calendar::Attendee>& guests,
                                     const std::string& address) {
  for (const calendar::Attendee& guest : guests)
    if (icalendar::normalised_address(guest.email) == address) return &guest;
  return nullptr;
}

struct Guests {
  std::vector<calendar::Attendee> crm;
  std::vector<calendar::Attendee> remote;
};

// Guests are merged one by one: an addition or removal on either side holds. A guest's answer is
// taken from the remote side; only the account's own answer may come from the CRM.
Guests merge_guests(const std::vector<calendar::Attendee>& crm_base,
                    const std::vector<calendar::Attendee>& crm,
                    const std::vector<calendar::Attendee>& remote_base,
                    const std::vector<calendar::Attendee>& remote, ConflictPolicy policy) {
  Guests merged;
  for (const calendar::Attendee& guest : remote) {
    const std::string address = icalendar::normalised_address(guest.email);
    const calendar::Attendee* crm_before = find_guest(crm_base, address);
    const calendar::Attendee* in_crm = find_guest(crm, address);
    if (crm_before && !in_crm) continue;  // removed in the CRM
    merged.remote.push_back(guest);
    if (!in_crm || !crm_before) continue;
    const calendar::Attendee* remote_before = find_guest(remote_base, address);
    const bool answered_there = remote_before && remote_before->partstat != guest.partstat;
    if (guest.self && in_crm->partstat != crm_before->partstat &&
        !(answered_there && policy == ConflictPolicy::remote_wins))
      merged.remote.back().partstat = in_crm->partstat;
    if (in_crm->optional != crm_before->optional) merged.remote.back().optional = in_crm->optional;
  }
  for (const calendar::Attendee& guest : crm) {
    const std::string address = icalendar::normalised_address(guest.email);
    if (!find_guest(remote, address) && !find_guest(crm_base, address))
      merged.remote.push_back(guest);  // added in the CRM
  }
  merged.crm = merged.remote;
  for (const calendar::Attendee& guest : crm) {
    // The remote side never accepted this guest (not a valid address): kept in the CRM alone.
    const std::string address = icalendar::normalised_address(guest.email);
    if (!find_guest(remote, address) && find_guest(crm_base, address) &&
        !find_guest(remote_base, address))
      merged.crm.push_back(guest);
  }
  return merged;
}

// Without a common base, an empty text is no value: the other side's is taken under each policy.
bool is_blank(const Series& series, Field field) {
  switch (field) {
    case Field::summary: return series.master.summary.empty();
    case Field::description: return series.master.description.empty();
    case Field::location: return series.master.location.empty();
    default: return false;
  }
}

}  // namespace

Merged merge(const Series* crm_base, const Series& crm, const Series* remote_base,
             const Series& remote, ConflictPolicy policy) {
  Merged merged{crm, remote, {}};
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const Field field = static_cast<Field>(i);
    const bool crm_changed = !crm_base || !calendar::equal(*crm_base, crm, field);
    const bool remote_changed = !remote_base || !calendar::equal(*remote_base, remote, field);
    if ((!crm_changed && !remote_changed) || calendar::equal(crm, remote, field)) continue;
    const bool both = crm_changed && remote_changed;
    if (both && field == Field::schedule && crm_base && remote_base &&
        calendar::equal_rule(*crm_base, crm) && calendar::equal_rule(*remote_base, remote)) {
      merged.conflicts[i] = merge_occurrences(*crm_base, crm, *remote_base, remote, policy, merged);
      continue;
    }
    if (field == Field::attendees && crm_changed && crm_base && remote_base) {
      Guests guests = merge_guests(crm_base->master.attendees, crm.master.attendees,
                                   remote_base->master.attendees, remote.master.attendees, policy);
      merged.crm.master.attendees = std::move(guests.crm);
      merged.remote.master.attendees = std::move(guests.remote);
      continue;
    }
    if (!crm_base && !remote_base && is_blank(crm, field) != is_blank(remote, field)) {
      if (is_blank(crm, field))
        calendar::copy(merged.crm, remote, field);
      else
        calendar::copy(merged.remote, crm, field);
      continue;
    }
    merged.conflicts[i] = both;
    if (both ? policy == ConflictPolicy::remote_wins : remote_changed)
      calendar::copy(merged.crm, remote, field);
    else
      calendar::copy(merged.remote, crm, field);
  }
  merged.crm.facts = remote.facts;
  return merged;
}

}  // namespace gcal::sync
