// What an error of PostgreSQL means for the caller of a statement. Used by the PostgreSQL engine
// only. Pure. [any thread]
#pragma once

#include <cstdint>
#include <string_view>

#include "src/hosting/storage/database.hpp"

namespace hosting {

// Whose statement failed: one of the host is a defect, one of a plugin is the plugin's mistake.
enum class StatementOf : std::uint8_t { host, guest };

// The Error for the five letters of an SQLSTATE and the server's message; "" is a connection that
// broke. Serialisation failures and deadlocks are conflict; a full disk, too many connections and
// limits of time are unavailable; a text with a NUL is invalid; other wrong statements and
// constraints are invalid for a guest and internal for the host. The message says what to do.
Error postgres_error(std::string_view sqlstate, std::string_view detail, StatementOf whose);

// Another transaction was in the way: the same transaction may succeed when it is run again.
bool is_conflict(std::string_view sqlstate);

// The session has ended, or it is not known what became of the request.
bool ends_session(std::string_view sqlstate);

}  // namespace hosting
