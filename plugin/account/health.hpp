// Builds the health document of an account (crm.accounts/0) from the result of a run. Used by
// account_run. Texts are keys of manifests/strings; the document holds no calendar content except
// names of calendars. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/json.hpp"
#include "src/common/base/result.hpp"
#include "src/engine/settings/account_config.hpp"

namespace gcal::plugin {

struct Progress {
  std::size_t done = 0;
  std::size_t total = 0;
};

struct HealthFacts {
  std::string account_state = "active";
  const settings::AccountConfig* config = nullptr;
  std::optional<Error> error;        // the most severe of the run
  std::optional<Progress> progress;  // while an import is running
  std::vector<std::string> gone;     // names of visible calendars that disappeared
  std::optional<std::string> default_gone;
  std::optional<std::string> default_read_only;  // the account may no longer write it
  std::size_t held = 0;                          // deletions that wait for the user's decision
  std::size_t conflicts = 0;                     // conflicts that wait likewise
  std::size_t foreign = 0;  // of other organisers, in the CRM alone: not exported
  std::size_t refused = 0;  // whose write one side refuses
  std::size_t failing = 0;  // whose write fails: tried again soon
  std::size_t unreadable = 0;
  bool no_creations = false;  // Google takes no new events for some hours
  std::size_t bulk_deleted =
      0;  // recently deleted in bulk at Google and therefore in the CRM (S-32)
  base::Instant synced_at{};
};

// The document for set_health of crm.accounts/0. Shows the most urgent condition. Pure.
base::Json health_of(const HealthFacts& facts);

}  // namespace gcal::plugin
