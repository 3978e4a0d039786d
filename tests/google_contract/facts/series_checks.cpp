// Series: instances and their ids, exceptions, cancelled instances, cuts, the rules across changes
// of the clock.
#include "tests/google_contract/facts/contract.hpp"

namespace contract {
namespace {

using enum Known;

std::string event_path(const std::string& id) {
  return "/calendars/primary/events/" + id;
}
Answer instances(Probe& p, const std::string& id, const std::string& query = "") {
  return p.get(event_path(id) + "/instances" + query);
}

// How many instances of a rule there are, and the start of the last: all in Berlin.
struct Rule {
  const char* fact;
  Known known;
  const char* start;  // local, or a date
  const char* lines;  // JSON array
  std::size_t count;
  const char* last;  // as the answer writes it
};

const Rule kRules[] = {
    {"daily, three times", documented, "2026-12-01T09:00:00", "['RRULE:FREQ=DAILY;COUNT=3']", 3,
     "2026-12-03T09:00:00+01:00"},
    {"UNTIL in UTC includes the last instance at that moment", documented, "2026-12-01T09:00:00",
     "['RRULE:FREQ=DAILY;UNTIL=20261203T080000Z']", 3, "2026-12-03T09:00:00+01:00"},
    {"UNTIL one second before leaves it out", documented, "2026-12-01T09:00:00",
     "['RRULE:FREQ=DAILY;UNTIL=20261203T075959Z']", 2, "2026-12-02T09:00:00+01:00"},
    {"weekly on two days", documented, "2026-12-01T09:00:00",
     "['RRULE:FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4']", 4, "2026-12-10T09:00:00+01:00"},
    {"every second week", documented, "2026-12-01T09:00:00",
     "['RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3']", 3, "2026-12-29T09:00:00+01:00"},
    {"every second week on a Sunday that is not the start", observed, "2026-12-01T09:00:00",
     "['RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;COUNT=2']", 3, "2026-12-20T09:00:00+01:00"},
    {"no named day left in the first week: the next week that counts", observed,
     "2026-12-03T09:00:00", "['RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=2']", 3,
     "2026-12-28T09:00:00+01:00"},
    {"a start that the rule does not name is an instance, which COUNT does not count", observed,
     "2026-12-07T09:00:00", "['RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU,TH,SA;COUNT=5']", 6,
     "2026-12-17T09:00:00+01:00"},
    {"EXDATE takes such a start away", guessed, "2026-12-07T09:00:00",
     "['RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2','EXDATE;TZID=Europe/Berlin:20261207T090000']", 2,
     "2026-12-15T09:00:00+01:00"},
    {"a rule that names no day at all leaves the start", guessed, "2026-12-07T09:00:00",
     "['RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30']", 1, "2026-12-07T09:00:00+01:00"},
    {"monthly on the 31st skips the short months", documented, "2027-01-31T09:00:00",
     "['RRULE:FREQ=MONTHLY;COUNT=4']", 4, "2027-07-31T09:00:00+02:00"},
    {"the last Friday of a month", documented, "2026-12-25T09:00:00",
     "['RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3']", 3, "2027-02-26T09:00:00+01:00"},
    {"yearly on 29 February", documented, "2028-02-29T09:00:00", "['RRULE:FREQ=YEARLY;COUNT=2']", 2,
     "2032-02-29T09:00:00+01:00"},
    {"BYSETPOS counts the days of a week as well", documented, "2026-12-04T09:00:00",
     "['RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1;COUNT=3']", 3, "2026-12-18T09:00:00+01:00"},
    {"BYSETPOS: a day at two positions is one day", documented, "2026-12-27T09:00:00",
     "['RRULE:FREQ=MONTHLY;BYDAY=SU;BYSETPOS=4,-1;COUNT=3']", 3, "2027-01-31T09:00:00+01:00"},
    {"every second week, weeks beginning on a Saturday", documented, "2026-12-04T09:00:00",
     "['RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SA;BYDAY=MO,FR;COUNT=3']", 3,
     "2026-12-18T09:00:00+01:00"},
    {"daily on the last days of a month", documented, "2026-12-31T09:00:00",
     "['RRULE:FREQ=DAILY;BYMONTHDAY=-1;COUNT=3']", 3, "2027-02-28T09:00:00+01:00"},
    {"the last week of a year reaches into January", documented, "2027-01-01T09:00:00",
     "['RRULE:FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR;COUNT=2']", 2, "2027-12-31T09:00:00+01:00"},
    {"EXDATE takes one away", documented, "2026-12-01T09:00:00",
     "['RRULE:FREQ=DAILY;COUNT=3','EXDATE;TZID=Europe/Berlin:20261202T090000']", 2,
     "2026-12-03T09:00:00+01:00"},
    {"EXDATE in UTC as well", documented, "2026-12-01T09:00:00",
     "['RRULE:FREQ=DAILY;COUNT=3','EXDATE:20261203T080000Z']", 2, "2026-12-02T09:00:00+01:00"},
    {"a date EXDATE on a timed series does nothing", observed, "2026-12-01T09:00:00",
     "['RRULE:FREQ=DAILY;COUNT=3','EXDATE;VALUE=DATE:20261202']", 3, "2026-12-03T09:00:00+01:00"},
    {"RDATE adds one", documented, "2026-12-01T09:00:00",
     "['RRULE:FREQ=DAILY;COUNT=2','RDATE;TZID=Europe/Berlin:20261210T100000']", 3,
     "2026-12-10T10:00:00+01:00"},
    {"a series of RDATE alone", observed, "2026-12-01T09:00:00",
     "['RDATE;TZID=Europe/Berlin:20261205T090000,20261207T090000']", 3,
     "2026-12-07T09:00:00+01:00"},
    {"EXRULE takes away", documented, "2026-12-01T09:00:00",
     "['RRULE:FREQ=DAILY;COUNT=7','EXRULE:FREQ=WEEKLY;COUNT=5']", 6, "2026-12-07T09:00:00+01:00"},
    {"summer time: the wall clock stays", documented, "2027-03-27T09:00:00",
     "['RRULE:FREQ=DAILY;COUNT=3']", 3, "2027-03-29T09:00:00+02:00"},
    {"winter time: the wall clock stays", documented, "2026-10-24T09:00:00",
     "['RRULE:FREQ=DAILY;COUNT=3']", 3, "2026-10-26T09:00:00+01:00"},
    {"all-day across summer time", documented, "2027-03-27", "['RRULE:FREQ=DAILY;COUNT=3']", 3,
     "2027-03-29"},
    {"all-day UNTIL is a date, inclusive", documented, "2026-12-01",
     "['RRULE:FREQ=DAILY;UNTIL=20261205']", 5, "2026-12-05"},
    {"all-day EXDATE", documented, "2026-12-01",
     "['RRULE:FREQ=DAILY;COUNT=3','EXDATE;VALUE=DATE:20261202']", 2, "2026-12-03"},
};

}  // namespace

void series_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"series", fact, known, std::move(run)});
  };
  for (const Rule& one : kRules)
    checks.push_back(
        {"series.rules", one.fact, one.known, [one](Probe& p) {
           const bool day = std::string_view(one.start).size() == 10;
           Json body = day ? all_day("S", one.start, one.start) : timed("S", one.start, one.start);
           if (day) {
             std::string next = one.start;  // no month ends in these rows
             next.replace(8, 2,
                          std::to_string(std::stoi(next.substr(8)) + 1)
                              .insert(0, std::stoi(next.substr(8)) < 9 ? "0" : ""));
             body.member("end").set("date", next);
           } else {
             for (const char* name : {"start", "end"})
               body.member(name).set("timeZone", "Europe/Berlin");
           }
           body.set("recurrence", js(one.lines));
           const Answer made = p.insert(body);
           ASSERT_EQ(made.status, 200) << made.body;
           const Answer all =
               instances(p, made.text("id"), "?maxResults=100&timeMax=2040-01-01T00:00:00Z");
           ASSERT_EQ(all.count(), one.count) << all.body;
           const Json& start = all.json["items"].items().back()["start"];
           EXPECT_EQ(start.contains("date") ? start.string("date") : start.string("dateTime"),
                     one.last);
         }});
  add("an instance's id is <series>_<start in UTC>Z", observed, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    EXPECT_EQ(instances(p, id).text("items.0.id"), id + "_20261201T080000Z");
  });
  add("of an all-day series <series>_<date>", observed, [](Probe& p) {
    Json body = all_day("D", "2026-12-01", "2026-12-02");
    body.set("recurrence", js("['RRULE:FREQ=DAILY;COUNT=2']"));
    const std::string id = p.insert(body).text("id");
    EXPECT_EQ(instances(p, id).text("items.1.id"), id + "_20261202");
  });
  add("the same local time has another suffix in summer", observed, [](Probe& p) {
    Json body = daily("S", "RRULE:FREQ=DAILY;COUNT=2");
    body.set("start", js("{'dateTime':'2027-03-27T09:00:00','timeZone':'Europe/Berlin'}"));
    body.set("end", js("{'dateTime':'2027-03-27T10:00:00','timeZone':'Europe/Berlin'}"));
    const std::string id = p.insert(body).text("id");
    EXPECT_EQ(instances(p, id).text("items.0.id"), id + "_20270327T080000Z");
    EXPECT_EQ(instances(p, id).text("items.1.id"), id + "_20270328T070000Z");
  });
  add("an instance has recurringEventId, originalStartTime, the series' iCalUID, no recurrence",
      documented, [](Probe& p) {
        const Answer made = p.insert(daily());
        const Answer one = p.event(made.text("id") + "_20261202T080000Z");
        EXPECT_EQ(one.text("recurringEventId"), made.text("id"));
        EXPECT_EQ(one.text("originalStartTime.dateTime"), "2026-12-02T09:00:00+01:00");
        EXPECT_EQ(one.text("iCalUID"), made.text("iCalUID"));
        EXPECT_EQ(one.dump("recurrence"), "absent");
      });
  add("an id that names no instance: 404", documented, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    EXPECT_EQ(p.event(id + "_20261202T090000Z").status, 404);
    EXPECT_EQ(p.event(id + "_20270101T080000Z").status, 404);
    EXPECT_EQ(p.event(id + "_20261202T080000Z_20261202T080000Z").status, 404);
  });
  add("a patch of an instance makes an exception, the others stay", documented, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    EXPECT_EQ(
        p.patch(event_path(id + "_20261202T080000Z"), js("{'summary':'Other'}")).text("summary"),
        "Other");
    EXPECT_EQ(p.event(id + "_20261203T080000Z").text("summary"), "Series");
    EXPECT_EQ(p.events().count(), 2u);
  });
  add("a moved instance keeps its id and originalStartTime", documented, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id"), one = id + "_20261202T080000Z";
    const Answer moved =
        p.patch(event_path(one), js("{'start':{'dateTime':'2026-12-02T15:00:00+01:00'},'end':{'"
                                    "dateTime':'2026-12-02T15:30:00+01:00'}}"));
    EXPECT_EQ(moved.text("id"), one);
    EXPECT_EQ(moved.text("originalStartTime.dateTime"), "2026-12-02T09:00:00+01:00");
    EXPECT_EQ(moved.text("start.dateTime"), "2026-12-02T15:00:00+01:00");
  });
  add("deleting an instance adds no EXDATE", observed, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    EXPECT_EQ(p.remove(event_path(id + "_20261202T080000Z")).status, 204);
    EXPECT_EQ(p.event(id).dump("recurrence"), "[\"RRULE:FREQ=DAILY;COUNT=5\"]");
    EXPECT_EQ(instances(p, id).count(), 4u);
  });
  add("deleting an exception cancels its slot, the plain instance does not come back", observed,
      [](Probe& p) {
        const std::string id = p.insert(daily()).text("id"),
                          one = event_path(id + "_20261202T080000Z");
        (void)p.patch(one, js("{'summary':'Other'}"));
        (void)p.remove(one);
        EXPECT_EQ(instances(p, id).count(), 4u);
        EXPECT_EQ(p.get(one).text("status"), "cancelled");
      });
  add("a cancelled instance comes with showDeleted", documented, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    (void)p.remove(event_path(id + "_20261202T080000Z"));
    EXPECT_EQ(instances(p, id, "?showDeleted=true").count(), 5u);
  });
  add("a cancelled instance is restored by a patch of its status", observed, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id"), one = event_path(id + "_20261202T080000Z");
    (void)p.remove(one);
    EXPECT_EQ(p.patch(one, js("{'status':'confirmed'}")).status, 200);
    EXPECT_EQ(instances(p, id).count(), 5u);
  });
  add("an EXDATE that was sent stays in recurrence and makes no exception", observed, [](Probe& p) {
    Json body = daily();
    body.member("recurrence").push("EXDATE;TZID=Europe/Berlin:20261202T090000");
    const std::string id = p.insert(body).text("id");
    EXPECT_EQ(p.events().count(), 1u);
    EXPECT_EQ(p.event(id).count("recurrence"), 2u);
    EXPECT_EQ(instances(p, id, "?showDeleted=true").count(), 4u);
  });
  add("one etag for the whole series: an exception changes the master's", observed, [](Probe& p) {
    const Answer made = p.insert(daily());
    const std::string id = made.text("id");
    const Answer changed = p.patch(event_path(id + "_20261202T080000Z"), js("{'summary':'Other'}"));
    EXPECT_NE(p.event(id).text("etag"), made.text("etag"));
    EXPECT_EQ(p.event(id).text("etag"), changed.text("etag"));
  });
  add("a text edit of an exception leaves its sequence, a move raises it", observed, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    EXPECT_EQ(
        p.patch(event_path(id + "_20261202T080000Z"), js("{'summary':'Other'}")).dump("sequence"),
        "0");
    EXPECT_EQ(p.patch(event_path(id + "_20261203T080000Z"),
                      js("{'start':{'dateTime':'2026-12-03T15:00:00+01:00'},'end':{'dateTime':'"
                         "2026-12-03T15:30:00+01:00'}}"))
                  .dump("sequence"),
              "1");
  });
  add("originalStart of instances picks one", documented, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    const Answer one = instances(p, id, "?originalStart=" + escape("2026-12-03T09:00:00+01:00"));
    EXPECT_EQ(one.count(), 1u);
    EXPECT_EQ(one.text("items.0.id"), id + "_20261203T080000Z");
  });
  add("originalStart may be written with another offset", guessed, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    EXPECT_EQ(instances(p, id, "?originalStart=2026-12-03T08:00:00Z").count(), 1u);
  });
  add("instances come in pages", documented, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    const Answer first = instances(p, id, "?maxResults=3");
    EXPECT_EQ(first.count(), 3u);
    const Answer second =
        instances(p, id, "?maxResults=3&pageToken=" + escape(first.text("nextPageToken")));
    EXPECT_EQ(second.count(), 2u);
    EXPECT_EQ(second.dump("nextPageToken"), "absent");
  });
  add("timeMin and timeMax of instances", documented, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    EXPECT_EQ(
        instances(p, id, "?timeMin=2026-12-02T00:00:00Z&timeMax=2026-12-04T00:00:00Z").count(), 2u);
  });
  add("instances of a single event are refused", guessed,
      [](Probe& p) { EXPECT_EQ(instances(p, p.insert(timed("A")).text("id")).status, 400); });
  add("instances of an unknown series: 404", documented,
      [](Probe& p) { EXPECT_EQ(instances(p, "unknown00").status, 404); });
  add("deleting the series deletes its instances", documented, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    (void)p.remove(event_path(id));
    EXPECT_EQ(p.events("?singleEvents=true").count(), 0u);
    EXPECT_EQ(p.event(id + "_20261202T080000Z").text("status"), "cancelled");
  });
  add("a PUT without recurrence turns the series into a single event", observed, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    EXPECT_EQ(p.put(event_path(id), timed("Single")).status, 200);
    EXPECT_EQ(p.events("?singleEvents=true").count(), 1u);
  });
  add("UNTIL set through the API leaves the exceptions behind it", observed, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    (void)p.patch(event_path(id + "_20261204T080000Z"), js("{'summary':'Late'}"));
    (void)p.patch(event_path(id), js("{'recurrence':['RRULE:FREQ=DAILY;UNTIL=20261202T225959Z']}"));
    EXPECT_EQ(p.event(id + "_20261204T080000Z").text("status"), "confirmed");
    EXPECT_EQ(p.events("?singleEvents=true").count(), 3u);
  });
  add("an instance may not be given a rule", documented, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    EXPECT_EQ(p.patch(event_path(id + "_20261202T080000Z"),
                      js("{'recurrence':['RRULE:FREQ=DAILY;COUNT=2']}"))
                  .dump("recurrence"),
              "absent");
  });
  add("a series far away in time answers its instance ids", guessed, [](Probe& p) {
    const std::string id = p.insert(daily("Endless", "RRULE:FREQ=DAILY")).text("id");
    EXPECT_EQ(p.event(id + "_20361201T080000Z").status, 200);
  });

  // What Google's own page does.
  const auto page = [&](const char* fact, Known known, Run run) {
    checks.push_back({"series.page", fact, known, std::move(run)});
  };
  const auto series = [](Emulated& p, const std::string& instance, const std::string& scope,
                         const Json& change) {
    Json body = Json::object(
        {{"email", p.me.email}, {"calendar", "primary"}, {"event", instance}, {"scope", scope}});
    if (change.is_null())
      body.set("delete", true);
    else
      body.set("change", change);
    return p.control("POST", "/series", body);
  };
  page("this and following, start unchanged: UNTIL on the old master, a new one <id>_R<start>",
       observed, [series](Emulated& p) {
         const Answer made = p.insert(daily("Dishes", "RRULE:FREQ=DAILY"));
         const std::string id = made.text("id"), token = p.sync_token();
         EXPECT_EQ(
             series(p, id + "_20261203T080000Z", "following", js("{'summary':'Dishes 2'}")).status,
             200);
         EXPECT_EQ(p.event(id).dump("recurrence"), "[\"RRULE:FREQ=DAILY;UNTIL=20261202T225959Z\"]");
         const Answer next = p.event(id + "_R20261203T080000");
         EXPECT_EQ(next.dump("recurrence"), "[\"RRULE:FREQ=DAILY\"]");
         EXPECT_EQ(next.text("iCalUID"), id + "_R20261203T080000@google.com");
         EXPECT_EQ(next.dump("sequence"), "0");
         EXPECT_EQ(next.text("created"), made.text("created"));
         EXPECT_EQ(p.since(token).count(), 2u) << "no cancelled instances";
       });
  page("instances of a cut-off series drop the _R part", observed, [series](Emulated& p) {
    const std::string id = p.insert(daily("D", "RRULE:FREQ=DAILY")).text("id");
    (void)series(p, id + "_20261203T080000Z", "following", js("{'summary':'E'}"));
    const Answer one = p.event(id + "_20261205T080000Z");
    EXPECT_EQ(one.text("summary"), "E");
    EXPECT_EQ(one.text("recurringEventId"), id + "_R20261203T080000");
  });
  page("with another start time the new series has an unrelated id and sequence 1", observed,
       [series](Emulated& p) {
         const std::string id = p.insert(daily("D", "RRULE:FREQ=DAILY")).text("id");
         const Answer next =
             series(p, id + "_20261203T080000Z", "following",
                    js("{'start':{'dateTime':'2026-12-03T11:00:00+01:00','timeZone':'Europe/"
                       "Berlin'},'end':{'dateTime':'2026-12-03T11:30:00+01:00','timeZone':'Europe/"
                       "Berlin'}}"));
         EXPECT_EQ(next.text("id").find(id), std::string::npos);
         EXPECT_EQ(next.dump("sequence"), "1");
       });
  page("of a start that the rule does not name a COUNT knows nothing", guessed,
       [series](Emulated& p) {
         const std::string id = p.insert(daily("S", "RRULE:FREQ=DAILY;BYDAY=WE,TH,FR,SA;COUNT=4"))
                                    .text("id");  // begins on a Tuesday
         const Answer next =
             series(p, id + "_20261204T080000Z", "following", js("{'summary':'T'}"));
         EXPECT_EQ(next.dump("recurrence"), "[\"RRULE:FREQ=DAILY;BYDAY=WE,TH,FR,SA;COUNT=2\"]");
       });
  page("a COUNT goes down by what stays in the old series", guessed, [series](Emulated& p) {
    const std::string id = p.insert(daily()).text("id");
    const Answer next = series(p, id + "_20261203T080000Z", "following", js("{'summary':'E'}"));
    EXPECT_EQ(next.dump("recurrence"), "[\"RRULE:FREQ=DAILY;COUNT=3\"]");
    EXPECT_EQ(p.events("?singleEvents=true").count(), 5u);
  });
  page("a cut copies the extended properties: two series with one CRM id", observed,
       [series](Emulated& p) {
         Json body = daily("D", "RRULE:FREQ=DAILY");
         body.set("extendedProperties", js("{'private':{'crm':'42'}}"));
         const std::string id = p.insert(body).text("id");
         EXPECT_EQ(series(p, id + "_20261203T080000Z", "following", js("{'summary':'E'}"))
                       .text("extendedProperties.private.crm"),
                   "42");
         EXPECT_EQ(p.event(id).text("extendedProperties.private.crm"), "42");
       });
  page("delete this and following: exceptions behind the cut come as {id, status} alone", observed,
       [series](Emulated& p) {
         const std::string id = p.insert(daily("D", "RRULE:FREQ=DAILY")).text("id"),
                           late = id + "_20261204T080000Z", early = id + "_20261201T080000Z";
         (void)p.patch(event_path(late), js("{'summary':'Late'}"));
         (void)p.remove(event_path(early));
         const std::string token = p.sync_token();
         EXPECT_EQ(series(p, id + "_20261203T080000Z", "following", Json()).status, 200);
         const Answer next = p.since(token);
         EXPECT_EQ(next.count(), 3u);
         for (const Json& item : next.list("items")) {
           if (item.string("id") == late) {
             EXPECT_EQ(item.string("status"), "cancelled");
             EXPECT_FALSE(item.contains("recurringEventId"));
             EXPECT_FALSE(item.contains("originalStartTime"));
           }
           if (item.string("id") == early) {
             EXPECT_TRUE(item.contains("recurringEventId"))
                 << "an earlier cancelled exception comes again in full";
           }
         }
       });
  page("all events, text: exceptions and the cut-off parts are overwritten", observed,
       [series](Emulated& p) {
         const std::string id = p.insert(daily("D", "RRULE:FREQ=DAILY")).text("id");
         (void)p.patch(event_path(id + "_20261201T080000Z"), js("{'summary':'Mine'}"));
         (void)series(p, id + "_20261203T080000Z", "following", js("{'location':'L'}"));
         EXPECT_EQ(series(p, id + "_20261202T080000Z", "all", js("{'summary':'All'}")).status, 200);
         EXPECT_EQ(p.event(id + "_20261201T080000Z").text("summary"), "All");
         EXPECT_EQ(p.event(id + "_20261205T080000Z").text("summary"), "All");
       });
  page("all events, time: the series moves by what the instance moved, on the wall clock", guessed,
       [series](Emulated& p) {
         const std::string id = p.insert(daily()).text("id");
         (void)series(p, id + "_20261203T080000Z", "all",
                      js("{'start':{'dateTime':'2026-12-03T10:00:00+01:00','timeZone':'Europe/"
                         "Berlin'},'end':{'dateTime':'2026-12-03T11:00:00+01:00','timeZone':'"
                         "Europe/Berlin'}}"));
         EXPECT_EQ(p.event(id).text("start.dateTime"), "2026-12-01T10:00:00+01:00");
         EXPECT_EQ(p.event(id).text("end.dateTime"), "2026-12-01T11:00:00+01:00");
         EXPECT_EQ(instances(p, id).count(), 5u);
       });
  page("a weekly series moved to another day takes BYDAY along", guessed, [series](Emulated& p) {
    const std::string id = p.insert(daily("W", "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=3")).text("id");
    (void)series(
        p, id + "_20261208T080000Z", "all",
        js("{'start':{'dateTime':'2026-12-09T09:00:00+01:00','timeZone':'Europe/"
           "Berlin'},'end':{'dateTime':'2026-12-09T09:30:00+01:00','timeZone':'Europe/Berlin'}}"));
    EXPECT_EQ(p.event(id).dump("recurrence"), "[\"RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=3\"]");
    EXPECT_EQ(instances(p, id).count(), 3u);
  });
  page("the first instance as cut is the whole series", guessed, [series](Emulated& p) {
    const std::string id = p.insert(daily()).text("id");
    EXPECT_EQ(series(p, id + "_20261201T080000Z", "following", js("{'summary':'E'}")).text("id"),
              id);
    EXPECT_EQ(p.events().count(), 1u);
  });
  page("delete all: the series is gone", documented, [series](Emulated& p) {
    const std::string id = p.insert(daily()).text("id");
    EXPECT_EQ(series(p, id + "_20261203T080000Z", "all", Json()).status, 200);
    EXPECT_EQ(p.events().count(), 0u);
  });
}

}  // namespace contract
