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
  const auto add = [&](const std::string& email) {
    std::string address = icalendar::person_address(email);
    if (address.empty() || own.contains(address)) return;
    if (std::string mailbox = icalendar::mailbox_of(address); !mailbox.empty())
      result.mailboxes.insert(std::move(mailbox));
    result.addresses.insert(std::move(address));
  };
  const auto collect = [&](const Event& event) {
    for (const Attendee& attendee : event.attendees)
      if (!attendee.self && !attendee.resource) add(attendee.email);
  };
  if (!series.facts.organized_by_self) add(series.facts.organizer_email);
  add(series.facts.creator_email);
  collect(series.master);
  for (const auto& [start, occurrence] : series.occurrences)
    if (!occurrence.cancelled) collect(occurrence.event);
  return result;
}

std::string guest_key(const Attendee& guest) {
  std::string address = icalendar::normalised_address(guest.email);
  return address.empty() ? guest.email + '\n' + guest.name : address;
}

const Attendee* find_guest(const std::vector<Attendee>& guests, const std::string& key) {
  for (const Attendee& guest : guests)
    if (guest_key(guest) == key) return &guest;
  return nullptr;
}

}  // namespace gcal::calendar
