// The user's decisions about held deletions, from the settings page to the next run. The page only
// records them, because a run of the account may be writing the same links; the run, which alone
// writes links, applies them. Each function is one statement inside the caller's transaction, on
// the caller's thread. Errors: those of Connection::exec.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/engine/store/database.hpp"
#include "src/engine/sync/held_deletions.hpp"

namespace gcal::store {

struct HeldDecision {
  std::string link;
  sync::HeldDecision decision = sync::HeldDecision::keep;
};

// Records a decision for each deletion of the account that is held now. One that is held later is
// not covered.
Result<> decide_held(Connection& connection, std::string_view account, sync::HeldDecision decision);
Result<std::vector<HeldDecision>> held_decisions(Connection& connection, std::string_view account);
Result<> erase_held_decision(Connection& connection, std::string_view link);

}  // namespace gcal::store
