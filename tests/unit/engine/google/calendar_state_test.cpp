// What GoogleSide answers about the calendar itself: whether it exists, whether it may be written.
#include "tests/unit/engine/google/client_fixture.hpp"
#include "tests/unit/engine/google/google_json.hpp"
#include "tests/unit/engine/google/side_writing.hpp"

namespace gcal::google {
namespace {

struct CalendarState : ClientFixture {
  KeptLog log;
  GoogleSide side{client, log, "me@example.com", "Europe/Berlin"};
};

TEST_F(CalendarState, WritableFollowsTheRole) {  // PD-04
  for (const char* role : {"owner", "writer"}) {
    http.answers(200, std::string(R"({"accessRole":")") + role + R"("})");
    EXPECT_TRUE(*support::run_task(side.writable())) << role;
  }
  for (const char* role : {"reader", "freeBusyReader"}) {
    http.answers(200, std::string(R"({"accessRole":")") + role + R"("})");
    EXPECT_FALSE(*support::run_task(side.writable())) << role;
  }
}

TEST_F(CalendarState, ARefusalOfTheAccountIsNoMissingCalendar) {  // S-30
  http.answers(200, R"({"id":"me@example.com"})");
  http.answers(403, error_body("forbidden"));
  EXPECT_FALSE(*support::run_task(side.exists()));
  for (const char* reason : {"accessNotConfigured", "ofALaterYear"}) {
    http.answers(200, R"({"id":"me@example.com"})");
    http.answers(403, error_body(reason));
    EXPECT_EQ(support::run_task(side.exists()).error().code, Code::denied) << reason;
  }
}

TEST_F(CalendarState, ExistsIsFalseOnlyOnPositiveEvidence) {  // S-30
  http.answers(200, R"({"id":"me@example.com"})");
  http.answers(200, last_page({}, "-"));
  EXPECT_TRUE(*support::run_task(side.exists()));
  http.answers(404, "{}");
  EXPECT_FALSE(*support::run_task(side.exists()));
  http.answers(200, R"({"id":"me@example.com","deleted":true})");
  EXPECT_FALSE(*support::run_task(side.exists()));
  http.answers(200, R"({"id":"me@example.com"})");
  http.answers(404, "{}");
  EXPECT_FALSE(*support::run_task(side.exists()));
  for (int i = 0; i < 4; ++i) http.answers(500);
  EXPECT_EQ(support::run_task(side.exists()).error().code, Code::unavailable);
}

}  // namespace
}  // namespace gcal::google
