// Guests of a series that "this and following" has split: they may have one part, and single
// occurrences of another, whose ids do not say to which part they belong.
#include <gtest/gtest.h>

#include <algorithm>

#include "src/common/net/url.hpp"
#include "tests/unit/emulator/in_process.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

constexpr const char* kEvents = "/calendar/v3/calendars/primary/events";
constexpr const char* kBerta = R"({"attendees":[{"email":"berta@example.com"}]})";

// Anna's daily series of five at 08:00 UTC from 2026-12-01 on, with Berta as a guest.
class GuestParts : public testing::Test {
 protected:
  GuestParts() {
    google.emulator.google().add_account("berta@example.com", "Berta");
    Tokens& tokens = google.emulator.tokens();
    anna = google.token;
    berta = tokens.issue_access("berta@example.com", "test", full_scopes({"calendar"}), "");
    insert("series");
  }

  void insert(const std::string& id) {
    send("POST", kEvents,
         R"({"id":")" + id +
             R"(","start":{"dateTime":"2026-12-01T09:00:00","timeZone":"Europe/Berlin"},)"
             R"("end":{"dateTime":"2026-12-01T10:00:00","timeZone":"Europe/Berlin"},)"
             R"("recurrence":["RRULE:FREQ=DAILY;COUNT=5"],)"
             R"("attendees":[{"email":"berta@example.com"}]})");
  }
  void send(const std::string& method, const std::string& path, const std::string& body) {
    EXPECT_LT(google.call(method, path, body).status, 300) << path << " " << body;
  }
  void patch(const std::string& id, const std::string& change) {
    send("PATCH", std::string(kEvents) + "/" + id, change);
  }
  void on_page(const std::string& id, const std::string& scope, const std::string& change) {
    send("POST", "/_emulator/series",
         R"({"email":"anna@example.com","calendar":"primary","event":")" + id + R"(","scope":")" +
             scope + R"(","change":)" + change + "}");
  }
  void as_berta(const std::string& method, const std::string& id) {
    google.token = berta;
    send(method, std::string(kEvents) + "/" + id, "");
    google.token = anna;
  }
  // Berta's list; items "id" or "-id" when cancelled, in the order of the answer.
  std::vector<std::string> list_of_berta(const std::string& query) {
    google.token = berta;
    std::vector<std::string> items = list_of_anna(query);
    google.token = anna;
    return items;
  }
  std::vector<std::string> list_of_anna(const std::string& query) {
    const Json list = google.json("GET", std::string(kEvents) + query);
    page_token = gcal::net::percent_encode(list.string("nextPageToken"));
    sync_token = gcal::net::percent_encode(list.string("nextSyncToken"));
    std::vector<std::string> items;
    for (const Json& item : list["items"].items())
      items.push_back((item.string("status") == "cancelled" ? "-" : "") + item.string("id"));
    return items;
  }

  InProcess google;
  std::string anna, berta, page_token, sync_token;
};

using Ids = std::vector<std::string>;

TEST_F(GuestParts, OccurrenceWithoutItsPartIsShownOnceBesideAPartWithTheSameStart) {
  on_page("series_20261203T080000Z", "following", R"({"attendees":[]})");
  patch("series_20261203T080000Z", kBerta);
  patch("series", R"({"recurrence":["RRULE:FREQ=DAILY;COUNT=3"]})");
  EXPECT_EQ(list_of_berta("?singleEvents=true&orderBy=startTime"),
            (Ids{"series_20261201T080000Z", "series_20261202T080000Z", "series_20261203T080000Z"}));
}

TEST_F(GuestParts, OccurrenceWithoutItsPartStaysWhenAnotherPartComesBack) {
  on_page("series_20261202T080000Z", "all", R"({"attendees":[]})");
  patch("series_20261203T080000Z", kBerta);
  on_page("series_20261203T080000Z", "following", R"({"summary":"Later"})");
  EXPECT_EQ(list_of_berta("?singleEvents=true"), Ids{"series_20261203T080000Z"});
  patch("series", kBerta);
  const Ids changes = list_of_berta("?singleEvents=true&syncToken=" + sync_token);
  const auto has = [&](const std::string& item) {
    return std::count(changes.begin(), changes.end(), item) > 0;
  };
  EXPECT_TRUE(has("series_20261202T080000Z"));
  EXPECT_FALSE(has("-series_20261203T080000Z"));
}

