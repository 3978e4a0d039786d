// Google's end over scripted answers and over the emulator's model: the golden cases as far as they
// concern a client.
#include "src/engine/google/google_side.hpp"

#include "src/engine/calendar/diff.hpp"
#include "src/engine/sync/derived_ids.hpp"
#include "tests/unit/engine/google/rig.hpp"

namespace gcal::google {
namespace {

using base::Json;
using calendar::OriginalStart;
using calendar::ZonedTime;
using sync::FeedItem;
using sync::Operation;
using namespace std::chrono_literals;

class KeptLog final : public base::Log {
 public:
  void write(base::Level, std::string_view event, const Json& fields) override {
    lines.push_back(std::string(event) + " " + fields.dump());
  }
  std::vector<std::string> lines;
};

std::string timed(const std::string& id, const std::string& more = "",
                  const std::string& day = "2025-03-24") {
  return R"({"kind":"calendar#event","etag":"\"1\"","id":")" + id + R"(","iCalUID":")" + id +
         R"(@google.com","summary":"s","start":{"dateTime":")" + day +
         R"(T10:00:00Z","timeZone":"UTC"},"end":{"dateTime":")" + day +
         R"(T11:00:00Z","timeZone":"UTC"})" + (more.empty() ? "" : "," + more) + "}";
}

std::string master(const std::string& id) {
  return timed(id, R"("recurrence":["RRULE:FREQ=DAILY;COUNT=5"])");
}

std::string instance(const std::string& series, const std::string& day,
                     const std::string& more = "") {
  const std::string compact = day.substr(0, 4) + day.substr(5, 2) + day.substr(8, 2);
  return timed(series + "_" + compact + "T100000Z",
               R"("recurringEventId":")" + series + R"(","originalStartTime":{"dateTime":")" + day +
                   R"(T10:00:00Z"})" + (more.empty() ? "" : "," + more),
               day);
}

std::string cancelled_instance(const std::string& series, const std::string& day) {
  return R"({"etag":"\"2\"","status":"cancelled","id":")" + series + "_x" + day +
         R"(","recurringEventId":")" + series + R"(","originalStartTime":{"dateTime":")" + day +
         R"(T10:00:00Z"}})";
}

std::string page(std::initializer_list<std::string> items, const std::string& more) {
  std::string text = R"({"kind":"calendar#events","timeZone":"UTC","items":[)";
  for (const std::string& one : items) text += (text.back() == '[' ? "" : ",") + one;
  return text + "]," + more + "}";
}

std::string next(const std::string& token) {
  return R"("nextPageToken":")" + token + "\"";
}
std::string done(const std::string& token) {
  return R"("nextSyncToken":")" + token + "\"";
}

OriginalStart on(int day) {
  return {false, std::chrono::sys_days{std::chrono::year{2025} / 3 / day} + 10h};
}

struct SideTest : Rig {
  KeptLog log;
  GoogleSide side{client, log, "me@example.com", "Europe/Berlin"};

  // All pages of one read.
  Result<std::vector<FeedItem>> read(std::string cursor, std::string* end = nullptr) {
    std::vector<FeedItem> all;
    for (;;) {
      auto result = support::run_task(side.changes(cursor));
      if (!result) return result.error();
      for (FeedItem& item : result->items) all.push_back(std::move(item));
      unreadable.insert(unreadable.end(), result->unreadable.begin(), result->unreadable.end());
      if (end) *end = result->next;
      if (!result->more) return all;
      cursor = result->next;
    }
  }
  std::vector<sync::Unreadable> unreadable;

  Result<sync::Written> apply(Operation operation) {
    std::vector<Operation> one;
    one.push_back(std::move(operation));
    auto answers = support::run_task(side.apply(std::move(one)));
    return std::move(answers->front());
  }
  calendar::Series series(bool recurring) {
    auto item = item_from_json(*Json::parse(recurring ? master("x") : timed("x")), "UTC");
    return item->series;
  }
  bool asked(std::size_t request, const char* part) const {
    return http.requests.at(request).url.find(part) != std::string::npos;
  }
};

