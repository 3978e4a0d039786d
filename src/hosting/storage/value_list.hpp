// Statements about many values at once, "... IN (?1, ?2, ...)". On PostgreSQL a statement is a
// round trip, which costs more than what it asks for: a list for a page costs a fraction of one
// statement for each value. The lists come in a few sizes only, so that both engines keep them
// prepared.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "src/hosting/storage/database.hpp"

namespace hosting {

// "(?3, ?4)": `count` placeholders, the first of which has the number `first`.
std::string placeholders(std::size_t first, std::size_t count);

// Runs `before` + the list of the values + `after`, as often as the sizes of the lists need, and
// calls `row` for each row; without a value not at all. A value of the same statement that is
// listed twice is answered once. Errors: those of Connection::exec.
gcal::Result<> each_in(Connection& connection, std::string_view before,
                       std::span<const Value> values, std::string_view after,
                       const std::function<void(const Row&)>& row);

}  // namespace hosting
