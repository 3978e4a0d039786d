// Undo takes back what the user changed and nothing else, whatever the synchronisation and others
// wrote meanwhile.
#include "src/host/crm/undo_content.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::SizeIs;

class UndoTest : public CrmTest {
 protected:
  UndoTest()
      : anna_(add_user("anna@crm.example")),
        calendar_(add_calendar(add_account(anna_), "primary")) {
    put(calendar_, "series",
        with(with(timed("Jour fixe", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"),
                  "recurrence", rule("RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=6")),
             "attendees", guests({"a@x.example", "b@x.example"})));
  }
  Json document(const std::string& id) {
    return must(crm_->appointment_queries().get(anna_.id, id)).document.event;
  }
  SaveResult edit(const std::string& id, Scope scope, const std::string& original,
                  const Json& changes) {
    const auto named =
        original.empty() ? std::optional<EventTime>() : must(occurrence_of_key(original));
    return must(crm_->appointment_editor().edit(anna_.id, id, revision(id), scope, named, changes));
  }
  SaveResult erase_following(const std::string& id, const std::string& original) {
    return must(crm_->appointment_editor().erase(anna_.id, id, revision(id), Scope::following,
                                                 must(occurrence_of_key(original))));
  }
  std::string revision(const std::string& id) {
    return must(crm_->appointment_queries().get(anna_.id, id)).document.revision;
  }
  // What the plugin writes over the appointment.
  void overwrite(const std::string& id, const Json& event) {
    const std::string now = revision(id);
    const Operation put{
        Operation::Kind::put, "op-" + id + "-" + now, id, calendar_.id, now, event, {}};
    const auto results = must(crm_->appointment_feed().apply(kPlugin, 0, {put}));
    ASSERT_EQ(results.at(0).status, Code::ok) << results.at(0).message;
  }
  // What the synchronisation writes after it sent an event: facts, names, answers, in its own
  // order.
  void synchronise(const std::string& id) {
    const Json stored = document(id);
    Json written = Json::object({{"facts", Json::object({{"ical_uid", id + "@google.com"},
                                                         {"sequence", 3},
                                                         {"html_link", "https://g.example/"}})}});
    for (const auto& [name, value] : stored.members())
      if (name != "facts") written.set(name, value);
    if (Json* list = written.find("attendees")) {
      std::ranges::reverse(list->mutable_items());
      for (Json& guest : list->mutable_items()) guest.set("partstat", "accepted");
    }
    overwrite(id, written);
  }
  Result<SaveResult> undo(const SaveResult& change) {
    return crm_->appointment_editor().undo(anna_.id, change.undo);
  }
  std::vector<std::string> shown() {
    return lines_of(must(crm_->appointment_queries().occurrences(
        anna_.id, at("2026-02-01T00:00:00Z"), at("2026-06-01T00:00:00Z"))));
  }

  User anna_;
  Calendar calendar_;
};

TEST_F(UndoTest, ChangeOfWhatFollowsIsTakenBackAfterBothPartsWereSynchronised) {
  const auto before = shown();
  const SaveResult changed = edit("series", Scope::following, "2026-03-16T08:00:00Z",
                                  json(R"({"location":"Room 2","summary":"New"})"));
  synchronise("series");
  synchronise(changed.new_id);
  must(undo(changed));
  EXPECT_EQ(shown(), before);
  const Json series = document("series");
  EXPECT_EQ(series["facts"].string("ical_uid"), "series@google.com");
  for (const Json& guest : series["attendees"].items())
    EXPECT_EQ(guest.string("partstat"), "accepted") << "an answer is not taken back";
}

TEST_F(UndoTest, DeletionOfWhatFollowsIsTakenBackAfterItWasSynchronised) {
  edit("series", Scope::this_one, "2026-03-23T08:00:00Z", json(R"({"summary":"Special"})"));
  const auto before = shown();
  const SaveResult erased = erase_following("series", "2026-03-16T08:00:00Z");
  synchronise("series");
  EXPECT_THAT(shown(), SizeIs(2));
  must(undo(erased));
  EXPECT_EQ(shown(), before);
}

TEST_F(UndoTest, GuestsAreTakenBackOneByOne) {
  const SaveResult changed =
      edit("series", Scope::all, "",
           Json::object({{"attendees", guests({"b@x.example", "new@x.example"})}}));
  Json now = document("series");
  now.member("attendees").push(json(R"({"email":"google@x.example","partstat":"tentative"})"));
  overwrite("series", now);
  must(undo(changed));
  std::vector<std::string> addresses;
  const Json after = document("series");
  for (const Json& guest : after["attendees"].items()) addresses.push_back(guest.string("email"));
  EXPECT_THAT(addresses,
              ::testing::UnorderedElementsAre("a@x.example", "b@x.example", "google@x.example"));
}

TEST_F(UndoTest, WhatOthersChangedMeanwhileStays) {
  const SaveResult changed = edit("series", Scope::all, "", json(R"({"summary":"Mine"})"));
  overwrite("series", with(document("series"), "location", "Theirs"));
  must(undo(changed));
  EXPECT_EQ(document("series").string("summary"), "Jour fixe");
  EXPECT_EQ(document("series").string("location"), "Theirs");
}

TEST_F(UndoTest, MemberThatWasChangedAgainIsAConflictAndNothingIsTakenBack) {
  const SaveResult changed = edit("series", Scope::all, "", json(R"({"summary":"Mine"})"));
  overwrite("series", with(document("series"), "summary", "Theirs"));
  EXPECT_EQ(code_of(undo(changed)), Code::conflict);
  EXPECT_EQ(document("series").string("summary"), "Theirs");
}

TEST_F(UndoTest, SingleDatesAreTakenBackOneByOne) {
  const SaveResult moved =
      edit("series", Scope::this_one, "2026-03-09T08:00:00Z", json(R"({"location":"Room 1"})"));
  edit("series", Scope::this_one, "2026-03-16T08:00:00Z", json(R"({"location":"Room 2"})"));
  synchronise("series");
  must(undo(moved));
  const Json after = document("series");
  const auto& dates = after["occurrences"].items();
  ASSERT_THAT(dates, SizeIs(1));
  EXPECT_EQ(dates[0]["event"].string("location"), "Room 2");
}

TEST_F(UndoTest, NewAppointmentIsRemovedAlthoughAGuestHasAnswered) {
  const SaveResult made = must(crm_->appointment_editor().create(
      anna_.id, calendar_.id,
      with(timed("New", "2026-03-03T09:00:00+01:00", "2026-03-03T10:00:00+01:00"), "attendees",
           guests({"a@x.example"}))));
  synchronise(made.id);
  must(undo(made));
  EXPECT_EQ(code_of(crm_->appointment_queries().get(anna_.id, made.id)), Code::not_found);
}

}  // namespace
}  // namespace host::test
