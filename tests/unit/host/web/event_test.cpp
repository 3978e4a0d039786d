// Calendars, occurrences and appointments through the API.
#include "tests/unit/host/web/world.hpp"

namespace host {
namespace {

class Appointments : public WebTest {
 protected:
  static Json timed(const char* start, const char* end) {
    return Json::object(
        {{"summary", "Review"},
         {"start", Json::object({{"date_time", start}, {"time_zone", "Europe/Berlin"}})},
         {"end", Json::object({{"date_time", end}, {"time_zone", "Europe/Berlin"}})}});
  }
  static Json weekly() {
    Json event = timed("2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
    event.set("recurrence", Json::array({"RRULE:FREQ=WEEKLY;COUNT=5"}));
    return event;
  }
  static Json create(Browser& page, Json event) {
    const Reply reply = page.post("/api/events", Json::object({{"event", std::move(event)}}));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.json();
  }
  static std::vector<std::string> starts(
      Browser& page, std::string_view range = "start=2026-03-01&end=2026-05-01") {
    const Reply reply = page.get("/api/occurrences?" + std::string(range));
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::vector<std::string> out;
    const Json rows = reply.json();
    for (const Json& row : rows.items()) out.push_back(row.string("start"));
    return out;
  }
};

using Texts = std::vector<std::string>;

TEST_F(Appointments, OccurrencesKeepTheirLocalHourOverTheClockChange) {
  Browser page = anna();
  create(page, weekly());
  EXPECT_EQ(starts(page),
            (Texts{"2026-03-02T08:00:00Z", "2026-03-09T08:00:00Z", "2026-03-16T08:00:00Z",
                   "2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z"}));
}

TEST_F(Appointments, AllDayEventBelongsOnlyToItsDateInTheViewersZone) {
  Browser page = anna();
  create(page, Json::object({{"summary", "Fair"},
                             {"start", Json::object({{"date", "2026-03-10"}})},
                             {"end", Json::object({{"date", "2026-03-11"}})}}));
  EXPECT_EQ(starts(page, "start=2026-03-10&end=2026-03-11"), (Texts{"2026-03-10"}));
  EXPECT_EQ(starts(page, "start=2026-03-09&end=2026-03-10"), Texts{});
  EXPECT_EQ(starts(page, "start=2026-03-11&end=2026-03-12"), Texts{});
}

TEST_F(Appointments, LongListNamesItsNextPartAndLosesNothing) {
  Browser page = anna();
  const auto in_utc = [](const char* time) {
    return Json::object({{"date_time", time}, {"time_zone", "UTC"}});
  };
  const Json hourly = Json::object({{"summary", "Measure"},
                                    {"start", in_utc("2026-03-02T09:00:00Z")},
                                    {"end", in_utc("2026-03-02T10:00:00Z")},
                                    {"recurrence", Json::array({"RRULE:FREQ=HOURLY;COUNT=6000"})}});
  create(page, hourly);
  constexpr const char* kRange = "start=2026-03-01&end=2027-03-01";
  const Reply first = page.get("/api/occurrences?" + std::string(kRange));
  EXPECT_EQ(first.json().items().size(), 5'000u);
  const std::string link(first.headers.get("Link"));
  ASSERT_TRUE(link.starts_with("</api/occurrences?") && link.ends_with(">; rel=\"next\"")) << link;
  const Reply second = page.get(link.substr(1, link.find('>') - 1));
  EXPECT_EQ(second.json().items().size(), 1'000u) << second.body.substr(0, 200);
  EXPECT_FALSE(second.headers.contains("Link"));
  EXPECT_GT(second.json().items().front().string("start"),
            first.json().items().back().string("start"));
  const Json part = page.get("/api/occurrences?limit=10&" + std::string(kRange)).json();
  EXPECT_EQ(part["items"].items().size(), 10u);
  EXPECT_FALSE(part.string("more").empty());
}

TEST_F(Appointments, BriefRowsLackOnlyWhatIsUsual) {
  Browser page = anna();
  const Json saved = create(page, timed("2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"));
  Json other = timed("2026-03-03T09:00:00+01:00", "2026-03-03T10:00:00+01:00");
  other.set("status", "tentative");
  other.set("location", "Berlin");
  other.set("attendees", Json::array({Json::object({{"email", "petra@example.com"}})}));
  create(page, other);
  constexpr const char* kRange = "start=2026-03-01&end=2026-04-01";
  const Json all = page.get("/api/occurrences?" + std::string(kRange)).json();
  const Json brief = page.get("/api/occurrences?brief=1&" + std::string(kRange)).json();
  ASSERT_EQ(brief.items().size(), 2u);
  EXPECT_EQ(brief.items()[0], Json::object({{"event", saved.string("id")},
                                            {"calendar", all.items()[0].string("calendar")},
                                            {"summary", "Review"},
                                            {"start", "2026-03-02T08:00:00Z"},
                                            {"end", "2026-03-02T09:00:00Z"},
                                            {"time_zone", "Europe/Berlin"}}));
  for (const char* name : {"status", "location", "guests"})
    EXPECT_EQ(brief.items()[1][name], all.items()[1][name]) << name;
  // The next part of a long list is brief as well.
  Json hourly = timed("2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  hourly.set("recurrence", Json::array({"RRULE:FREQ=HOURLY;COUNT=6000"}));
  create(page, hourly);
  const Reply first = page.get("/api/occurrences?brief=1&start=2026-03-01&end=2027-03-01");
  const std::string link(first.headers.get("Link"));
  EXPECT_FALSE(page.get(link.substr(1, link.find('>') - 1)).json().items().back().contains("type"));
}

TEST_F(Appointments, InvalidRangeNamesTheField) {
  Browser page = anna();
  for (const auto& [query, field] :
       {std::pair("start=2026-03-01", "end"), std::pair("start=yesterday&end=2026-03-01", "start"),
        std::pair("start=2026-03-02&end=2026-03-01", "end")}) {
    const Reply reply = page.get(std::string("/api/occurrences?") + query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(reply.json()["error"].string("field"), field) << query;
  }
  EXPECT_EQ(page.get("/api/occurrences?start=1000-01-01&end=2026-01-01").status, 400);
}

TEST_F(Appointments, MovingOneOccurrenceLeavesTheOthersAndCanBeUndone) {
  Browser page = anna();
  const Json saved = create(page, weekly());
  const Json moved = timed("2026-03-10T14:00:00+01:00", "2026-03-10T15:00:00+01:00");
  const Reply reply = page.patch(
      "/api/events/" + saved.string("id"),
      Json::object(
          {{"if_revision", saved.string("revision")},
           {"scope", "this"},
           {"original_start", "2026-03-09T08:00:00Z"},
           {"changes", Json::object({{"start", moved["start"]}, {"end", moved["end"]}})}}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(starts(page)[1], "2026-03-10T13:00:00Z");
  EXPECT_EQ(starts(page).size(), 5u);
  const std::string undo = "/api/undo/" + reply.json().string("undo");
  EXPECT_EQ(page.post(undo).status, 200);
  EXPECT_EQ(starts(page)[1], "2026-03-09T08:00:00Z");
  EXPECT_EQ(page.post(undo).status, 410) << "once only";
}

TEST_F(Appointments, ThisAndFollowingSplitsTheSeries) {
  Browser page = anna();
  const Json saved = create(page, weekly());
  const Json moved = timed("2026-03-16T11:00:00+01:00", "2026-03-16T12:00:00+01:00");
  const Reply reply = page.patch(
      "/api/events/" + saved.string("id"),
      Json::object(
          {{"if_revision", saved.string("revision")},
           {"scope", "following"},
           {"original_start", "2026-03-16T08:00:00Z"},
           {"changes", Json::object({{"start", moved["start"]}, {"end", moved["end"]}})}}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_FALSE(reply.json().string("new_id").empty());
  EXPECT_EQ(starts(page),
            (Texts{"2026-03-02T08:00:00Z", "2026-03-09T08:00:00Z", "2026-03-16T10:00:00Z",
                   "2026-03-23T10:00:00Z", "2026-03-30T09:00:00Z"}));
}

TEST_F(Appointments, ErasedSeriesIsGoneUntilUndone) {
  Browser page = anna();
  Json saved = create(page, weekly());
  const std::string path = "/api/events/" + saved.string("id");
  Reply reply =
      page.patch(path, Json::object({{"if_revision", saved.string("revision")},
                                     {"scope", "all"},
                                     {"changes", Json::object({{"summary", "Planning"}})}}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(page.get(path).json()["event"].string("summary"), "Planning");
  const std::string revision = reply.json().string("revision");
  reply = page.erase(path + "?if_revision=" + revision +
                     "&scope=this&original_start=2026-03-02T08%3A00%3A00Z");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(starts(page).size(), 4u) << page.get(path).body;
  reply =
      page.erase(path + "?if_revision=" + page.get(path).json().string("revision") + "&scope=all");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(page.get(path).status, 404);
  EXPECT_EQ(page.post("/api/undo/" + reply.json().string("undo")).status, 200);
  EXPECT_EQ(starts(page).size(), 4u);
}

TEST_F(Appointments, StaleRevisionIs409WithTheCurrentDocument) {
  Browser page = anna();
  const Json saved = create(page, timed("2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"));
  const std::string path = "/api/events/" + saved.string("id");
  const auto rename = [&](const char* to) {
    return page.patch(path, Json::object({{"if_revision", saved.string("revision")},
                                          {"scope", "all"},
                                          {"changes", Json::object({{"summary", to}})}}));
  };
  ASSERT_EQ(rename("First").status, 200);
  const Reply reply = rename("Second");
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.error_key(), "error.conflict");
  EXPECT_EQ(reply.json()["current"]["event"].string("summary"), "First");
  EXPECT_EQ(page.erase(path + "?if_revision=" + saved.string("revision")).status, 409);
  EXPECT_EQ(page.erase(path).status, 400) << "no revision at all";
}

TEST_F(Appointments, AnotherUsersAppointmentIsReadOnlyAndAPrivateOneMasked) {
  Browser owner = anna(), other = bert();
  Json event = timed("2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  event.set("visibility", "private");
  event.set("description", "salary");
  event.set("attendees", Json::array({Json::object({{"email", "guest@example.com"}})}));
  const Json saved = create(owner, event);
  const std::string path = "/api/events/" + saved.string("id");
  const Reply seen = other.get(path);
  EXPECT_EQ(seen.body.find("Review"), std::string::npos);
  EXPECT_EQ(seen.body.find("salary"), std::string::npos);
  EXPECT_EQ(seen.body.find("guest@"), std::string::npos);
  EXPECT_FALSE(seen.json()["editable"].as_bool());
  const Reply change =
      other.patch(path, Json::object({{"if_revision", saved.string("revision")},
                                      {"scope", "all"},
                                      {"changes", Json::object({{"summary", "Mine"}})}}));
  EXPECT_TRUE(change.status == 403 || change.status == 404) << change.body;
  const Reply erased = other.erase(path + "?if_revision=" + saved.string("revision"));
  EXPECT_TRUE(erased.status == 403 || erased.status == 404) << erased.body;
  EXPECT_EQ(erased.body.find("Review"), std::string::npos);
  EXPECT_EQ(owner.get(path).json()["event"].string("summary"), "Review");
  EXPECT_EQ(starts(other), Texts{});
}

TEST_F(Appointments, InvalidEventNamesTheField) {
  Browser page = anna();
  Json event = timed("2026-03-02T09:00:00+01:00", "2026-03-02T08:00:00+01:00");
  Reply reply = page.post("/api/events", Json::object({{"event", event}}));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.json()["error"].string("field"), "end");
  EXPECT_EQ(page.post("/api/events", Json::object({{"event", "text"}})).status, 400);
  event = weekly();
  event.set("recurrence", Json::array({"RRULE:FREQ=SOMETIMES"}));
  EXPECT_EQ(page.post("/api/events", Json::object({{"event", event}})).status, 400);
}

class CalendarList : public Appointments {
 protected:
  // A calendar that a plugin brought to Anna.
  std::string bring(const char* remote, const char* mode, const char* role = "owner") {
    const std::string user = anna().get("/api/session").json()["user"].string("id");
    auto account = crm->accounts().finish_setup(
        {"", "com.example.diary", user, "sub-1", "Diary", "anna@diary.example", Json::object()});
    if (!account) account = crm->accounts().of_user(user)->front();
    const auto id = crm->plugin_calendars().put(
        "com.example.diary", {account->id, remote, remote, "#112233", role, mode});
    EXPECT_TRUE(id);
    return *id;
  }
};

TEST_F(CalendarList, OnlyAWritableCalendarCanBeTheDefault) {  // S-16
  const std::string read_only = bring("holidays", "view_only", "reader"),
                    writable = bring("work", "two_way");
  Browser page = anna();
  EXPECT_EQ(page.put("/api/calendars/default", Json::object({{"calendar", read_only}})).status,
            400);
  // One that is only shown becomes editable when it becomes the default (PD-11).
  const std::string shown = bring("home", "view_only");
  EXPECT_EQ(page.put("/api/calendars/default", Json::object({{"calendar", shown}})).status, 200);
  EXPECT_EQ(page.put("/api/calendars/default", Json::object({{"calendar", writable}})).status, 200);
  const Json list = page.get("/api/calendars").json();
  ASSERT_EQ(list.items().size(), 4u);
  EXPECT_EQ(list.items()[0].string("id"), writable) << "the default stands first";
  EXPECT_EQ(page.get("/api/accounts").json().items()[0].string("default_calendar"), writable);
}

TEST_F(CalendarList, AppointmentWithoutACalendarGoesToTheDefault) {  // S-21
  const std::string writable = bring("work", "two_way");
  Browser page = anna();
  ASSERT_EQ(page.put("/api/calendars/default", Json::object({{"calendar", writable}})).status, 200);
  const Json saved = create(page, timed("2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"));
  const Json shown = page.get("/api/events/" + saved.string("id")).json();
  EXPECT_EQ(shown.string("calendar"), writable);
  const std::string own =
      crm->calendars().own_of(page.get("/api/session").json()["user"].string("id")).operator*();
  const Reply moved =
      page.patch("/api/events/" + saved.string("id"),
                 Json::object({{"if_revision", saved.string("revision")}, {"calendar", own}}));
  ASSERT_EQ(moved.status, 200) << moved.body;
  EXPECT_EQ(page.get("/api/events/" + moved.json().string("id")).json().string("calendar"), own);
}

TEST_F(CalendarList, HiddenCalendarIsKeptButNotShown) {
  const std::string work = bring("work", "two_way");
  Browser page = anna();
  const Reply made = page.post(
      "/api/events",
      Json::object({{"calendar", work},
                    {"event", timed("2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00")}}));
  ASSERT_EQ(made.status, 201) << made.body;
  ASSERT_EQ(page.patch("/api/calendars/" + work, Json::object({{"visible", false}})).status, 200);
  EXPECT_EQ(starts(page), Texts{});
  ASSERT_EQ(page.patch("/api/calendars/" + work, Json::object({{"visible", true}})).status, 200);
  EXPECT_EQ(starts(page).size(), 1u);
}

TEST_F(CalendarList, AnotherUsersCalendarIs404) {
  const std::string work = bring("work", "two_way");
  Browser other = bert();
  EXPECT_EQ(other.patch("/api/calendars/" + work, Json::object({{"visible", false}})).status, 404);
  EXPECT_EQ(other.put("/api/calendars/default", Json::object({{"calendar", work}})).status, 404);
  const Reply made = other.post(
      "/api/events",
      Json::object({{"calendar", work},
                    {"event", timed("2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00")}}));
  EXPECT_EQ(made.status, 404) << made.body;
  const std::string account = anna().get("/api/accounts").json().items()[0].string("id");
  for (const char* action : {"sync", "pause", "resume"})
    EXPECT_EQ(other.post("/api/accounts/" + account + "/" + action).status, 404) << action;
  EXPECT_EQ(anna().get("/api/accounts").json().items()[0].string("state"), "active");
  EXPECT_TRUE(other.get("/api/accounts").json().items().empty());
}

TEST_F(CalendarList, SyncOfAnAccountRespondsWhenThePluginHasAnswered) {
  bring("work", "two_way");
  PluginAnswer waiting;
  script.sync = [&](const Json& request, PluginAnswer answer) {
    EXPECT_FALSE(request.string("user").empty());
    std::thread([answer = std::move(answer)] {
      answer(std::string(R"({"changed": 3})"));
    }).detach();
  };
  Browser page = anna();
  const std::string path =
      "/api/accounts/" + page.get("/api/accounts").json().items()[0].string("id");
  EXPECT_EQ(page.post(path + "/pause").json().string("state"), "paused");
  EXPECT_EQ(page.post(path + "/resume").json().string("state"), "active");
  EXPECT_EQ(page.post(path + "/sync").json()["changed"].as_integer(), 3);
  script.sync = [](const Json&, PluginAnswer answer) {
    answer(Error{Code::needs_auth, "connect again", {}});
  };
  const Reply reply = page.post(path + "/sync");
  EXPECT_EQ(reply.status, 409) << "401 would send the person to the log-in";
  EXPECT_EQ(reply.json()["error"].string("code"), "needs_auth");
}

}  // namespace
}  // namespace host
