// The appointments of the tests of invitations, and an independent reader of what is written:
// libical, which the product does not link.
#pragma once

#include <libical/ical.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/engine/invitations/invitation.hpp"

namespace gcal::invitations {

std::chrono::sys_seconds at(std::string_view rfc3339);
calendar::ZonedTime berlin(std::string_view rfc3339);
calendar::Date day(std::string_view date);
calendar::Attendee guest_named(std::string name, std::string email);

// "Angebot besprechen; Müller & Söhne, Köln", 10 December 2026, with the guest Erika Muster.
calendar::Series offer();
// "Wochenstart", each Monday from 4 January 2027, six times; the second date is on the day after
// it at 11:00, the fourth is cancelled.
calendar::Series weekly();
// Weekly without exceptions.
calendar::Series plain_weekly();

// The invitation of Erika Muster, with `after` as she is to know it.
Invitation invite(calendar::Series after);
Invitation update(calendar::Series before, calendar::Series after);
// For all guests.
Invitation cancel(calendar::Series before);
// The same about one date.
Invitation on(Invitation invitation, std::string_view original_start);

std::string calendar_of(const Invitation& invitation);
// The VEVENTs alone.
std::string events_of(const Invitation& invitation);

struct ComponentFree {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, ComponentFree>;

Component parsed(const std::string& text);
std::vector<icalcomponent*> components(const Component& calendar, icalcomponent_kind kind);
std::vector<std::string> values(icalcomponent* component, icalproperty_kind kind);

}  // namespace gcal::invitations
