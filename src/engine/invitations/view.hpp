// What one guest is shown of an appointment: the slice that the message is about and the guests
// whom he may see. Made once for the words and the calendar part, so that both say the same. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "src/engine/calendar/event.hpp"
#include "src/engine/invitations/invitation.hpp"

namespace gcal::invitations {

// More guests than these are a number.
inline constexpr std::size_t kMaxGuestsShown = 100;

struct View {
  const Invitation& invitation;
  // One occurrence is a single appointment here; of a cancellation what he knew.
  calendar::Series content;
  std::optional<calendar::Series> before;            // of an update
  std::optional<calendar::EventTime> recurrence_id;  // in the zone of the series
  bool is_over_for_all = false;  // a cancellation: for all guests, not for this one alone

  const calendar::Event& event() const { return content.master; }
  const calendar::Facts& facts() const { return content.facts; }
};

// nullopt: the invitation has neither state that its kind needs.
std::optional<View> view_of(const Invitation& invitation);

// The guest in the list of an event; null: he is not in it.
const calendar::Attendee* find_guest(const calendar::Event& event, const std::string& guest);

struct VisibleGuests {
  std::vector<calendar::Attendee> guests;  // in their order; the guest himself is always there
  std::size_t others = 0;  // not named, but counted; 0 where he may not know of them
};

// Hidden lists and those of over a hundred guests name this guest alone.
VisibleGuests visible_guests(const calendar::Event& event, const calendar::Facts& facts,
                             const std::string& guest);

// The organiser's address, trimmed, as it is; "" if it is none.
std::string organizer_address(const calendar::Facts& facts);
// His name, or his address without one.
std::string organizer_name(const calendar::Facts& facts);

}  // namespace gcal::invitations
