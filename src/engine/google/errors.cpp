#include "src/engine/google/errors.hpp"

#include <algorithm>
#include <optional>

#include "src/common/base/json.hpp"
#include "src/common/net/retry.hpp"

namespace gcal::google {
namespace {

using base::Json;

// Usage limits of an account last "several hours" (Calendar API, usage limits).
constexpr base::Milliseconds kQuotaRetryDelay = std::chrono::hours{6};
constexpr base::Milliseconds kRateRetryDelay = std::chrono::seconds{2};

bool is_printable(std::string_view reason) {
  return reason.size() <= 64 && std::ranges::all_of(reason, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.';
         });
}

bool contains(std::initializer_list<std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

Error make_error(Code code, std::string text, const std::string& reason,
                 base::Milliseconds wait = {}) {
  if (!reason.empty()) text += " (" + reason + ")";
  return Error{code, std::move(text), wait};
}

// The errors that are decided by the reason whatever the status is; nullopt for any other reason.
std::optional<Error> error_of_reason(const std::string& reason, int status,
                                     base::Milliseconds retry_after) {
  if (contains({"rateLimitExceeded", "userRateLimitExceeded", "RESOURCE_EXHAUSTED",
                "RATE_LIMIT_EXCEEDED"},
               reason) ||
      status == 429)
    return make_error(Code::unavailable, "Google asks for a slower pace", reason,
                      std::max(retry_after, kRateRetryDelay));
  if (contains({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg",
                "calendarUsageLimitsExceeded"},
               reason))
    return make_error(
        Code::unavailable,
        "a usage limit of the Google account is reached; Google lifts it after some hours", reason,
        std::max(retry_after, kQuotaRetryDelay));
  // Answers of events.watch. A 401 with such a reason is about the web hook, not about the
  // account's access.
  if (reason.starts_with("push.webhookUrl"))
    return make_error(Code::invalid, "Google does not accept the public address of the web hook",
                      reason);
  if (contains({"pushNotSupportedForRequestedResource", "push.channelTypeNotSupported"}, reason))
    return make_error(Code::denied, "this calendar cannot notify", reason);
  if (reason == "channelIdNotUnique")
    return make_error(Code::conflict, "Google holds this channel already", reason);
  return std::nullopt;
}

}  // namespace

std::string reason_of(const std::string& body) {
  const Result<Json> json = Json::parse(body);
  if (!json) return {};
  const Json& error = (*json)["error"];
  // A missing scope is recognisable only in `details`; the reason in `errors` is then the general
  // "insufficientPermissions".
  for (const Json& detail : error["details"].items())
    if (is_printable(detail.string("reason")) && !detail.string("reason").empty())
      return detail.string("reason");
  for (const Json& one : error["errors"].items())
    if (is_printable(one.string("reason")) && !one.string("reason").empty())
      return one.string("reason");
  return is_printable(error.string("status")) ? error.string("status") : std::string();
}

Error error_of(const net::HttpResponse& response, base::Instant now) {
  const std::string reason = reason_of(response.body);
  const base::Milliseconds retry_after = net::retry_after(response.headers.get("Retry-After"), now);
  const int status = response.status;
  if (std::optional<Error> error = error_of_reason(reason, status, retry_after))
    return *std::move(error);
  switch (status) {
    case 400:
      // A damaged sync token, or one of another calendar, is treated like an expired one (P-17).
      if (response.body.find("ync token") != std::string::npos)
        return make_error(Code::gone, "the sync token is no longer valid", reason);
      return make_error(Code::invalid, "Google refuses the content", reason);
    case 401:
      return make_error(Code::needs_auth,
                        "Google no longer accepts the access; connect the account again", reason);
    case 403:
      if (contains(
              {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientScopes"},
              reason))
        return make_error(
            Code::needs_auth,
            "a permission was not granted; connect the account again and tick every box", reason);
      if (contains({"accessNotConfigured", "SERVICE_DISABLED"}, reason))
        return make_error(
            Code::denied,
            "the Calendar API is switched off in the Google project; an administrator must "
            "enable it",
            reason);
      return make_error(Code::denied, "Google does not allow this", reason);
    case 404: return make_error(Code::not_found, "not found at Google", reason);
    case 409: return make_error(Code::conflict, "Google holds this id already", reason);
    case 410:
      return make_error(Code::gone, "it was deleted at Google, or the sync token expired", reason);
    case 412: return make_error(Code::conflict, "it was changed at Google meanwhile", reason);
    case 408:
      return make_error(Code::timeout, "Google did not get the whole request", reason, retry_after);
    default: break;
  }
  if (status >= 500)
    return make_error(Code::unavailable, "Google has a failure (" + std::to_string(status) + ")",
                      reason, retry_after);
  if (status >= 400)
    return make_error(Code::invalid, "Google refuses the request (" + std::to_string(status) + ")",
                      reason);
  // A redirect or a captive portal, not an answer of Google's API.
  return make_error(Code::unavailable,
                    "what answered is not Google's API (" + std::to_string(status) + ")", reason,
                    retry_after);
}

}  // namespace gcal::google