TEST_F(GuestParts, OccurrenceLeavesTheGuestWithItsPartAlsoWhenADeletedPartHasItsStart) {
  on_page("series_20261203T080000Z", "following", R"({"attendees":[]})");
  as_berta("DELETE", "series");
  patch("series_20261203T080000Z", kBerta);
  patch("series", R"({"recurrence":["RRULE:FREQ=DAILY;COUNT=5"]})");
  ASSERT_EQ(list_of_berta(""), Ids{"series_20261203T080000Z"});
  on_page("series_20261203T080000Z", "all",
          R"({"start":{"dateTime":"2026-12-02T20:00:00","timeZone":"Europe/Berlin"},)"
          R"("end":{"dateTime":"2026-12-02T21:00:00","timeZone":"Europe/Berlin"}})");
  EXPECT_EQ(list_of_berta(""), Ids{});
}

TEST_F(GuestParts, ExceptionThatAReturningSeriesLosesIsInTheNextIncrement) {
  send("POST", "/_emulator/behaviour", R"({"exceptions_after_master_change":"reset"})");
  as_berta("DELETE", "series_20261205T080000Z");
  patch("series", R"({"attendees":[]})");
  patch("series", R"({"start":{"dateTime":"2026-11-20T09:00:00","timeZone":"Europe/Berlin"},)"
                  R"("end":{"dateTime":"2026-11-20T10:00:00","timeZone":"Europe/Berlin"}})");
  (void)list_of_berta("");
  patch("series", kBerta);
  EXPECT_EQ(list_of_berta("?syncToken=" + sync_token), (Ids{"series", "-series_20261205T080000Z"}));
}

TEST_F(GuestParts, DeletedEventIsOnALaterPageWhateverItsOrganizerChanges) {
  patch("series", R"({"recurrence":null})");
  insert("abcde");
  patch("abcde", R"({"recurrence":null})");
  (void)list_of_berta("?singleEvents=true");
  as_berta("DELETE", "series");
  as_berta("DELETE", "abcde");
  const std::string changes = "?singleEvents=true&maxResults=1&syncToken=" + sync_token;
  ASSERT_EQ(list_of_berta(changes), Ids{"-abcde"});
  patch("series", R"({"start":{"dateTime":"2026-11-20T09:00:00","timeZone":"Europe/Berlin"},)"
                  R"("end":{"dateTime":"2026-11-20T10:00:00","timeZone":"Europe/Berlin"}})");
  EXPECT_EQ(list_of_berta(changes + "&pageToken=" + page_token), Ids{"-series"});
}

// A token of the fault `stale` may lie between the change of a series and an exception that it
// lost.
TEST_F(GuestParts, LostExceptionIsListedAsTheOccurrenceThatItsSeriesHas) {
  patch("series_20261202T080000Z", R"({"location":"Room"})");
  (void)list_of_anna("?singleEvents=true");
  on_page("series_20261202T080000Z", "all",
          R"({"start":{"dateTime":"2026-12-01T09:00:00","timeZone":"Europe/Berlin"},)"
          R"("end":{"dateTime":"2026-12-01T10:00:00","timeZone":"Europe/Berlin"}})");
  send("POST", "/_emulator/faults",
       R"({"match":{"method":"GET","path":"/calendar/v3/calendars/{calendarId}/events"},)"
       R"("times":1,"effect":{"stale":true}})");
  (void)list_of_anna("?singleEvents=true&syncToken=" + sync_token);
  EXPECT_EQ(list_of_anna("?singleEvents=true&syncToken=" + sync_token),
            Ids{"series_20261202T080000Z"});
}

// A client may know the exception as that of another part.
TEST_F(GuestParts, DeletedPartOfASplitSeriesIsListedWithItsExceptions) {
  on_page("series_20261203T080000Z", "following", R"({"summary":"Later"})");
  patch("series_20261202T080000Z", R"({"location":"Room"})");
  (void)list_of_berta("");
  send("DELETE", std::string(kEvents) + "/series", "");
  EXPECT_EQ(list_of_berta("?syncToken=" + sync_token),
            (Ids{"-series", "-series_20261202T080000Z"}));
  EXPECT_EQ(list_of_berta(""), Ids{"series_R20261203T080000"});
  EXPECT_EQ(list_of_berta("?singleEvents=true").size(), 3U);
}

// Clients drop the exceptions of a series with its tombstone.
TEST(CalendarChanges, OccurrenceKeptWithoutItsSeriesFollowsTheTombstoneOfTheSeries) {
  Calendar calendar;
  calendar.zone = "UTC";
  Event series, kept;
  series.id = "series";
  series.cancelled = true;
  kept.id = "series_20261203T080000Z";
  kept.series = "series";
  kept.orphan = true;
  StoredEvent& tombstone = calendar.put(series);
  calendar.mark_changed(tombstone, 1, true);
  calendar.mark_changed(calendar.put(kept), 2, true);
  calendar.mark_changed(tombstone, 3, true);
  EXPECT_EQ(calendar.changes().rbegin()->second->id, kept.id);
  EXPECT_EQ(calendar.find(kept.id)->stamp, 2);
}

}  // namespace
}  // namespace emulator
