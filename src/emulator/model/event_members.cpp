#include "src/emulator/model/event_members.hpp"

#include <algorithm>
#include <array>

namespace emulator {
namespace {

using Place = MemberPlace;
using Default = MemberDefault;

constexpr std::array kMembers{
    EventMember{"summary", Place::before_creator, Default::empty_text, false},
    EventMember{"description", Place::before_creator, Default::empty_text, false},
    EventMember{"location", Place::before_creator, Default::empty_text, false},
    EventMember{"colorId", Place::before_creator, Default::empty_text, true},
    EventMember{"eventLabelId", Place::before_creator, Default::empty_text, true},

    EventMember{"status", Place::computed, Default::none, true},
    EventMember{"organizer", Place::computed, Default::none, false},
    EventMember{"start", Place::computed, Default::none, false},
    EventMember{"end", Place::computed, Default::none, false},
    EventMember{"endTimeUnspecified", Place::computed, Default::is_false, false},
    EventMember{"recurrence", Place::computed, Default::empty_list, false},
    EventMember{"transparency", Place::computed, Default::opaque, true},
    EventMember{"visibility", Place::computed, Default::by_calendar, true},
    EventMember{"sequence", Place::computed, Default::none, true},
    EventMember{"attendees", Place::computed, Default::empty_list, true},
    EventMember{"attendeesOmitted", Place::computed, Default::is_false, true},
    EventMember{"eventType", Place::computed, Default::none, false},
    EventMember{"gadget", Place::computed, Default::none, false},

    EventMember{"extendedProperties", Place::after_attendees, Default::none, true},
    EventMember{"hangoutLink", Place::after_attendees, Default::none, false},
    EventMember{"conferenceData", Place::after_attendees, Default::none, false},
    EventMember{"anyoneCanAddSelf", Place::after_attendees, Default::is_false, false},
    EventMember{"guestsCanInviteOthers", Place::after_attendees, Default::is_true, false},
    EventMember{"guestsCanModify", Place::after_attendees, Default::is_false, false},
    EventMember{"guestsCanSeeOtherGuests", Place::after_attendees, Default::is_true, false},
    EventMember{"privateCopy", Place::after_attendees, Default::is_false, false},
    EventMember{"locked", Place::after_attendees, Default::is_false, false},
    EventMember{"reminders", Place::after_attendees, Default::none, true},
    EventMember{"source", Place::after_attendees, Default::none, false},
    EventMember{"attachments", Place::after_attendees, Default::empty_list, false},
    EventMember{"birthdayProperties", Place::after_attendees, Default::none, false},
    EventMember{"focusTimeProperties", Place::after_attendees, Default::none, false},
    EventMember{"outOfOfficeProperties", Place::after_attendees, Default::none, false},
    EventMember{"workingLocationProperties", Place::after_attendees, Default::none, false}};

}  // namespace

std::span<const EventMember> event_members() {
  return kMembers;
}

const EventMember* find_event_member(std::string_view name) {
  const auto found = std::find_if(kMembers.begin(), kMembers.end(),
                                  [&](const EventMember& member) { return member.name == name; });
  return found == kMembers.end() ? nullptr : &*found;
}

bool is_default(const EventMember& member, const gcal::base::Json& value) {
  if (value.is_null()) return true;
  switch (member.default_value) {
    case Default::none: return false;
    case Default::empty_text: return value.as_string().empty();
    case Default::empty_list: return value.items().empty();
    case Default::is_true: return value.as_bool(true);
    case Default::is_false: return !value.as_bool(false);
    case Default::opaque: return value.as_string() == "opaque";
    case Default::by_calendar: return value.as_string() == "default";
  }
  return false;
}

bool is_default(std::string_view name, const gcal::base::Json& value) {
  if (value.is_null()) return true;
  const EventMember* member = find_event_member(name);
  return member && is_default(*member, value);
}

}  // namespace emulator
