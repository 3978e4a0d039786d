#include "src/engine/google/errors.hpp"

#include <gtest/gtest.h>

namespace gcal::google {
namespace {

using namespace std::chrono_literals;

struct Case {
  int status;
  const char* reason;
  Code code;
  Scope scope = Scope::item;
};

std::string body(int status, const std::string& reason) {
  return R"({"error":{"errors":[{"domain":"x","reason":")" + reason +
         R"(","message":"about ann@example.com"}],"code":)" + std::to_string(status) +
         R"(,"message":"about ann@example.com"}})";
}

// Google's documented errors, and those seen in practice.
TEST(GoogleErrors, ReasonDecidesCodeAndScopeNotTheStatusAlone) {  // P-14
  constexpr Case kCases[] = {
      {400, "invalid", Code::invalid},
      {400, "timeRangeEmpty", Code::invalid},
      {400, "participantIsNeitherOrganizerNorAttendee", Code::invalid},
      {400, "eventRemindersCountExceedsLimit", Code::invalid},
      {400, "pushNotSupportedForRequestedResource", Code::denied},
      {400, "push.webhookUrlNotHttps", Code::invalid},
      {400, "channelIdNotUnique", Code::conflict},
      {401, "authError", Code::needs_auth, Scope::account},
      {401, "push.webhookUrlUnauthorized", Code::invalid},
      {403, "userRateLimitExceeded", Code::unavailable, Scope::account},
      {403, "rateLimitExceeded", Code::unavailable, Scope::account},
      {429, "rateLimitExceeded", Code::unavailable, Scope::account},
      {429, "", Code::unavailable, Scope::account},
      {403, "quotaExceeded", Code::unavailable, Scope::creations},
      {403, "calendarUsageLimits", Code::unavailable, Scope::creations},
      {403, "dailyLimitExceeded", Code::unavailable, Scope::account},
      {403, "dailyLimitExceededUnreg", Code::unavailable, Scope::account},
      {403, "accessNotConfigured", Code::denied, Scope::account},
      {403, "SERVICE_DISABLED", Code::denied, Scope::account},
      {403, "insufficientPermissions", Code::needs_auth, Scope::account},
      {403, "domainPolicy", Code::denied, Scope::account},
      {403, "notACalendarUser", Code::denied, Scope::account},
      {403, "requiredAccessLevel", Code::denied, Scope::calendar},
      {403, "forbidden", Code::denied, Scope::calendar},
      {403, "forbiddenForNonOrganizer", Code::denied},
      {403, "forbiddenForServiceAccounts", Code::denied},
      {403, "someReasonOfALaterYear", Code::denied, Scope::unclear},
      {404, "notFound", Code::not_found},
      {407, "", Code::unavailable, Scope::account},
      {408, "", Code::timeout},
      {418, "", Code::invalid},
      {409, "duplicate", Code::conflict},
      {409, "conflict", Code::conflict},
      {410, "fullSyncRequired", Code::gone},
      {410, "updatedMinTooLongAgo", Code::gone},
      {410, "deleted", Code::gone},
      {412, "conditionNotMet", Code::conflict},
      {500, "backendError", Code::unavailable},
      {503, "backendError", Code::unavailable},
  };
  for (const Case& one : kCases) {
    const Error error = error_of({one.status, {}, body(one.status, one.reason)}, {});
    EXPECT_EQ(error.code, one.code) << one.status << " " << one.reason;
    EXPECT_EQ(error.scope, one.scope) << one.status << " " << one.reason;
    EXPECT_EQ(error.message.find("ann@"), std::string::npos)
        << "the text of an answer may contain names";
    EXPECT_FALSE(error.message.empty());
  }
}

TEST(GoogleErrors, ARefusalThatIsNotGooglesSaysNothingAboutAnEvent) {
  for (const char* text : {"<html>Access denied by the proxy</html>", "", "{}", "[]"}) {
    const Error error = error_of({403, {}, text}, {});
    EXPECT_EQ(error.scope, Scope::unclear) << text;
    EXPECT_EQ(error.detail, "refusal.unknown");
  }
}

TEST(GoogleErrors, RateLimitWaitsSecondsAndQuotaHours) {  // P-14
  EXPECT_LE(error_of({403, {}, body(403, "rateLimitExceeded")}, {}).retry_after, 10s);
  EXPECT_GE(error_of({403, {}, body(403, "rateLimitExceeded")}, {}).retry_after, 1s);
  EXPECT_GE(error_of({403, {}, body(403, "quotaExceeded")}, {}).retry_after, 1h);
  EXPECT_EQ(error_of({429, {{"Retry-After", "90"}}, ""}, {}).retry_after, 90s);
  EXPECT_EQ(error_of({503, {{"Retry-After", "7"}}, "<html>"}, {}).retry_after, 7s);
}

TEST(GoogleErrors, DamagedSyncTokenIsTreatedAsExpired) {  // P-17
  const std::string text = R"({"error":{"errors":[{"domain":"global","reason":"invalid",)"
                           R"("message":"Invalid sync token value."}],"code":400}})";
  EXPECT_EQ(error_of({400, {}, text}, {}).code, Code::gone);
}

TEST(GoogleErrors, MissingScopeInDetailsIsNeedsAuth) {
  const std::string text = R"({"error":{"code":403,"status":"PERMISSION_DENIED",)"
                           R"("errors":[{"reason":"forbidden"}],"details":[{"@type":"t",)"
                           R"("reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}})";
  EXPECT_EQ(error_of({403, {}, text}, {}).code, Code::needs_auth);
}

TEST(GoogleErrors, UnknownAnswersAreUnavailableAndNeverQuoted) {
  for (const int status : {302, 500, 502, 503, 504, 999})
    for (const char* text : {"<html><script>alert(1)</script>", "", "{", R"({"error":"x"})",
                             R"({"error":{"errors":[{"reason":"<b>\nX"}]}})"}) {
      const Error error = error_of({status, {}, text}, {});
      EXPECT_EQ(error.code, Code::unavailable) << status << " " << text;
      EXPECT_EQ(error.message.find('<'), std::string::npos);
    }
}

}  // namespace
}  // namespace gcal::google
