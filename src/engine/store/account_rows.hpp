// What is asked of all pairs of an account, within a transaction of the caller.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "src/engine/store/database.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::store {

// Ordered by id.
Result<std::vector<sync::Pair>> read_pairs(Connection& connection, const std::string& account);

// The number of held links by held_reason; without retired ones.
Result<std::map<std::string, std::size_t>> read_held_reasons(Connection& connection,
                                                             const std::string& account);

// Links with a held_reason, ordered by id; without retired ones.
Result<std::vector<sync::Link>> read_held_links(Connection& connection, const std::string& account);

// What waits for another try, in the live pairs, ordered by pair, side and id.
Result<std::vector<sync::HeldItem>> read_held_items_of_account(Connection& connection,
                                                               const std::string& account);

}  // namespace gcal::store
