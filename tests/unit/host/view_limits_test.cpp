// What one request may cost: rows, bytes and rules of views and cards.
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::SizeIs;

class ViewLimits : public CrmTest {
 protected:
  const User anna_ = add_user("anna@crm.example");

  void create(const Json& event) { must(crm_->appointment_editor().create(anna_.id, "", event)); }
  OccurrencePage page(std::string_view from, std::string_view to, std::size_t rows,
                      std::string_view after = {}) {
    return must(
        crm_->appointment_queries().occurrences(anna_.id, {at(from), at(to), {}, after, rows}));
  }
};

TEST_F(ViewLimits, PagesJoinToTheWholeRangeInOrder) {
  for (int i = 0; i < 4; ++i)
    create(with(
        timed("s" + std::to_string(i), "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"),
        "recurrence", rule("RRULE:FREQ=DAILY;COUNT=25")));
  const auto whole = lines_of(page("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", 5'000).rows);
  ASSERT_THAT(whole, SizeIs(100));
  std::vector<std::string> joined;
  std::string after;
  int pages = 0;
  do {
    const OccurrencePage part = page("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", 7, after);
    EXPECT_LE(part.rows.size(), 7u);
    for (const std::string& line : lines_of(part.rows)) joined.push_back(line);
    after = part.more;
    ++pages;
  } while (!after.empty());
  EXPECT_EQ(joined, whole);
  EXPECT_EQ(pages, 15);
  EXPECT_EQ(code_of(crm_->appointment_queries().occurrences(
                anna_.id, {at("2026-03-01T00:00:00Z"), at("2026-04-01T00:00:00Z"), {}, "x"})),
            Code::invalid);
}

TEST_F(ViewLimits, RuleThatRepeatsBelowAnHourShowsTheFirstOfEachDay) {
  create(with(timed("m", "2026-03-02T00:00:00Z", "2026-03-02T00:01:00Z", "UTC"), "recurrence",
              rule("RRULE:FREQ=MINUTELY")));
  EXPECT_THAT(page("2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z", 5'000).rows, SizeIs(72));
}

TEST_F(ViewLimits, HourlyRuleIsShownWhole) {
  create(with(timed("h", "2026-03-02T00:00:00Z", "2026-03-02T00:30:00Z", "UTC"), "recurrence",
              rule("RRULE:FREQ=HOURLY")));
  EXPECT_THAT(page("2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z", 5'000).rows, SizeIs(72));
}

TEST_F(ViewLimits, TwentyEndlessSeriesWithLongTitlesAreAnsweredInFourMebibytes) {
  for (int i = 0; i < 20; ++i)
    create(
        with(timed(std::string(8'000, 't'), "2026-11-30T00:00:00Z", "2026-11-30T00:01:00Z", "UTC"),
             "recurrence", rule("RRULE:FREQ=MINUTELY")));
  const OccurrencePage part = page("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z", 5'000);
  std::size_t bytes = 0;
  for (const OccurrenceRow& row : part.rows) bytes += row.to_json().dump().size();
  EXPECT_LE(bytes, 4u << 20);
  EXPECT_FALSE(part.more.empty());
}

TEST_F(ViewLimits, CardOfManyEndlessSeriesShowsTheNextOnes) {
  const Record lead = add_lead("Lead", "lead@customers.example");
  for (int i = 0; i < 30; ++i)
    create(with(with(timed("s", "2016-03-02T09:00:00Z", "2016-03-02T10:00:00Z", "UTC"),
                     "recurrence", rule("RRULE:FREQ=HOURLY")),
                "attendees", guests({"lead@customers.example"})));
  const Card card = must(crm_->appointment_queries().card(anna_.id, RecordKind::lead, lead.id));
  EXPECT_THAT(card.upcoming, SizeIs(20));
  EXPECT_EQ(card.upcoming[0].start.instant, at("2026-01-01T00:00:00Z"));
  EXPECT_THAT(card.past, SizeIs(20));
  EXPECT_LE(card.past_total, 20'000);
}

}  // namespace
}  // namespace host::test
