// What "this and following" and "all" change on the dates of a series (decision 0036).
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::ElementsAre;

class ScopesTest : public CrmTest {
 protected:
  ScopesTest() : anna_(add_user("anna@crm.example")) {
    const Json series =
        with(timed("Jour fixe", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"),
             "recurrence", rule("RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4"));
    id_ = must(crm_->appointment_editor().create(
                   anna_.id, "", with(series, "attendees", json(R"([{"email":"a@x.example"}])"))))
              .id;
  }

  std::vector<std::string> shown() {
    return lines_of(must(crm_->appointment_queries().occurrences(
        anna_.id, at("2026-02-01T00:00:00Z"), at("2026-06-01T00:00:00Z"))));
  }
  Json document(const std::string& id) {
    return must(crm_->appointment_queries().get(anna_.id, id)).document.event;
  }
  SaveResult edit(const std::string& id, Scope scope, const std::string& original,
                  const Json& changes) {
    const std::string revision =
        must(crm_->appointment_queries().get(anna_.id, id)).document.revision;
    const auto named =
        original.empty() ? std::optional<EventTime>() : must(occurrence_of_key(original));
    return must(crm_->appointment_editor().edit(anna_.id, id, revision, scope, named, changes));
  }
  SaveResult erase(const std::string& id, Scope scope, const std::string& original) {
    const std::string revision =
        must(crm_->appointment_queries().get(anna_.id, id)).document.revision;
    return must(crm_->appointment_editor().erase(anna_.id, id, revision, scope,
                                                 must(occurrence_of_key(original))));
  }
  static Json titled(const std::string& summary) { return Json::object({{"summary", summary}}); }
  static Json times(const std::string& start, const std::string& end) {
    return Json::object(
        {{"start", timed("", start, end)["start"]}, {"end", timed("", start, end)["end"]}});
  }

  User anna_;
  std::string id_;
};

TEST_F(ScopesTest, TitleOfAllReplacesThatOfADateAndNothingElseOfIt) {
  edit(id_, Scope::this_one, "2026-03-09T08:00:00Z",
       json(R"({"summary":"Special","location":"Room 2"})"));
  edit(id_, Scope::all, "", titled("New"));
  EXPECT_THAT(shown(), ElementsAre("2026-03-02T08:00:00Z New", "2026-03-09T08:00:00Z New",
                                   "2026-03-16T08:00:00Z New", "2026-03-23T08:00:00Z New"));
  EXPECT_EQ(document(id_)["occurrences"].items().at(0)["event"].string("location"), "Room 2");
}

TEST_F(ScopesTest, GuestOfAllComesToTheGuestsAndAnswersOfEachDate) {
  edit(id_, Scope::this_one, "2026-03-09T08:00:00Z",
       json(R"({"attendees":[{"email":"a@x.example","partstat":"accepted"},
                             {"email":"b@x.example"}]})"));
  edit(id_, Scope::all, "2026-03-02T08:00:00Z",
       json(R"({"attendees":[{"email":"A@x.example"},{"email":"c@x.example"}]})"));
  EXPECT_EQ(document(id_)["occurrences"].items().at(0)["event"]["attendees"].dump(),
            R"([{"email":"a@x.example","partstat":"accepted"},{"email":"b@x.example"},)"
            R"({"email":"c@x.example"}])");
  // Named at the date, its own guest does not come to the series.
  edit(id_, Scope::all, "2026-03-09T08:00:00Z",
       json(R"({"attendees":[{"email":"b@x.example"},{"email":"c@x.example"},
                             {"email":"d@x.example"}]})"));
  EXPECT_EQ(document(id_)["attendees"].dump(),
            R"([{"email":"c@x.example"},{"email":"d@x.example"}])");
}

TEST_F(ScopesTest, SeriesThatMovesTakesItsSingleChangesAlong) {
  edit(id_, Scope::this_one, "2026-03-16T08:00:00Z", titled("Special"));
  erase(id_, Scope::this_one, "2026-03-23T08:00:00Z");
  edit(id_, Scope::all, "2026-03-09T08:00:00Z",
       times("2026-03-09T11:00:00+01:00", "2026-03-09T13:00:00+01:00"));
  EXPECT_THAT(shown(),
              ElementsAre("2026-03-02T10:00:00Z Jour fixe", "2026-03-09T10:00:00Z Jour fixe",
                          "2026-03-16T10:00:00Z Special"));
  const Json special = document(id_)["occurrences"].items().at(0)["event"];
  EXPECT_EQ(special["end"].string("date_time"), "2026-03-16T13:00:00+01:00");
}

