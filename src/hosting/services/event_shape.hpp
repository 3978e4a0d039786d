// The shape of an event document, host_api/schema/event.json, as far as every CRM relies on it:
// members of the right kind, a start and an end of one kind, an address for each guest. Times,
// zones and rules are the CRM's to read. Pure. Used by PluginAppointments before it asks the port.
#pragma once

#include "src/common/base/json.hpp"
#include "src/common/base/result.hpp"

namespace hosting {

// invalid: the message names the member, such as "attendees: each needs an email". Members that
// the schema does not know are left alone. [any thread]
gcal::Result<> check_event(const gcal::base::Json& event);

}  // namespace hosting
