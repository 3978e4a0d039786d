// "This and following" in the CRM: what the old and the new series hold afterwards, and what a
// plugin reads of them.
#include <map>

#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::ElementsAre;

class SplitTest : public CrmTest {
 protected:
  SplitTest() : anna_(add_user("anna@crm.example")) {}

  std::vector<std::string> shown(const User& viewer, const std::string& from,
                                 const std::string& to) {
    return lines_of(must(crm_->appointment_queries().occurrences(viewer.id, at(from), at(to))));
  }
  std::string revision(const std::string& id) {
    return must(crm_->appointment_queries().get(anna_.id, id)).document.revision;
  }
  SaveResult edit(const std::string& id, Scope scope, const std::string& original,
                  const Json& changes) {
    const auto named =
        original.empty() ? std::optional<EventTime>() : must(occurrence_of_key(original));
    return must(crm_->appointment_editor().edit(anna_.id, id, revision(id), scope, named, changes));
  }
  SaveResult erase(const std::string& id, Scope scope, const std::string& original) {
    return must(crm_->appointment_editor().erase(anna_.id, id, revision(id), scope,
                                                 must(occurrence_of_key(original))));
  }
  static Json moved(const std::string& start, const std::string& end) {
    return Json::object(
        {{"start", timed("", start, end)["start"]}, {"end", timed("", start, end)["end"]}});
  }

  User anna_;
};

TEST_F(SplitTest, TheNewSeriesOfASplitNamesTheOldOneToThePlugin) {
  const Calendar calendar = add_calendar(add_account(anna_), "primary");
  put(calendar, "series",
      with(timed("Jour fixe", "2026-03-16T09:00:00+01:00", "2026-03-16T10:00:00+01:00"),
           "recurrence", rule("RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4")));
  const SaveResult saved =
      edit("series", Scope::following, "2026-03-30T07:00:00Z", Json::object({{"summary", "New"}}));
  edit(saved.new_id, Scope::all, "", Json::object({{"summary", "Newer"}}));
  const auto page = must(crm_->appointment_feed().changes(kPlugin, calendar.id, "", 10));
  std::map<std::string, std::string> split_of;
  for (const auto& entry : page.changes)
    split_of[entry.id] = entry.document.to_json().string("split_of");
  EXPECT_EQ(split_of,
            (std::map<std::string, std::string>{{"series", ""}, {saved.new_id, "series"}}));
}

// A date that the rule does not name must not become the start from which it counts.
TEST_F(SplitTest, FollowingAtASingleDateLeavesTheRuleInItsWeeks) {
  const auto create = [&](const std::string& lines) {
    return must(crm_->appointment_editor().create(
                    anna_.id, "",
                    with(timed("Old", "2027-01-04T10:00:00+01:00", "2027-01-04T11:00:00+01:00"),
                         "recurrence", json(lines))))
        .id;
  };
  const std::string id = create(
      R"(["RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=6","RDATE;TZID=Europe/Berlin:20270127T100000"])");
  edit(id, Scope::following, "2027-01-27T09:00:00Z",
       with(moved("2027-01-27T11:00:00+01:00", "2027-01-27T12:00:00+01:00"), "summary", "New"));
  EXPECT_THAT(shown(anna_, "2027-01-01T00:00:00Z", "2027-05-01T00:00:00Z"),
              ElementsAre("2027-01-04T09:00:00Z Old", "2027-01-18T09:00:00Z Old",
                          "2027-01-27T10:00:00Z New", "2027-02-01T10:00:00Z New",
                          "2027-02-15T10:00:00Z New", "2027-03-01T10:00:00Z New",
                          "2027-03-15T10:00:00Z New"));
  // The new rule that the user gives counts from the date.
  erase(id, Scope::all, "2027-01-04T09:00:00Z");
  const std::string other =
      create(R"(["RRULE:FREQ=WEEKLY;COUNT=9","RDATE;TZID=Europe/Berlin:20270406T100000"])");
  edit(other, Scope::following, "2027-04-06T08:00:00Z",
       Json::object({{"recurrence", rule("RRULE:FREQ=DAILY;COUNT=2")}, {"summary", "Daily"}}));
  EXPECT_THAT(shown(anna_, "2027-04-01T00:00:00Z", "2027-05-01T00:00:00Z"),
              ElementsAre("2027-04-06T08:00:00Z Daily", "2027-04-07T08:00:00Z Daily"));
}

}  // namespace
}  // namespace host::test
