// Moves appointments between the CRM's calendars on the user's request: existing ones into the
// default calendar of a new account (PD-09), and the account's own out of its previous default
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

// How many appointments move_own_appointments() would move into another Google calendar.
// [loop thread]
Task<settings::CopyableCounts> count_copyable(PluginContext& context, store::SqlJournal& journal,
                                              const sync::Pair& from);

// Where the own appointments of a previous default go.
struct NewHome {
  std::string crm_calendar;
  bool google = false;       // false: the CRM's own calendar
  bool with_guests = false;  // also those with guests, which exist twice at Google afterwards
};
// Moves the appointments that the account organises out of a previous default: into a Google
// calendar all of them, except those whose guests were already invited unless `with_guests`; into
// the CRM's own calendar those that never reached Google. Their links are retired, so nothing is
// removed at Google. `from` must be drained, see AccountRun::leave_old_default. Returns how many
// were moved. Errors: those of the host and the store, unavailable if appointments keep changing;
// may be repeated. [loop thread]
Task<std::size_t> move_own_appointments(PluginContext& context, store::SqlJournal& journal,
                                        sync::Pair from, NewHome to, std::int64_t fence);

}  // namespace gcal::plugin
