#include "src/engine/google/errors.hpp"

#include <algorithm>
#include <array>

#include "src/common/base/json.hpp"
#include "src/common/net/retry.hpp"

namespace gcal::google {
namespace {

using base::Json;

constexpr base::Milliseconds kQuotaPause =
    std::chrono::hours{6};  // a use limit lasts "for hours" (Calendar API, usage limits)
constexpr base::Milliseconds kRatePause = std::chrono::seconds{2};

bool is_printable(std::string_view reason) {
  return reason.size() <= 64 && std::ranges::all_of(reason, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.';
         });
}

bool contains(std::initializer_list<std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

Error with(Code code, std::string text, const std::string& reason, base::Milliseconds wait = {}) {
  if (!reason.empty()) text += " (" + reason + ")";
  return Error{code, std::move(text), wait};
}

}  // namespace

std::string reason_of(const std::string& body) {
  const Result<Json> json = Json::parse(body);
  if (!json) return {};
  const Json& error = (*json)["error"];
  // The scope is told apart only in the newer details; there the classic reason is a plain
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
  const base::Milliseconds told = net::retry_after(response.headers.get("Retry-After"), now);
  const int status = response.status;
  if (contains({"rateLimitExceeded", "userRateLimitExceeded", "RESOURCE_EXHAUSTED",
                "RATE_LIMIT_EXCEEDED"},
               reason) ||
      status == 429)
    return with(Code::unavailable, "Google asks for a slower pace", reason,
                std::max(told, kRatePause));
  if (contains({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg",
                "calendarUsageLimitsExceeded"},
               reason))
    return with(Code::unavailable,
                "a usage limit of the Google account is reached; Google lifts it after some hours",
                reason, std::max(told, kQuotaPause));
  // Of watch. A 401 among them is about the web hook and not about the account's access.
  if (reason.starts_with("push.webhookUrl"))
    return with(Code::invalid, "Google does not accept the public address of the web hook", reason);
  if (contains({"pushNotSupportedForRequestedResource", "push.channelTypeNotSupported"}, reason))
    return with(Code::denied, "this calendar cannot notify", reason);
  if (reason == "channelIdNotUnique")
    return with(Code::conflict, "Google holds this channel already", reason);
  switch (status) {
    case 400:
      // A damaged sync token, or one of another calendar, is as good as an expired one.
      if (response.body.find("ync token") != std::string::npos)
        return with(Code::gone, "the sync token is no longer valid", reason);
      return with(Code::invalid, "Google refuses the content", reason);
    case 401:
      return with(Code::needs_auth,
                  "Google no longer accepts the access; connect the account again", reason);
    case 403:
      if (contains(
              {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientScopes"},
              reason))
        return with(Code::needs_auth,
                    "a permission was not granted; connect the account again and tick every box",
                    reason);
      if (contains({"accessNotConfigured", "SERVICE_DISABLED"}, reason))
        return with(Code::denied,
                    "the Calendar API is switched off in the Google project; an administrator must "
                    "enable it",
                    reason);
      return with(Code::denied, "Google does not allow this", reason);
    case 404: return with(Code::not_found, "not found at Google", reason);
    case 409: return with(Code::conflict, "Google holds this id already", reason);
    case 410:
      return with(Code::gone, "it was deleted at Google, or the sync token expired", reason);
    case 412: return with(Code::conflict, "it was changed at Google meanwhile", reason);
    case 408: return with(Code::timeout, "Google did not get the whole request", reason, told);
    default: break;
  }
  if (status >= 500)
    return with(Code::unavailable, "Google has a failure (" + std::to_string(status) + ")", reason,
                told);
  if (status >= 400)
    return with(Code::invalid, "Google refuses the request (" + std::to_string(status) + ")",
                reason);
  // A redirect or a captive portal: not Google's word.
  return with(Code::unavailable,
              "what answered is not Google's API (" + std::to_string(status) + ")", reason, told);
}

}  // namespace gcal::google
