// What the screen says about an account, made from what a run found. Used by the runs; pure, so
// that every sentence can be tested. Texts are keys of manifests/strings; it must never hold
// calendar content but the names of calendars.
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
  std::optional<Error> error;        // the worst of the run
  std::optional<Progress> progress;  // while appointments travel
  std::vector<std::string> gone;     // names of visible calendars that vanished
  std::optional<std::string> default_gone;
  std::optional<std::string> default_read_only;  // Google took the right to write away
  std::size_t held = 0;                          // deletions that wait for a person
  std::size_t quarantined = 0;                   // appointments that the other side refuses
  std::size_t cleared = 0;  // deleted at Google in a burst and therefore here (S-32)
  base::Instant synced_at{};
};

// The document of crm.accounts/0 set_health.
base::Json health_of(const HealthFacts& facts);

}  // namespace gcal::plugin
