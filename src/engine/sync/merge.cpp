#include "src/engine/sync/merge.hpp"

#include <set>

#include "src/engine/calendar/people.hpp"

namespace gcal::sync {
namespace {

using calendar::Field;
using calendar::Occurrence;
using calendar::OriginalStart;

const Occurrence* find(const Series& series, const OriginalStart& start) {
  const auto found = series.occurrences.find(start);
  return found == series.occurrences.end() ? nullptr : &found->second;
}

bool same(const Occurrence* a, const Occurrence* b) {
  if (!a || !b) return a == b;
  return a->cancelled == b->cancelled &&
         (a->cancelled || calendar::equal_event(a->event, b->event));
}

void put(Series& series, const OriginalStart& start, const Occurrence* occurrence) {
  if (occurrence)
    series.occurrences.insert_or_assign(start, *occurrence);
  else
    series.occurrences.erase(start);
}

// Both sides changed occurrences, neither the rule itself: each occurrence is merged for itself.
// Answers whether two edits met.
bool merge_occurrences(const Series& crm_base, const Series& crm, const Series& google_base,
                       const Series& google, Policy policy, Merged& merged) {
  std::set<OriginalStart> starts;
  for (const auto* series : {&crm_base, &crm, &google_base, &google})
    for (const auto& [start, occurrence] : series->occurrences) starts.insert(start);
  bool conflict = false;
  for (const OriginalStart& start : starts) {
    const Occurrence* in_crm = find(crm, start);
    const Occurrence* in_google = find(google, start);
    const bool crm_changed = !same(find(crm_base, start), in_crm);
    const bool google_changed = !same(find(google_base, start), in_google);
    if (same(in_crm, in_google)) continue;
    const bool both = crm_changed && google_changed;
    conflict |= both;
    if (both ? policy == Policy::google_wins : google_changed)
      put(merged.crm, start, in_google);
    else if (crm_changed)
      put(merged.google, start, in_crm);
  }
  return conflict;
}

const calendar::Attendee* find(const std::vector<calendar::Attendee>& guests,
                               const std::string& address) {
  for (const calendar::Attendee& guest : guests)
    if (calendar::normalised(guest.email) == address) return &guest;
  return nullptr;
}

struct Guests {
  std::vector<calendar::Attendee> crm;
  std::vector<calendar::Attendee> google;
};

// Guests merge one by one: who was added or removed on either side stays so. A guest's answer is
// his own and comes from Google; only the account's own answer may come from the CRM.
Guests merge_guests(const std::vector<calendar::Attendee>& crm_base,
                    const std::vector<calendar::Attendee>& crm,
                    const std::vector<calendar::Attendee>& google_base,
                    const std::vector<calendar::Attendee>& google, Policy policy) {
  Guests merged;
  for (const calendar::Attendee& guest : google) {
    const std::string address = calendar::normalised(guest.email);
    const calendar::Attendee* crm_before = find(crm_base, address);
    const calendar::Attendee* in_crm = find(crm, address);
    if (crm_before && !in_crm) continue;  // removed in the CRM
    merged.google.push_back(guest);
    if (!in_crm || !crm_before) continue;
    const calendar::Attendee* google_before = find(google_base, address);
    const bool answered_there = google_before && google_before->partstat != guest.partstat;
    if (guest.self && in_crm->partstat != crm_before->partstat &&
        !(answered_there && policy == Policy::google_wins))
      merged.google.back().partstat = in_crm->partstat;
    if (in_crm->optional != crm_before->optional) merged.google.back().optional = in_crm->optional;
  }
  for (const calendar::Attendee& guest : crm) {
    const std::string address = calendar::normalised(guest.email);
    if (!find(google, address) && !find(crm_base, address))
      merged.google.push_back(guest);  // added in the CRM
  }
  merged.crm = merged.google;
  for (const calendar::Attendee& guest : crm) {
    // Google never took this one (its address is none): he stays where he was written down.
    const std::string address = calendar::normalised(guest.email);
    if (!find(google, address) && find(crm_base, address) && !find(google_base, address))
      merged.crm.push_back(guest);
  }
  return merged;
}

// Without a common past an empty text says nothing: the other side's is taken, whatever the policy.
bool is_blank(const Series& series, Field field) {
  switch (field) {
    case Field::summary: return series.master.summary.empty();
    case Field::description: return series.master.description.empty();
    case Field::location: return series.master.location.empty();
    default: return false;
  }
}

}  // namespace

Merged merge(const Series* crm_base, const Series& crm, const Series* google_base,
             const Series& google, Policy policy) {
  Merged merged{crm, google, {}};
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const Field field = static_cast<Field>(i);
    const bool crm_changed = !crm_base || !calendar::equal(*crm_base, crm, field);
    const bool google_changed = !google_base || !calendar::equal(*google_base, google, field);
    if ((!crm_changed && !google_changed) || calendar::equal(crm, google, field)) continue;
    const bool both = crm_changed && google_changed;
    if (both && field == Field::schedule && crm_base && google_base &&
        calendar::equal_rule(*crm_base, crm) && calendar::equal_rule(*google_base, google)) {
      merged.conflicts[i] = merge_occurrences(*crm_base, crm, *google_base, google, policy, merged);
      continue;
    }
    if (field == Field::attendees && crm_changed && crm_base && google_base) {
      Guests guests = merge_guests(crm_base->master.attendees, crm.master.attendees,
                                   google_base->master.attendees, google.master.attendees, policy);
      merged.crm.master.attendees = std::move(guests.crm);
      merged.google.master.attendees = std::move(guests.google);
      continue;
    }
    if (!crm_base && !google_base && is_blank(crm, field) != is_blank(google, field)) {
      if (is_blank(crm, field))
        calendar::copy(merged.crm, google, field);
      else
        calendar::copy(merged.google, crm, field);
      continue;
    }
    merged.conflicts[i] = both;
    if (both ? policy == Policy::google_wins : google_changed)
      calendar::copy(merged.crm, google, field);
    else
      calendar::copy(merged.google, crm, field);
  }
  merged.crm.facts = google.facts;
  return merged;
}

}  // namespace gcal::sync
