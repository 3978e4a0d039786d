#include "src/engine/calendar/people.hpp"

#include "src/common/icalendar/address.hpp"

namespace gcal::calendar {
namespace {

bool is_private(const Event& event) {
  return event.visibility == Visibility::private_ || event.visibility == Visibility::confidential;
}

}  // namespace

AddressesToMatch addresses_to_match(const Series& series,
                                    const std::vector<std::string>& own_addresses) {
  std::set<std::string> own;
  for (const std::string& address : own_addresses)
    own.insert(icalendar::normalised_address(address));
  AddressesToMatch result;
  result.owner_only = is_private(series.master);
  const auto collect = [&](const Event& event) {
    for (const Attendee& attendee : event.attendees) {
      if (attendee.self || attendee.resource) continue;
      std::string address = icalendar::normalised_address(attendee.email);
      if (address.empty() || own.contains(address) ||
          address.ends_with("@group.calendar.google.com") ||
          address.ends_with("@resource.calendar.google.com"))
        continue;
      result.addresses.insert(std::move(address));
    }
  };
  collect(series.master);
  for (const auto& [start, occurrence] : series.occurrences)
    if (!occurrence.cancelled) collect(occurrence.event);
  return result;
}

const Attendee* find_guest(const std::vector<Attendee>& guests, const std::string& address) {
  for (const Attendee& guest : guests)
    if (icalendar::normalised_address(guest.email) == address) return &guest;
  return nullptr;
}

}  // namespace gcal::calendar
