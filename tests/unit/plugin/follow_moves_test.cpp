// An event that moves at Google between two calendars of an account keeps its appointment.
#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class MovedEvents : public InstallationTest {
 protected:
  MovedEvents() {
    emulated("/load",
             Json::object(
                 {{"accounts", Json::array({Json::object(
                                   {{"email", kMe},
                                    {"name", "Me"},
                                    {"calendars", Json::array({Json::object(
                                                      {{"id", kTeam},
                                                       {"summary", "Team"},
                                                       {"access_role", "owner"},
                                                       {"time_zone", "Europe/Berlin"}})})}})})}}));
    event_ = add_at_google(
        kMe, google_timed("Visit", "2026-03-24T09:00:00+01:00", "2026-03-24T10:00:00+01:00"));
    add_at_google(kTeam, google_day("Fair", "2026-04-01", "2026-04-02"));
    connect({kMe, kTeam}, kMe);
    run();
    run();
  }

  // The id in the CRM of the appointment with this title.
  std::string id_in_crm(const std::string& remote, const std::string& summary) {
    const Json page = must(
        support::run_task(calls_->event_changes(calendar(remote).string("id"), std::string())));
    for (const Json& change : page["changes"].items())
      if (change["document"]["event"].string("summary") == summary) return change.string("id");
    return {};
  }
  void move_at_google(const std::string& from, const std::string& to) {
    google("POST", "/calendars/" + net::percent_encode(from) + "/events/" + event_ +
                       "/move?destination=" + net::percent_encode(to));
    clock_.advance(std::chrono::hours{2});
  }

  std::string event_;
};

TEST_F(MovedEvents, AMovedEventKeepsItsAppointmentInBothDirections) {  // P-22
  const std::string visit = id_in_crm(kMe, "Visit");
  move_at_google(kMe, kTeam);
  http_.forget();
  run();
  EXPECT_THAT(in_crm(kMe), IsEmpty());
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair", "Visit"));
  EXPECT_EQ(id_in_crm(kTeam, "Visit"), visit);

  move_at_google(kTeam, kMe);
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));
  EXPECT_EQ(id_in_crm(kMe, "Visit"), visit);
  EXPECT_EQ(http_.writes(), 0u);

  // It is linked there: changes arrive and a deletion is one.
  google("PATCH", "/calendars/" + net::percent_encode(kMe) + "/events/" + event_,
         Json::object({{"summary", "Renamed"}}));
  clock_.advance(std::chrono::hours{2});
  run();
  EXPECT_EQ(id_in_crm(kMe, "Renamed"), visit);
  google("DELETE", "/calendars/" + net::percent_encode(kMe) + "/events/" + event_);
  clock_.advance(std::chrono::hours{2});
  run();
  EXPECT_THAT(in_crm(kMe), IsEmpty());
}

TEST_F(MovedEvents, OnlyOneOfTheTwoCalendarsIsDueWhenTheEventMoves) {  // P-22
  for (const bool source_is_due : {true, false}) {
    const std::string visit = id_in_crm(kMe, "Visit");
    move_at_google(kMe, kTeam);
    const base::Instant later = clock_.now() + std::chrono::hours{5};
    memory_.pairs[pair(source_is_due ? kTeam : kMe).id].due_at = later;
    run();
    EXPECT_EQ(id_in_crm(kTeam, "Visit"), visit) << source_is_due;
    EXPECT_THAT(in_crm(kMe), IsEmpty()) << source_is_due;
    move_at_google(kTeam, kMe);
    run();
    ASSERT_EQ(id_in_crm(kMe, "Visit"), visit) << source_is_due;
  }
}

TEST_F(MovedEvents, CalendarThatTookAChangedEventIsPlannedAtOnce) {  // P-22
  move_at_google(kMe, kTeam);
  run();
  google("PATCH", "/calendars/" + net::percent_encode(kTeam) + "/events/" + event_,
         Json::object({{"summary", "Changed"}}));
  move_at_google(kTeam, kMe);
  memory_.pairs[pair(kMe).id].due_at = clock_.now() + std::chrono::hours{5};
  const RunOutcome outcome = run();
  ASSERT_TRUE(outcome.next);
  EXPECT_LE(*outcome.next, clock_.now() + std::chrono::seconds{1});
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Changed"));
}

