// iCalendar files as --load reads them: what an event of Google's is made of each kind, and what
// the load report names. tests/e2e/ics_files.test.mjs compares the instances of 300 files with
// other readers; here is what they do not show.
#include <gtest/gtest.h>

#include <algorithm>

#include "src/emulator/load/world.hpp"
#include "tests/unit/emulator/in_process.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

// One file in a calendar of its own; the account's zone is Europe/Berlin.
class LoadIcs : public ::testing::Test {
 protected:
  LoadReport load(const std::string& text) {
    LoadReport report =
        load_ics(google_.emulator.google(), "anna@example.com", "x.ics", text, false);
    const Json list = google_.json("GET", "/calendar/v3/users/me/calendarList");
    calendar_ = list["items"].items().back().string("id");
    return report;
  }
  // The VEVENTs between the lines of a calendar.
  LoadReport load_events(const std::string& events, const std::string& before = "") {
    return load("BEGIN:VCALENDAR\r\n" + before + events + "END:VCALENDAR\r\n");
  }

  Json get(const std::string& more) {
    return google_.json("GET", "/calendar/v3/calendars/" + calendar_ + "/events" + more);
  }
  Json event(std::size_t at = 0) {
    const Json list = get("");
    return at < list["items"].items().size() ? list["items"].items()[at] : Json();
  }
  // "2027-03-01T10:00:00+01:00 Title" of each instance of March 2027, in order.
  std::vector<std::string> instances() {
    std::vector<std::string> out;
    const Json list =
        get("?singleEvents=true&orderBy=startTime&timeMin=2027-03-01T00:00:00Z"
            "&timeMax=2027-04-01T00:00:00Z");
    for (const Json& item : list["items"].items())
      out.push_back((item["start"].contains("date") ? item["start"].string("date")
                                                    : item["start"].string("dateTime")) +
                    " " + item.string("summary"));
    return out;
  }

  InProcess google_;
  std::string calendar_;
};

using Texts = std::vector<std::string>;

bool names(const LoadReport& report, const std::string& text) {
  return std::ranges::any_of(report.problems, [&](const std::string& problem) {
    return problem.find(text) != std::string::npos;
  });
}

std::string vevent(const std::string& lines) {
  return "BEGIN:VEVENT\r\n" + lines + "END:VEVENT\r\n";
}

// Clocks that change on days on which no zone's do.
std::string odd_zone(const std::string& tzid) {
  return "BEGIN:VTIMEZONE\r\nTZID:" + tzid +
         "\r\nBEGIN:DAYLIGHT\r\nDTSTART:20000501T020000\r\nTZOFFSETFROM:+0117\r\n"
         "TZOFFSETTO:+0217\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=1SA\r\nEND:DAYLIGHT\r\n"
         "BEGIN:STANDARD\r\nDTSTART:20000901T030000\r\nTZOFFSETFROM:+0217\r\n"
         "TZOFFSETTO:+0117\r\nRRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=1SA\r\nEND:STANDARD\r\n"
         "END:VTIMEZONE\r\n";
}

std::string fixed_zone(const std::string& tzid, const std::string& offset) {
  return "BEGIN:VTIMEZONE\r\nTZID:" + tzid +
         "\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:" + offset +
         "\r\nTZOFFSETTO:" + offset + "\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
}

const std::string kDaily =
    "UID:s@x\r\nDTSTART;TZID=Europe/Berlin:20270301T100000\r\nDURATION:PT1H\r\n"
    "RRULE:FREQ=DAILY;COUNT=3\r\nSUMMARY:S\r\n";

