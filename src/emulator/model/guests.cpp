#include "src/emulator/model/guests.hpp"

#include <algorithm>
#include <set>

#include "src/emulator/model/event_members.hpp"

namespace emulator {
namespace {

const Json* attendee_of(const Json& fields, const std::string& email) {
  for (const Json& attendee : fields["attendees"].items())
    if (attendee.string("email") == email) return &attendee;
  return nullptr;
}

bool is_organizer(const Calendar& calendar, const Event& event) {
  return event.fields["organizer"].string("email") == calendar.id;
}

std::set<std::string> guests_of(const Event& event) {
  std::set<std::string> emails;
  for (const Json& attendee : event.fields["attendees"].items())
    emails.insert(attendee.string("email"));
  return emails;
}

bool shared_members_differ(const Json& before, const Json& after) {
  std::set<std::string> names;
  for (const auto& [name, value] : before.members()) names.insert(name);
  for (const auto& [name, value] : after.members()) names.insert(name);
  for (const std::string& name : names) {
    const EventMember* member = find_event_member(name);
    if ((member && member->guest_writes) || name == "creator" || name == "organizer" ||
        name == "hangoutLink")
      continue;
    const Json& a = before[name];
    const Json& b = after[name];
    if (is_default(name, a) && is_default(name, b)) continue;
    if (!(a == b)) return true;
  }
  return !(before["extendedProperties"]["shared"] == after["extendedProperties"]["shared"]);
}

}  // namespace

Outcome<> Guests::check_write(const Calendar& calendar, const Event& before, Event& after) const {
  if (is_organizer(calendar, before)) {
    // The response of a guest with an account is theirs: what the organizer writes is dropped.
    if (Json* list = after.fields.find("attendees"))
      for (Json& attendee : list->mutable_items()) {
        const std::string email = attendee.string("email");
        if (email == calendar.id || !google_.account(email)) continue;
        if (const Json* known = attendee_of(before.fields, email))
          attendee.set("responseStatus", (*known)["responseStatus"]);
      }
    return Done{};
  }
  if (before.fields["guestsCanModify"].as_bool(false)) return Done{};
  if (shared_members_differ(before.fields, after.fields) || before.start.at != after.start.at ||
      before.end.at != after.end.at)
    return forbidden_for_non_organizer();
  if (after.fields["attendeesOmitted"].as_bool(false)) {
    // The client sent the guest's own entry only: it is merged into the full list.
    Json merged = before.fields["attendees"];
    if (const Json* mine = attendee_of(after.fields, calendar.id))
      for (Json& attendee : merged.mutable_items())
        if (attendee.string("email") == calendar.id) attendee = *mine;
    after.fields.set("attendees", std::move(merged));
    after.fields.erase("attendeesOmitted");
  }
  for (const Json& attendee : before.fields["attendees"].items()) {
    if (attendee.string("email") == calendar.id) continue;
    const Json* now = attendee_of(after.fields, attendee.string("email"));
    if (!now || !(*now == attendee)) return forbidden_for_non_organizer();
  }
  if (!before.fields["guestsCanInviteOthers"].as_bool(true) &&
      guests_of(before).size() != guests_of(after).size())
    return forbidden_for_non_organizer();
  return Done{};
}

void Guests::after_write(const std::string& email, Calendar& calendar, const Event& event,
                         const Event* before, const WriteOptions& options) {
  record_mails(email, calendar, event, before, options);
  if (event.fields["privateCopy"].as_bool(false)) return;
  if (is_organizer(calendar, event))
    propagate_from_organizer(calendar, event, before);
  else
    propagate_response(calendar, event);
}

void Guests::propagate_from_organizer(Calendar& calendar, const Event& event, const Event* before) {
  std::set<std::string> all = guests_of(event);
  if (before) all.merge(guests_of(*before));
  for (const std::string& guest : all) {
    if (guest == calendar.id || !google_.account(guest)) continue;
    Calendar* target = google_.find_calendar(guest);
    if (target) update_copy(*target, event, event.cancelled || !attendee_of(event.fields, guest));
  }
}

// The copy gets the organizer's members and keeps its own reminders, colour, transparency,
// visibility and private properties.
void Guests::update_copy(Calendar& target, const Event& source, bool cancelled) {
  const StoredEvent* known = target.find(source.id);
  if (known && known->ical_uid != source.ical_uid) return;
  if (!known && cancelled) return;
  Event copy = source;
  const Event was = known ? known->event() : Event{};
  const Json& own = was.fields;
  for (const char* name : {"colorId", "eventLabelId", "transparency", "visibility", "reminders"}) {
    copy.fields.erase(name);
    if (const Json* value = own.find(name)) copy.fields.set(name, *value);
  }
  if (!copy.fields.contains("reminders"))
    copy.fields.set("reminders", Json::object({{"useDefault", true}}));
  Json properties = Json::object();
  if (const Json* mine = own["extendedProperties"].find("private"))
    properties.set("private", *mine);
  if (const Json* shared = source.fields["extendedProperties"].find("shared"))
    properties.set("shared", *shared);
  copy.fields.erase("extendedProperties");
  if (!properties.members().empty()) copy.fields.set("extendedProperties", std::move(properties));
  copy.cancelled = cancelled;
  if (known && was.cancelled == cancelled && was.fields == copy.fields &&
      was.start.at == copy.start.at)
    return;
  google_.commit(target, std::move(copy), known ? &was : nullptr);
}

// Copies a guest's response to the organizer's event and from there to the other guests. A guest
// who deletes the event declines it.
void Guests::propagate_response(Calendar& calendar, const Event& event) {
  Calendar* home = google_.find_calendar(event.fields["organizer"].string("email"));
  if (!home) return;
  const StoredEvent* known = home->find(event.id);
  const auto original =
      known ? LocatedEvent{known->event(), false} : google_.locate(*home, event.id);
  if (!original || original->event.cancelled || original->event.ical_uid != event.ical_uid) return;
  const Event& was = original->event;
  Event next = was;
  if (event.fields["guestsCanModify"].as_bool(false) && !event.cancelled) {
    for (const char* name :
         {"summary", "description", "location", "start", "end", "recurrence", "sequence"}) {
      next.fields.erase(name);
      if (const Json* value = event.fields.find(name)) next.fields.set(name, *value);
    }
    next.start = event.start;
    next.end = event.end;
    next.last_end = event.last_end;
  }
  Json list = next.fields["attendees"];
  for (const Json& mine : event.fields["attendees"].items()) {
    const std::string& email = mine.string("email");
    if (!attendee_of(next.fields, email)) list.push(mine);
    if (email != calendar.id) continue;
    for (Json& attendee : list.mutable_items())
      if (attendee.string("email") == email) {
        attendee = mine;
        if (event.cancelled) attendee.set("responseStatus", "declined");
      }
  }
  if (!list.items().empty()) next.fields.set("attendees", std::move(list));
  if (next.fields == was.fields && next.start.at == was.start.at) return;
  const Event committed = google_.commit(*home, std::move(next), &was);
  propagate_from_organizer(*home, committed, &was);
}

void Guests::record_mails(const std::string& email, const Calendar& calendar, const Event& event,
                          const Event* before, const WriteOptions& options) {
  if (options.send_updates != "all" && options.send_updates != "externalOnly") return;
  const auto send = [&](const char* kind, std::set<std::string> to) {
    Mail mail{kind, calendar.id, event.id, event.fields.string("summary"), {}, google_.now_ms()};
    for (const std::string& address : to) {
      if (address == email || address == calendar.id) continue;
      if (options.send_updates == "externalOnly" && google_.account(address)) continue;
      mail.recipients.push_back(address);
    }
    if (!mail.recipients.empty()) google_.mails_.push_back(std::move(mail));
  };
  const std::set<std::string> now = guests_of(event);
  if (!is_organizer(calendar, event)) {
    const Json* mine = attendee_of(event.fields, calendar.id);
    const Json* earlier = before ? attendee_of(before->fields, calendar.id) : nullptr;
    if (event.cancelled ||
        (mine && (!earlier || (*mine)["responseStatus"] != (*earlier)["responseStatus"])))
      send("response", {event.fields["organizer"].string("email")});
    return;
  }
  if (event.cancelled) return send("cancellation", now);
  const std::set<std::string> earlier =
      before && !before->cancelled ? guests_of(*before) : std::set<std::string>{};
  std::set<std::string> added, kept, removed;
  std::set_difference(now.begin(), now.end(), earlier.begin(), earlier.end(),
                      std::inserter(added, added.end()));
  std::set_intersection(now.begin(), now.end(), earlier.begin(), earlier.end(),
                        std::inserter(kept, kept.end()));
  std::set_difference(earlier.begin(), earlier.end(), now.begin(), now.end(),
                      std::inserter(removed, removed.end()));
  send("invitation", added);
  send("cancellation", removed);
  if (before && shared_members_differ(before->fields, event.fields)) send("update", kept);
}

}  // namespace emulator
