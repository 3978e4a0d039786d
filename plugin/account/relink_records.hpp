// Updates the links between appointments and records after leads or contacts have changed (PD-07,
// P-24): a new lead with a guest's address receives the earlier appointments on its card. One run
// for all accounts, started by background_runs. Creates no record and writes only links that
// differ. Runs on the loop thread.
#pragma once

#include <cstdint>
#include <functional>

#include "plugin/plugin_context.hpp"

namespace gcal::plugin {

// Reads the host's feed of changed records from the stored cursor on. Returns the number of
// appointments whose links changed. `all_known` answers whether every appointment that was matched
// before the changes of the feed is in the journal. While it answers false the cursor stays: a
// run of an account looks up records before it stores the appointments that it writes, so that a
// record created in between would be missed by both. Errors: those of the host and the store; the
// next run then continues at the last stored cursor. [loop thread]
Task<std::size_t> relink_records(PluginContext& context, std::int64_t fence,
                                 std::function<bool()> all_known);

}  // namespace gcal::plugin