TEST_F(MovedEvents, AnEventThatMovesAndReturnsStaysOnce) {  // P-22
  move_at_google(kMe, kTeam);
  move_at_google(kTeam, kMe);
  run();
  const std::string visit = id_in_crm(kMe, "Visit");
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
  EXPECT_FALSE(visit.empty());
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));
}

// The other calendar is the new default in the run that learns of the move, and the CRM holds an
// edit of the appointment that Google does not have.
TEST_F(MovedEvents, AnEditedEventMovesIntoTheCalendarThatBecomesTheDefault) {  // P-22
  const std::string visit = id_in_crm(kMe, "Visit");
  const Json document =
      must(support::run_task(calls_->events(std::vector<std::string>{visit}))).front();
  must(crm_->appointment_editor().edit(user_.id, visit, document.string("revision"),
                                       host::Scope::all, std::nullopt,
                                       Json::object({{"summary", "Edited"}})));
  change([](settings::AccountConfig& config) { config.default_calendar = kTeam; });
  move_at_google(kMe, kTeam);
  run();
  run();
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Edited", "Fair"));
  EXPECT_THAT(in_crm(kMe), IsEmpty());
  EXPECT_EQ(id_in_crm(kTeam, "Edited"), visit);
  EXPECT_THAT(at_google(kTeam), ElementsAre("Edited", "Fair"));
  EXPECT_THAT(at_google(kMe), IsEmpty());
}

// The write of the edit does not find the event, before any reading tells that it moved.
TEST_F(MovedEvents, AnEditThatDoesNotFindItsEventFollowsItsMove) {  // P-22
  const std::string visit = id_in_crm(kMe, "Visit");
  const Json document =
      must(support::run_task(calls_->events(std::vector<std::string>{visit}))).front();
  must(crm_->appointment_editor().edit(user_.id, visit, document.string("revision"),
                                       host::Scope::all, std::nullopt,
                                       Json::object({{"summary", "Edited"}})));
  move_at_google(kMe, kTeam);
  for (const char* calendar : {kMe, kTeam})
    memory_.pairs[pair(calendar).id].due_at = clock_.now() + std::chrono::hours{5};
  run();
  EXPECT_THAT(at_google(kMe), IsEmpty());
  EXPECT_THAT(in_crm(kMe), IsEmpty());
  clock_.advance(std::chrono::hours{6});
  run();
  EXPECT_THAT(in_crm(kTeam), testing::SizeIs(2));
  EXPECT_THAT(at_google(kTeam), testing::SizeIs(2));
  EXPECT_THAT(at_google(kMe), IsEmpty());
}

// The other calendar is the default, which is read before the copies of this one are restored.
TEST_F(MovedEvents, WhatWasDoneToACopyWhileDisconnectedDoesNotMoveAlong) {  // P-22, PD-14
  move_at_google(kMe, kTeam);
  run();
  const std::string visit = id_in_crm(kTeam, "Visit");
  must(crm_->accounts().set_state(account_, "disconnected"));
  run();
  const Json document =
      must(support::run_task(calls_->events(std::vector<std::string>{visit}))).front();
  must(crm_->appointment_editor().edit(user_.id, visit, document.string("revision"),
                                       host::Scope::all, std::nullopt,
                                       Json::object({{"summary", "Edited"}})));
  move_at_google(kTeam, kMe);
  connect({kMe, kTeam}, kMe);
  accesses_->forget(account_);
  change([](settings::AccountConfig& config) { config.draft = "draft-2"; });
  run();
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("Visit"));
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
  EXPECT_EQ(id_in_crm(kMe, "Visit"), visit);
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));
}

// The edit from before keeps the event, and the deletion of the copy counts for nothing. Both are
// of the one appointment, which is where its event is.
TEST_F(MovedEvents, ACopyDeletedWhileDisconnectedComesBackWhereItsEventIs) {  // P-22, PD-14
  change([](settings::AccountConfig& config) { config.two_way = {kTeam}; });
  move_at_google(kMe, kTeam);
  run();
  const std::string visit = id_in_crm(kTeam, "Visit");
  const auto revision = [&] {
    return must(support::run_task(calls_->events(std::vector<std::string>{visit})))
        .front()
        .string("revision");
  };
  must(crm_->appointment_editor().edit(user_.id, visit, revision(), host::Scope::all, std::nullopt,
                                       Json::object({{"summary", "Edited"}})));
  must(crm_->accounts().set_state(account_, "disconnected"));
  run();
  must(crm_->appointment_editor().erase(user_.id, visit, revision(), host::Scope::all, {}));
  move_at_google(kTeam, kMe);
  connect({kMe, kTeam}, kMe);
  accesses_->forget(account_);
  change([](settings::AccountConfig& config) { config.draft = "draft-2"; });
  run();
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("Edited"));
  EXPECT_THAT(in_crm(kMe), ElementsAre("Edited"));
  EXPECT_THAT(at_google(kTeam), ElementsAre("Fair"));
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));
}

