#include "src/engine/sync/merge_base.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/people.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/sync/listed_dates.hpp"
#include "src/engine/sync/merge_base_guests.hpp"
#include "src/engine/sync/merge_base_schedule.hpp"

namespace gcal::sync {
namespace {

// After an exception is removed, the side may still return it with the series' own values, or
// return one that was not written at all. Such an occurrence is a change of that side and must not
// be hidden in its base; otherwise both sides would drift apart with the next change of the rule.
void keep_extra_occurrences_pending(SideState& mine, const Series& sent, const Series& written) {
  for (const auto& [start, occurrence] : written.occurrences)
    if (!find_occurrence(sent, start)) mine.base.occurrences.erase(start);
}

// A side may answer a write with other answers of guests than were sent: Google may reset them when
// the time changes. Such an answer is news of that side for the other one.
void keep_answers_pending(std::vector<calendar::Attendee>& base,
                          const std::vector<calendar::Attendee>& sent) {
  for (calendar::Attendee& guest : base)
    for (const calendar::Attendee& other : sent)
      if (calendar::guest_key(guest) == calendar::guest_key(other)) guest.partstat = other.partstat;
}

void keep_answers_pending(Series& base, const Series& sent, calendar::Field field) {
  if (base::mutant("reset_answers_hidden")) return;
  if (field == calendar::Field::attendees)
    keep_answers_pending(base.master.attendees, sent.master.attendees);
  if (field != calendar::Field::schedule) return;
  for (auto& [start, occurrence] : base.occurrences)
    if (const calendar::Occurrence* const known = find_occurrence(sent, start))
      keep_answers_pending(occurrence.event.attendees, known->event.attendees);
}

// Whether a side that held `before` and stores what it was sent may hold `found`: as it was sent,
// or the beginning of a text that is too long for it. A user who shortened that text there loses
// nothing.
bool is_stored_form(const calendar::Event& before, const calendar::Event& sent,
                    const calendar::Event& found, calendar::Field field) {
  if (calendar::equal(sent, found, field)) return true;
  if (calendar::equal(before, found, field) || base::mutant("cut_text_is_an_edit")) return false;
  const auto is_beginning = [](const std::string& whole, const std::string& part) {
    return !part.empty() && whole.starts_with(part);
  };
  switch (field) {
    case calendar::Field::summary: return is_beginning(sent.summary, found.summary);
    case calendar::Field::description: return is_beginning(sent.description, found.description);
    case calendar::Field::location: return is_beginning(sent.location, found.location);
    default: return false;
  }
}

// A new series has none of the dates of the other kind that the other side, which holds `held`, has
// (see dates_of_other_kind). That it has them elsewhere is its news.
void keep_dates_of_other_kind(SideState& mine, SideState& theirs, const Series& held) {
  for (const auto& [start, date] : dates_of_other_kind(held))
    for (SideState* const state : {&mine, &theirs}) {
      state->base.occurrences.insert_or_assign(start, held.occurrences.at(start));
      if (!find_occurrence(held, date)) state->base.occurrences.erase(date);
    }
}

// `field` of the bases becomes what `side` holds, `mine`, and the other one, `theirs`; also at the
// changed dates that show in it what their series does, unless the sides differ there.
void copy_agreed(Link& link, SideName side, const Series& mine, const Series& theirs,
                 calendar::Field field) {
  PerSide<const Series*> now;
  now[side] = &mine;
  now[other(side)] = &theirs;
  const PerSide<Series*> base{&link.side.crm.base, &link.side.remote.base};
  std::set<calendar::OriginalStart> starts;
  if (field != calendar::Field::schedule && !base::mutant("date_does_not_inherit_agreed"))
    starts = calendar::exception_starts({base.crm, base.remote});
  for (const calendar::OriginalStart& start : starts) {
    PerSide<const calendar::Occurrence*> shown;
    for (const SideName each : kBothSides) {
      shown[each] = find_occurrence(*now[each], start);
      if (shown[each] && shown[each]->cancelled) shown[each] = nullptr;
    }
    if (shown.crm && shown.remote && !calendar::equal(shown.crm->event, shown.remote->event, field))
      continue;
    for (const SideName each : kBothSides) {
      const auto known = base[each]->occurrences.find(start);
      if (known != base[each]->occurrences.end() && !known->second.cancelled && shown[each] &&
          calendar::equal(known->second.event, base[each]->master, field) &&
          calendar::equal(shown[each]->event, now[each]->master, field))
        calendar::copy(known->second.event, shown[each]->event, field);
    }
  }
  for (const SideName each : kBothSides) calendar::copy(*base[each], *now[each], field);
}

// A date shows what its series does where it has no value of its own. Where that of the series is
// news of this side, written by a user meanwhile, so is that of the date.
void keep_inherited_pending(SideState& mine, const Series& sent, const Series& written) {
  if (base::mutant("inherited_edit_hidden")) return;
  for (auto& [start, occurrence] : mine.base.occurrences) {
    const calendar::Occurrence* const was_sent = find_occurrence(sent, start);
    if (!was_sent || was_sent->cancelled || occurrence.cancelled) continue;
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
      const auto field = static_cast<calendar::Field>(i);
      if (!calendar::equal(written.master, mine.base.master, field) &&
          calendar::equal(occurrence.event, written.master, field))
        calendar::copy(occurrence.event, was_sent->event, field);
    }
  }
}

// Whether `held` is the content that was sent. Either may list dates that the other only shows.
bool is_content_of(const Series& sent, const Series& held, calendar::Field field) {
  if (calendar::equal(sent, held, field)) return true;
  if (field != calendar::Field::schedule || sent.occurrences.empty()) return false;
  return calendar::equal(with_listed_dates(sent), with_listed_dates(held), field);
}

}  // namespace

