// Moves appointments between the CRM's calendars on the user's request: existing ones into the
// default calendar of a new account (PD-09), and those of the previous default into the next one
// (PD-10). Part of a run. Writes only to the CRM; the following cycle exports the appointments
// without notifying guests. Runs on the loop thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "plugin/plugin_context.hpp"
#include "src/engine/settings/flow.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

// The appointments in the user's own calendar, which belongs to no account.
struct ExistingAppointments {
  struct Appointment {
    std::string id;
    std::string revision;
    bool future = false;  // ends in the future, or is recurring
  };
  std::vector<Appointment> all;

  std::size_t future() const;
};
// Errors: those of the host. [loop thread]
Task<ExistingAppointments> existing_appointments(PluginContext& context, std::string user);

// Moves the existing appointments selected by `which`. May be repeated after a failure: moved ones
// are no longer in the source calendar. Errors: those of the host; unavailable if appointments keep
// changing meanwhile. [loop thread]
Task<> move_existing_appointments(PluginContext& context, std::string user,
                                  settings::ExportExisting which, std::string into_calendar,
                                  std::int64_t fence);

// How many appointments copy_to_new_default() would move from `from`. [loop thread]
Task<settings::CopyableCounts> count_copyable(store::SqlJournal& journal, const sync::Pair& from);

// Moves the appointments that the account organises from the old default to the new one, those with
// guests only if `with_guests`. Their links to the old calendar are retired, so nothing is removed
// at Google. Errors: those of the host and the store; may be repeated. [loop thread]
Task<> copy_to_new_default(PluginContext& context, store::SqlJournal& journal,
                           const sync::Pair& from, const sync::Pair& to, bool with_guests,
                           std::int64_t fence);

}  // namespace gcal::plugin
