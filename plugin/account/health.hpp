// Builds the health document of an account (crm.accounts/0) from rows: those of the journal, of the
// channels and of the last run. The document says "in step" only if every calendar was read lately
// and nothing waits. Used by account_run and the status. Texts are keys of manifests/strings; the
// document holds no calendar content except names of calendars. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugin/adapters/host_calls.hpp"
#include "src/common/base/clock.hpp"
#include "src/common/base/json.hpp"
#include "src/engine/store/channels.hpp"
#include "src/engine/store/run_status.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

struct Progress {
  std::size_t done = 0;
  std::size_t total = 0;
};

struct HealthRows {
  Account account;
  std::vector<sync::Pair> pairs;
  std::vector<store::PairStatus> reads;     // of the pairs
  store::AccountStatus run;                 // the last one
  std::vector<store::Channel> channels;     // of the pairs
  std::map<std::string, std::size_t> held;  // links by the reason for which they are held
  std::vector<sync::HeldItem> items;        // what is refused, fails or cannot be read
  std::size_t bulk_deleted = 0;             // lately, at Google and therefore in the CRM (S-32)
  std::optional<Progress> progress = {};    // while an import is running
};

// What the rows say about one calendar.
struct CalendarState {
  base::Instant read_at{};              // {}: never to its end
  base::Instant read_before{};          // the read is late after this time
  base::Instant waiting_since{};        // {}: nothing waits
  base::Instant no_creations_before{};  // {}: Google takes new events
  base::Instant push_until{};           // {}: no notifications arrive
};
CalendarState calendar_state(const HealthRows& rows, const sync::Pair& pair, base::Instant now);

// The document for set_health of crm.accounts/0. Shows the most urgent condition.
base::Json health_of(const HealthRows& rows, base::Instant now);

}  // namespace gcal::plugin