void update_bases(Link& link, SideName side, const Operation& put, const Series& written,
                  const Series& other_series) {
  const Series& sent = put.series;
  SideState& mine = link.side[side];
  SideState& theirs = link.side[other(side)];
  if (!mine.has_base || !theirs.has_base) {
    mine.base = written;
    theirs.base = other_series;
    mine.has_base = theirs.has_base = true;
    // Where the other side does not hold what was sent yet, the written value still has to be
    // transferred: it must count as changed.
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
      if (const auto field = static_cast<calendar::Field>(i);
          !is_content_of(sent, other_series, field))
        calendar::copy(mine.base, other_series, field);
    if (is_content_of(sent, other_series, calendar::Field::schedule))
      keep_extra_occurrences_pending(mine, sent, written);
    return;
  }
  const calendar::FieldSet changed = calendar::changed(put.before, sent) | put.sent;
  bool schedule_is_agreed = false;
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    // Settled when the first request was answered: what differs now was written since.
    if (put.steps > 0 && field != calendar::Field::schedule && !put.sent[i]) continue;
    if (!is_content_of(sent, other_series, field)) {
      if (field == calendar::Field::attendees)
        for (SideState* const state : {&mine, &theirs})
          adopt_common_guests(state->base.master.attendees, sent.master.attendees,
                              other_series.master.attendees);
      if (field == calendar::Field::schedule && !put.id.empty())
        adopt_sent_schedule(mine, theirs, put, written, &other_series);
      continue;
    }
    // What was not sent cannot have been normalised: if it changed, the side changed it.
    const bool as_sent = !changed[i] && !base::mutant("reset_answers_hidden");
    const Series& agreed = base::mutant("other_base_stays") ? theirs.base : other_series;
    copy_agreed(link, side, as_sent || base::mutant("base_is_what_was_sent") ? sent : written,
                agreed, field);
    if (field == calendar::Field::schedule) {
      keep_extra_occurrences_pending(mine, sent, written);
      schedule_is_agreed = true;
    }
    keep_answers_pending(mine.base, sent, field);
  }
  if (schedule_is_agreed) keep_inherited_pending(mine, sent, written);
  mine.base.facts = written.facts;
  theirs.base.facts = other_series.facts;
}

