// GoogleSide over scripted answers of the Calendar API.
#include "src/engine/google/google_side.hpp"

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/sync/derived_ids.hpp"
#include "src/engine/sync/feed_item.hpp"
#include "tests/unit/engine/google/client_fixture.hpp"
#include "tests/unit/engine/google/google_json.hpp"
#include "tests/unit/engine/google/side_writing.hpp"

namespace gcal::google {
namespace {

using base::Json;
using calendar::OriginalStart;
using sync::FeedItem;
using sync::Operation;
using namespace std::chrono_literals;

OriginalStart on(int day) {
  return {false, std::chrono::sys_days{std::chrono::year{2025} / 3 / day} + 10h};
}

struct GoogleSideTest : ClientFixture {
  KeptLog log;
  GoogleSide side{client, log, "me@example.com", "Europe/Berlin"};

  // Reads all pages from `cursor` on; `end` receives the last cursor.
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

  Result<sync::Written> apply(Operation operation) { return write_all(side, std::move(operation)); }
  calendar::Series series(bool recurring) {
    auto item = item_from_json(recurring ? master_json("x") : event_json("x"), "UTC");
    return item->series;
  }
  // What a reader of the items holds of the only series.
  static calendar::Series series_of(const std::vector<FeedItem>& items) {
    std::optional<calendar::Series> known;
    for (const FeedItem& item : items)
      if (item.kind != FeedItem::Kind::deleted)  // an event of its own until now
        known = sync::apply_partial(item.has_master || !known ? nullptr : &*known, item);
    return known.value_or(calendar::Series{});
  }
  bool asked(std::size_t request, const char* part) const {
    return http.requests.at(request).url.find(part) != std::string::npos;
  }
};

TEST_F(GoogleSideTest, ListingContinuesAfterAnEmptyPageToTheLastToken) {  // P-05
  http.answers(200, page_with_next({event_json("a")}, "1"));
  http.answers(200, page_with_next({}, "2"));
  http.answers(200, last_page({event_json("b")}, "T"));
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

TEST_F(GoogleSideTest, ExpiredOrDamagedSyncTokenIsGone) {  // P-17
  http.answers(410, error_body("fullSyncRequired"));
  EXPECT_EQ(read("T").error().code, Code::gone);
  http.answers(
      400, R"({"error":{"errors":[{"reason":"invalid","message":"Invalid sync token value."}]}})");
  EXPECT_EQ(read("T").error().code, Code::gone);
}

TEST_F(GoogleSideTest, EveryPageOfAnIncrementSendsTheSyncToken) {  // P-05
  http.answers(200, page_with_next({event_json("a")}, "p 1"));
  http.answers(200, last_page({}, "U"));
  ASSERT_TRUE(read("T=="));
  EXPECT_TRUE(asked(0, "syncToken=T%3D%3D"));
  EXPECT_TRUE(asked(1, "syncToken=T%3D%3D"));
  EXPECT_TRUE(asked(1, "pageToken=p+1") || asked(1, "pageToken=p%201"));
}

TEST_F(GoogleSideTest, ExceptionBeforeItsMasterJoinsTheSeries) {  // P-08
  http.answers(
      200, page_with_next({instance_json("m", "2025-03-25", {{"location", "elsewhere"}})}, "1"));
  http.answers(200, last_page({master_json("m"), cancelled_instance_json("m", "2025-03-26")}, "T"));
  const auto all = read("");
  ASSERT_TRUE(all);
  std::optional<calendar::Series> known;
  for (const FeedItem& item : *all) {
    if (item.kind == FeedItem::Kind::deleted) continue;  // an event of its own until now
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

TEST_F(GoogleSideTest, ChangedMasterIsReadAsAWholeSeriesInOneRequest) {
  http.answers(200, last_page({master_json("m"), instance_json("m", "2025-03-25")}, "U"));
  http.answers(200, last_page({master_json("m"), cancelled_instance_json("m", "2025-03-26")}, "-"));
  const auto all = read("T");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(all->back().id, "m_20250326T100000Z") << "an event of its own until now";
  EXPECT_EQ(all->front().kind, FeedItem::Kind::full);
  // The change of the rule removed the moved one.
  EXPECT_EQ(all->front().series.occurrences.size(), 1u);
  EXPECT_TRUE(asked(1, "iCalUID=m%40google.com"));
  EXPECT_TRUE(asked(1, "showDeleted=true"));
  EXPECT_FALSE(asked(1, "syncToken"));
}

TEST_F(GoogleSideTest, OfASeriesThatComesTwiceInAReadTheNewerCounts) {  // P-05
  const auto exception = [](const char* place) {
    return instance_json("m", "2025-03-25", {{"location", place}});
  };
  const auto named = [](const char* summary) {
    return with_members(master_json("m"), {{"summary", summary}});
  };
  // Edited while its pages are read: in a listing, in an increment, and an exception alone.
  http.answers(200, page_with_next({master_json("m"), exception("old")}, "1"));
  http.answers(200, page_with_next({exception("old")}, "2"));
  http.answers(200, last_page({named("new")}, "T"));
  http.answers(200, last_page({named("new"), exception("new")}, "-"));
  const auto listing = read("");
  ASSERT_TRUE(listing);
  EXPECT_EQ(series_of(*listing).master.summary, "new");
  EXPECT_EQ(series_of(*listing).occurrences.at(on(25)).event.location, "new");
  http.answers(200, page_with_next({master_json("m")}, "1"));
  http.answers(200, last_page({master_json("m"), exception("old")}, "-"));
  http.answers(200, page_with_next({named("newer")}, "2"));
  http.answers(200, last_page({named("newer"), exception("old")}, "-"));
  http.answers(200, last_page({exception("new")}, "U"));
  const auto increment = read("T");
  ASSERT_TRUE(increment);
  EXPECT_EQ(series_of(*increment).master.summary, "newer");
  EXPECT_EQ(series_of(*increment).occurrences.at(on(25)).event.location, "new");
}

TEST_F(GoogleSideTest, SplitSeriesIsReadUnderBothICalUids) {  // P-03
  http.answers(200, last_page({master_json("m_R20250325T100000")}, "U"));
  http.answers(200, last_page({master_json("m_R20250325T100000")}, "-"));
  http.answers(200, last_page({instance_json("m_R20250325T100000", "2025-03-26")}, "-"));
  const auto all = read("T");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->front().series.occurrences.size(), 1u);
  EXPECT_TRUE(asked(1, "iCalUID=m_R20250325T100000%40google.com"));
  EXPECT_TRUE(asked(2, "iCalUID=m%40google.com"));
}

TEST_F(GoogleSideTest, CancelledStubIsADeletion) {  // P-08
  http.answers(200, last_page({cancelled_json("gone")}, "U"));
  const auto all = read("T");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().kind, FeedItem::Kind::deleted);
}

TEST_F(GoogleSideTest, ExceptionOfAnInvisibleSeriesIsAnEventOfItsOwn) {
  http.answers(
      200, last_page({instance_json("m", "2025-03-25"), cancelled_instance_json("m", "2025-03-26")},
                     "U"));
  http.answers(404, error_body("notFound"));
  const auto all = read("T");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[0].id, "m_20250325T100000Z");
  EXPECT_EQ((*all)[0].kind, FeedItem::Kind::full);
  EXPECT_EQ((*all)[1].kind, FeedItem::Kind::deleted);
}

TEST_F(GoogleSideTest, ExceptionOfACancelledMasterDeletesTheSeries) {  // P-08
  http.answers(200, last_page({instance_json("m", "2025-03-25")}, "U"));
  http.answers(200, cancelled_json("m").dump());
  http.answers(200, cancelled_instance_json("m", "2025-03-25").dump());
  const auto all = read("T");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().id, "m");
  EXPECT_EQ(all->front().kind, FeedItem::Kind::deleted);
}

// The account was taken out of the series and stays invited to one of its occurrences.
TEST_F(GoogleSideTest, OccurrenceThatOutlivesItsSeriesBecomesAnEventOfItsOwn) {  // P-01
  http.answers(200, last_page({cancelled_json("m"), instance_json("m", "2025-03-25")}, "U"));
  http.answers(200, cancelled_json("m").dump());
  http.answers(200, instance_json("m", "2025-03-25").dump());
  http.answers(200, cancelled_json("m").dump());
  const auto all = read("T");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->front().id, "m");
  EXPECT_EQ(all->front().kind, FeedItem::Kind::deleted);
  EXPECT_EQ(all->back().id, "m_20250325T100000Z");
  EXPECT_EQ(all->back().kind, FeedItem::Kind::full);
}