TEST_F(
    SideTest,
    P5_Golden1_GivenAnEmptyPageInTheMiddle_WhenListed_ThenAllArriveAndTheTokenIsThatOfTheLastPage) {
  http.answers(200, page({timed("a")}, next("1")));
  http.answers(200, page({}, next("2")));
  http.answers(200, page({timed("b")}, done("T")));
  std::string end;
  const auto all = read("", &end);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 2u);
  EXPECT_EQ(end, "T");
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(asked(i, "singleEvents=false"));
    EXPECT_TRUE(asked(i, "maxResults=2500"));
    EXPECT_FALSE(asked(i, "orderBy"));
    EXPECT_FALSE(asked(i, "timeMin"));
  }
}

TEST_F(SideTest, P17_Golden2_GivenAnExpiredOrDamagedToken_WhenRead_ThenTheCursorIsGone) {
  http.answers(410, R"({"error":{"errors":[{"reason":"fullSyncRequired"}]}})");
  EXPECT_EQ(read("T").error().code, Code::gone);
  http.answers(
      400, R"({"error":{"errors":[{"reason":"invalid","message":"Invalid sync token value."}]}})");
  EXPECT_EQ(read("T").error().code, Code::gone);
}

TEST_F(SideTest, P5_GivenAnIncrementalReadInPages_WhenRead_ThenTheSyncTokenTravelsWithEachPage) {
  http.answers(200, page({timed("a")}, next("p 1")));
  http.answers(200, page({}, done("U")));
  ASSERT_TRUE(read("T=="));
  EXPECT_TRUE(asked(0, "syncToken=T%3D%3D"));
  EXPECT_TRUE(asked(1, "syncToken=T%3D%3D"));
  EXPECT_TRUE(asked(1, "pageToken=p+1") || asked(1, "pageToken=p%201"));
}

TEST_F(SideTest,
       P8_Golden3_GivenAnExceptionBeforeItsMasterAndOnAnotherPage_WhenListed_ThenTheyAreOneSeries) {
  http.answers(200, page({instance("m", "2025-03-25", R"("location":"elsewhere")")}, next("1")));
  http.answers(200, page({master("m"), cancelled_instance("m", "2025-03-26")}, done("T")));
  const auto all = read("");
  ASSERT_TRUE(all);
  std::optional<calendar::Series> known;
  for (const FeedItem& item : *all) {
    ASSERT_EQ(item.id, "m");
    ASSERT_EQ(item.kind, FeedItem::Kind::partial);
    calendar::Series whole = item.has_master ? item.series : *known;
    for (const auto& [start, occurrence] : item.series.occurrences)
      whole.occurrences.insert_or_assign(start, occurrence);
    known = whole;
  }
  ASSERT_TRUE(known);
  EXPECT_EQ(known->occurrences.size(), 2u);
  EXPECT_EQ(known->occurrences.at(on(25)).event.location, "elsewhere");
  EXPECT_TRUE(known->occurrences.at(on(26)).cancelled);
}

TEST_F(
    SideTest,
    Golden3_GivenAChangedMaster_WhenReadIncrementally_ThenTheSeriesIsReadAsItStandsWithOneRequest) {
  http.answers(200, page({master("m"), instance("m", "2025-03-25")}, done("U")));
  http.answers(200, page({master("m"), cancelled_instance("m", "2025-03-26")}, done("-")));
  const auto all = read("T");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().kind, FeedItem::Kind::full);
  EXPECT_EQ(all->front().series.occurrences.size(),
            1u);  // the moved one was undone by the change of the rule
  EXPECT_TRUE(asked(1, "iCalUID=m%40google.com"));
  EXPECT_TRUE(asked(1, "showDeleted=true"));
  EXPECT_FALSE(asked(1, "syncToken"));
}

