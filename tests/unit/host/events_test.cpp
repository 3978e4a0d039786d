// Appointments as people see and change them: expansion over clock changes, the three scopes, undo,
// the feed, masking, cards.
#include <thread>

#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class EventsTest : public CrmTest {
 protected:
  EventsTest() : anna_(add_user("anna@crm.example")), bert_(add_user("bert@crm.example")) {}

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
  // Mondays 9:00 in Berlin from 16 March 2026, over the change to summer time on the 29th.
  std::string mondays() {
    return must(crm_->appointment_editor().create(
                    anna_.id, "",
                    with(timed("Jour fixe", "2026-03-16T09:00:00+01:00",
                               "2026-03-16T10:00:00+01:00"),
                         "recurrence", rule("RRULE:FREQ=WEEKLY;BYDAY=MO"))))
        .id;
  }
  static Json moved(const std::string& start, const std::string& end) {
    return Json::object(
        {{"start", timed("", start, end)["start"]}, {"end", timed("", start, end)["end"]}});
  }

  User anna_, bert_;
};

TEST_F(EventsTest, SeriesKeepsItsWallClockOverTheClockChange) {
  mondays();
  EXPECT_THAT(shown(anna_, "2026-03-15T00:00:00Z", "2026-04-08T00:00:00Z"),
              ElementsAre("2026-03-16T08:00:00Z Jour fixe", "2026-03-23T08:00:00Z Jour fixe",
                          "2026-03-30T07:00:00Z Jour fixe", "2026-04-06T07:00:00Z Jour fixe"));
}

TEST_F(EventsTest, OccurrenceInASkippedHourMovesForwardOnThatDayOnly) {
  must(crm_->appointment_editor().create(
      anna_.id, "",
      with(timed("Night", "2026-03-28T02:30:00+01:00", "2026-03-28T03:00:00+01:00"), "recurrence",
           rule("RRULE:FREQ=DAILY;COUNT=3"))));
  EXPECT_THAT(shown(anna_, "2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z"),
              ElementsAre("2026-03-28T01:30:00Z Night", "2026-03-29T01:30:00Z Night",
                          "2026-03-30T00:30:00Z Night"));
}

TEST_F(EventsTest, SeriesInARepeatedHourHasOneOccurrencePerDay) {
  must(crm_->appointment_editor().create(
      anna_.id, "",
      with(timed("Night", "2026-10-24T02:30:00+02:00", "2026-10-24T03:00:00+02:00"), "recurrence",
           rule("RRULE:FREQ=DAILY;COUNT=3"))));
  EXPECT_THAT(shown(anna_, "2026-10-23T00:00:00Z", "2026-10-28T00:00:00Z"),
              ElementsAre("2026-10-24T00:30:00Z Night", "2026-10-25T00:30:00Z Night",
                          "2026-10-26T01:30:00Z Night"));
}

TEST_F(EventsTest, SeriesThatStartsInTheSecondRepeatedHourHasOneOccurrenceThatDay) {
  must(crm_->appointment_editor().create(
      anna_.id, "",
      with(timed("Night", "2026-10-25T02:30:00+01:00", "2026-10-25T03:00:00+01:00"), "recurrence",
           rule("RRULE:FREQ=DAILY;COUNT=2"))));
  EXPECT_THAT(shown(anna_, "2026-10-23T00:00:00Z", "2026-10-28T00:00:00Z"),
              ElementsAre("2026-10-25T01:30:00Z Night", "2026-10-26T01:30:00Z Night"));
}

