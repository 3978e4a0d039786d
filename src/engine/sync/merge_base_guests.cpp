#include "src/engine/sync/merge_base_guests.hpp"

#include <algorithm>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/people.hpp"

namespace gcal::sync {
namespace {

using calendar::Attendee;

const Attendee* find(const Guests& guests, const Attendee& wanted) {
  return calendar::find_guest(guests, calendar::guest_key(wanted));
}

auto place_of(Guests& guests, const Attendee& wanted) {
  return std::ranges::find(guests, calendar::guest_key(wanted), calendar::guest_key);
}

}  // namespace

void adopt_sent_guests(Guests& base, const Guests& before, const Guests& sent) {
  for (const Attendee& guest : sent) {
    const Attendee* const was = find(before, guest);
    const auto known = place_of(base, guest);
    if (!was && known == base.end()) base.push_back(guest);
    if (!was || known == base.end()) continue;
    if (was->partstat != guest.partstat) known->partstat = guest.partstat;
    if (was->optional != guest.optional) known->optional = guest.optional;
  }
  std::erase_if(base,
                [&](const Attendee& guest) { return find(before, guest) && !find(sent, guest); });
}

void adopt_common_guests(Guests& base, const Guests& here, const Guests& there) {
  for (const Attendee& guest : here) {
    const Attendee* const same = find(there, guest);
    if (!same || !calendar::equal_attendees({guest}, {*same})) continue;
    if (const auto known = place_of(base, guest); known != base.end())
      *known = guest;
    else
      base.push_back(guest);
  }
  std::erase_if(base,
                [&](const Attendee& guest) { return !find(here, guest) && !find(there, guest); });
}

bool take_arrived_guests(Guests& part, const Guests& before, const Guests& sent,
                         const Guests& found) {
  bool any = false;
  for (const Attendee& guest : sent) {
    const Attendee* const now = find(found, guest);
    if (!now) continue;
    if (!find(before, guest)) {
      part.push_back(*now);
      any = true;
      continue;
    }
    const auto known = place_of(part, guest);
    if (known == part.end() || (known->optional == guest.optional && known->name == guest.name) ||
        now->optional != guest.optional || now->name != guest.name)
      continue;
    *known = *now;
    any = true;
  }
  const auto removed = std::erase_if(
      part, [&](const Attendee& guest) { return !find(sent, guest) && !find(found, guest); });
  return any || removed > 0;
}

}  // namespace gcal::sync
