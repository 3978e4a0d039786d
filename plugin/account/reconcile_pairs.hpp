// Reconciles the journal's pairs and the CRM's calendars with the account's config. First step of
// every run; since it compares the desired with the stored state, a run after a crash completes it.
// Deletes no appointment and writes nothing to Google. Runs on the loop thread.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "plugin/plugin_context.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

struct ReconciledPairs {
  std::vector<sync::Pair> live;  // the default calendar first
  std::vector<sync::Pair> gone;  // chosen as visible, but no longer at Google
};

// Reads the CRM's calendar of a pair for the first time.
using ReadFirst = std::function<Task<>(sync::Pair&)>;

// `read_first` is called for each calendar that becomes editable in the CRM and was never read,
// before it can be the user's default: what is made there later is an act, whose guests are mailed.
// `calendars`: the account's in the CRM, as they are now. Errors: those of `read_first`, of the
// host and of the store; conflict if a newer run of the account has started. [loop thread]
Task<ReconciledPairs> reconcile_pairs(PluginContext& context, store::SqlJournal& journal,
                                      const Account& account, std::vector<HostCalendar> calendars,
                                      const ReadFirst& read_first);

// The id of the calendar in requests. The primary calendar is always named by its alias, because
// its id is the account's address, which can change. Pure.
inline std::string request_id(const sync::Pair& pair) {
  return pair.is_primary ? "primary" : pair.remote_calendar;
}
inline std::string request_id(const settings::RemoteCalendar& calendar) {
  return calendar.primary ? "primary" : calendar.id;
}

// The calendar as the CRM shows it: name, colour, role and mode. Pure.
HostCalendar calendar_for(const Account& account, const settings::RemoteCalendar& remote);
// Whether the user edits this calendar in the CRM besides the default (PD-02). Pure.
bool is_raised(const settings::AccountConfig& config, const std::string& remote_calendar);
// two_way for the default calendar and raised ones if they are writable, else view_only (D-03).
// Pure.
sync::PairMode mode_for(const settings::AccountConfig& config,
                        const settings::RemoteCalendar& remote);

}  // namespace gcal::plugin
