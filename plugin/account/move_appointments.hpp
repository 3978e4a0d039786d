// Moves appointments between the CRM's calendars where a person asked for it: existing ones into
// the new default (decision 9), those of an old default into the next one (decision 10). Part of a
// run. It must never mail anybody and never touch Google; the cycle that follows carries them over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "plugin/parts.hpp"
#include "src/engine/settings/flow.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

// Appointments of the user's own calendar, which no account has touched yet.
struct ExistingAppointments {
  struct One {
    std::string id;
    std::string revision;
    bool future = false;  // ends later than now, or repeats
  };
  std::vector<One> all;

  std::size_t future() const;
};
Task<ExistingAppointments> existing_appointments(Parts& parts, std::string user);

// Repeatable: what was moved already is not met again.
Task<> move_existing(Parts& parts, std::string user, settings::Existing which,
                     std::string into_calendar, std::int64_t fence);

// What a new default calendar would take over from `from`.
Task<settings::Copyable> count_copyable(store::SqlJournal& journal, const sync::Pair& from);

// Those that the account organises move to the new default, those with guests only if `guests_too`;
// their links to the old one are retired. Nothing is removed at Google.
Task<> copy_to_new_default(Parts& parts, store::SqlJournal& journal, const sync::Pair& from,
                           const sync::Pair& to, bool guests_too, std::int64_t fence);

}  // namespace gcal::plugin
