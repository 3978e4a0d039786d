#include "src/emulator/model/guests.hpp"

#include "src/emulator/model/guest_copy.hpp"
#include "src/emulator/model/occurrences.hpp"

namespace emulator {
namespace {

void add_guests(std::set<std::string>& emails, const Event& event) {
  for (const Json& attendee : event.fields["attendees"].items())
    emails.insert(attendee.string("email"));
}

void set_response(Json& fields, const std::string& email, const char* status) {
  if (Json* list = fields.find("attendees"))
    for (Json& attendee : list->mutable_items())
      if (attendee.string("email") == email) attendee.set("responseStatus", status);
}

// The copy of a guest who is no longer on the list.
Event uninvited(Event copy, const std::string& guest) {
  Json list = Json::array();
  for (const Json& entry : copy.fields["attendees"].items())
    if (entry.string("email") != guest) list.push(entry);
  copy.fields.set("attendees", std::move(list));
  return copy;
}

// The responses of guests with an account are theirs. What `writer` says of others is dropped.
void restore_responses(GoogleModel& google, const std::string& writer, const Event& before,
                       Event& after) {
  Json* list = after.fields.find("attendees");
  if (!list) return;
  for (Json& attendee : list->mutable_items()) {
    const std::string email = attendee.string("email");
    if (email == writer || !google.account(email)) continue;
    if (const Json* known = attendee_of(before.fields, email))
      attendee.set("responseStatus", (*known)["responseStatus"]);
  }
}

// A guest wrote `after`: the entries of the others stay, and new ones need a permission.
Outcome<> check_entries(const Calendar& calendar, const Event& before, const Event& after) {
  for (const Json& attendee : before.fields["attendees"].items()) {
    if (attendee.string("email") == calendar.id) continue;
    const Json* now = attendee_of(after.fields, attendee.string("email"));
    if (!now || !(*now == attendee)) return forbidden_for_non_organizer();
  }
  if (before.fields["guestsCanInviteOthers"].as_bool(true)) return Done{};
  for (const Json& attendee : after.fields["attendees"].items())
    if (!attendee_of(before.fields, attendee.string("email"))) return forbidden_for_non_organizer();
  return Done{};
}

}  // namespace

Outcome<> Guests::check_write(const Calendar& calendar, const Event& before, Event& after) const {
  if (after.fields["attendeesOmitted"].as_bool(false)) {
    Json list = with_own_entry(before.fields, after.fields, calendar.id);
    after.fields.erase("attendees");
    if (!list.items().empty()) after.fields.set("attendees", std::move(list));
  }
  after.fields.erase("attendeesOmitted");
  if (const Json* cut = before.fields.find("attendeesOmitted"))
    after.fields.set("attendeesOmitted", *cut);
  if (is_organizer(calendar, before)) {
    restore_responses(google_, calendar.id, before, after);
    return Done{};
  }
  // What the organizer took away, a guest cannot bring back.
  if (before.cancelled && home_of(before) &&
      !(before.removed && attendee_of(before.fields, calendar.id)))
    return forbidden_for_non_organizer();
  if (before.fields["guestsCanModify"].as_bool(false)) {
    restore_responses(google_, calendar.id, before, after);
    return Done{};
  }
  if (shared_members_differ(before, after)) return forbidden_for_non_organizer();
  return check_entries(calendar, before, after);
}

void Guests::mark_deleted(const Calendar& calendar, Event& event) const {
  event.cancelled = true;
  if (is_organizer(calendar, event)) return;
  event.removed = true;
  set_response(event.fields, calendar.id, "declined");
}

Calendar* Guests::home_of(const Event& event) const {
  return google_.find_calendar(event.fields["organizer"].string("email"));
}

Calendar* Guests::modifiable_home(const Calendar& calendar, const Event& event) const {
  const bool may = !is_organizer(calendar, event) && event.fields["guestsCanModify"].as_bool(false);
  return may ? home_of(event) : nullptr;
}

void Guests::after_write(const std::string& email, Calendar& calendar, const Event& event,
                         const Event* before, const WriteOptions& options) {
  const bool is_private = event.fields["privateCopy"].as_bool(false);
  if (!is_organizer(calendar, event)) {
    record_response(email, calendar, event, before, options);
    if (!is_private) take_guests_write(email, calendar, event, options);
    return;
  }
  record_mails(email, calendar, event, before, options);
  if (!is_private) update_copies(calendar, event, before);
}

// Brings a guest's response, and what else they may change, to the organizer's event and from
// there to the other guests. The response to one occurrence makes it an exception of the
// organizer's series.
void Guests::take_guests_write(const std::string& email, const Calendar& calendar,
                               const Event& event, const WriteOptions& options) {
  Calendar* home = home_of(event);
  if (!home) return;
  const auto original = google_.locate(*home, event.id);
  if (!original || is_deleted(*home, original->event) || original->event.ical_uid != event.ical_uid)
    return;
  const Event& was = original->event;
  Event next = was;
  const bool modifies = event.fields["guestsCanModify"].as_bool(false) && !event.cancelled;
  if (modifies) take_shared_members(next, event, home->zone);
  Json list = with_own_entry(was.fields, event.fields, calendar.id);
  for (const Json& entry : event.fields["attendees"].items())
    if (!attendee_of(was.fields, entry.string("email"))) list.push(entry);
  if (modifies && !event.fields["attendeesOmitted"].as_bool(false)) {
    Json kept = Json::array();
    for (const Json& entry : list.items())
      if (attendee_of(event.fields, entry.string("email"))) kept.push(entry);
    list = std::move(kept);
  }
  next.fields.erase("attendees");
  if (!list.items().empty()) next.fields.set("attendees", std::move(list));
  // A deleted occurrence is declined as an exception, also by who declined the whole series before:
  // otherwise the organizer's next change of the series would bring it back.
  const bool declines = event.cancelled && original->generated;
  if (declines || !(next.fields == was.fields) || next.start.at != was.start.at ||
      next.end.at != was.end.at) {
    next = google_.commit(*home, std::move(next), &was);
    record_mails(email, *home, next, &was, options);
    if (modifies && shared_members_differ(was, next))
      record("update", email, *home, next, {home->id}, options);
  }
  // Who deletes the whole series also declines the occurrences that are exceptions (a guess).
  if (event.cancelled && event.series.empty()) decline_exceptions(*home, event.id, calendar.id);
  update_copies(*home, next, &was);
}

void Guests::decline_exceptions(Calendar& home, const std::string& series_id,
                                const std::string& guest) {
  for (const StoredEvent* exception : home.exceptions_of(series_id)) {
    if (exception->cancelled) continue;
    const Event was = exception->event();
    Event next = was;
    set_response(next.fields, guest, "declined");
    if (!(next.fields == was.fields)) google_.commit(home, std::move(next), &was);
  }
}

void Guests::after_move(const std::string& email, const Calendar& from, Calendar& to,
                        const Event& event, const Event& before, const WriteOptions& options) {
  after_write(email, to, event, &before, options);
  if (Calendar* target = google_.find_calendar(from.id)) update_series(to, *target, event.id);
}

void Guests::update_copies(Calendar& home, const Event& event, const Event* before) {
  std::set<std::string> guests;
  add_guests(guests, event);
  if (before) add_guests(guests, *before);
  if (event.series.empty()) {
    for (const StoredEvent* exception : home.exceptions_of(event.id))
      if (exception->fields.find("\"attendees\"") != std::string::npos)
        add_guests(guests, exception->event());
    for (const StoredEvent* part : home.series_parts(series_base_id(event.id)))
      if (part->id != event.id && !part->cancelled) add_guests(guests, part->event());
  }
  for (const std::string& guest : guests) {
    if (guest == home.id || !google_.account(guest)) continue;
    Calendar* target = google_.find_calendar(guest);
    if (!target) continue;
    CopiedSeries unread;
    if (event.series.empty())
      update_series(home, *target, event.id);
    else if (const StoredEvent* series = home.find(event.series);
             series && !target->find(series->id) && attendee_of(series->event().fields, target->id))
      update_series(home, *target, series->id);
    else
      update_occurrence(home, *target, event.id, unread);
  }
}

void Guests::update_series(Calendar& home, Calendar& target, const std::string& series_id) {
  const StoredEvent* original = home.find(series_id);
  if (!original) return;
  // An id that the guest chose for an event of their own.
  if (const StoredEvent* known = target.find(series_id);
      known && known->ical_uid != original->ical_uid)
    return;
  update_master(target, original->event());
  const std::string base_id = series_base_id(series_id);
  std::set<std::string> occurrences = ids_of_two_parts(home, base_id);
  for (const StoredEvent* part : home.series_parts(base_id))
    for (const Calendar* calendar : {&home, &target})
      for (const StoredEvent* exception : calendar->exceptions_of(part->id))
        occurrences.insert(exception->id);
  CopiedSeries series;
  for (const std::string& id : occurrences) update_occurrence(home, target, id, series);
}

Guests::CopiedSeries Guests::read_series(const StoredEvent& master, const Calendar& target) const {
  CopiedSeries series;
  series.master = &master;
  series.invites = attendee_of(master.event().fields, target.id) != nullptr;
  series.copied = target.find(master.id);
  if (series.copied) series.copy = series.copied->event();
  return series;
}

void Guests::update_master(Calendar& target, const Event& original) {
  const StoredEvent* known = target.find(original.id);
  const bool is_guest = attendee_of(original.fields, target.id) != nullptr;
  if (!known && (original.cancelled || !is_guest)) return;
  const Event was = known ? known->event() : Event{};
  Event copy = is_guest ? guest_copy(original, target, was.fields) : uninvited(was, target.id);
  copy.fields.set("organizer", original.fields["organizer"]);
  // An invitation that the guest deleted stays deleted, whatever the organizer changes (a guess).
  // One that comes after the guest was uninvited is a new one.
  copy.removed = was.removed && (!is_guest || attendee_of(was.fields, target.id));
  copy.cancelled = original.cancelled || !is_guest || copy.removed;
  store_copy(target, std::move(copy), known ? &was : nullptr);
}

void Guests::update_occurrence(Calendar& home, Calendar& target, const std::string& event_id,
                               CopiedSeries& of) {
  const auto found = google_.locate(home, event_id);
  const StoredEvent* known = target.find(event_id);
  const Event was = known ? known->event() : Event{};
  const bool shown = known && !known->id_only;
  const StoredEvent* master = home.find(found ? found->event.series : was.series);
  if (!master) return;
  if (of.master != master) of = read_series(*master, target);
  const StoredEvent* copied = of.copied;
  const bool of_series = of.invites;
  if (of_series && (!copied || copied->cancelled))  // follows when the series comes back
    return leave_to_other_part(target, event_id);
  // A change of an occurrence gives its series another stamp.
  if (copied) static_cast<EventHead&>(of.copy) = *copied;
  const Event& series = of.copy;

  if (!found || found->generated || found->event.id_only) {
    // No exception of the organizer's. One of the guest's own stays as long as the rule has it and
    // the organizer does not reset it; then only their own members keep it.
    if (!of_series && !(shown && was.orphan)) return leave_to_other_part(target, event_id);
    if (!shown) return;
    const bool reset = home.find(event_id) != nullptr;
    const bool own = !was.cancelled && !same_own_members(was.fields, series.fields);
    if (!found || !found->generated || !of_series || (reset && !own)) {
      reset_copy(target, was, of_series);
      if (!of_series) leave_to_other_part(target, event_id);
      return;
    }
  }
  const Event& original = found->event;
  const bool is_guest = attendee_of(original.fields, target.id) != nullptr;
  const bool removed_with_series = !of_series && copied && copied->removed && !was.orphan;
  const bool invited = is_guest && !is_deleted(home, original) && !removed_with_series;
  if (!of_series && !invited && !(shown && was.orphan))
    return leave_to_other_part(target, event_id);
  Event copy;
  if (is_guest)
    copy = guest_copy(original, target, shown ? was.fields : series.fields);
  else
    copy = shown ? was : make_instance(series, original.original, target.zone);
  copy.series = original.series;
  copy.ical_uid = original.ical_uid;
  copy.fields.set("organizer", original.fields["organizer"]);
  copy.orphan = !of_series;
  copy.removed = is_guest && was.removed;
  copy.cancelled = !invited || copy.removed;
  copy.id_only = false;
  const bool is_gone = copy.cancelled && copy.orphan;
  store_copy(target, std::move(copy), known ? &was : nullptr);
  if (is_gone) leave_to_other_part(target, event_id);
}

// The occurrence belongs to a part of the series that this calendar does not have. It is no
// exception of another part which the calendar has, nor one without its part; where the rule of
// that part has the same start, it is cancelled.
void Guests::leave_to_other_part(Calendar& target, const std::string& event_id) {
  const StoredEvent* known = target.find(event_id);
  const StoredEvent* part = known ? target.find(known->series) : nullptr;
  const bool lives_alone = known && known->orphan && !known->cancelled;
  if ((part && !part->cancelled && !known->id_only) || lives_alone) {
    if (known->cancelled && !known->orphan) return;
    reset_copy(target, known->event(), false);
  }
  auto there = google_.locate(target, event_id);
  if (!there || !there->generated || target.find(there->event.series)->cancelled) return;
  there->event.cancelled = true;
  there->event.removed = known && known->removed;
  const Event was = known ? known->event() : Event{};
  store_copy(target, std::move(there->event), known ? &was : nullptr);
}

// As Google's page resets an exception.
void Guests::reset_copy(Calendar& target, const Event& was, bool of_series) {
  if (was.cancelled && was.orphan && !of_series) return;
  Event copy = was;
  copy.cancelled = copy.id_only = true;
  copy.removed = false;
  copy.orphan = !of_series && copy.orphan;
  store_copy(target, std::move(copy), &was);
}

// Commits the copy if it differs from what the calendar holds. What only shows in a deleted event
// is no change.
void Guests::store_copy(Calendar& target, Event copy, const Event* was) {
  if (!was) {
    google_.commit(target, std::move(copy), nullptr);
    return;
  }
  const bool same_place = was->cancelled == copy.cancelled && was->id_only == copy.id_only &&
                          was->series == copy.series && was->orphan == copy.orphan;
  const bool same = was->fields == copy.fields && was->start.at == copy.start.at &&
                    was->end.at == copy.end.at && was->ical_uid == copy.ical_uid;
  if (same_place && (same || copy.cancelled)) {
    copy.stamp = was->stamp;
    copy.updated = was->updated;
    if (!same || was->removed != copy.removed) target.put(copy);
    return;
  }
  google_.commit(target, std::move(copy), was);
}

}  // namespace emulator
