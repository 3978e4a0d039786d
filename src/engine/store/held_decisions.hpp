// The user's decisions about held deletions and conflicts, from the settings page to the next run.
// The page only records them, because a run of the account may be writing the same links; the run,
// which alone writes links, applies them. Each function is one statement inside the caller's
// transaction, on the caller's thread. Errors: those of Connection::exec.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "src/engine/store/database.hpp"

namespace gcal::store {

// remove, keep: of a deletion. take_remote, take_crm: of a conflict.
enum class Decision { remove, keep, take_remote, take_crm };

struct HeldDecision {
  std::string link;
  Decision decision = Decision::keep;
};

// Records a decision for each deletion of the account that is held now. One that is held later is
// not covered.
Result<> decide_held(Connection& connection, std::string_view account, Decision decision);
// Records a decision for one held conflict of the account; none if it is not held any more.
Result<> decide_conflict(Connection& connection, std::string_view account, std::string_view link,
                         Decision decision);

// The link of the first held conflict of an account without a decision, by id, and their number.
struct OpenConflicts {
  std::string first;
  std::size_t count = 0;
};
Result<OpenConflicts> open_conflicts(Connection& connection, std::string_view account);

Result<std::vector<HeldDecision>> held_decisions(Connection& connection, std::string_view account);
Result<> erase_held_decision(Connection& connection, std::string_view link);

}  // namespace gcal::store
