#include "src/engine/google/client.hpp"

#include "src/engine/google/calendar_list.hpp"
#include "tests/unit/engine/google/client_fixture.hpp"
#include "tests/unit/engine/google/google_json.hpp"

namespace gcal::google {
namespace {

using base::Json;

struct ClientTest : ClientFixture {};

TEST_F(ClientTest, AfterA401TheTokenIsRenewedAndTheRequestRepeatedOnce) {
  http.answers(401, "{}");
  http.answers(200, "{}");
  ASSERT_TRUE(support::run_task(client.get_event("c", "e")));
  EXPECT_EQ(http.requests[0].headers.get("Authorization"), "Bearer first");
  EXPECT_EQ(http.requests[1].headers.get("Authorization"), "Bearer second");
}

// The new token may not be known everywhere at Google yet.
TEST_F(ClientTest, A401ToAFreshTokenIsTemporary) {  // P-16
  http.answers(401, "{}");
  http.answers(401, "{}");
  EXPECT_EQ(support::run_task(client.get_event("c", "e")).error().code, Code::unavailable);
  EXPECT_EQ(tokens.renewals.size(), 1u);
}

TEST_F(ClientTest, IdsAreEncodedWithinTheirPathSegment) {
  http.answers(200, "{}");
  ASSERT_TRUE(support::run_task(
      client.get_event("de.german#holiday@group.v.calendar.google.com", "a/../b?x=1&y")));
  EXPECT_EQ(
      http.requests[0].url,
      "http://127.0.0.1:1/calendar/v3/calendars/de.german%23holiday%40group.v.calendar.google.com/"
      "events/a%2F..%2Fb%3Fx%3D1%26y?prettyPrint=false");
}

TEST_F(ClientTest, PatchAndDeleteWithAnEmptyIdSendNoRequest) {  // S-31
  EXPECT_EQ(support::run_task(client.delete_event("c", "", "", SendUpdates::none)).error().code,
            Code::invalid);
  EXPECT_EQ(support::run_task(client.patch_event("c", "", Json::object(), "", SendUpdates::none))
                .error()
                .code,
            Code::invalid);
  EXPECT_EQ(support::run_task(client.delete_event("", "e", "", SendUpdates::none)).error().code,
            Code::invalid);
  EXPECT_TRUE(http.requests.empty());
}

TEST_F(ClientTest, InsertIsRepeatedOnlyIfTheBodyHasAnId) {  // S-26
  http.fails(Code::timeout);
  http.answers(409, error_body("duplicate"));
  Json with_id = Json::object({{"id", "abc"}});
  EXPECT_EQ(support::run_task(client.insert_event("c", with_id, SendUpdates::none)).error().code,
            Code::conflict);
  http.fails(Code::timeout);
  Json without = Json::object({{"summary", "x"}});
  EXPECT_EQ(support::run_task(client.insert_event("c", without, SendUpdates::none)).error().code,
            Code::timeout);
  EXPECT_EQ(http.requests.size(), 3u);
}

TEST_F(ClientTest, PatchSendsIfMatchAndIsNeverRepeated) {
  http.fails(Code::timeout);
  EXPECT_EQ(support::run_task(client.patch_event("c", "e", Json::object({{"summary", "x"}}),
                                                 "\"12\"", SendUpdates::all))
                .error()
                .code,
            Code::timeout);
  ASSERT_EQ(http.requests.size(), 1u);
  EXPECT_EQ(http.requests[0].headers.get("If-Match"), "\"12\"");
  EXPECT_NE(http.requests[0].url.find("sendUpdates=all"), std::string::npos);
}

TEST_F(ClientTest, HtmlAnswerIsUnavailableForReadsAndTimeoutForWrites) {
  http.answers(200, "<html>log in</html>");
  EXPECT_EQ(support::run_task(client.get_event("c", "e")).error().code, Code::unavailable);
  http.answers(200, "<html>log in</html>");
  EXPECT_EQ(support::run_task(client.patch_event("c", "e", Json::object(), "", SendUpdates::none))
                .error()
                .code,
            Code::timeout);
}

TEST_F(ClientTest, DeleteSucceedsWithA204) {
  http.answers(204);
  EXPECT_TRUE(support::run_task(client.delete_event("c", "e", "\"1\"", SendUpdates::none)));
  EXPECT_EQ(http.requests[0].method, "DELETE");
}

TEST_F(ClientTest, CalendarListContinuesAfterAnEmptyPage) {  // S-15
  http.answers(200, R"({"items":[{"id":"me@example.com","summary":"me@example.com",)"
                    R"("primary":true,"accessRole":"owner"}],"nextPageToken":"1"})");
  http.answers(200, R"({"items":[],"nextPageToken":"2"})");
  http.answers(200, R"({"items":[{"id":"x","summary":"Theirs","summaryOverride":"Mine",)"
                    R"("accessRole":"reader"},{"id":"gone","deleted":true}]})");
  const auto list = support::run_task(read_calendar_list(client));
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2u);
  EXPECT_TRUE((*list)[0].primary);
  EXPECT_EQ((*list)[1].name, "Mine");
}

TEST_F(ClientTest, RepeatedPageTokenOfTheCalendarListIsAnError) {  // P-05
  http.answers(200, R"({"items":[],"nextPageToken":"1"})");
  http.answers(200, R"({"items":[],"nextPageToken":"1"})");
  EXPECT_EQ(support::run_task(read_calendar_list(client)).error().code, Code::unavailable);
}

}  // namespace
}  // namespace gcal::google
