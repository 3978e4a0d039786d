#include "src/engine/google/errors.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "src/common/base/json.hpp"
#include "src/common/base/mutant.hpp"
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

// What one reason means, whatever the status is.
struct Meaning {
  std::array<std::string_view, 4> reasons;
  Code code;
  Scope scope;
  std::string_view detail;
  const char* message;
  base::Milliseconds least_wait{0};
};

constexpr std::array<std::string_view, 4> kPaceReasons{"rateLimitExceeded", "userRateLimitExceeded",
                                                       "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"};

constexpr Meaning kMeanings[] = {
    {kPaceReasons, Code::unavailable, Scope::account, "refusal.pace",
     "Google asks for a slower pace", kRateRetryDelay},
    {{"dailyLimitExceeded", "dailyLimitExceededUnreg"},
     Code::unavailable,
     Scope::account,
     "refusal.daily_limit",
     "the daily limit of the Google project is reached",
     kQuotaRetryDelay},
    // Not a rate: Google takes no new events from this account for some hours (quotas page).
    {{"quotaExceeded", "calendarUsageLimits", "calendarUsageLimitsExceeded"},
     Code::unavailable,
     Scope::creations,
     "refusal.quota",
     "a usage limit of the Google account is reached; Google lifts it after some hours",
     kQuotaRetryDelay},
    {{"accessNotConfigured", "SERVICE_DISABLED"},
     Code::denied,
     Scope::account,
     "refusal.api_disabled",
     "the Calendar API is switched off in the Google project; an administrator must enable it"},
    {{"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientScopes"},
     Code::needs_auth,
     Scope::account,
     "refusal.permission",
     "a permission was not granted; connect the account again and tick every box"},
    {{"domainPolicy", "admin_policy_enforced", "ADMIN_POLICY_ENFORCED", "org_internal"},
     Code::denied,
     Scope::account,
     "refusal.policy",
     "the Google organisation does not allow this; its administrator decides"},
    {{"notACalendarUser"},
     Code::denied,
     Scope::account,
     "refusal.no_calendar",
     "this Google account has no calendar; its administrator must switch the service on"},
    {{"requiredAccessLevel", "forbidden"},
     Code::denied,
     Scope::calendar,
     "refusal.role",
     "Google does not allow this in the calendar"},
    {{"forbiddenForNonOrganizer", "forbiddenForServiceAccounts", "cannotChangeOrganizer",
      "cannotChangeOrganizerOfInstance"},
     Code::denied,
     Scope::item,
     "held.denied",
     "Google does not allow this"},
    // Answers of events.watch.
    {{"pushNotSupportedForRequestedResource", "push.channelTypeNotSupported"},
     Code::denied,
     Scope::item,
     {},
     "this calendar cannot notify"},
    {{"channelIdNotUnique"}, Code::conflict, Scope::item, {}, "Google holds this channel already"},
};

Error make_error(Code code, std::string text, const std::string& reason,
                 base::Milliseconds wait = {}, Scope scope = Scope::item,
                 std::string_view detail = {}) {
  if (!reason.empty()) text += " (" + reason + ")";
  return Error{code, std::move(text), wait, scope, detail};
}

// The errors that are decided by the reason whatever the status is; nullopt for any other reason.
std::optional<Error> error_of_reason(const std::string& reason, int status,
                                     base::Milliseconds retry_after) {
  const std::string_view known = status == 429 ? "rateLimitExceeded" : std::string_view(reason);
  if (status == 403 && base::mutant("each_refusal_is_final"))
    return make_error(Code::denied, "Google refuses access", reason);
  for (const Meaning& one : kMeanings)
    if (!known.empty() && std::ranges::find(one.reasons, known) != one.reasons.end())
      return make_error(one.code, one.message, reason, std::max(retry_after, one.least_wait),
                        one.scope, one.detail);
  // A 401 with such a reason is about the web hook, not about the account's access.
  if (reason.starts_with("push.webhookUrl"))
    return make_error(Code::invalid, "Google does not accept the public address of the web hook",
                      reason);
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

bool asks_for_slower_pace(const net::HttpResponse& response) {
  if (response.status == 429) return true;
  if (response.status != 403) return false;
  const std::string reason = reason_of(response.body);
  return !reason.empty() && std::ranges::find(kPaceReasons, reason) != kPaceReasons.end();
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
                        "Google no longer accepts the access; connect the account again", reason,
                        {}, Scope::account);
    case 403:
      // A reason that is not known, or none at all: the page of a proxy, for instance. An
      // appointment is not held for it as long as it may concern everything.
      return make_error(Code::denied, "Google refuses access without a known reason", reason, {},
                        Scope::unclear, "refusal.unknown");
    case 404: return make_error(Code::not_found, "not found at Google", reason);
    case 409: return make_error(Code::conflict, "Google holds this id already", reason);
    case 410:
      return make_error(Code::gone, "it was deleted at Google, or the sync token expired", reason);
    case 412: return make_error(Code::conflict, "it was changed at Google meanwhile", reason);
    case 408:
      return make_error(Code::timeout, "Google did not get the whole request", reason, retry_after);
    default: break;
  }
  // A proxy between here and Google asks who we are.
  if (status == 407)
    return make_error(Code::unavailable, "a proxy refuses the way to Google (407)", reason,
                      retry_after, Scope::account);
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