TEST_F(ScopesTest, ChangedRuleKeepsTheSingleChangesOfTheDatesThatItHas) {
  edit(id_, Scope::this_one, "2026-03-16T08:00:00Z", titled("Special"));
  edit(id_, Scope::all, "2026-03-02T08:00:00Z",
       Json::object({{"recurrence", rule("RRULE:FREQ=WEEKLY;BYDAY=MO;INTERVAL=2;COUNT=2")}}));
  EXPECT_THAT(shown(),
              ElementsAre("2026-03-02T08:00:00Z Jour fixe", "2026-03-16T08:00:00Z Special"));
}

TEST_F(ScopesTest, TheTimeOfAMovedDateBecomesThatOfTheSeries) {
  edit(id_, Scope::this_one, "2026-03-09T08:00:00Z",
       times("2026-03-10T14:00:00+01:00", "2026-03-10T15:00:00+01:00"));
  edit(id_, Scope::all, "2026-03-09T08:00:00Z",
       times("2026-03-11T15:00:00+01:00", "2026-03-11T15:30:00+01:00"));
  EXPECT_THAT(shown(),
              ElementsAre("2026-03-03T14:00:00Z Jour fixe", "2026-03-11T14:00:00Z Jour fixe",
                          "2026-03-17T14:00:00Z Jour fixe", "2026-03-24T14:00:00Z Jour fixe"));
}

TEST_F(ScopesTest, TheRestOfASeriesFollowsTheSameRules) {
  edit(id_, Scope::this_one, "2026-03-23T08:00:00Z", titled("Special"));
  edit(id_, Scope::following, "2026-03-09T08:00:00Z", titled("New"));
  EXPECT_THAT(shown(), ElementsAre("2026-03-02T08:00:00Z Jour fixe", "2026-03-09T08:00:00Z New",
                                   "2026-03-16T08:00:00Z New", "2026-03-23T08:00:00Z New"));
}

TEST_F(ScopesTest, PartsOfASplitSeriesAreOneSeriesForAllAndForWhatFollows) {
  const SaveResult last = edit(id_, Scope::following, "2026-03-23T08:00:00Z", titled("Last"));
  edit(id_, Scope::following, "2026-03-09T08:00:00Z", json(R"({"location":"Room 2"})"));
  EXPECT_EQ(document(last.new_id).string("location"), "Room 2");
  const SaveResult all = edit(last.new_id, Scope::all, "", titled("All"));
  EXPECT_EQ(all.id, last.new_id);
  EXPECT_THAT(shown(), ElementsAre("2026-03-02T08:00:00Z All", "2026-03-09T08:00:00Z All",
                                   "2026-03-16T08:00:00Z All", "2026-03-23T08:00:00Z All"));
  must(crm_->appointment_editor().undo(anna_.id, all.undo));
  EXPECT_EQ(shown().back(), "2026-03-23T08:00:00Z Last");
  EXPECT_EQ(shown().front(), "2026-03-02T08:00:00Z Jour fixe");
  // What is deleted is the part that the user deletes.
  erase(id_, Scope::all, "2026-03-02T08:00:00Z");
  EXPECT_EQ(shown().size(), 3u);
}

TEST_F(ScopesTest, PartAtOtherTimesIsASeriesOfItsOwn) {
  const SaveResult moved = edit(id_, Scope::following, "2026-03-16T08:00:00Z",
                                times("2026-03-16T11:00:00+01:00", "2026-03-16T12:00:00+01:00"));
  edit(id_, Scope::all, "", titled("All"));
  EXPECT_EQ(document(moved.new_id).string("summary"), "Jour fixe");
  erase(id_, Scope::all, "2026-03-02T08:00:00Z");
  EXPECT_EQ(shown().size(), 2u);
}

}  // namespace
}  // namespace host::test