TEST_F(SideTest,
       P3_GivenASeriesThatWasSplitOff_WhenRead_ThenItsExceptionsAreLookedForUnderBothUids) {
  http.answers(200, page({master("m_R20250325T100000")}, done("U")));
  http.answers(200, page({master("m_R20250325T100000")}, done("-")));
  http.answers(200, page({instance("m_R20250325T100000", "2025-03-26")}, done("-")));
  const auto all = read("T");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->front().series.occurrences.size(), 1u);
  EXPECT_TRUE(asked(1, "iCalUID=m_R20250325T100000%40google.com"));
  EXPECT_TRUE(asked(2, "iCalUID=m%40google.com"));
}

TEST_F(SideTest, P8_Golden4_GivenStubsThatHoldOnlyAnId_WhenRead_ThenTheyAreDeletions) {
  http.answers(200, page({R"({"id":"gone","status":"cancelled"})"}, done("U")));
  const auto all = read("T");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().kind, FeedItem::Kind::deleted);
}

TEST_F(SideTest,
       Golden4_GivenAnOrphanException_WhenItsSeriesIsUnknown_ThenItIsAnAppointmentOfItsOwn) {
  http.answers(
      200, page({instance("m", "2025-03-25"), cancelled_instance("m", "2025-03-26")}, done("U")));
  http.answers(404, R"({"error":{"errors":[{"reason":"notFound"}]}})");
  const auto all = read("T");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[0].id, "m_20250325T100000Z");
  EXPECT_EQ((*all)[0].kind, FeedItem::Kind::full);
  EXPECT_EQ((*all)[1].kind, FeedItem::Kind::deleted);
}

TEST_F(
    SideTest,
    P8_GivenAnExceptionOfACancelledMaster_WhenRead_ThenTheWholeSeriesIsGoneAndNothingIsLeftOver) {
  http.answers(200, page({instance("m", "2025-03-25")}, done("U")));
  http.answers(200, R"({"id":"m","status":"cancelled"})");
  const auto all = read("T");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().id, "m");
  EXPECT_EQ(all->front().kind, FeedItem::Kind::deleted);
}

TEST_F(SideTest, P6_GivenOneBadItemAmongOthers_WhenRead_ThenTheOthersArriveAndTheBadOneIsNamed) {
  http.answers(
      200, page({timed("a"), R"({"id":"bad","start":{},"end":{}})", timed("b"), R"({"no":"id"})"},
                done("U")));
  const auto all = read("T");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 2u);
  ASSERT_EQ(unreadable.size(), 1u);
  EXPECT_EQ(unreadable[0].id, "bad");
  EXPECT_FALSE(log.lines.empty());
}

TEST_F(SideTest, P20_GivenBirthdaysAndPlacesOfWork_WhenRead_ThenTheyAreNotAppointments) {
  http.answers(200, page({timed("a", R"("eventType":"birthday")"),
                          timed("b", R"("eventType":"workingLocation")"),
                          timed("c", R"("eventType":"focusTime")")},
                         done("U")));
  const auto all = read("T");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().id, "c");
}

