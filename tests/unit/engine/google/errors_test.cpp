#include "src/engine/google/errors.hpp"

#include <gtest/gtest.h>

namespace gcal::google {
namespace {

using namespace std::chrono_literals;

struct Case {
  int status;
  const char* reason;
  Code code;
};

std::string body(int status, const std::string& reason) {
  return R"({"error":{"errors":[{"domain":"x","reason":")" + reason +
         R"(","message":"about ann@example.com"}],"code":)" + std::to_string(status) +
         R"(,"message":"about ann@example.com"}})";
}

TEST(GoogleErrors, ReasonDecidesTheCodeNotTheStatusAlone) {  // P-14
  constexpr Case kCases[] = {
      {400, "invalid", Code::invalid},
      {400, "timeRangeEmpty", Code::invalid},
      {400, "participantIsNeitherOrganizerNorAttendee", Code::invalid},
      {400, "eventRemindersCountExceedsLimit", Code::invalid},
      {400, "pushNotSupportedForRequestedResource", Code::denied},
      {400, "push.webhookUrlNotHttps", Code::invalid},
      {400, "channelIdNotUnique", Code::conflict},
      {401, "authError", Code::needs_auth},
      {401, "push.webhookUrlUnauthorized", Code::invalid},
      {403, "userRateLimitExceeded", Code::unavailable},
      {403, "rateLimitExceeded", Code::unavailable},
      {429, "rateLimitExceeded", Code::unavailable},
      {429, "", Code::unavailable},
      {403, "quotaExceeded", Code::unavailable},
      {403, "dailyLimitExceeded", Code::unavailable},
      {403, "accessNotConfigured", Code::denied},
      {403, "insufficientPermissions", Code::needs_auth},
      {403, "forbiddenForNonOrganizer", Code::denied},
      {403, "requiredAccessLevel", Code::denied},
      {403, "notACalendarUser", Code::denied},
      {403, "forbidden", Code::denied},
      {404, "notFound", Code::not_found},
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
    EXPECT_EQ(error.message.find("ann@"), std::string::npos)
        << "the text of an answer may contain names";
    EXPECT_FALSE(error.message.empty());
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
