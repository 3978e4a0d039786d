// Reads the query of a request by the table of its method. Used by CalendarApi. Pure.
#pragma once

#include "src/common/net/url.hpp"
#include "src/emulator/api/methods.hpp"
#include "src/emulator/model/problem.hpp"

namespace emulator {

// The parameters of the query that the method has; "$fields" is "fields". Others are left out, as
// Google ignores them: a handler cannot read what the table does not name. Errors: required,
// invalidParameter; badRequest for a time.
Outcome<gcal::net::Parameters> read_parameters(const Method& method,
                                               const gcal::net::Parameters& query);

// A value that read_parameters has accepted.
bool as_flag(std::string_view value);

}  // namespace emulator
