// Documents of appointments that break the rules of calendars (src/docs/limits.md).
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::SizeIs;

class TolerantReading : public CrmTest {
 protected:
  TolerantReading() : anna_(add_user("anna@crm.example")) {}

  User anna_;
};

TEST_F(TolerantReading, GuestWithoutAnAddressIsShownByName) {  // P-24
  Json event = timed("Call", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  event.set("attendees", Json::array({Json::object({{"email", ""}, {"name", "Bridge line"}}),
                                      Json::object({{"email", ""}, {"name", "Room 7"}})}));
  const std::string id = must(crm_->appointment_editor().create(anna_.id, "", event)).id;
  const Json page = must(crm_->appointment_queries().get(anna_.id, id)).to_json();
  ASSERT_EQ(page["guests"].items().size(), 2u);
  EXPECT_EQ(page["guests"].items()[0].string("name"), "Bridge line");
  event.set("attendees", Json::array({Json::object({{"email", ""}})}));
  EXPECT_EQ(code_of(crm_->appointment_editor().create(anna_.id, "", event)), Code::invalid);
}

// The dates that a series has with these lines beside a weekly rule from 2 March, 09:00 in Berlin.
TEST_F(TolerantReading, TimesOfEveryKindInALineNameTheDatesOfTheSeries) {  // P-12
  const Json event = timed("x", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  for (const char* line :
       {"EXDATE:20260309T080000Z", "EXDATE:20260309T090000", "EXDATE;VALUE=DATE:20260309",
        "EXDATE;TZID=W. Europe Standard Time:20260309T090000",
        "EXDATE;TZID=\"tzone://Microsoft/Utc\":20260309T080000",
        "EXDATE;TZID=Customized Time Zone:20260309T090000",
        "EXDATE;TZID=Asia/Tokyo:20260309T170000", "EXDATE:garbage,20260309T080000Z,"}) {
    Json lines = Json::array({Json("RRULE:FREQ=WEEKLY;COUNT=3"), Json(line)});
    const auto created =
        must(crm_->appointment_editor().create(anna_.id, "", with(event, "recurrence", lines)));
    std::size_t found = 0;
    for (const auto& row : must(crm_->appointment_queries().occurrences(
             anna_.id, at("2026-03-01T00:00:00Z"), at("2026-04-01T00:00:00Z"))))
      if (row.event == created.id) {
        ++found;
        EXPECT_NE(occurrence_key(row.start), "2026-03-09T08:00:00Z") << line;
      }
    EXPECT_EQ(found, 2u) << line;
  }
}

}  // namespace
}  // namespace host::test