// The account was invited to one occurrence and is now invited to the series.
TEST_F(GoogleSideTest, SeriesThatBecomesVisibleEndsTheEventsOfItsOccurrences) {  // P-01
  const Json master = master_json("m");
  http.answers(200, last_page({master, instance_json("m", "2025-03-25")}, "U"));
  http.answers(200, last_page({master, instance_json("m", "2025-03-25")}, "-"));
  const auto increment = read("T");
  http.answers(200, last_page({master, instance_json("m", "2025-03-25")}, "U"));
  const auto listing = read("");
  for (const auto* all : {&increment, &listing}) {
    ASSERT_TRUE(*all);
    ASSERT_EQ((*all)->size(), 2u);
    EXPECT_EQ((*all)->front().id, "m");
    EXPECT_EQ((*all)->back().id, "m_20250325T100000Z");
    EXPECT_EQ((*all)->back().kind, FeedItem::Kind::deleted);
  }
  http.answers(200, instance_json("m", "2025-03-25").dump());
  http.answers(200, master.dump());
  const auto one = support::run_task(side.get("m_20250325T100000Z"));
  ASSERT_TRUE(one);
  EXPECT_EQ(one->kind, FeedItem::Kind::deleted);
}

TEST_F(GoogleSideTest, UnreadableItemIsReportedAndTheOthersArrive) {  // P-06
  http.answers(200,
               last_page({event_json("a"),
                          event_json("bad", {{"start", Json::object()}, {"end", Json::object()}}),
                          event_json("b"), Json::object({{"no", "id"}})},
                         "U"));
  const auto all = read("T");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 2u);
  ASSERT_EQ(unreadable.size(), 1u);
  EXPECT_EQ(unreadable[0].id, "bad");
  EXPECT_FALSE(log.lines.empty());
}

