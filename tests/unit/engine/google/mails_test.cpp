// Which requests of a write let Google mail guests.
#include "src/engine/google/google_side.hpp"
#include "tests/unit/engine/google/client_fixture.hpp"
#include "tests/unit/engine/google/google_json.hpp"
#include "tests/unit/engine/google/side_writing.hpp"

namespace gcal::google {
namespace {

using calendar::OriginalStart;
using sync::Operation;
using namespace std::chrono_literals;

OriginalStart on(int day) {
  return {false, std::chrono::sys_days{std::chrono::year{2025} / 3 / day} + 10h};
}

struct GoogleMailsTest : ClientFixture {
  KeptLog log;
  GoogleSide side{client, log, "me@example.com", "Europe/Berlin"};

  Result<sync::Written> apply(Operation operation) { return write_all(side, std::move(operation)); }
  static calendar::Series series(bool recurring) {
    auto item = item_from_json(recurring ? master_json("x") : event_json("x"), "UTC");
    return item->series;
  }
  bool asked(std::size_t request, const char* part) const {
    return http.requests.at(request).url.find(part) != std::string::npos;
  }
};

TEST_F(GoogleMailsTest, OnlyOneWriteOfASeriesNotifiesGuests) {  // P-13
  Operation change;
  change.id = "m";
  change.if_version = "\"1\"";
  change.notify = sync::Notify::google;
  change.before = change.series = series(true);
  change.series.master.summary = "new";
  change.series.occurrences[on(25)].cancelled = true;
  http.answers(200, master_json("m").dump());
  http.answers(200, cancelled_instance_json("m", "2025-03-25").dump());
  http.answers(200, master_json("m").dump());
  http.answers(200, last_page({master_json("m"), cancelled_instance_json("m", "2025-03-25")}, "-"));
  const auto written = apply(change);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(written->series.occurrences.size(), 1u);
  EXPECT_TRUE(asked(0, "sendUpdates=all"));
  EXPECT_TRUE(asked(1, "sendUpdates=none"));
  EXPECT_TRUE(asked(1, "/events/m_20250325T100000Z"));
  EXPECT_EQ(http.requests[1].body, R"({"status":"cancelled"})");
}

TEST_F(GoogleMailsTest, OnlyTheRequestAboutTheirOccurrenceNotifiesItsGuests) {  // P-13
  Operation change;
  change.id = "m";
  change.if_version = "\"1\"";
  change.notify = sync::Notify::google;
  change.mails = {{"guest@example.com", calendar::Mail::Kind::cancel, on(25)}};
  change.before = change.series = series(true);
  change.series.master.color = "4";
  change.series.occurrences[on(25)].cancelled = true;
  http.answers(200, master_json("m").dump());
  http.answers(200, cancelled_instance_json("m", "2025-03-25").dump());
  http.answers(200, master_json("m").dump());
  http.answers(200, last_page({master_json("m"), cancelled_instance_json("m", "2025-03-25")}, "-"));
  ASSERT_TRUE(apply(change));
  EXPECT_TRUE(asked(0, "sendUpdates=none"));
  EXPECT_TRUE(asked(1, "sendUpdates=all"));
}

TEST_F(GoogleMailsTest, GoogleMailsNoOneWhereTheCrmDoesAndTakesItsSequence) {  // PD-06
  Operation change;
  change.id = "m";
  change.if_version = "\"1\"";
  change.notify = sync::Notify::crm;
  change.mails = {{"a@example.com", calendar::Mail::Kind::invite, {}}};
  change.before = change.series = series(false);
  change.series.master.summary = "new";
  change.sequence = 3;
  http.answers(200, master_json("m").dump());
  ASSERT_TRUE(apply(change));
  EXPECT_TRUE(asked(0, "sendUpdates=none"));
  EXPECT_NE(http.requests.front().body.find("\"sequence\":3"), std::string::npos);
}

}  // namespace
}  // namespace gcal::google
