// Jobs with series and their exceptions.
#include "tests/bench/calls/calls.hpp"

namespace gcal::bench {
namespace {

constexpr const char* kDates[] = {"2027-03-01T09:00:00Z", "2027-03-08T09:00:00Z",
                                  "2027-03-15T09:00:00Z", "2027-03-22T09:00:00Z"};

class SeriesJobs : public CallsTest {
 protected:
  static Json weekly(const std::string& summary) {
    Json event = google_timed(summary, kDates[0], "2027-03-01T09:30:00Z");
    event.set("recurrence", Json::array({"RRULE:FREQ=WEEKLY;COUNT=10"}));
    event.member("start").set("timeZone", "UTC");
    event.member("end").set("timeZone", "UTC");
    return event;
  }
  static Json at(const char* start, const char* end) {
    return Json::object({{"start", Json::object({{"date_time", start}, {"time_zone", "UTC"}})},
                         {"end", Json::object({{"date_time", end}, {"time_zone", "UTC"}})}});
  }
  void import_weekly() {
    add_at_google(kMe, weekly("weekly"));
    set_up();
  }
};

TEST_F(SeriesJobs, ImportSeries) {
  for (int i = 0; i < 50; ++i) {
    const std::string id = add_at_google(kMe, weekly("weekly " + std::to_string(i)));
    for (const char* date : {"20270308", "20270315", "20270322", "20270329"})
      patch_at_google(id + "_" + date + "T090000Z", Json::object({{"location", "Room 2"}}));
  }
  begin();
  set_up();
  EXPECT_EQ(in_crm(kMe).size(), 50u);
  finish("import_series", 4);
}

TEST_F(SeriesJobs, OccurrenceMoved) {
  import_weekly();
  edit("weekly", at("2027-03-09T10:00:00Z", "2027-03-09T10:30:00Z"), Scope::this_one, kDates[1]);
  begin();
  settle();
  finish("occurrence_moved", 1);
}

TEST_F(SeriesJobs, OccurrenceCancelled) {
  import_weekly();
  erase("weekly", Scope::this_one, kDates[1]);
  begin();
  settle();
  finish("occurrence_cancelled", 1);
}

TEST_F(SeriesJobs, SeriesMoved) {
  import_weekly();
  edit("weekly", at("2027-03-09T11:00:00Z", "2027-03-09T11:30:00Z"), Scope::this_one, kDates[1]);
  erase("weekly", Scope::this_one, kDates[2]);
  settle();
  edit("weekly", at("2027-03-01T10:00:00Z", "2027-03-01T10:30:00Z"));
  begin();
  settle();
  finish("series_moved", 3, 7);
}

TEST_F(SeriesJobs, ThisAndFollowing) {
  import_weekly();
  edit("weekly", Json::object({{"summary", "new part"}}), Scope::following, kDates[3]);
  begin();
  settle();
  EXPECT_EQ(at_google(kMe), (std::vector<std::string>{"new part", "weekly"}));
  finish("this_and_following", 2);
}

TEST_F(SeriesJobs, OccurrenceMerged) {
  Json event = weekly("weekly");
  event.set("attendees", Json::array({Json::object({{"email", "guest@example.com"}})}));
  const std::string id = add_at_google(kMe, event);
  set_up();
  const Json answer =
      Json::object({{"email", "guest@example.com"}, {"responseStatus", "accepted"}});
  patch_at_google(id + "_20270308T090000Z", Json::object({{"attendees", Json::array({answer})}}));
  edit("weekly", Json::object({{"summary", "renamed"}}), Scope::this_one, kDates[1]);
  notify(kMe);
  begin();
  settle();
  EXPECT_EQ(
      google("GET", "/calendars/primary/events/" + id + "_20270308T090000Z").string("summary"),
      "renamed");
  finish("occurrence_merged", 2, 3);
}

}  // namespace
}  // namespace gcal::bench
