// Brings pairs and the CRM's calendars in line with what a person chose for an account, so that a
// crash in between heals itself. Begins every run. It must never delete an appointment, and never
// write to Google.
#pragma once

#include <cstdint>
#include <vector>

#include "plugin/parts.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

struct Followed {
  std::vector<sync::Pair> live;  // the default first
  std::vector<sync::Pair> gone;  // made visible, and no longer at Google
};

// [loop thread] Errors: those of host and store; conflict when a newer run of the account has
// begun.
Task<Followed> follow_config(Parts& parts, store::SqlJournal& journal, const Account& account,
                             std::int64_t fence);

// The name, colour and mode under which a calendar appears in the CRM. Pure.
HostCalendar calendar_for(const Account& account, const settings::RemoteCalendar& remote);
sync::PairMode mode_for(const settings::AccountConfig& config,
                        const settings::RemoteCalendar& remote);

}  // namespace gcal::plugin