// There it left a link and its event; that it went away is no deletion.
TEST_F(MovedEvents, AnAppointmentThatMovesBackIntoAFormerDefaultIsThereOnce) {  // P-22, D-01
  const std::string visit = id_in_crm(kMe, "Visit");
  change([](settings::AccountConfig& config) { config.default_calendar = kTeam; });
  run();
  clock_.advance(std::chrono::hours{2});
  run();
  ASSERT_EQ(id_in_crm(kTeam, "Visit"), visit);
  change([](settings::AccountConfig& config) { config.default_calendar.clear(); });
  run();
  google("DELETE", "/calendars/" + net::percent_encode(kMe) + "/events/" + event_);
  const Json page = google("GET", "/calendars/" + net::percent_encode(kTeam) + "/events?q=Visit");
  event_ = page["items"].items().at(0).string("id");
  move_at_google(kTeam, kMe);
  for (int i = 0; i < 3; ++i) {
    run();
    clock_.advance(std::chrono::hours{2});
  }
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
  EXPECT_EQ(id_in_crm(kMe, "Visit"), visit);
  EXPECT_THAT(at_google(kMe), ElementsAre("Visit"));
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));
}

// Like an edit that the deleting user has not seen.
TEST_F(MovedEvents, ADeletionThatHasNotSeenTheMoveDoesNotDeleteTheEvent) {  // P-22
  const std::string visit = id_in_crm(kMe, "Visit");
  const Json document =
      must(support::run_task(calls_->events(std::vector<std::string>{visit}))).front();
  move_at_google(kMe, kTeam);
  must(crm_->appointment_editor().erase(user_.id, visit, document.string("revision"),
                                        host::Scope::all, std::nullopt));
  run();
  run();
  EXPECT_THAT(at_google(kTeam), ElementsAre("Fair", "Visit"));
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair", "Visit"));
  EXPECT_THAT(at_google(kMe), IsEmpty());
  EXPECT_THAT(in_crm(kMe), IsEmpty());
}

// The edit is an act of its own, although the one before it was mailed.
TEST_F(MovedEvents, AnEditThatWaitsForItsUndoIsMailedAfterTheMove) {  // P-13, P-22
  change([](settings::AccountConfig& config) { config.two_way = {kTeam}; });
  Json plan = host::test::timed("Plan", "2026-03-25T09:00:00+01:00", "2026-03-25T10:00:00+01:00");
  plan.set("attendees", Json::array({Json::object({{"email", "guest@example.com"}})}));
  const std::string id = create_in_crm(plan);
  const auto rename = [&](const char* title) {
    const std::string revision =
        must(crm_->appointment_queries().get(user_.id, id)).document.revision;
    must(crm_->appointment_editor().edit(user_.id, id, revision, host::Scope::all, std::nullopt,
                                         Json::object({{"summary", title}})));
    run();
  };
  run();
  rename("Plan B");
  site_.undo_time = std::chrono::seconds{10};
  rename("Plan C");
  ASSERT_THAT(at_google(kMe), ElementsAre("Plan B", "Visit"));
  const Json held = google("GET", "/calendars/" + net::percent_encode(kMe) + "/events?q=Plan");
  ASSERT_EQ(held["items"].items().size(), 1u);
  event_ = held["items"].items()[0].string("id");
  move_at_google(kMe, kTeam);
  run();
  run();
  EXPECT_THAT(at_google(kTeam), ElementsAre("Fair", "Plan C"));
  std::vector<std::string> mailed;
  emulator::Request request;
  request.method = "GET";
  request.path = "/_emulator/stats";
  const Json stats = must(Json::parse(google_.handle(request).body));
  for (const Json& mail : stats["mails"].items()) mailed.push_back(mail.string("kind"));
  EXPECT_THAT(mailed, ElementsAre("invitation", "update", "update"));
}

}  // namespace
}  // namespace gcal::plugin::test
