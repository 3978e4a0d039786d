// What is true of one appointment towards Google: in step, waiting, or not transferred and why.
// Part of the status of crm.calendar/0. From rows of the journal, without what runs remember. Pure,
// but for read_event_rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugin/plugin_context.hpp"
#include "src/engine/store/run_status.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

struct EventRows {
  std::optional<sync::Pair> pair;  // of the calendar in which the appointment is
  std::optional<sync::LinkWithChanges> link;
  std::vector<sync::HeldItem> items;  // of the link
  bool intent = false;                // a write was begun and its answer is not known
  base::Instant agreed_at{};          // the last transfer in either direction; {}: not known
  store::PairStatus read;
  store::AccountStatus run;
};

// {state: "in_step" | "waiting" | "not_transferred", since, until, reason, detail}. `revision`: of
// the appointment as the CRM holds it now. null if the calendar is not synchronised.
base::Json event_state(const EventRows& rows, const std::string& revision, base::Instant now);

// Errors: those of the database. [loop thread]
Task<EventRows> read_event_rows(PluginContext& context, std::string account,
                                std::string crm_calendar, std::string event);

}  // namespace gcal::plugin
