// What users see of each other's appointments: every pair of a viewer and an appointment over every
// outlet. The appointments are drawn at random; the seed is printed.
#include <cstdlib>

#include "tests/support/seeded_random.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t kUsers = 50, kEvents = 2'000, kRecords = 10;

// What the test knows of an appointment, without asking the CRM.
struct Drawn {
  std::string id, canary;
  std::size_t owner = 0;
  bool hidden = false;     // private or confidential, as a whole or on one day
  bool on_record = false;  // a guest is a lead
};

class Privacy : public CrmTest {
 protected:
  Privacy() {
    const char* given = std::getenv("PRIVACY_SEED");
    const std::uint64_t seed = given ? std::strtoull(given, nullptr, 10) : random_.next();
    std::printf("seed %llu (PRIVACY_SEED repeats it)\n", static_cast<unsigned long long>(seed));
    chance_ = std::make_unique<gcal::support::SeededRandom>(seed);
  }

  void add_people() {
    users_.push_back(anna_like("owner0@crm.example"));
    for (std::size_t i = 1; i < kUsers; ++i)
      users_.push_back(anna_like("owner" + std::to_string(i) + "@crm.example"));
    for (const User& user : users_) {
      calendars_.push_back(own_calendar(user).id);
      shared_.push_back(chance_->below(4) == 0);
      if (shared_.back())
        must(crm_->calendars().set_sharing(user.id, calendars_.back(), "details"));
    }
    for (std::size_t i = 0; i < kRecords; ++i)
      leads_.push_back(add_lead("Lead", "lead" + std::to_string(i) + "@customers.example"));
  }

  User anna_like(const std::string& email) {
    NewUser user{.email = email, .name = "Owner", .password = "correct horse"};
    return must(crm_->users().create(user));
  }

  Json drawn_event(std::size_t number, Drawn& drawn) {
    drawn.canary = "canary" + std::to_string(number) + "x";
    Json event = timed(drawn.canary, "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
    event.set("description", drawn.canary);
    event.set("location", drawn.canary);
    const char* visibilities[] = {"default", "public", "private", "confidential", "default"};
    const char* visibility = visibilities[chance_->below(5)];
    event.set("visibility", visibility);
    drawn.hidden = std::string_view(visibility).starts_with("p")
                       ? std::string_view(visibility) == "private"
                       : visibility[0] == 'c';
    drawn.on_record = chance_->below(2) == 0;
    const std::string guest =
        drawn.on_record ? "lead" + std::to_string(chance_->below(kRecords)) + "@customers.example"
                        : drawn.canary + "@elsewhere.example";
    event.set("attendees", guests({guest.c_str()}));
    if (chance_->below(3) > 0) return event;
    event.set("recurrence", rule("RRULE:FREQ=WEEKLY;COUNT=3"));
    return event;
  }

  bool may_see(std::size_t viewer, const Drawn& event) const {
    if (viewer == event.owner) return true;
    return !event.hidden && (shared_[event.owner] || event.on_record);
  }
  bool may_know_calendar(std::size_t viewer, std::size_t owner) const {
    return viewer == owner || shared_[owner];
  }
  // The ids of calendars in a document that this viewer may not know.
  void expect_no_foreign_calendar(std::size_t viewer, const std::string& text) const {
    for (std::size_t owner = 0; owner < kUsers; ++owner) {
      if (may_know_calendar(viewer, owner)) continue;
      ASSERT_EQ(text.find(calendars_[owner]), std::string::npos) << "viewer " << viewer;
    }
  }

  std::unique_ptr<gcal::support::SeededRandom> chance_;
  std::vector<User> users_;
  std::vector<std::string> calendars_;
  std::vector<bool> shared_;
  std::vector<Record> leads_;
  std::vector<Drawn> events_;
};

TEST_F(Privacy, HundredThousandPairsOfViewerAndAppointmentShowNoPrivateField) {  // PD-13
  add_people();
  for (std::size_t number = 0; number < kEvents; ++number) {
    Drawn drawn;
    drawn.owner = chance_->below(kUsers);
    const Json event = drawn_event(number, drawn);
    drawn.id = must(crm_->appointment_editor().create(users_[drawn.owner].id, "", event)).id;
    events_.push_back(std::move(drawn));
  }
  const AppointmentQueries& queries = crm_->appointment_queries();
  std::size_t shown = 0, masked = 0;
  for (std::size_t viewer = 0; viewer < kUsers; ++viewer) {
    const std::string& id = users_[viewer].id;
    std::map<std::string, const Drawn*> by_id;
    for (const Drawn& event : events_) {
      by_id[event.id] = &event;
      const std::string page = must(queries.get(id, event.id)).to_json().dump();
      const bool seen = page.find(event.canary) != std::string::npos;
      ASSERT_EQ(seen, may_see(viewer, event)) << viewer << " " << page;
      ++(seen ? shown : masked);
      expect_no_foreign_calendar(viewer, page);
    }
    for (std::size_t owner = 0; owner < kUsers; ++owner) {
      const auto rows = must(queries.occurrences(id, at("2026-03-01T00:00:00Z"),
                                                 at("2026-04-01T00:00:00Z"), calendars_[owner]));
      for (const OccurrenceRow& row : rows) {
        const std::string text = row.to_json().dump();
        const Drawn& event = *by_id.at(row.event);
        ASSERT_EQ(text.find(event.canary) != std::string::npos, may_see(viewer, event)) << text;
        ASSERT_TRUE(may_see(viewer, event) || text.find("customers.example") == std::string::npos);
        expect_no_foreign_calendar(viewer, text);
      }
    }
    for (const Record& lead : leads_) {
      const Card card = must(queries.card(id, RecordKind::lead, lead.id, 500, 500));
      for (const OccurrenceRow& row : card.upcoming) {
        const std::string text = row.to_json().dump();
        ASSERT_TRUE(may_see(viewer, *by_id.at(row.event))) << text;
        expect_no_foreign_calendar(viewer, text);
      }
    }
  }
  EXPECT_EQ(shown + masked, kUsers * kEvents);
  EXPECT_GT(shown, kEvents);
  EXPECT_GT(masked, kEvents);
}

TEST_F(Privacy, SharedCalendarsAreListedWithTheirOwner) {
  const User anna = anna_like("anna@crm.example"), bert = anna_like("bert@crm.example");
  EXPECT_THAT(must(crm_->calendars().shared_with(bert.id)), IsEmpty());
  const std::string id = own_calendar(anna).id;
  EXPECT_EQ(code_of(crm_->calendars().set_sharing(bert.id, id, "details")), Code::not_found);
  EXPECT_EQ(code_of(crm_->calendars().set_sharing(anna.id, id, "all")), Code::invalid);
  must(crm_->calendars().set_sharing(anna.id, id, "details"));
  const auto shared = must(crm_->calendars().shared_with(bert.id));
  ASSERT_THAT(shared, SizeIs(1));
  EXPECT_EQ(shared[0].account_title, "Owner");
  EXPECT_THAT(must(crm_->calendars().shared_with(anna.id)), IsEmpty());
  must(crm_->calendars().set_sharing(anna.id, id, "busy"));
  EXPECT_THAT(must(crm_->calendars().shared_with(bert.id)), IsEmpty());
}

}  // namespace
}  // namespace host::test
