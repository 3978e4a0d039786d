// Notices that a vendor restored the database of the CRM without the folder of the library. Its
// feed then counts numbers a second time, which cursors of plugins take for read. Used by Hosting
// for vendors; crm_host has one database for both. It must never begin a new epoch without need:
// plugins then read everything again.
#pragma once

#include "src/hosting/crm_hosting/port.hpp"
#include "src/hosting/services/host_context.hpp"

namespace hosting {

// Keeps the newest position of the CRM's feed in the library's database. Call it often, and when
// the library stops: what was fed after the last call is not noticed. [any thread, blocks]
Result<> note_feed_position(HostContext& context, CrmPort& port);

// Begins a new epoch if the feed is behind the position that was noted: all cursors are foreign
// from then on, and plugins read everything again. Logs it. Before plugins start. [blocks]
Result<> notice_restore(HostContext& context, CrmPort& port);

}  // namespace hosting
