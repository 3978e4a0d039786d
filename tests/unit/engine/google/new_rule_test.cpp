// A new rule of a series: what Google keeps of the old one, and what others write meanwhile.
#include "src/engine/google/google_side.hpp"

#include "src/engine/calendar/series_move.hpp"
#include "tests/unit/engine/google/client_fixture.hpp"
#include "tests/unit/engine/google/google_json.hpp"
#include "tests/unit/engine/google/side_writing.hpp"

namespace gcal::google {
namespace {

using base::Json;
using sync::Operation;
using namespace std::chrono_literals;

calendar::OriginalStart on(int day) {
  return {false, std::chrono::sys_days{std::chrono::year{2025} / 3 / day} + 10h};
}

struct NewRule : ClientFixture {
  KeptLog log;
  GoogleSide side{client, log, "me@example.com", "Europe/Berlin"};

  Result<sync::Written> apply(Operation operation) { return write_all(side, std::move(operation)); }
  static calendar::Series series() { return item_from_json(master_json("x"), "UTC")->series; }
  bool asked(std::size_t request, const char* part) const {
    return http.requests.at(request).url.find(part) != std::string::npos;
  }
};

TEST_F(NewRule, ExceptionBehindTheEndOfAShortenedRuleIsCancelled) {  // P-09
  Operation change;
  change.id = "m";
  change.if_version = "\"1\"";
  change.before = change.series = series();
  calendar::Occurrence moved;
  moved.event = calendar::occurrence_by_rule(change.before.master, on(27));
  moved.event.location = "elsewhere";
  change.before.occurrences[on(27)] = moved;
  change.series.recurrence = {"RRULE:FREQ=DAILY;UNTIL=20250326T095959Z"};
  const Json cut =
      event_json("m", {{"recurrence", Json::array({"RRULE:FREQ=DAILY;UNTIL=20250326T095959Z"})}});
  const Json left = instance_json("m", "2025-03-27", {{"location", "elsewhere"}});
  http.answers(200, cut.dump());                   // the patch of the rule
  http.answers(200, last_page({cut, left}, "-"));  // what Google keeps of the old rule
  http.answers(200, cancelled_instance_json("m", "2025-03-27").dump());
  http.answers(200, cut.dump());
  http.answers(200, last_page({cut, cancelled_instance_json("m", "2025-03-27")}, "-"));
  const auto written = apply(change);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(http.requests[2].body, R"({"status":"cancelled"})");
  EXPECT_TRUE(asked(2, "/events/m_20250327T100000Z"));
}

// A daily series with a changed date becomes one of every second day, or a single appointment.
TEST_F(NewRule, ExceptionAtADateThatTheNewRuleLacksIsCancelled) {  // P-09
  for (const char* rule : {"RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3", ""}) {
    http.requests.clear();
    Operation change;
    change.id = "m";
    change.if_version = "\"1\"";
    change.before = change.series = series();
    calendar::Occurrence moved;
    moved.event = calendar::occurrence_by_rule(change.before.master, on(25));
    moved.event.location = "elsewhere";
    change.before.occurrences[on(25)] = moved;
    change.series.recurrence.clear();
    if (*rule) change.series.recurrence.emplace_back(rule);
    const Json now =
        *rule ? event_json("m", {{"recurrence", Json::array({rule})}}) : event_json("m");
    const Json left = instance_json("m", "2025-03-25", {{"location", "elsewhere"}});
    http.answers(200, now.dump());
    http.answers(200, last_page({now, left}, "-"));
    http.answers(200, cancelled_instance_json("m", "2025-03-25").dump());
    http.answers(200, now.dump());
    if (*rule) http.answers(200, last_page({now, cancelled_instance_json("m", "2025-03-25")}, "-"));
    const auto written = apply(change);
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_TRUE(written->series.occurrences.empty()) << "a cancelled date outside the rule";
    EXPECT_EQ(http.requests[2].body, R"({"status":"cancelled"})");
    EXPECT_TRUE(asked(2, "/events/m_20250325T100000Z"));
  }
}

// Google keeps a date cancelled that the series has again: the CRM shows it.
TEST_F(NewRule, DateOfTheNewRuleThatIsStillCancelledIsShownAgain) {  // P-09
  Operation change;
  change.id = "m";
  change.if_version = "\"1\"";
  change.before = change.series = series();
  change.before.recurrence = {"RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3"};
  const Json cancelled = cancelled_instance_json("m", "2025-03-25");
  http.answers(200, master_json("m").dump());
  http.answers(200, last_page({master_json("m"), cancelled}, "-"));
  http.answers(200, instance_json("m", "2025-03-25").dump());
  http.answers(200, master_json("m").dump());
  http.answers(200, last_page({master_json("m"), instance_json("m", "2025-03-25")}, "-"));
  const auto written = apply(change);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_TRUE(asked(2, "/events/m_20250325T100000Z"));
  EXPECT_EQ(Json::parse(http.requests[2].body)->string("status"), "confirmed");
}

// Another program renames the series and adds a date of its own between the two requests.
TEST_F(NewRule, WhatOthersWriteBeforeItIsReadIsNotItsAnswer) {  // P-11
  const char* rule = "RRULE:FREQ=DAILY;COUNT=4";
  Operation change;
  change.id = "m";
  change.if_version = "\"1\"";
  change.before = change.series = series();
  calendar::Occurrence moved;
  moved.event = calendar::occurrence_by_rule(change.before.master, on(25));
  moved.event.location = "elsewhere";
  change.before.occurrences[on(25)] = change.series.occurrences[on(25)] = moved;
  change.series.recurrence = {rule};
  const auto master = [&](const char* etag, const char* summary) {
    return event_json("m",
                      {{"etag", etag}, {"summary", summary}, {"recurrence", Json::array({rule})}});
  };
  const Json known = instance_json("m", "2025-03-25", {{"location", "elsewhere"}});
  const Json others = instance_json("m", "2025-03-26", {{"location", "of another program"}});
  http.answers(200, master("\"2\"", "Planning").dump());
  http.answers(200, last_page({master("\"3\"", "renamed"), known, others}, "-"));
  const auto written = apply(change);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(written->version, "\"2\"");
  EXPECT_EQ(written->series.master.summary, "Planning");
  EXPECT_TRUE(written->series.occurrences.contains(on(25)));
  EXPECT_FALSE(written->series.occurrences.contains(on(26)));
}

}  // namespace
}  // namespace gcal::google
