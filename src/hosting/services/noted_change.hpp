// What a CRM notes of its own changes, checked before it enters a feed: a note that no plugin can
// read would end its reading of the whole feed. Pure. Used by ChangeFeed.
#pragma once

#include "src/common/base/result.hpp"
#include "src/hosting/crm_hosting/port.hpp"

namespace hosting {

// invalid: an id that is no id of host_api/schema/event_document.json, no calendar, a move to
// nowhere or to the same calendar, an unknown kind, or a wish that the schema does not know. The
// message names the member. [any thread]
gcal::Result<> check_note(const AppointmentChange& change);
// invalid: no id, a kind that is none of record_kind there, an address that is no UTF-8.
gcal::Result<> check_note(const RecordNote& note);

}  // namespace hosting