TEST_F(SideTest, P21_GivenAnswersThatAreNoList_WhenRead_ThenTheyAreErrorsAndNeverAnEmptyCalendar) {
  for (const char* body :
       {"{}", R"({"kind":"calendar#event"})", R"({"items":[]})", "<html>", "[]"}) {
    http.answers(200, body);
    EXPECT_EQ(read("").error().code, Code::unavailable) << body;
  }
}

TEST_F(SideTest, S26_Golden7_GivenALostAnswerToAnInsert_WhenItIsRepeated_ThenOurOwnEventIsAdopted) {
  Operation create;
  create.link_id = "abcdefghij";
  create.series = series(false);
  const std::string ours =
      timed("abcdefghij", R"("extendedProperties":{"private":{"crm_link":"abcdefghij"}})");
  http.fails(Code::timeout);
  http.answers(409, R"({"error":{"errors":[{"reason":"duplicate"}]}})");
  http.answers(200, ours);
  const auto written = apply(create);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(written->id, "abcdefghij");
  const Json sent = *Json::parse(http.requests[0].body);
  EXPECT_EQ(sent.string("id"), "abcdefghij");
  EXPECT_EQ(sent["extendedProperties"]["private"].string("crm_link"), "abcdefghij");
}

TEST_F(
    SideTest,
    Golden7_GivenATakenIdThatIsNotOursOrWasChangedOrDeleted_WhenInserted_ThenTheEngineHasToLook) {
  Operation create;
  create.link_id = "abcdefghij";
  create.series = series(false);
  for (
      const std::string& found :
      {timed("abcdefghij"),
       timed("abcdefghij", R"("extendedProperties":{"private":{"crm_link":"other"}})"),
       timed(
           "abcdefghij",
           R"("location":"a person was quicker","extendedProperties":{"private":{"crm_link":"abcdefghij"}})"),
       std::string(R"({"id":"abcdefghij","status":"cancelled"})")}) {
    http.answers(409, R"({"error":{"errors":[{"reason":"duplicate"}]}})");
    http.answers(200, found);
    EXPECT_EQ(apply(create).error().code, Code::conflict) << found;
  }
}

TEST_F(SideTest,
       Golden8_GivenAStaleVersion_WhenWritten_ThenItIsAConflictAndOnlyTheChangedFieldWasSent) {
  Operation change;
  change.id = "x";
  change.if_version = "\"1\"";
  change.before = change.series = series(false);
  change.series.master.summary = "new";
  http.answers(412, R"({"error":{"errors":[{"reason":"conditionNotMet"}]}})");
  EXPECT_EQ(apply(change).error().code, Code::conflict);
  EXPECT_EQ(http.requests[0].headers.get("If-Match"), "\"1\"");
  EXPECT_EQ(http.requests[0].body, R"({"summary":"new"})");
  EXPECT_TRUE(asked(0, "sendUpdates=none"));
}

TEST_F(SideTest, P14_Golden9_GivenAQuota_WhenSeveralAreWritten_ThenTheRestIsNotTried) {
  std::vector<Operation> operations(3);
  for (int i = 0; i < 3; ++i) {
    operations[static_cast<std::size_t>(i)].link_id = "abcdefghi" + std::to_string(i);
    operations[static_cast<std::size_t>(i)].series = series(false);
  }
  http.answers(403, R"({"error":{"errors":[{"reason":"quotaExceeded"}]}})");
  const auto answers = support::run_task(side.apply(operations));
  ASSERT_TRUE(answers);
  ASSERT_EQ(answers->size(), 3u);
  for (const auto& answer : *answers) EXPECT_GE(answer.error().retry_after, 1h);
  EXPECT_EQ(http.requests.size(), 1u);
}

TEST_F(
    SideTest,
    P25_Golden10_GivenAnAttendeesCopy_WhenItsOrganiserRefuses_ThenItIsDeniedAndGuestsSurviveATitleChange) {
  Operation change;
  change.id = "x";
  change.if_version = "\"1\"";
  calendar::Attendee guest;
  guest.email = "guest@example.com";
  change.before = series(false);
  change.before.master.attendees = {guest};
  change.series = change.before;
  change.series.master.summary = "new";
  http.answers(
      403, R"({"error":{"errors":[{"domain":"calendar","reason":"forbiddenForNonOrganizer"}]}})");
  EXPECT_EQ(apply(change).error().code, Code::denied);
  EXPECT_EQ(http.requests[0].body.find("attendees"), std::string::npos);
}

TEST_F(SideTest,
       P13_GivenASeriesWithChangedOccurrences_WhenItsMasterChangesToo_ThenOnlyOneWriteMails) {
  Operation change;
  change.id = "m";
  change.if_version = "\"1\"";
  change.notify = sync::Notify::guests;
  change.before = change.series = series(true);
  change.series.master.summary = "new";
  change.series.occurrences[on(25)].cancelled = true;
  http.answers(200, master("m"));
  http.answers(200, cancelled_instance("m", "2025-03-25"));
  http.answers(200, master("m"));
  http.answers(200, page({master("m"), cancelled_instance("m", "2025-03-25")}, done("-")));
  const auto written = apply(change);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(written->series.occurrences.size(), 1u);
  EXPECT_TRUE(asked(0, "sendUpdates=all"));
  EXPECT_TRUE(asked(1, "sendUpdates=none"));
  EXPECT_TRUE(asked(1, "/events/m_20250325T100000Z"));
  EXPECT_EQ(http.requests[1].body, R"({"status":"cancelled"})");
}

TEST_F(SideTest,
       P9_GivenAShortenedRule_WhenGoogleKeepsAnExceptionBehindItsEnd_ThenItIsCancelledThere) {
  Operation change;
  change.id = "m";
  change.if_version = "\"1\"";
  change.before = change.series = series(true);
  calendar::Occurrence moved;
  moved.event = occurrence_by_rule(change.before.master, on(27));
  moved.event.location = "elsewhere";
  change.before.occurrences[on(27)] = moved;
  change.series.recurrence = {"RRULE:FREQ=DAILY;UNTIL=20250326T095959Z"};
  const std::string cut = timed("m", R"("recurrence":["RRULE:FREQ=DAILY;UNTIL=20250326T095959Z"])");
  const std::string left = instance("m", "2025-03-27", R"("location":"elsewhere")");
  http.answers(200, cut);  // the patch of the rule
  http.answers(200, cut);  // what is left of the old rule
  http.answers(200, page({cut, left}, done("-")));
  http.answers(200, cancelled_instance("m", "2025-03-27"));
  http.answers(200, cut);
  http.answers(200, page({cut, cancelled_instance("m", "2025-03-27")}, done("-")));
  const auto written = apply(change);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(http.requests[3].body, R"({"status":"cancelled"})");
  EXPECT_TRUE(asked(3, "/events/m_20250327T100000Z"));
}

TEST_F(SideTest,
       P6_GivenAnOccurrenceOutsideItsRule_WhenWritten_ThenItIsRefusedForGoodAndNotTriedForEver) {
  Operation change;
  change.id = "m";
  change.if_version = "\"1\"";
  change.before = change.series = series(true);
  calendar::Occurrence stray;
  stray.event = occurrence_by_rule(change.before.master, on(31));
  stray.event.summary = "stray";
  change.series.occurrences[on(31)] = stray;
  http.answers(404, R"({"error":{"errors":[{"reason":"notFound"}]}})");
  http.answers(200, master("m"));
  EXPECT_EQ(apply(change).error().code, Code::invalid);
}

TEST_F(SideTest, S29_GivenADeletionOfWhatIsGone_WhenErased_ThenTheAnswerSaysSo) {
  Operation erase;
  erase.kind = Operation::Kind::erase;
  erase.id = "x";
  erase.if_version = "\"1\"";
  http.answers(410, R"({"error":{"errors":[{"reason":"deleted"}]}})");
  EXPECT_EQ(apply(erase).error().code, Code::gone);
  http.answers(404, R"({"error":{"errors":[{"reason":"notFound"}]}})");
  EXPECT_EQ(apply(erase).error().code, Code::not_found);
  http.answers(204);
  EXPECT_TRUE(apply(erase));
}

TEST_F(SideTest,
       S30_GivenTheCalendarsOwnWord_WhenAskedWhetherItExists_ThenOnlyCertainKnowledgeIsANo) {
  http.answers(200, R"({"id":"me@example.com"})");
  http.answers(200, page({}, done("-")));
  EXPECT_TRUE(*support::run_task(side.exists()));
  http.answers(404, "{}");
  EXPECT_FALSE(*support::run_task(side.exists()));
  http.answers(200, R"({"id":"me@example.com","deleted":true})");
  EXPECT_FALSE(*support::run_task(side.exists()));
  http.answers(200, R"({"id":"me@example.com"})");
  http.answers(404, "{}");
  EXPECT_FALSE(*support::run_task(side.exists()));
  for (int i = 0; i < 4; ++i) http.answers(500);
  EXPECT_EQ(support::run_task(side.exists()).error().code, Code::unavailable);
}

}  // namespace
}  // namespace gcal::google