// libical alone counts the weeks wrong, or ignores the positions.
TEST_F(EventsTest, RulesWithWeekStartOrSetPositionGiveTheRightDays) {
  const auto create = [&](const char* name, const char* lines) {
    must(crm_->appointment_editor().create(
        anna_.id, "",
        with(timed(name, "2026-12-04T09:00:00+01:00", "2026-12-04T10:00:00+01:00"), "recurrence",
             rule(lines))));
  };
  create("Weeks", "RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SA;BYDAY=MO,FR;COUNT=3");
  create("Last", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1;UNTIL=20261211T080000Z");
  EXPECT_THAT(shown(anna_, "2026-12-01T00:00:00Z", "2027-01-31T00:00:00Z"),
              UnorderedElementsAre("2026-12-04T08:00:00Z Weeks", "2026-12-14T08:00:00Z Weeks",
                                   "2026-12-18T08:00:00Z Weeks", "2026-12-04T08:00:00Z Last",
                                   "2026-12-11T08:00:00Z Last"));
}

TEST_F(EventsTest, AllDayRangeUsesTheViewersDaysAndAnExclusiveEnd) {
  must(
      crm_->appointment_editor().create(anna_.id, "", all_day("Fair", "2026-05-04", "2026-05-07")));
  EXPECT_THAT(shown(anna_, "2026-05-05T22:00:00Z", "2026-05-06T22:00:00Z"),
              ElementsAre("2026-05-04 Fair"));  // 6 May in Berlin
  EXPECT_THAT(shown(anna_, "2026-05-06T22:00:00Z", "2026-05-07T22:00:00Z"),
              IsEmpty());  // 7 May in Berlin
}

TEST_F(EventsTest, MovingOneOccurrenceLeavesTheOthers) {
  const std::string id = mondays();
  edit(id, Scope::this_one, "2026-03-23T08:00:00Z",
       with(moved("2026-03-24T14:00:00+01:00", "2026-03-24T15:00:00+01:00"), "summary", "Moved"));
  EXPECT_THAT(shown(anna_, "2026-03-15T00:00:00Z", "2026-04-01T00:00:00Z"),
              ElementsAre("2026-03-16T08:00:00Z Jour fixe", "2026-03-24T13:00:00Z Moved",
                          "2026-03-30T07:00:00Z Jour fixe"));
}

TEST_F(EventsTest, ThisAndFollowingSplitsTheSeriesAndTheNewOneHasItsOwnIdentity) {
  const Calendar calendar = add_calendar(add_account(anna_), "primary");
  Json series = with(timed("Jour fixe", "2026-03-16T09:00:00+01:00", "2026-03-16T10:00:00+01:00"),
                     "recurrence", rule("RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4"));
  series.set("facts", json(R"({"ical_uid":"uid-1","sequence":3})"));
  put(calendar, "series", series);
  const SaveResult saved =
      edit("series", Scope::following, "2026-03-30T07:00:00Z", Json::object({{"summary", "New"}}));
  EXPECT_THAT(shown(anna_, "2026-03-15T00:00:00Z", "2026-05-01T00:00:00Z"),
              ElementsAre("2026-03-16T08:00:00Z Jour fixe", "2026-03-23T08:00:00Z Jour fixe",
                          "2026-03-30T07:00:00Z New", "2026-04-06T07:00:00Z New"));
  EXPECT_EQ(must(crm_->appointment_queries().get(anna_.id, saved.new_id))
                .document.event["facts"]
                .string("ical_uid"),
            "");
  EXPECT_EQ(must(crm_->appointment_queries().get(anna_.id, "series"))
                .document.event["facts"]
                .string("ical_uid"),
            "uid-1");
}

TEST_F(EventsTest, MovingASeriesOverTheClockChangeMovesItsExceptions) {
  const std::string id = mondays();
  erase(id, Scope::this_one, "2026-03-23T08:00:00Z");
  edit(id, Scope::all, "2026-04-06T07:00:00Z",
       moved("2026-04-07T10:00:00+02:00", "2026-04-07T11:30:00+02:00"));  // Tuesdays at ten
  EXPECT_THAT(shown(anna_, "2026-03-15T00:00:00Z", "2026-04-09T00:00:00Z"),
              ElementsAre("2026-03-17T09:00:00Z Jour fixe", "2026-03-31T08:00:00Z Jour fixe",
                          "2026-04-07T08:00:00Z Jour fixe"));
}

TEST_F(EventsTest, ErasingThisFollowingOrAllErasesExactlyThose) {
  const std::string id = mondays();
  erase(id, Scope::this_one, "2026-03-23T08:00:00Z");
  erase(id, Scope::following, "2026-04-06T07:00:00Z");
  EXPECT_THAT(shown(anna_, "2026-03-15T00:00:00Z", "2026-05-01T00:00:00Z"),
              ElementsAre("2026-03-16T08:00:00Z Jour fixe", "2026-03-30T07:00:00Z Jour fixe"));
  EXPECT_EQ(
      code_of(crm_->appointment_editor().erase(anna_.id, id, revision(id), Scope::this_one,
                                               must(occurrence_of_key("2026-03-23T08:00:00Z")))),
      Code::invalid);
  erase(id, Scope::all, "2026-03-16T08:00:00Z");
  EXPECT_EQ(code_of(crm_->appointment_queries().get(anna_.id, id)), Code::not_found);
}

TEST_F(EventsTest, StaleRevisionIsAConflict) {
  const std::string id = mondays(), old = revision(id);
  edit(id, Scope::all, "", Json::object({{"summary", "First"}}));
  EXPECT_EQ(code_of(crm_->appointment_editor().edit(anna_.id, id, old, Scope::all, std::nullopt,
                                                    Json::object({{"summary", "Second"}}))),
            Code::conflict);
}

TEST_F(EventsTest, UndoRestoresAnErasedAppointmentUnderAnotherId) {
  const std::string id = mondays();
  const SaveResult erased = erase(id, Scope::all, "2026-03-16T08:00:00Z");
  EXPECT_EQ(code_of(crm_->appointment_editor().undo(bert_.id, erased.undo)), Code::gone);
  const SaveResult back = must(crm_->appointment_editor().undo(anna_.id, erased.undo));
  EXPECT_NE(back.id, id);
  EXPECT_THAT(shown(anna_, "2026-03-15T00:00:00Z", "2026-03-18T00:00:00Z"), SizeIs(1));
  EXPECT_EQ(code_of(crm_->appointment_editor().undo(anna_.id, erased.undo)), Code::gone);
  const SaveResult changed = edit(back.id, Scope::all, "", Json::object({{"summary", "Other"}}));
  clock_.advance(61s);
  EXPECT_EQ(code_of(crm_->appointment_editor().undo(anna_.id, changed.undo)), Code::gone);
}

// The organiser has been answered, and a new copy would belong to no organiser.
TEST_F(EventsTest, DecliningAnInvitationByDeletingItCannotBeUndone) {
  const Calendar calendar = add_calendar(add_account(anna_), "primary");
  Json meeting = with(timed("Meeting", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"),
                      "recurrence", rule("RRULE:FREQ=WEEKLY;COUNT=4"));
  meeting.set("facts", json(R"({"ical_uid":"uid-1","organized_by_self":false})"));
  put(calendar, "invited", meeting);
  for (const Scope scope : {Scope::this_one, Scope::all}) {
    const SaveResult erased = erase("invited", scope, "2026-03-09T08:00:00Z");
    const auto undone = crm_->appointment_editor().undo(anna_.id, erased.undo);
    ASSERT_EQ(code_of(undone), Code::denied);
    EXPECT_EQ(undone.error().message, "event.read_only.declined");
  }
  EXPECT_EQ(code_of(crm_->appointment_queries().get(anna_.id, "invited")), Code::not_found);
}

TEST_F(EventsTest, UnknownMembersSurviveAnEdit) {
  const Calendar calendar = add_calendar(add_account(anna_), "primary");
  put(calendar, "e1",
      with(timed("Meeting", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"),
           "attachments", json(R"([{"title":"x"}])")));
  edit("e1", Scope::all, "", Json::object({{"summary", "Renamed"}}));
  EXPECT_EQ(must(crm_->appointment_queries().get(anna_.id, "e1")).document.event["attachments"],
            json(R"([{"title":"x"}])"));
}

// The feed promises: after a page nothing becomes visible before its cursor, even if others write
// at the same time.
TEST_F(EventsTest, FeedMissesNoChangeOfConcurrentWriters) {
  const Calendar calendar = add_calendar(add_account(anna_), "primary");
  constexpr int kWriters = 4, kEach = 25;
  std::vector<std::thread> writers;
  std::atomic<int> running{kWriters};
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < kEach; ++i)
        put(calendar, "w" + std::to_string(w) + "-" + std::to_string(i),
            timed("x", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"));
      --running;
    });
  }
  std::set<std::string> seen;
  std::string cursor;
  while (true) {
    const bool last = running == 0;
    FeedPage page;
    do {
      page = must(crm_->appointment_feed().changes(kPlugin, calendar.id, cursor, 7));
      for (const auto& entry : page.changes)
        EXPECT_TRUE(seen.insert(entry.id).second) << entry.id << " came twice";
      cursor = page.cursor;
    } while (page.more);
    if (last) break;
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kWriters * kEach));
}

