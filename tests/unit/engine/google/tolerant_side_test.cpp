// GoogleSide over answers that are damaged or incomplete (src/docs/limits.md).
#include "src/engine/google/google_side.hpp"
#include "tests/unit/engine/google/client_fixture.hpp"
#include "tests/unit/engine/google/google_json.hpp"
#include "tests/unit/engine/google/side_writing.hpp"

namespace gcal::google {
namespace {

using base::Json;

struct TolerantSide : ClientFixture {
  KeptLog log;
  GoogleSide side{client, log, "me@example.com", "Europe/Berlin"};
};

// Without its master a cancelled occurrence does not say that it is of a working place.
TEST_F(TolerantSide, CancelledOccurrencesOfHiddenSeriesShowNothing) {  // P-20
  const auto cancelled = [](const char* id, const char* series) {
    return Json::object({{"id", id},
                         {"status", "cancelled"},
                         {"recurringEventId", series},
                         {"originalStartTime", Json::object({{"date", "2025-03-31"}})}});
  };
  Json place = master_json("w");
  place.set("eventType", "workingLocation");
  http.answers(200, last_page({place, cancelled("w_1", "w")}, "U"));
  const auto beside_it = support::run_task(side.changes("T"));
  ASSERT_TRUE(beside_it);
  EXPECT_TRUE(beside_it->items.empty());
  http.answers(200, last_page({cancelled("w_2", "w")}, "V"));
  http.answers(200, place.dump());
  http.answers(200, last_page({place}, "-"));
  const auto alone = support::run_task(side.changes("U"));
  ASSERT_TRUE(alone) << alone.error().message;
  EXPECT_TRUE(alone->items.empty());
}

TEST_F(TolerantSide, ADamagedCharacterCostsThatCharacter) {  // P-06
  Json damaged = event_json("b");
  damaged.set("summary", "HALF");
  std::string page = last_page({event_json("a"), damaged}, "T");
  page.replace(page.find("HALF"), 4, R"(half \ud83d.)");
  http.answers(200, page);
  const auto read = support::run_task(side.changes(""));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(read->unreadable.empty());
  ASSERT_EQ(read->items.size(), 2u);
  EXPECT_EQ(read->items[1].series.master.summary, "half \xEF\xBF\xBD.");
}

}  // namespace
}  // namespace gcal::google