TEST_F(LoadIcs, BadLinesAreReportedByNumberAndTheRestIsLoaded) {
  const LoadReport report = load(
      "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Team\\, Nord\r\nX-WR-TIMEZONE:Europe/Berlin\r\n"
      "BEGIN:VEVENT\r\nUID:a@x\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Weih\r\n "
      "nachten\r\nEND:VEVENT\r\n"
      "nonsense\r\n"
      "BEGIN:VEVENT\r\nUID:b@x\r\nDTSTART:2026x\r\nEND:VEVENT\r\n"
      "BEGIN:VEVENT\r\nUID:d@x\r\nEND:VCALENDAR\r\n");
  EXPECT_EQ(report.events, 1);
  EXPECT_TRUE(names(report, "line 10: no iCalendar line"));
  EXPECT_TRUE(names(report, "line 13: the value cannot be read: DTSTART:2026x"));
  EXPECT_TRUE(names(report, "line 11: event b@x: left out, it has no start"));
  EXPECT_TRUE(names(report, "line 15: the event has no END:VEVENT"));
  const Json list = google_.json("GET", "/calendar/v3/users/me/calendarList");
  EXPECT_EQ(list["items"].items().back().string("summary"), "Team, Nord");
  EXPECT_EQ(event().string("summary"), "Weihnachten");
}

