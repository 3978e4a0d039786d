#include "src/emulator/model/guest_copy.hpp"

#include <array>
#include <set>

#include "src/emulator/model/event_members.hpp"
#include "src/emulator/model/event_rules.hpp"

namespace emulator {
namespace {

// Besides extendedProperties.private.
constexpr std::array kOwnMembers{"colorId", "eventLabelId", "transparency", "visibility",
                                 "reminders"};

bool is_shared(const std::string& name) {
  if (name == "start" || name == "end" || name == "creator" || name == "organizer" ||
      name == "hangoutLink" || name == "eventType")
    return false;  // compared as times, computed, or never changed
  const EventMember* member = find_event_member(name);
  return !member || !member->guest_writes;
}

bool same_time(const EventTime& a, const EventTime& b) {
  return a.all_day == b.all_day && (a.all_day ? a.date == b.date : a.at == b.at);
}

// The guest's own entry and the organizer's.
Json visible_attendees(const Json& fields, const std::string& guest) {
  const std::string& organizer = fields["organizer"].string("email");
  Json out = Json::array();
  for (const Json& attendee : fields["attendees"].items()) {
    const std::string& email = attendee.string("email");
    if (email == guest || email == organizer) out.push(attendee);
  }
  return out;
}

}  // namespace

const Json* attendee_of(const Json& fields, const std::string& email) {
  for (const Json& attendee : fields["attendees"].items())
    if (attendee.string("email") == email) return &attendee;
  return nullptr;
}

Json with_own_entry(const Json& before, const Json& after, const std::string& email) {
  Json list = before["attendees"];
  if (const Json* own = attendee_of(after, email))
    for (Json& attendee : list.mutable_items())
      if (attendee.string("email") == email) attendee = *own;
  return list;
}

bool is_organizer(const Calendar& calendar, const Event& event) {
  return event.fields["organizer"].string("email") == calendar.id;
}

Event with_own_members(Event source, const Json& own) {
  for (const char* name : kOwnMembers) {
    source.fields.erase(name);
    if (const Json* value = own.find(name)) source.fields.set(name, *value);
  }
  if (!source.fields.contains("reminders"))
    source.fields.set("reminders", Json::object({{"useDefault", true}}));
  Json properties = Json::object();
  if (const Json* mine = own["extendedProperties"].find("private"))
    properties.set("private", *mine);
  if (const Json* shared = source.fields["extendedProperties"].find("shared"))
    properties.set("shared", *shared);
  source.fields.erase("extendedProperties");
  if (!properties.members().empty()) source.fields.set("extendedProperties", std::move(properties));
  return source;
}

bool same_own_members(const Json& a, const Json& b) {
  for (const char* name : kOwnMembers)
    if (!(a[name] == b[name])) return false;
  return a["extendedProperties"]["private"] == b["extendedProperties"]["private"];
}

Event guest_copy(const Event& source, const Calendar& target, const Json& own) {
  Event copy = with_own_members(source, own);
  copy.fields.erase("attendeesOmitted");
  if (!source.fields["guestsCanSeeOtherGuests"].as_bool(true)) {
    copy.fields.set("attendees", visible_attendees(source.fields, target.id));
    copy.fields.set("attendeesOmitted", true);
  }
  anchor_days(copy, target.zone);
  return copy;
}

void take_shared_members(Event& original, const Event& copy, const std::string& calendar_zone) {
  for (const EventMember& member : event_members()) {
    const std::string name(member.name);
    if (!is_shared(name) && name != "start" && name != "end" && name != "sequence" &&
        name != "hangoutLink")
      continue;
    original.fields.erase(name);
    if (const Json* value = copy.fields.find(name)) original.fields.set(name, *value);
  }
  Json properties = original.fields["extendedProperties"].is_object()
                        ? original.fields["extendedProperties"]
                        : Json::object();
  properties.erase("shared");
  if (const Json* shared = copy.fields["extendedProperties"].find("shared"))
    properties.set("shared", *shared);
  original.fields.erase("extendedProperties");
  if (!properties.members().empty())
    original.fields.set("extendedProperties", std::move(properties));
  original.start = copy.start;
  original.end = copy.end;
  original.last_end = copy.last_end;
  anchor_days(original, calendar_zone);
}

void anchor_days(Event& event, const std::string& calendar_zone) {
  if (!event.start.all_day) return;
  for (EventTime* time : {&event.start, &event.end, &event.original})
    if (time->all_day) time->at = midnight(time->date, calendar_zone);
  event.last_end = last_end_of(event, calendar_zone);
}

bool shared_members_differ(const Event& before, const Event& after) {
  std::set<std::string> names;
  for (const auto& [name, value] : before.fields.members()) names.insert(name);
  for (const auto& [name, value] : after.fields.members()) names.insert(name);
  for (const std::string& name : names) {
    if (!is_shared(name)) continue;
    const Json& a = before.fields[name];
    const Json& b = after.fields[name];
    if (!(is_default(name, a) && is_default(name, b)) && !(a == b)) return true;
  }
  return !same_time(before.start, after.start) || !same_time(before.end, after.end) ||
         !(before.fields["extendedProperties"]["shared"] ==
           after.fields["extendedProperties"]["shared"]);
}

}  // namespace emulator