TEST_F(EventsTest, CursorOlderThanThePurgedTombstonesIsGone) {
  const Calendar calendar = add_calendar(add_account(anna_), "primary");
  put(calendar, "e1", timed("x", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"));
  const std::string old =
      must(crm_->appointment_feed().changes(kPlugin, calendar.id, "", 10)).cursor;
  must(crm_->appointment_editor().erase(anna_.id, "e1", revision("e1"), Scope::all, std::nullopt));
  const std::string fresh =
      must(crm_->appointment_feed().changes(kPlugin, calendar.id, old, 10)).cursor;
  clock_.advance(std::chrono::hours(24 * 91));
  must(crm_->appointment_feed().purge());
  EXPECT_EQ(code_of(crm_->appointment_feed().changes(kPlugin, calendar.id, old, 10)), Code::gone);
  EXPECT_THAT(must(crm_->appointment_feed().changes(kPlugin, calendar.id, fresh, 10)).changes,
              IsEmpty());
}

// PD-13: another user's private appointment shows only its times, wherever it appears.
TEST_F(EventsTest, PrivateAppointmentShowsOnlyItsTimesToOtherUsers) {
  const Record lead = add_lead("Lead", "lead@customers.example");
  const Json secret =
      with(with(timed("Doctor", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"),
                "visibility", "private"),
           "attendees", guests({"lead@customers.example"}));
  const std::string id = must(crm_->appointment_editor().create(anna_.id, "", secret)).id;
  const auto rows = must(crm_->appointment_queries().occurrences(
      bert_.id, at("2026-03-01T00:00:00Z"), at("2026-03-03T00:00:00Z"), own_calendar(anna_).id));
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_TRUE(rows[0].masked);
  EXPECT_EQ(rows[0].summary + rows[0].location + rows[0].ical_uid, "");
  EXPECT_THAT(rows[0].guests, IsEmpty());
  const EventPage page = must(crm_->appointment_queries().get(bert_.id, id));
  EXPECT_TRUE(page.masked);
  EXPECT_FALSE(page.permission.editable);
  EXPECT_EQ(page.to_json().dump().find("Doctor"), std::string::npos);
  EXPECT_EQ(page.to_json().dump().find("lead@customers.example"), std::string::npos);
  EXPECT_THAT(must(crm_->appointment_queries().card(bert_.id, RecordKind::lead, lead.id)).upcoming,
              IsEmpty());
  EXPECT_THAT(must(crm_->appointment_queries().card(anna_.id, RecordKind::lead, lead.id)).upcoming,
              SizeIs(1));
}

TEST_F(EventsTest, OnlyThePrivateOccurrenceOfAnOpenSeriesIsMasked) {
  const std::string id = mondays();
  must(crm_->calendars().set_sharing(anna_.id, own_calendar(anna_).id, "details"));
  edit(id, Scope::this_one, "2026-03-23T08:00:00Z",
       json(R"({"visibility":"private","summary":"Doctor"})"));
  const auto rows = must(crm_->appointment_queries().occurrences(
      bert_.id, at("2026-03-15T00:00:00Z"), at("2026-03-31T00:00:00Z"), own_calendar(anna_).id));
  EXPECT_THAT(lines_of(rows),
              ElementsAre("2026-03-16T08:00:00Z Jour fixe", "2026-03-23T08:00:00Z (masked)",
                          "2026-03-30T07:00:00Z Jour fixe"));
  EXPECT_EQ(must(crm_->appointment_queries().get(bert_.id, id)).to_json().dump().find("Doctor"),
            std::string::npos);
}

// S-22, S-23: every record with the address has the appointment on its card, in step with later
// changes.
TEST_F(EventsTest, CardsOfLeadsAndContactsFollowTheAppointment) {  // S-23
  const Record lead = add_lead("Lead", "shared@customers.example"),
               contact = add_contact("Contact", "Shared@customers.example"),
               other = add_lead("Other", "other@customers.example");
  const auto card = [&](RecordKind kind, const Record& record) {
    return lines_of(must(crm_->appointment_queries().card(anna_.id, kind, record.id)).upcoming);
  };
  const std::string id =
      must(
          crm_->appointment_editor().create(
              anna_.id, "",
              with(timed("Visit", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"),
                   "attendees", guests({" SHARED@customers.example", "nobody@customers.example"}))))
          .id;
  EXPECT_THAT(card(RecordKind::lead, lead), ElementsAre("2026-03-02T08:00:00Z Visit"));
  EXPECT_THAT(card(RecordKind::contact, contact), ElementsAre("2026-03-02T08:00:00Z Visit"));
  EXPECT_THAT(card(RecordKind::lead, other), IsEmpty());
  edit(id, Scope::all, "",
       Json::object({{"attendees", guests({"other@customers.example"})}, {"summary", "Call"}}));
  EXPECT_THAT(card(RecordKind::lead, lead), IsEmpty());
  EXPECT_THAT(card(RecordKind::lead, other), ElementsAre("2026-03-02T08:00:00Z Call"));
  must(crm_->appointment_editor().erase(anna_.id, id, revision(id), Scope::all, std::nullopt));
  EXPECT_THAT(card(RecordKind::lead, other), IsEmpty());
}

// PD-07: a record that is created later receives the earlier appointments.
TEST_F(EventsTest, LeadCreatedLaterHasTheAppointmentOnItsCard) {  // S-22
  must(crm_->appointment_editor().create(
      anna_.id, "",
      with(timed("Visit", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"), "attendees",
           guests({"late@customers.example"}))));
  const Record lead = add_lead("Late", "late@customers.example");
  EXPECT_THAT(must(crm_->appointment_queries().card(anna_.id, RecordKind::lead, lead.id)).upcoming,
              SizeIs(1));
}

// PD-15: copies of one meeting at several users are one row, preferably the viewer's own.
TEST_F(EventsTest, CopiesOfAMeetingAreOneRowOfTheCardTheViewersOwn) {
  const Record lead = add_lead("Lead", "lead@customers.example");
  const Calendar of_anna = add_calendar(add_account(anna_), "a"),
                 of_bert = add_calendar(add_account(bert_), "b");
  Json meeting = with(timed("Meeting", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"),
                      "attendees", guests({"lead@customers.example"}));
  meeting.set("facts", json(R"({"ical_uid":"uid-1","organized_by_self":true})"));
  const LinkedRecords linked{{lead.id}, {}};
  put(of_anna, "organiser", meeting, linked);
  meeting.set("facts", json(R"({"ical_uid":"uid-1","organized_by_self":false})"));
  put(of_bert, "guest", meeting, linked);
  meeting.set("facts", json(R"({"ical_uid":"uid-2"})"));
  put(of_bert, "different", meeting, linked);
  const auto ids = [&](const User& viewer) {
    std::vector<std::string> out;
    for (const auto& row :
         must(crm_->appointment_queries().card(viewer.id, RecordKind::lead, lead.id)).upcoming)
      out.push_back(row.event);
    return out;
  };
  EXPECT_THAT(ids(bert_), ElementsAre("different", "guest"));
  EXPECT_THAT(ids(anna_), ElementsAre("different", "organiser"));
  EXPECT_THAT(ids(add_user("third@crm.example")), ElementsAre("different", "organiser"));
}

TEST_F(EventsTest, CardSeparatesPastFromUpcomingAndCountsThePast) {
  const Record lead = add_lead("Lead", "lead@customers.example");
  clock_.set("2026-04-01T00:00:00Z");
  must(crm_->appointment_editor().create(
      anna_.id, "",
      with(with(timed("Weekly", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"),
                "attendees", guests({"lead@customers.example"})),
           "recurrence", rule("RRULE:FREQ=WEEKLY;COUNT=8"))));
  const Card card =
      must(crm_->appointment_queries().card(anna_.id, RecordKind::lead, lead.id, 2, 3));
  EXPECT_THAT(lines_of(card.upcoming),
              ElementsAre("2026-04-06T07:00:00Z Weekly", "2026-04-13T07:00:00Z Weekly"));
  EXPECT_THAT(lines_of(card.past),
              ElementsAre("2026-03-30T07:00:00Z Weekly", "2026-03-23T08:00:00Z Weekly",
                          "2026-03-16T08:00:00Z Weekly"));
  EXPECT_EQ(card.past_total, 5);
}

// S-30: the copies of a calendar that vanished stay, can be edited, and take no new appointments.
TEST_F(EventsTest, AppointmentsOfAGoneCalendarAreEditable) {  // S-30
  const Calendar calendar = add_calendar(add_account(anna_), "holidays", "reader", "view_only");
  const Json event = timed("Copy", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  put(calendar, "e1", event);
  EXPECT_EQ(must(crm_->appointment_queries().get(anna_.id, "e1")).permission.reason,
            "event.read_only.calendar");
  EXPECT_EQ(
      code_of(crm_->appointment_editor().edit(anna_.id, "e1", revision("e1"), Scope::all,
                                              std::nullopt, Json::object({{"summary", "x"}}))),
      Code::denied);
  must(crm_->plugin_calendars().set_state(kPlugin, calendar.id, "gone"));
  EXPECT_EQ(must(crm_->appointment_queries().get(anna_.id, "e1")).source, "gone");
  edit("e1", Scope::all, "", Json::object({{"summary", "Mine now"}}));
  EXPECT_THAT(shown(anna_, "2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z"),
              ElementsAre("2026-03-02T08:00:00Z Mine now"));
  EXPECT_EQ(code_of(crm_->appointment_editor().create(anna_.id, calendar.id, event)), Code::denied);
  EXPECT_EQ(code_of(crm_->plugin_calendars().set_default(anna_.id, calendar.id)), Code::invalid);
}

// S-16: a calendar that cannot be written is no default.  S-21: the default takes new appointments.
TEST_F(EventsTest, NewAppointmentsUseTheDefaultCalendarUntilItIsGone) {  // S-21
  const Account account = add_account(anna_);
  const Calendar work = add_calendar(account, "primary"),
                 holidays = add_calendar(account, "holidays", "reader", "view_only");
  EXPECT_EQ(code_of(crm_->plugin_calendars().set_default(anna_.id, holidays.id)), Code::invalid);
  must(crm_->plugin_calendars().set_default(anna_.id, work.id));
  const Json event = timed("New", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  const auto home_of_new = [&] {
    return must(crm_->appointment_queries().get(
                    anna_.id, must(crm_->appointment_editor().create(anna_.id, "", event)).id))
        .document.calendar;
  };
  EXPECT_EQ(home_of_new(), work.id);
  must(crm_->plugin_calendars().set_state(kPlugin, work.id, "gone"));
  EXPECT_EQ(home_of_new(), own_calendar(anna_).id);
}

TEST_F(EventsTest, ChangingAnotherUsersAppointmentIsDenied) {
  const std::string id = mondays();
  EXPECT_EQ(
      code_of(crm_->appointment_editor().edit(bert_.id, id, revision(id), Scope::all, std::nullopt,
                                              Json::object({{"summary", "x"}}))),
      Code::denied);
  EXPECT_EQ(code_of(crm_->appointment_editor().erase(bert_.id, id, revision(id), Scope::all,
                                                     std::nullopt)),
            Code::denied);
  EXPECT_EQ(code_of(crm_->appointment_editor().create(
                bert_.id, own_calendar(anna_).id,
                timed("x", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"))),
            Code::not_found);
}

TEST_F(EventsTest, HostileRulesAreRefusedOrBounded) {
  const Json event = timed("x", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  for (const char* wrong :
       {"RRULE:FREQ=SOMETIMES", "RRULE:FREQ=DAILY;COUNT=1;UNTIL=20270101T000000Z",
        "RRULE:FREQ=DAILY;INTERVAL=0", "RRULE", "DTSTART:20260101", "RRULE:FREQ=SECONDLY;BYHOUR=1",
        "RRULE:FREQ=MONTHLY;BYDAY=-55555555FR"}) {
    EXPECT_EQ(code_of(crm_->appointment_editor().create(anna_.id, "",
                                                        with(event, "recurrence", rule(wrong)))),
              Code::invalid)
        << wrong;
  }
  must(crm_->appointment_editor().create(anna_.id, "",
                                         with(event, "recurrence", rule("RRULE:FREQ=SECONDLY"))));
  EXPECT_LE(must(crm_->appointment_queries().occurrences(anna_.id, at("2026-03-01T00:00:00Z"),
                                                         at("2027-03-01T00:00:00Z")))
                .size(),
            20'000u);
}

// libical alone looks for seconds until it gives up on these.
TEST_F(EventsTest, RuleThatNeverMatchesHasOnlyItsFirstOccurrence) {
  const Json event = timed("x", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  for (const char* never :
       {"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=2", "RRULE:FREQ=MONTHLY;BYDAY=5FR;BYMONTHDAY=1"})
    must(crm_->appointment_editor().create(anna_.id, "", with(event, "recurrence", rule(never))));
  EXPECT_EQ(must(crm_->appointment_queries().occurrences(anna_.id, at("2026-03-01T00:00:00Z"),
                                                         at("2027-03-01T00:00:00Z")))
                .size(),
            4u);
}

// libical 3.0 alone leaves out the first of these Sundays.
TEST_F(EventsTest, EverySecondSundayFromAMondayCountsTheFirstWeek) {
  const Json event = timed("x", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  must(crm_->appointment_editor().create(
      anna_.id, "", with(event, "recurrence", rule("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU"))));
  EXPECT_EQ(must(crm_->appointment_queries().occurrences(anna_.id, at("2026-03-08T00:00:00Z"),
                                                         at("2026-03-09T00:00:00Z")))
                .size(),
            1u);
  EXPECT_EQ(must(crm_->appointment_queries().occurrences(anna_.id, at("2026-03-15T00:00:00Z"),
                                                         at("2026-03-16T00:00:00Z")))
                .size(),
            0u);
  EXPECT_EQ(must(crm_->appointment_queries().occurrences(anna_.id, at("2026-03-22T00:00:00Z"),
                                                         at("2026-03-23T00:00:00Z")))
                .size(),
            1u);
}

}  // namespace
}  // namespace host::test
