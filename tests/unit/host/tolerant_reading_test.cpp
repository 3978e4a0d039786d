// Documents of appointments that break the rules of calendars, and people who are in no guest list
// (src/docs/limits.md).
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::SizeIs;

class TolerantReading : public CrmTest {
 protected:
  TolerantReading() : anna_(add_user("anna@crm.example")) {}

  User anna_;
};

// The organizer and who made the event are shown and linked like guests, in every view.
TEST_F(TolerantReading, OrganizerAndCreatorStandOnTheCardAndThePage) {  // S-22, P-24
  const Record customer = add_contact("Customer", "customer@client.example"),
               assistant = add_lead("Assistant", "assistant@client.example");
  Json event = with(timed("Visit", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"),
                    "attendees", guests({"anna@crm.example"}));
  event.set("facts", Json::object({{"organizer_email", "Customer@Client.example"},
                                   {"organizer_name", "The customer"},
                                   {"organized_by_self", false},
                                   {"creator_email", "assistant@client.example"}}));
  put(add_calendar(add_account(anna_), "primary"), "visit", event,
      LinkedRecords{{assistant.id}, {customer.id}});
  for (const auto& [kind, record] :
       {std::pair(RecordKind::contact, customer), std::pair(RecordKind::lead, assistant)})
    EXPECT_THAT(must(crm_->appointment_queries().card(anna_.id, kind, record.id)).upcoming,
                SizeIs(1))
        << record.name;
  const Json page = must(crm_->appointment_queries().get(anna_.id, "visit")).to_json();
  ASSERT_EQ(page["guests"].items().size(), 3u);
  const Json& organizer = page["guests"].items()[1];
  EXPECT_EQ(organizer.string("role"), "organizer");
  EXPECT_EQ(organizer.string("name"), "The customer");
  EXPECT_EQ(organizer["contacts"].items().front().string("name"), "Customer");
  EXPECT_EQ(page["guests"].items()[2].string("role"), "creator");
  EXPECT_EQ(page["event"]["attendees"].items().size(), 1u) << "the guest list is what it was";
  const auto rows = must(crm_->appointment_queries().occurrences(
      anna_.id, at("2026-03-01T00:00:00Z"), at("2026-04-01T00:00:00Z")));
  EXPECT_EQ(rows.front().guests.size(), 3u);
}

// A record whose guest has no address is a name and nothing else.
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

// Records with another spelling of a guest's address are linked too, as a match of second rank.
TEST_F(TolerantReading, AnotherSpellingOfTheMailboxIsASimilarMatch) {  // P-24
  const Record dotted = add_lead("Dotted", "First.Last@gmail.com"),
               exact = add_contact("Exact", "firstlast@googlemail.com"),
               other = add_lead("Other", "first.last@example.com");
  const Json event = with(timed("Call", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"),
                          "attendees", guests({"firstlast@googlemail.com"}));
  const std::string id = must(crm_->appointment_editor().create(anna_.id, "", event)).id;
  const Record late = add_lead("Late", "first.last+demo@gmail.com");
  const auto card = [&](RecordKind kind, const Record& record) {
    return must(crm_->appointment_queries().card(anna_.id, kind, record.id)).upcoming;
  };
  for (const Record* similar : {&dotted, &late}) {
    ASSERT_THAT(card(RecordKind::lead, *similar), SizeIs(1)) << similar->name;
    EXPECT_TRUE(card(RecordKind::lead, *similar).front().similar) << similar->name;
  }
  ASSERT_THAT(card(RecordKind::contact, exact), SizeIs(1));
  EXPECT_FALSE(card(RecordKind::contact, exact).front().similar);
  EXPECT_THAT(card(RecordKind::lead, other), SizeIs(0));
  const Json page = must(crm_->appointment_queries().get(anna_.id, id)).to_json();
  const Json& guest = page["guests"].items().front();
  EXPECT_EQ(guest["contacts"].items().size(), 1u);
  EXPECT_TRUE(guest["leads"].items().empty());
  EXPECT_EQ(guest["similar"]["leads"].items().size(), 2u);
}

}  // namespace
}  // namespace host::test