TEST_F(GoogleSideTest, BirthdaysAndWorkingLocationsAreHidden) {  // P-20
  http.answers(200, last_page({event_json("a", {{"eventType", "birthday"}}),
                               event_json("b", {{"eventType", "workingLocation"}}),
                               event_json("c", {{"eventType", "focusTime"}})},
                              "U"));
  const auto all = read("T");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().id, "c");
}

TEST_F(GoogleSideTest, AnswerThatIsNoListIsAnErrorNotAnEmptyCalendar) {  // P-21
  for (const char* body :
       {"{}", R"({"kind":"calendar#event"})", R"({"items":[]})", "<html>", "[]"}) {
    http.answers(200, body);
    EXPECT_EQ(read("").error().code, Code::unavailable) << body;
  }
}

TEST_F(GoogleSideTest, OwnEventIsAdoptedAfterALostInsertAnswer) {  // S-26
  Operation create;
  create.link_id = "abcdefghij";
  create.series = series(false);
  const Json ours = event_json("abcdefghij", {{"extendedProperties", link_property("abcdefghij")}});
  http.fails(Code::timeout);
  http.answers(409, error_body("duplicate"));
  http.answers(200, ours.dump());
  const auto written = apply(create);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(written->id, "abcdefghij");
  const Json sent = *Json::parse(http.requests[0].body);
  EXPECT_EQ(sent.string("id"), "abcdefghij");
  EXPECT_EQ(sent["extendedProperties"]["private"].string("crm_link"), "abcdefghij");
}

TEST_F(GoogleSideTest, ForeignChangedOrDeletedEventIsAConflictOnInsert) {
  Operation create;
  create.link_id = "abcdefghij";
  create.series = series(false);
  for (const Json& found :
       {event_json("abcdefghij"),
        event_json("abcdefghij", {{"extendedProperties", link_property("other")}}),
        event_json("abcdefghij", {{"location", "changed by a user"},
                                  {"extendedProperties", link_property("abcdefghij")}}),
        cancelled_json("abcdefghij")}) {
    http.answers(409, error_body("duplicate"));
    http.answers(200, found.dump());
    EXPECT_EQ(apply(create).error().code, Code::conflict) << found.dump();
  }
}

TEST_F(GoogleSideTest, StaleETagIsAConflictAndOnlyTheChangeWasSent) {
  Operation change;
  change.id = "x";
  change.if_version = "\"1\"";
  change.before = change.series = series(false);
  change.series.master.summary = "new";
  http.answers(412, error_body("conditionNotMet"));
  EXPECT_EQ(apply(change).error().code, Code::conflict);
  EXPECT_EQ(http.requests[0].headers.get("If-Match"), "\"1\"");
  EXPECT_EQ(http.requests[0].body, R"({"summary":"new"})");
  EXPECT_TRUE(asked(0, "sendUpdates=none"));
}

TEST_F(GoogleSideTest, AfterAQuotaErrorTheRestOfTheBatchIsNotSent) {  // P-14
  std::vector<Operation> operations(3);
  for (int i = 0; i < 3; ++i) {
    operations[static_cast<std::size_t>(i)].link_id = "abcdefghi" + std::to_string(i);
    operations[static_cast<std::size_t>(i)].series = series(false);
  }
  http.answers(403, error_body("quotaExceeded"));
  const auto answers = support::run_task(side.apply(operations));
  ASSERT_TRUE(answers);
  ASSERT_EQ(answers->size(), 1u) << "the others were not begun";
  EXPECT_GE(answers->front().error().retry_after, 1h);
  EXPECT_EQ(http.requests.size(), 1u);
}

TEST_F(GoogleSideTest, ForbiddenChangeOfAnInvitationIsDenied) {  // P-25
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

TEST_F(GoogleSideTest, OccurrenceOutsideItsRuleIsInvalid) {  // P-06
  Operation change;
  change.id = "m";
  change.if_version = "\"1\"";
  change.before = change.series = series(true);
  calendar::Occurrence stray;
  stray.event = calendar::occurrence_by_rule(change.before.master, on(31));
  stray.event.summary = "stray";
  change.series.occurrences[on(31)] = stray;
  http.answers(404, error_body("notFound"));
  Json master = master_json("m");
  http.answers(200, master.dump());
  change.if_version = master.string("etag");
  EXPECT_EQ(apply(change).error().code, Code::invalid);
  // The rule was changed at Google meanwhile: the series is read again.
  http.answers(404, error_body("notFound"));
  http.answers(200, master.dump());
  change.if_version = "\"older\"";
  EXPECT_EQ(apply(change).error().code, Code::conflict);
}

TEST_F(GoogleSideTest, ErasingADeletedEventIsGoneOrNotFound) {  // S-29
  Operation erase;
  erase.kind = Operation::Kind::erase;
  erase.id = "x";
  erase.if_version = "\"1\"";
  http.answers(410, error_body("deleted"));
  EXPECT_EQ(apply(erase).error().code, Code::gone);
  http.answers(404, error_body("notFound"));
  EXPECT_EQ(apply(erase).error().code, Code::not_found);
  http.answers(204);
  EXPECT_TRUE(apply(erase));
}

TEST_F(GoogleSideTest, ASeriesThatCannotBeFetchedDoesNotStopItsPage) {  // P-06
  http.answers(200, last_page({master_json("m"), master_json("n")}, "T"));
  for (int i = 0; i < 4; ++i) http.answers(500);
  http.answers(200, last_page({master_json("n")}, "-"));
  const auto page = support::run_task(side.changes("S"));
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->unreadable.size(), 1u);
  EXPECT_EQ(page->unreadable[0].id, "m");
  EXPECT_TRUE(page->unreadable[0].failed);
  ASSERT_EQ(page->items.size(), 1u);
  EXPECT_EQ(page->items[0].id, "n");
}

TEST_F(GoogleSideTest, AnEventThatIsNoJsonIsReportedAndThePageIsRead) {  // P-06
  http.answers(200, R"({"kind":"calendar#events","items":[{"id":"b","summary":"\q"},)" +
                        event_json("a").dump() + R"(],"nextSyncToken":"T"})");
  const auto page = support::run_task(side.changes(""));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->next, "T");
  ASSERT_EQ(page->items.size(), 1u);
  ASSERT_EQ(page->unreadable.size(), 1u);
  EXPECT_EQ(page->unreadable[0].id, "b");
}

}  // namespace
}  // namespace gcal::google
