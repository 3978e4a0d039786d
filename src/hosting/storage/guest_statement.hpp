// Which statements a plugin may run in its database: data and tables, never the transaction, the
// session or another database; and that a text is one. Used by both engines. The first guards
// against mistakes: a plugin is native code, and on PostgreSQL its role is the boundary. Pure. [any
// thread]
#pragma once

#include <span>
#include <string_view>

#include "src/common/base/result.hpp"
#include "src/hosting/storage/database.hpp"

namespace hosting {

// The largest result of one statement of a plugin, in bytes of its values.
inline constexpr std::size_t kMaxGuestResult = std::size_t{64} << 20;

// invalid, with the reason: no statement, more than one, or one that begins with a word that is not
// allowed. Comments and quoted texts are skipped as both engines skip them. What follows the first
// word is left to the engine.
gcal::Result<> check_guest_statement(std::string_view sql);

// Nothing but blanks and comments. An end of a statement is more.
bool is_blank_sql(std::string_view sql);
// For the host's own statements and those of a CRM. invalid: there is no statement, or another one
// follows, which would never be executed. The bodies of triggers are for an engine that says what
// it left: then `rest` is that.
gcal::Result<> check_one_statement(std::string_view sql);
gcal::Result<> check_nothing_follows(std::string_view rest);

// invalid: a text with a NUL, which PostgreSQL cannot store. `number` counts from 1.
gcal::Result<> check_guest_text(std::string_view text, std::size_t number);
gcal::Result<> check_guest_texts(std::span<const Value> arguments);

// invalid: the result of a statement is larger than kMaxGuestResult.
gcal::Error result_too_large();

}  // namespace hosting
