// The members of an event resource that are stored as the client wrote them, each with its rules:
// who may write it, where an answer shows it, which value is left out. Used by the event rules, by
// rendering and by the guests' checks. The times, the ids and what the server computes (created,
// updated, etag ...) are not in this table: EventHead has them.
#pragma once

#include <span>
#include <string_view>

#include "src/common/base/json.hpp"

namespace emulator {

// Where an answer shows a member that is copied from the stored fields.
enum class MemberPlace {
  computed,        // not copied as it is, or between other members: see render()
  before_creator,  // in front of creator, organizer, start and end
  after_attendees  // behind attendees
};

// The value that an answer leaves out, as if the member were absent.
enum class MemberDefault { none, empty_text, empty_list, is_true, is_false, opaque, by_calendar };

struct EventMember {
  std::string_view name;
  MemberPlace place;
  MemberDefault default_value;
  bool guest_writes;  // each guest's copy has its own value, so that a guest may write it
};

// In the order in which answers show them. Each is writable.
std::span<const EventMember> event_members();

const EventMember* find_event_member(std::string_view name);  // nullptr: not writable

// Answers leave the member out: it is null or has its default value.
bool is_default(const EventMember& member, const gcal::base::Json& value);
bool is_default(std::string_view name, const gcal::base::Json& value);

}  // namespace emulator
