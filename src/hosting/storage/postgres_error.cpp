#include "src/hosting/storage/postgres_error.hpp"

#include <string>

namespace hosting {

bool is_conflict(std::string_view sqlstate) {
  return sqlstate == "40001" || sqlstate == "40P01";
}

// A statement with a placeholder that has no argument: the session goes on.
constexpr std::string_view kTooFewArguments = "08P01";

bool ends_session(std::string_view sqlstate) {
  return sqlstate.empty() || (sqlstate.starts_with("08") && sqlstate != kTooFewArguments) ||
         sqlstate.starts_with("57P0") || sqlstate == "25P03" || sqlstate == "25P04" ||
         sqlstate == "40003";
}

Error postgres_error(std::string_view sqlstate, std::string_view detail, StatementOf whose) {
  std::string tail(detail);
  while (!tail.empty() && (tail.back() == '\n' || tail.back() == ' ')) tail.pop_back();
  if (!sqlstate.empty()) tail = std::string(sqlstate) + (tail.empty() ? "" : ": ") + tail;
  if (!tail.empty()) tail = " (" + tail + ")";
  const auto error = [&](Code code, std::string_view text) {
    return Error{code, std::string(text) + tail, {}};
  };
  const std::string_view kind = sqlstate.substr(0, 2);
  if (is_conflict(sqlstate))
    return error(Code::conflict, "another transaction was in the way: run this one again");
  if (ends_session(sqlstate))
    return error(Code::unavailable, "the connection to the database was lost: repeat later");
  if (sqlstate == kTooFewArguments)
    return error(whose == StatementOf::guest ? Code::invalid : Code::internal,
                 "a placeholder of the statement names none of its arguments");
  if (sqlstate == "53100")
    return error(Code::unavailable, "the disk of the database server is full: free some space");
  if (sqlstate == "53300")
    return error(Code::unavailable,
                 "the database server has no connection left: raise its max_connections");
  if (kind == "53" || kind == "57" || sqlstate == "55P03")
    return error(Code::unavailable, "the database is in use: repeat later");
  if (sqlstate == "25006")
    return error(Code::unavailable, "the database server is read-only: repeat at the primary");
  if (sqlstate == "42501" && whose == StatementOf::host)
    return error(Code::denied, "the database user lacks a right: grant it, then repeat");
  if (kind == "28")
    return error(Code::denied, "the database server refuses this user: check name and password");
  if (sqlstate == "22021" || sqlstate == "22P05")
    return error(Code::invalid, "a text has a character that PostgreSQL cannot store, such as NUL");
  if (sqlstate == "XX001" || sqlstate == "XX002")
    return error(Code::internal, "the database is damaged: restore it from a backup");
  if (whose == StatementOf::guest && (kind == "22" || kind == "23" || kind == "42" ||
                                      kind == "0A" || kind == "25" || kind == "21"))
    return error(Code::invalid, "the database refused the statement");
  return error(Code::internal, "the database refused a statement");
}

}  // namespace hosting