// A title in another encoding was stored once, which broke every later answer with the event.
// Without a component around them, lines after such an event once read an empty list of components.
TEST_F(LoadIcs, EventInsideAComponentThatEndsFirstIsNamedAndLeftOut) {
  const LoadReport report = load(
      "BEGIN:X-WRAPPER\r\nBEGIN:VEVENT\r\nUID:open\r\nDTSTART:20270303T080000Z\r\n"
      "END:X-WRAPPER\r\nBEGIN:VALARM\r\nEND:VALARM\r\n"
      "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:whole\r\nDTSTART:20270304T080000Z\r\n"
      "DTEND:20270304T090000Z\r\nSUMMARY:Whole\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
  EXPECT_TRUE(names(report, "has no END:VEVENT"));
  EXPECT_EQ(instances(), Texts{"2027-03-04T09:00:00+01:00 Whole"});
}

TEST_F(LoadIcs, ByteThatIsNoUtf8CostsOneCharacter) {
  const LoadReport report =
      load_events(vevent("UID:a@x\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Kr\xe4mer\r\n"
                         "LOCATION:M\xc3\r\n \xbcnchen\r\n"));
  EXPECT_EQ(report.events, 1);
  EXPECT_EQ(report.problems, Texts{"line 5: not UTF-8: 1 bytes replaced by U+FFFD"});
  EXPECT_EQ(event().string("summary"), "Kr\uFFFDmer");
  EXPECT_EQ(event().string("location"), "München");
}

TEST_F(LoadIcs, ReadOnlyFileBecomesAHolidayCalendarWithoutPush) {
  (void)load_ics(google_.emulator.google(), "anna@example.com", "de.readonly.ics",
                 "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a@x\nDTSTART;VALUE=DATE:20261225\nSUMMARY:"
                 "Weihnachten\nEND:VEVENT\nEND:VCALENDAR\n",
                 true);
  const Json list = google_.json("GET", "/calendar/v3/users/me/calendarList");
  const Json& loaded = list["items"].items().back();
  EXPECT_EQ(loaded.string("accessRole"), "reader");
  EXPECT_NE(loaded.string("id").find("#holiday@group.v.calendar.google.com"), std::string::npos);
}

TEST_F(LoadIcs, TextThatIsNotACalendarIsReported) {
  const LoadReport report = load("hello");
  EXPECT_EQ(report.events, 0);
  EXPECT_EQ(report.problems.size(), 2u);
}

// Without a VTIMEZONE the name alone says which zone it is.
TEST_F(LoadIcs, ZoneNamesOfOtherProgramsAreIanaZones) {
  const std::pair<const char*, const char*> zones[] = {
      {"/softwarestudio.org/Tzfile/America/Chicago", "America/Chicago"},
      {"/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "Europe/Berlin"},
      {"/citadel.org/20211207_1/America/New_York", "America/New_York"},
      {"/example.com/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"},
      {"europe/berlin", "Europe/Berlin"},
      {"America/New York", "America/New_York"},
      {"tzone://Microsoft/Utc", "UTC"},
      {"W. Europe Standard Time", "Europe/Berlin"},
      {"Mountain Standard Time (Mexico)", "America/Mazatlan"},
      {"Yukon Standard Time", "America/Whitehorse"},
      {"W. Europe Daylight Time", "Europe/Berlin"},
      {"Eastern Standard Time 1", "America/New_York"},
      {"Eastern", "America/New_York"},
      {"Eastern Time (US & Canada)", "America/New_York"},
      {"(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"},
      {"(UTC+01:00) Amsterdam\\, Berlin\\, Bern\\, Rome\\, Stockholm\\, Vienna",
       "Europe/Amsterdam"},
      {"(UTC+08:00) Beijing\\, Chongqing\\, Hong Kong\\, Urumqi", "Asia/Shanghai"},
      {"(GMT) Greenwich Mean Time : Dublin\\, Edinburgh\\, Lisbon\\, London", "Europe/Dublin"},
      {"Kuala Lumpur\\, Singapore", "Asia/Kuala_Lumpur"},
      {"(UTC+10:00) Canberra\\, Melbourne\\, Sydney", "Australia/Canberra"},
      {"(UTC-06:00) Guadalajara\\, Mexico City\\, Monterrey", "America/Mexico_City"},
      {"UTC+02:00", "Etc/GMT-2"},
      {"GMT-0500", "Etc/GMT+5"}};
  for (const auto& [tzid, zone] : zones) {
    std::string name = tzid;
    std::erase(name, '\\');
    const LoadReport report =
        load_events(vevent("UID:a@x\r\nDTSTART;TZID=\"" + name + "\":20270308T090000\r\n"));
    EXPECT_EQ(report.problems, Texts{}) << name;
    EXPECT_EQ(event()["start"].string("timeZone"), zone) << name;
  }
}

TEST_F(LoadIcs, UnknownZoneIsNamedOnceWithTheZoneThatIsTaken) {
  for (const std::string name : {"Nowhere", "CEST", "Customized Time Zone", "Mars/Olympus"}) {
    const std::string line = "DTSTART;TZID=" + name + ":20270308T090000\r\n";
    const LoadReport report =
        load_events(vevent("UID:a@x\r\n" + line) + vevent("UID:b@x\r\n" + line));
    EXPECT_EQ(report.events, 2);
    EXPECT_EQ(report.problems,
              Texts{"line 2: TZID " + name + " is no known time zone and the file has no rules " +
                    "for it: Europe/Berlin is taken"});
  }
}

TEST_F(LoadIcs, RulesOfTheFileDecideWhereTheNameSaysNothing) {
  const LoadReport report =
      load_events(vevent("UID:a@x\r\nDTSTART;TZID=Customized Time Zone:20270308T090000\r\n"),
                  "X-WR-TIMEZONE:Asia/Tokyo\r\n" + fixed_zone("Customized Time Zone", "+0530"));
  EXPECT_EQ(report.problems, Texts{});
  EXPECT_EQ(event()["start"].string("timeZone"), "Asia/Kolkata");
  EXPECT_EQ(event()["start"].string("dateTime"), "2027-03-08T12:30:00+09:00");
}

TEST_F(LoadIcs, RulesOfTheFileDecideAgainstALooseName) {
  const LoadReport report =
      load_events(vevent("UID:a@x\r\nDTSTART;TZID=Eastern:20270308T090000\r\n"),
                  fixed_zone("Eastern", "+1000"));
  EXPECT_EQ(report.problems, Texts{});
  EXPECT_EQ(event()["start"].string("dateTime"), "2027-03-08T00:00:00+01:00");
}

// Observed: derekantrican/GAS-ICS-Sync#23.
TEST_F(LoadIcs, IanaNameDecidesAgainstTheRulesOfTheFile) {
  (void)load_events(vevent("UID:a@x\r\nDTSTART;TZID=Europe/Berlin:20270308T090000\r\n"),
                    fixed_zone("Europe/Berlin", "+0900"));
  EXPECT_EQ(event()["start"].string("dateTime"), "2027-03-08T09:00:00+01:00");
}

TEST_F(LoadIcs, EventInClocksThatNoZoneHasIsAnInstant) {
  const LoadReport report = load_events(
      vevent("UID:a@x\r\nDTSTART;TZID=Odd:20270308T090000\r\nDTEND;TZID=Odd:20270308T100000\r\n"),
      odd_zone("Odd"));
  EXPECT_EQ(report.problems, Texts{});
  EXPECT_EQ(event()["start"].string("timeZone"), "UTC");
  EXPECT_EQ(event()["start"].string("dateTime"), "2027-03-08T08:43:00+01:00");
}

TEST_F(LoadIcs, SeriesInClocksThatNoZoneHasIsDatesOrNamed) {
  const std::string start = "UID:a@x\r\nDTSTART;TZID=Odd:20270430T090000\r\n";
  const LoadReport dates =
      load_events(vevent(start + "RRULE:FREQ=DAILY;COUNT=3\r\n"), odd_zone("Odd"));
  EXPECT_TRUE(names(dates, "event a@x: no zone of IANA's has the clocks of TZID Odd"));
  EXPECT_EQ(event()["recurrence"].items().front().as_string(),
            "RDATE:20270501T064300Z,20270502T064300Z");
  const LoadReport endless = load_events(vevent(start + "RRULE:FREQ=DAILY\r\n"), odd_zone("Odd"));
  EXPECT_EQ(endless.events, 0);
  EXPECT_TRUE(names(endless, "the series has no end"));
}

TEST_F(LoadIcs, SeriesWithoutEndTakesTheZoneOfItsFirstYearAndSaysSo) {
  const LoadReport report =
      load_events(vevent("UID:a@x\r\nDTSTART;TZID=Home:20270301T090000\r\nRRULE:FREQ=WEEKLY\r\n"),
                  "BEGIN:VTIMEZONE\r\nTZID:Home\r\n"
                  "BEGIN:STANDARD\r\nDTSTART:20261025T030000\r\nTZOFFSETFROM:+0200\r\n"
                  "TZOFFSETTO:+0100\r\nRDATE:20271031T030000\r\nEND:STANDARD\r\n"
                  "BEGIN:DAYLIGHT\r\nDTSTART:20270328T020000\r\nTZOFFSETFROM:+0100\r\n"
                  "TZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n");
  EXPECT_EQ(report.events, 1);
  EXPECT_TRUE(names(report, "TZID Home has the clocks of Europe/Berlin in the first year only"));
  EXPECT_EQ(event()["start"].string("timeZone"), "Europe/Berlin");
}

TEST_F(LoadIcs, ExceptionWithoutItsSeriesIsAnEventOfItsOwn) {
  const LoadReport report = load_events(
      vevent("UID:o@x\r\nRECURRENCE-ID;TZID=Europe/Berlin:20270303T100000\r\n"
             "DTSTART;TZID=Europe/Berlin:20270303T150000\r\nDURATION:PT1H\r\nSUMMARY:One\r\n"));
  EXPECT_EQ(report.problems, Texts{});
  EXPECT_EQ(instances(), Texts{"2027-03-03T15:00:00+01:00 One"});
  const Json shown = event();
  EXPECT_EQ(shown.string("id"), shown.string("recurringEventId") + "_20270303T090000Z");
  EXPECT_EQ(shown.string("iCalUID"), "o@x");
  EXPECT_EQ(shown["originalStartTime"].string("dateTime"), "2027-03-03T10:00:00+01:00");
}

TEST_F(LoadIcs, ExceptionAtATimeThatTheRuleDoesNotHaveIsShown) {
  const LoadReport report =
      load_events(vevent(kDaily) +
                  vevent("UID:s@x\r\nRECURRENCE-ID:20270310T090000Z\r\nDTSTART:20270310T120000Z\r\n"
                         "SUMMARY:Extra\r\n"));
  EXPECT_EQ(report.problems, Texts{});
  EXPECT_EQ(instances().size(), 4u);
  EXPECT_EQ(instances().back(), "2027-03-10T13:00:00+01:00 Extra");
}

TEST_F(LoadIcs, ExceptionHasNothingOfItsSeriesThatItDoesNotSay) {
  (void)load_events(vevent(kDaily + "DESCRIPTION:Text\r\nLOCATION:Room\r\n") +
                    vevent("UID:s@x\r\nRECURRENCE-ID;TZID=Europe/Berlin:20270302T100000\r\n"
                           "DTSTART;VALUE=DATE:20270302\r\n"));
  const Json list = get("?singleEvents=true&orderBy=startTime&timeMin=2027-03-02T00:00:00Z");
  const Json& changed = list["items"].items().front();
  EXPECT_EQ(changed["start"].string("date"), "2027-03-02");
  EXPECT_FALSE(changed.contains("summary"));
  EXPECT_FALSE(changed.contains("description"));
  EXPECT_FALSE(changed.contains("location"));
}

TEST_F(LoadIcs, EventsWithoutUidKeepTheirIdsFromLoadToLoad) {
  const std::string text = vevent("DTSTART:20270303T090000Z\r\nSUMMARY:A\r\n") +
                           vevent("DTSTART:20270304T090000Z\r\nSUMMARY:B\r\n") +
                           vevent("DTSTART:20270303T090000Z\r\nSUMMARY:A\r\n");
  EXPECT_EQ(load_events(text).problems, Texts{});
  const Json first = get("");
  ASSERT_EQ(first["items"].items().size(), 3u);
  EXPECT_EQ(load_events(text).events, 3);
  const Json second = get("");
  for (std::size_t at = 0; at < 3; ++at)
    EXPECT_EQ(first["items"].items()[at].string("id"), second["items"].items()[at].string("id"));
}

TEST_F(LoadIcs, NewerVersionIsTakenAndTheOlderNamed) {
  const auto version = [](const char* title, const char* lines) {
    return vevent(std::string("UID:v@x\r\nDTSTART:20270303T090000Z\r\nSUMMARY:") + title + "\r\n" +
                  lines);
  };
  const std::pair<std::string, const char*> files[] = {
      {version("A", "SEQUENCE:2\r\n") + version("B", "SEQUENCE:1\r\nDTSTAMP:20990101T000000Z\r\n"),
       "A"},
      {version("A", "DTSTAMP:20260102T000000Z\r\n") + version("B", "DTSTAMP:20260101T000000Z\r\n"),
       "A"},
      {version("A", "LAST-MODIFIED:20260101T000000Z\r\n") +
           version("B", "LAST-MODIFIED:20260102T000000Z\r\n"),
       "B"},
      {version("A", "") + version("B", ""), "B"}};
  for (const auto& [text, title] : files) {
    const LoadReport report = load_events(text);
    EXPECT_EQ(report.events, 1);
    EXPECT_TRUE(names(report, "event v@x: left out, its UID is there twice"));
    EXPECT_EQ(event().string("summary"), title);
  }
}

TEST_F(LoadIcs, PeriodsKeepTheirLengthsAndLeaveAValidLine) {
  EXPECT_EQ(load_events(vevent("UID:p@x\r\nDTSTART:20270301T090000Z\r\nDTEND:20270301T100000Z\r\n"
                               "RDATE;VALUE=PERIOD:20270305T090000Z/20270305T120000Z,"
                               "20270306T090000Z/PT1H\r\n"))
                .problems,
            Texts{});
  EXPECT_EQ(event()["recurrence"].items().front().as_string(),
            "RDATE:20270305T090000Z,20270306T090000Z");
  const Json list = get("?singleEvents=true&orderBy=startTime");
  ASSERT_EQ(list["items"].items().size(), 3u);
  EXPECT_EQ(list["items"].items()[1]["end"].string("dateTime"), "2027-03-05T13:00:00+01:00");
  EXPECT_EQ(list["items"].items()[2]["end"].string("dateTime"), "2027-03-06T11:00:00+01:00");
}

TEST_F(LoadIcs, ThisAndFutureSplitsTheSeriesOrIsNamed) {
  const auto from_second = [](const char* start) {
    return vevent(std::string("UID:s@x\r\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:"
                              "20270302T100000\r\nDTSTART;TZID=Europe/Berlin:") +
                  start + "\r\nDURATION:PT1H\r\nSUMMARY:New\r\n");
  };
  EXPECT_EQ(load_events(vevent(kDaily) + from_second("20270302T140000")).problems, Texts{});
  EXPECT_EQ(instances(), (Texts{"2027-03-01T10:00:00+01:00 S", "2027-03-02T14:00:00+01:00 New",
                                "2027-03-03T14:00:00+01:00 New"}));
  EXPECT_TRUE(names(load_events(vevent(kDaily) + from_second("20270310T140000")),
                    "RANGE=THISANDFUTURE to another day"));
  EXPECT_EQ(instances().size(), 3u);
}

TEST_F(LoadIcs, LaterExceptionOfASplitSeriesIsStillFound) {
  EXPECT_EQ(load_events(vevent(kDaily) +
                        vevent("UID:s@x\r\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:"
                               "20270302T100000\r\nDTSTART;TZID=Europe/Berlin:20270302T140000\r\n"
                               "DURATION:PT1H\r\nSUMMARY:New\r\n") +
                        vevent("UID:s@x\r\nRECURRENCE-ID;TZID=Europe/Berlin:20270303T100000\r\n"
                               "DTSTART;TZID=Europe/Berlin:20270303T180000\r\nSUMMARY:Late\r\n"))
                .problems,
            Texts{});
  EXPECT_EQ(instances(), (Texts{"2027-03-01T10:00:00+01:00 S", "2027-03-02T14:00:00+01:00 New",
                                "2027-03-03T18:00:00+01:00 Late"}));
}

// The emulator ignores an EXDATE of another kind than the start over the API, as Google does.
TEST_F(LoadIcs, ExdateOfTheOtherKindLeavesOutWhatItMeans) {
  EXPECT_EQ(load_events(vevent(kDaily + "EXDATE;VALUE=DATE:20270302\r\n")).problems, Texts{});
  EXPECT_EQ(instances().size(), 2u);
  EXPECT_EQ(event()["recurrence"].items().back().as_string(),
            "EXDATE;TZID=Europe/Berlin:20270302T100000");
  EXPECT_EQ(load_events(vevent("UID:d@x\r\nDTSTART;VALUE=DATE:20270301\r\n"
                               "RRULE:FREQ=DAILY;UNTIL=20270303T230000Z\r\n"
                               "EXDATE:20270302T000000\r\n"))
                .problems,
            Texts{});
  EXPECT_EQ(instances(), (Texts{"2027-03-01 ", "2027-03-03 "}));
}

TEST_F(LoadIcs, ExceptionInAnotherVcalendarOfTheFileBelongsToItsSeries) {
  const LoadReport report =
      load("BEGIN:VCALENDAR\n" + vevent(kDaily) + "END:VCALENDAR\nBEGIN:VCALENDAR\n" +
           vevent("UID:s@x\r\nRECURRENCE-ID:20270302T090000Z\r\nDTSTART:20270302T120000Z\r\n"
                  "SUMMARY:Moved\r\n") +
           "END:VCALENDAR\n");
  EXPECT_EQ(report.problems, Texts{});
  EXPECT_EQ(instances(), (Texts{"2027-03-01T10:00:00+01:00 S", "2027-03-02T13:00:00+01:00 Moved",
                                "2027-03-03T10:00:00+01:00 S"}));
}

TEST_F(LoadIcs, RuleThatCannotBeReadIsNamedAndItsEventLoaded) {
  for (const char* rule : {"FREQ=HOURLY", "FREQ=DAILY;COUNT=2;UNTIL=20270401", "DAILY"}) {
    const LoadReport report = load_events(
        vevent(std::string("UID:a@x\r\nDTSTART:20270303T090000Z\r\nRRULE:") + rule + "\r\n"));
    EXPECT_EQ(report.events, 1);
    EXPECT_TRUE(names(report, "line 5: left out, the rule cannot be read: RRULE:")) << rule;
  }
}

TEST_F(LoadIcs, CancellationsCancelAndAnswersAreLeftOut) {
  const std::string one = vevent("UID:a@x\r\nDTSTART:20270303T090000Z\r\n");
  EXPECT_EQ(load_events(one, "METHOD:CANCEL\r\n").events, 1);
  EXPECT_EQ(instances(), Texts{});
  EXPECT_TRUE(names(load_events(one, "METHOD:REPLY\r\n"), "METHOD:REPLY is no publication"));
  EXPECT_EQ(load_events(vevent(kDaily) + vevent("UID:s@x\r\nRECURRENCE-ID:20270302T090000Z\r\n"
                                                "STATUS:CANCELLED\r\n"))
                .problems,
            Texts{});
  EXPECT_EQ(instances().size(), 2u);
}

TEST_F(LoadIcs, GuestsRemindersAndMarksOfAnEventAreThoseOfGoogle) {
  const LoadReport report = load_events(vevent(
      "UID:a@x\r\nDTSTART:20270302T100000Z\r\nDTEND:20270302T110000Z\r\nSUMMARY:Meeting\r\n"
      "STATUS:TENTATIVE\r\nTRANSP:TRANSPARENT\r\nCLASS:CONFIDENTIAL\r\n"
      "ORGANIZER;CN=Boss:mailto:Boss@X.example\r\n"
      "ATTENDEE;CN=\"Berg, Ben\";PARTSTAT=accepted;ROLE=OPT-PARTICIPANT:MAILTO:ben@x.example\r\n"
      "ATTENDEE;CUTYPE=ROOM;PARTSTAT=X-LATER:mailto:room@x.example\r\n"
      "ATTENDEE:tel:+49\r\n"
      "BEGIN:VALARM\r\nACTION:EMAIL\r\nTRIGGER:-P1D\r\nEND:VALARM\r\n"
      "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT90S\r\nEND:VALARM\r\n"
      "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:PT5M\r\nEND:VALARM\r\n"
      "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER;VALUE=DATE-TIME:20270302T090000Z\r\n"
      "END:VALARM\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM\r\n"));
  EXPECT_EQ(report.problems, Texts{});
  const Json one = event();
  EXPECT_EQ(
      one.string("status") + " " + one.string("transparency") + " " + one.string("visibility"),
      "tentative transparent confidential");
  EXPECT_EQ(one["organizer"].string("email") + " " + one["organizer"].string("displayName"),
            "boss@x.example Boss");
  ASSERT_EQ(one["attendees"].items().size(), 2u) << one.dump();
  const Json& ben = one["attendees"].items()[0];
  EXPECT_EQ(
      ben.string("email") + " " + ben.string("displayName") + " " + ben.string("responseStatus"),
      "ben@x.example Berg, Ben accepted");
  EXPECT_TRUE(ben["optional"].as_bool());
  const Json& room = one["attendees"].items()[1];
  EXPECT_EQ(room.string("responseStatus"), "needsAction") << "the value is unknown";
  EXPECT_TRUE(room["resource"].as_bool());
  EXPECT_EQ(one["reminders"].dump(),
            R"({"useDefault":false,"overrides":[{"method":"email","minutes":1440},)"
            R"({"method":"popup","minutes":2}]})")
      << "none after the start or at a fixed time";
}

TEST_F(LoadIcs, IdOfGoogleAndUnreadableLengthsAreTakenAsTheyCanBe) {
  const LoadReport report = load_events(
      vevent("UID:abcde12345@google.com\r\nDTSTART;VALUE=DATE:20270302\r\nSUMMARY:A\r\n") +
      vevent("UID:b@x\r\nDTSTART:20270303T100000Z\r\nDURATION:long\r\nSUMMARY:B\r\n") +
      vevent("UID:c@x\r\nDTSTART:20270303T100000Z\r\nDURATION:-PT1H\r\nSUMMARY:C\r\n") +
      vevent("UID:d@x\r\nDTSTART:noon\r\nSUMMARY:D\r\n"));
  EXPECT_EQ(get("/abcde12345").string("summary"), "A");
  EXPECT_TRUE(names(report, "the value cannot be read: DURATION:long"));
  EXPECT_TRUE(names(report, "event c@x: left out, its DURATION is negative"));
  EXPECT_TRUE(names(report, "the value cannot be read: DTSTART:noon"));
  EXPECT_TRUE(names(report, "event d@x: left out, it has no start (DTSTART)"));
  EXPECT_EQ(report.events, 2);
}

TEST_F(LoadIcs, EmptyLinesAndUnknownParametersAreNoProblems) {
  EXPECT_EQ(load_events(vevent("UID:a@x\r\nDTSTART:20270303T090000Z\r\nDESCRIPTION:\r\n"
                               "LOCATION:\r\nSUMMARY;VALUE=X-TITLE;LANGUAGE=de:Titel\r\n"))
                .problems,
            Texts{});
  EXPECT_EQ(event().string("summary"), "Titel");
}

}  // namespace
}  // namespace emulator
