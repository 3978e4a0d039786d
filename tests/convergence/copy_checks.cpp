// The copies in the guests' calendars against the organizer's events, occurrence by occurrence.
#include <algorithm>
#include <array>

#include "tests/convergence/acts.hpp"
#include "tests/convergence/checks.hpp"
#include "tests/convergence/json_text.hpp"

namespace convergence {
namespace {

constexpr std::array kShared{
    "summary",  "description",      "location",         "start", "end", "status", "iCalUID",
    "sequence", "recurringEventId", "originalStartTime"};

std::string_view organizer_of(std::string_view event) {
  return text_member(member(event, "organizer"), "email");
}

// The guests and their answers, in the order of addresses.
std::vector<std::string> guests_of(std::string_view event) {
  std::vector<std::string> guests;
  for (const std::string_view entry : elements(member(event, "attendees")))
    guests.push_back(std::string(text_member(entry, "email")) + " " +
                     std::string(text_member(entry, "responseStatus")));
  std::sort(guests.begin(), guests.end());
  return guests;
}

void compare(World& world, const std::string& guest, const std::string& truth,
             const std::string& copy) {
  const auto differs = [&](const std::string& what) {
    world.violation(
        "copies", what + " of the copy of " + guest + " differs:\n    " + copy + "\n    " + truth);
  };
  for (const char* name : kShared)
    if (member(truth, name) != member(copy, name)) return differs(name);
  if (organizer_of(truth) != organizer_of(copy)) return differs("organizer");
  if (member(truth, "extendedProperties", "shared") != member(copy, "extendedProperties", "shared"))
    return differs("extendedProperties.shared");
  if (member(truth, "guestsCanSeeOtherGuests") == "false") {
    if (text_member(attendee(truth, guest), "responseStatus") !=
        text_member(attendee(copy, guest), "responseStatus"))
      differs("the guest's own entry");
  } else if (guests_of(truth) != guests_of(copy)) {
    differs("attendees");
  }
}

// Imported events have no copies.
bool is_imported(const std::string& id) {
  return id.starts_with('_');
}

}  // namespace

Lists all_lists(World& world, const ListForm& form) {
  Lists lists;
  for (int calendar = 0; calendar < kCalendars; ++calendar)
    (void)full_list(world, world.owner(calendar), calendar, form, "",
                    lists[static_cast<std::size_t>(calendar)]);
  return lists;
}

void check_copies(World& world, const Lists& events) {
  for (int home = 0; home < kCalendars; ++home)
    for (const auto& [id, truth] : events[static_cast<std::size_t>(home)]) {
      if (is_imported(id) || organizer_of(truth) != world.calendar_id(home)) continue;
      for (int guest = 0; guest < kPeople; ++guest) {
        const std::string& email = world.email(guest);
        if (guest == home || attendee(truth, email).empty()) continue;
        const Items& calendar = events[static_cast<std::size_t>(guest)];
        const auto copy = calendar.find(id);
        if (copy != calendar.end())
          compare(world, email, truth, copy->second);
        else if (!world.removed_by_guest(guest, id))
          world.violation("copies", email + " has no copy of " + truth);
      }
    }
  for (int guest = 0; guest < kPeople; ++guest)
    for (const auto& [id, copy] : events[static_cast<std::size_t>(guest)]) {
      const int home = world.calendar_of(organizer_of(copy));
      if (is_imported(id) || home < 0 || home == guest) continue;
      const Items& truths = events[static_cast<std::size_t>(home)];
      const auto truth = truths.find(id);
      if (truth == truths.end() || attendee(truth->second, world.email(guest)).empty())
        world.violation("copies", world.email(guest) + " keeps " + copy +
                                      (truth == truths.end() ? " which the organizer has not"
                                                             : " without being invited"));
    }
}

}  // namespace convergence
