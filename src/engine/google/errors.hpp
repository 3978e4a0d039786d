// Google's error answers as our codes, decided by status and reason and never by text. Used by the
// client of this folder. Never repeats what an answer says about a person or an appointment:
// messages here are our own words and the reason.
#pragma once

#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/result.hpp"
#include "src/common/net/http.hpp"

namespace gcal::google {

// The reason of a body {"error": {"errors": [{"reason": ...}], "details": [...]}}; "" for HTML and
// everything else.
std::string reason_of(const std::string& body);

// The error for an answer that is no 2xx. conflict: 409 and 412. gone: 410, and an invalid sync
// token. needs_auth: 401 and a scope that is missing. unavailable: rate limits, quotas (with
// retry_after) and 5xx. denied: this account may not. Pure.
Error error_of(const net::HttpResponse& response, base::Instant now);

}  // namespace gcal::google
