// An event that was moved at Google from one visible calendar of an account to another is deleted
// there and new here. This keeps its appointment in the CRM: it moves between the CRM's calendars
// with its id, links and notes. Runs between reading and planning of a pair; writes nothing to
// Google. A crash between the two writes is harmless: the appointment is then new on both sides of
// its new calendar and is matched by its UID. Runs on the loop thread.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "plugin/plugin_context.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

// Reads the remote side of a pair and stores what it holds. A returning pair has returned
// afterwards: what was done to its copies meanwhile does not move along (PD-14).
using ReadRemote = std::function<Task<>(sync::Pair&)>;

// `live`: all live pairs of the account. `read` is called for another pair only if an event that it
// may have given or taken is in doubt. Returns the ids of the pairs that took an event: they have
// changes to plan. Errors: those of `read`, the host and the journal; unavailable if the user
// edited an appointment meanwhile. [loop thread]
Task<std::set<std::string>> follow_moves(PluginContext& context, store::SqlJournal& journal,
                                         const sync::Pair& pair, std::vector<sync::Pair>& live,
                                         const ReadRemote& read, std::int64_t fence);

}  // namespace gcal::plugin
