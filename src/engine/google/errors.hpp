// Maps Google's error answers to error codes, by HTTP status and reason and never by the message
// text. Used by the client. The resulting messages are our own sentences plus the reason: an
// answer's own text may contain names and addresses and is never repeated. Pure.
#pragma once

#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/result.hpp"
#include "src/common/net/http.hpp"

namespace gcal::google {

// The reason in a body {"error": {"errors": [{"reason": ...}], "details": [...]}}. "" if the body
// has another form, such as HTML.
std::string reason_of(const std::string& body);

// Whether Google refuses the request only because too many came in a short time. It did not begin.
bool asks_for_slower_pace(const net::HttpResponse& response);

// The error for an answer whose status is not 2xx. conflict: 409 and 412. gone: 410 and an invalid
// sync token. needs_auth: 401 and a missing scope. unavailable: rate limits and quotas (with
// retry_after) and 5xx. denied: the account lacks the right. The scope says whether the account,
// the calendar or the event is refused; 403 with an unknown reason is `unclear`. Pure.
Error error_of(const net::HttpResponse& response, base::Instant now);

}  // namespace gcal::google