void settle_master(Link& link, SideName side, const Operation& put, const Series& written,
                   const Series& other_series) {
  SideState& mine = link.side[side];
  const calendar::FieldSet changed = calendar::changed(put.before, put.series);
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (field == calendar::Field::schedule || !(changed[i] || put.id.empty()) ||
        !calendar::equal(put.series, other_series, field))
      continue;
    copy_agreed(link, side, written, other_series, field);
    keep_answers_pending(mine.base, put.series, field);
  }
}

namespace {

// Guests whom both lists changed alike, whatever else the users did to them.
bool adopt_equal_guests(const PerSide<Guests*>& base, const PerSide<const Guests*>& now) {
  bool any = false;
  for (const SideName side : kBothSides) {
    const Guests before = *base[side];
    adopt_common_guests(*base[side], *now.crm, *now.remote);
    any |= !calendar::equal_attendees(before, *base[side]);
  }
  return any;
}

// If both events changed the field and show it alike now, it becomes part of both bases. Returns
// whether it did.
bool adopt_equal_field(const PerSide<calendar::Event*>& base,
                       const PerSide<const calendar::Event*>& now, calendar::Field field) {
  if (field == calendar::Field::attendees && !base::mutant("echoed_guests_are_one_field"))
    return adopt_equal_guests({&base.crm->attendees, &base.remote->attendees},
                              {&now.crm->attendees, &now.remote->attendees});
  if (calendar::equal(*base.crm, *now.crm, field) ||
      calendar::equal(*base.remote, *now.remote, field) ||
      !calendar::equal(*now.crm, *now.remote, field))
    return false;
  for (const SideName side : kBothSides) calendar::copy(*base[side], *now[side], field);
  return true;
}

// The same on single dates: the sides may differ in what only one of them cuts.
bool adopt_equal_dates(const PerSide<Series*>& base, const PerSide<const Series*>& held) {
  for (const SideName side : kBothSides)
    if (!calendar::equal_rule(*base[side], *held[side])) return false;
  bool any = false;
  for (const calendar::OriginalStart& start :
       calendar::exception_starts({base.crm, base.remote, held.crm, held.remote})) {
    const PerSide<const calendar::Occurrence*> now{find_occurrence(*held.crm, start),
                                                   find_occurrence(*held.remote, start)};
    if (!now.crm != !now.remote) continue;
    PerSide<std::optional<calendar::Event>> was, shown;
    for (const SideName side : kBothSides) {
      was[side] = calendar::shown_on(*base[side], start);
      shown[side] = calendar::shown_on(*held[side], start);
    }
    if (!was.crm != !was.remote || !shown.crm != !shown.remote) continue;
    if (!shown.crm || !was.crm) {  // both cancelled the date, or show it again
      if (!shown.crm == !was.crm || !equal_occurrence(now.crm, now.remote)) continue;
      for (const SideName side : kBothSides) set_occurrence(*base[side], start, now[side]);
      any = true;
      continue;
    }
    bool agreed = false;
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
      agreed |= adopt_equal_field({&*was.crm, &*was.remote}, {&*shown.crm, &*shown.remote},
                                  static_cast<calendar::Field>(i));
    any |= agreed;
    if (agreed || (now.crm && now.remote))  // it does not follow what is agreed of its series
      for (const SideName side : kBothSides)
        base[side]->occurrences.insert_or_assign(start, calendar::Occurrence{false, *was[side]});
  }
  return any;
}

bool adopt_equal_schedule(Link& link, const PerSide<const Series*>& held) {
  constexpr auto kSchedule = calendar::Field::schedule;
  const PerSide<Series*> base{&link.side.crm.base, &link.side.remote.base};
  if (calendar::equal(*base.crm, *held.crm, kSchedule) ||
      calendar::equal(*base.remote, *held.remote, kSchedule))
    return false;
  if (!calendar::equal(*held.crm, *held.remote, kSchedule)) return adopt_equal_dates(base, held);
  for (const SideName side : kBothSides) calendar::copy(*base[side], *held[side], kSchedule);
  return true;
}

}  // namespace

