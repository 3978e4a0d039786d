#include "src/engine/calendar/plan_mails.hpp"

#include <algorithm>
#include <map>

#include "src/common/icalendar/address.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/rule_dates.hpp"
#include "src/engine/calendar/series_move.hpp"

namespace gcal::calendar {
namespace {

using Own = std::set<std::string>;
using Guests = std::map<std::string, const Attendee*>;  // by normalised address
using Kinds = std::map<std::string, Mail::Kind>;        // by guest

base::Instant end_of(const Event& event) {
  return base::Instant{OriginalStart::of(event.end).instant};
}

bool is_own(const Attendee& guest, const std::string& address, const Own& own) {
  return guest.self || own.contains(address);
}

// Who gets mail about the event; null: it does not exist.
Guests guests_of(const Event* event, const Facts& facts, const Own& own) {
  Guests guests;
  if (!event) return guests;
  for (const Attendee& guest : event->attendees) {
    const std::string address = icalendar::normalised_address(guest.email);
    if (address.empty() || guest.resource || is_own(guest, address, own)) continue;
    if (guest.organizer && facts.organized_by_self) continue;
    guests.emplace(address, &guest);
  }
  return guests;
}

bool differs_in_mailed_fields(const Event& a, const Event& b) {
  for (const Field field :
       {Field::summary, Field::description, Field::location, Field::schedule, Field::status})
    if (!equal(a, b, field)) return true;
  return false;
}

// What concerns this guest alone. Answers are no news for the one who gave them.
bool is_described_alike(const Attendee& a, const Attendee& b) {
  return a.optional == b.optional && (b.name.empty() || a.name == b.name);
}

// The mails about one event. `changed`: its guests learn of more than the guest list.
Kinds compare(const Guests& before, const Guests& after, bool changed) {
  Kinds kinds;
  for (const auto& [address, guest] : after) {
    const auto was = before.find(address);
    if (was == before.end())
      kinds[address] = Mail::Kind::invite;
    else if (changed || !is_described_alike(*was->second, *guest))
      kinds[address] = Mail::Kind::update;
  }
  for (const auto& [address, guest] : before)
    if (!after.contains(address)) kinds[address] = Mail::Kind::cancel;
  return kinds;
}

// What a series shows on one date; nullopt: nothing.
std::optional<Event> shown(const Series* series, const OriginalStart& start) {
  if (!series) return std::nullopt;
  if (const Occurrence* exception = find_occurrence(*series, start)) {
    if (exception->cancelled) return std::nullopt;
    return exception->event;
  }
  const auto existing = existing_dates(*series, {start});
  if (existing && !existing->contains(start)) return std::nullopt;
  return occurrence_by_rule(series->master, start);
}

const Event* pointer(const std::optional<Event>& event) {
  return event ? &*event : nullptr;
}

bool is_over(const std::optional<Event>& event, base::Instant now) {
  return !event || end_of(*event) <= now;
}

std::set<OriginalStart> exceptions_of(const Series* before, const Series* after) {
  if (!before) return exception_starts({after});
  if (!after) return exception_starts({before});
  return exception_starts({before, after});
}

struct Change {
  const Series* before;
  const Series* after;
  const Facts& facts;
  const Own& own;
  base::Instant now;
};

Kinds of_the_whole(const Change& change) {
  const Series* before = change.before;
  const Series* after = change.after;
  const bool changed =
      before && after &&
      (differs_in_mailed_fields(before->master, after->master) || !equal_rule(*before, *after));
  return compare(guests_of(before ? &before->master : nullptr, change.facts, change.own),
                 guests_of(after ? &after->master : nullptr, change.facts, change.own), changed);
}

// `whole`: the mails about the series. Who left it and stays on this date is invited to the date.
Kinds of_a_date(const Change& change, const OriginalStart& start, const Kinds& whole) {
  const std::optional<Event> before = shown(change.before, start);
  const std::optional<Event> after = shown(change.after, start);
  if (is_over(before, change.now) && is_over(after, change.now)) return {};
  const bool changed = before && after && differs_in_mailed_fields(*before, *after);
  const Guests guests = guests_of(pointer(after), change.facts, change.own);
  Kinds kinds = compare(guests_of(pointer(before), change.facts, change.own), guests, changed);
  std::erase_if(kinds, [&](const auto& each) { return whole.contains(each.first); });
  for (const auto& [guest, kind] : whole)
    if (kind == Mail::Kind::cancel && guests.contains(guest)) kinds[guest] = Mail::Kind::invite;
  return kinds;
}

// A guest of the series who would get mails about several dates gets one about the series.
void add_dates(const Change& change, const Kinds& whole, std::vector<Mail>& mails) {
  std::map<std::string, std::vector<Mail>> by_guest;
  for (const OriginalStart& start : exceptions_of(change.before, change.after))
    for (const auto& [guest, kind] : of_a_date(change, start, whole))
      by_guest[guest].push_back({guest, kind, start});
  const Guests members =
      guests_of(change.after ? &change.after->master : nullptr, change.facts, change.own);
  for (auto& [guest, dates] : by_guest) {
    if (dates.size() > 1 && members.contains(guest))
      mails.push_back({guest, Mail::Kind::update, std::nullopt});
    else
      mails.insert(mails.end(), dates.begin(), dates.end());
  }
}

std::optional<PartStat> own_answer(const Event* event, const Own& own) {
  if (!event) return std::nullopt;
  for (const Attendee& guest : event->attendees)
    if (is_own(guest, icalendar::normalised_address(guest.email), own)) return guest.partstat;
  return std::nullopt;
}

// An event that is removed from the account's calendar counts as declined.
bool answers_differ(const Event* before, const Event* after, const Own& own) {
  const auto given = own_answer(before, own);
  const auto answer = after ? own_answer(after, own) : std::optional(PartStat::declined);
  return given && answer && *given != *answer;
}

// The user's answers to another organiser's meeting.
void add_answers(const Change& change, std::vector<Mail>& mails) {
  const std::string organizer = icalendar::normalised_address(change.facts.organizer_email);
  if (!change.before || organizer.empty()) return;
  const Event* master = change.after ? &change.after->master : nullptr;
  if (answers_differ(&change.before->master, master, change.own)) {
    mails.push_back({organizer, Mail::Kind::answer, std::nullopt});
    return;
  }
  for (const OriginalStart& start : exceptions_of(change.before, change.after)) {
    const std::optional<Event> before = shown(change.before, start);
    const std::optional<Event> after = shown(change.after, start);
    if (is_over(before, change.now) && is_over(after, change.now)) continue;
    if (answers_differ(pointer(before), pointer(after), change.own))
      mails.push_back({organizer, Mail::Kind::answer, start});
  }
}

}  // namespace

bool is_over(const Series& series, base::Instant now) {
  if (!series.recurring()) return end_of(series.master) <= now;
  for (const auto& [start, occurrence] : series.occurrences)
    if (!occurrence.cancelled && end_of(occurrence.event) > now) return false;
  const auto length =
      OriginalStart::of(series.master.end).instant - OriginalStart::of(series.master.start).instant;
  return has_no_date_after(series, std::chrono::floor<std::chrono::seconds>(now - length));
}

std::vector<Mail> plan_mails(const Series* before, const Series* after, const Own& own,
                             base::Instant now) {
  std::vector<Mail> mails;
  if ((!before || is_over(*before, now)) && (!after || is_over(*after, now))) return mails;
  const Change change{before, after, before ? before->facts : after->facts, own, now};
  if (!change.facts.organized_by_self) add_answers(change, mails);
  if (change.facts.organized_by_self || (change.facts.guests_can_modify && after)) {
    const Kinds whole = of_the_whole(change);
    for (const auto& [guest, kind] : whole) mails.push_back({guest, kind, std::nullopt});
    add_dates(change, whole, mails);
  }
  std::ranges::stable_sort(mails, {},
                           [](const Mail& mail) { return std::pair(mail.guest, mail.scope); });
  return mails;
}

}  // namespace gcal::calendar