bool adopt_equal_values(Link& link, const PerSide<const Series*>& held) {
  if (!link.side.crm.has_base || !link.side.remote.has_base) return false;
  if (base::mutant("same_change_twice")) return false;
  // The dates first, while the bases of the series still say what a date showed that followed it.
  bool any = !base::mutant("dates_agree_after_their_series") && adopt_equal_schedule(link, held);
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
    if (const auto field = static_cast<calendar::Field>(i); field != calendar::Field::schedule)
      any |= adopt_equal_field({&link.side.crm.base.master, &link.side.remote.base.master},
                               {&held.crm->master, &held.remote->master}, field);
  if (base::mutant("dates_agree_after_their_series")) any |= adopt_equal_schedule(link, held);
  return any;
}

bool holds_first_step(const Operation& put, const Series& found) {
  if (put.id.empty()) return true;
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (calendar::equal(put.before.master, put.series.master, field)) continue;
    if (is_stored_form(put.before.master, put.series.master, found.master, field)) return true;
  }
  Series part = put.before;
  return take_arrived_dates(part, put, found);
}

std::optional<Series> arrived_part(const Operation& put, const Series& found) {
  if (put.id.empty()) return found;
  Series part = put.before;
  bool any = take_arrived_dates(part, put, found);
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (field == calendar::Field::schedule || field == calendar::Field::attendees ||
        calendar::equal(put.before.master, put.series.master, field) ||
        !is_stored_form(put.before.master, put.series.master, found.master, field))
      continue;
    calendar::copy(part.master, found.master, field);
    any = true;
  }
  any |= take_arrived_guests(part.master.attendees, put.before.master.attendees,
                             put.series.master.attendees, found.master.attendees);
  if (!any) return std::nullopt;
  part.facts = found.facts;
  return part;
}

std::optional<Series> left_of_put(const Operation& put, const Series& found) {
  const bool master_was_sent = put.steps > 0 || !calendar::equal_rule(put.before, put.series);
  if (put.kind != Operation::Kind::put || put.id.empty() || !master_was_sent ||
      !calendar::equal_rule(put.series, found) || base::mutant("put_not_continued"))
    return std::nullopt;
  Series wanted = found;
  for (const calendar::OriginalStart& start :
       calendar::exception_starts({&put.before, &put.series, &found})) {
    const calendar::Occurrence* const now = find_occurrence(found, start);
    if (!now || equal_occurrence(now, find_occurrence(put.before, start)))
      set_occurrence(wanted, start, find_occurrence(put.series, start));
  }
  if (calendar::equal(wanted, found, calendar::Field::schedule)) return std::nullopt;
  return wanted;
}

void adopt_sent_values(Link& link, SideName side, const Operation& put, const Series& found,
                       const Series* held) {
  if (base::mutant("lost_answer_forgotten")) return;
  SideState& mine = link.side[side];
  SideState& theirs = link.side[other(side)];
  calendar::FieldSet fields;
  if (put.id.empty()) {
    mine.base = theirs.base = put.series;
    mine.has_base = theirs.has_base = true;
    fields.set();
  } else {
    fields = calendar::changed(put.before, put.series);
  }
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (!fields[i]) continue;
    if (field == calendar::Field::schedule) {
      adopt_sent_schedule(mine, theirs, put, found, put.id.empty() ? nullptr : held);
      if (put.id.empty() && held) keep_dates_of_other_kind(mine, theirs, *held);
      continue;
    }
    if (field == calendar::Field::attendees && !put.id.empty()) {
      const Guests& before = put.before.master.attendees;
      Guests arrived = put.series.master.attendees;
      if (!calendar::equal_attendees(arrived, found.master.attendees)) {
        arrived = before;
        take_arrived_guests(arrived, before, put.series.master.attendees, found.master.attendees);
      }
      for (SideState* const state : {&mine, &theirs})
        adopt_sent_guests(state->base.master.attendees, before, arrived);
      continue;
    }
    if (!is_stored_form(put.before.master, put.series.master, found.master, field)) continue;
    copy_agreed(link, side, found,
                held && calendar::equal(*held, put.series, field) ? *held : put.series, field);
  }
}

}  // namespace gcal::sync
