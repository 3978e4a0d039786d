// events.list: windows, order, filters, pages, what is cancelled, refused parameters.
#include "tests/google_contract/facts/contract.hpp"

namespace contract {
namespace {

using enum Known;

struct Wrong {
  const char* fact;
  Known known;
  const char* query;
  const char* reason;
};

const Wrong kWrong[] = {
    {"timeMin without an offset", documented, "timeMin=2026-12-01T00:00:00", "badRequest"},
    {"timeMax that is no time", documented, "timeMax=soon", "badRequest"},
    {"timeMax not after timeMin", documented,
     "timeMin=2026-12-02T00:00:00Z&timeMax=2026-12-01T00:00:00Z", "timeRangeEmpty"},
    {"orderBy=startTime without singleEvents", observed, "orderBy=startTime", "badRequest"},
    {"an unknown orderBy", documented, "orderBy=colour", "invalidParameter"},
    {"maxResults=0", documented, "maxResults=0", "invalidParameter"},
    {"maxResults that is no number", documented, "maxResults=many", "invalidParameter"},
    {"singleEvents that is no truth value", documented, "singleEvents=perhaps", "invalidParameter"},
    {"an unknown timeZone", documented, "timeZone=Mars%2FBase", "invalidParameter"},
    {"a pageToken that is none", documented, "pageToken=nonsense", "invalidParameter"},
    {"a syncToken that is none", observed, "syncToken=nonsense", "invalid"},
};

std::string window(const std::string& from, const std::string& until) {
  return "?timeMin=" + escape(from) + "&timeMax=" + escape(until);
}

Json with(Json body, const std::string& name, const Json& value) {
  body.set(name, value);
  return body;
}

}  // namespace

void list_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"events.list", fact, known, std::move(run)});
  };
  for (const Wrong& one : kWrong)
    checks.push_back(
        {"events.list", std::string("refused: ") + one.fact, one.known, [one](Probe& p) {
           const Answer answer = p.events(std::string("?") + one.query);
           EXPECT_EQ(answer.status, 400) << answer.body;
           EXPECT_EQ(answer.reason(), one.reason);
         }});
  add("the answer names kind, summary, timeZone, accessRole, defaultReminders, updated, etag",
      documented, [](Own& p) {
        const Answer list = p.events();
        EXPECT_EQ(list.text("kind"), "calendar#events");
        EXPECT_EQ(list.text("summary"), p.me.email);
        EXPECT_EQ(list.text("timeZone"), "Europe/Berlin");
        EXPECT_EQ(list.text("accessRole"), "owner");
        EXPECT_EQ(list.dump("defaultReminders"), "[{\"method\":\"popup\",\"minutes\":30}]");
        EXPECT_NE(list.text("etag"), "");
      });
  add("an empty calendar has items: []", documented,
      [](Probe& p) { EXPECT_EQ(p.events().dump("items"), "[]"); });
  add("primary stands for the caller's own calendar", documented, [](Own& p) {
    (void)p.insert(timed("A"));
    EXPECT_EQ(p.get("/calendars/" + escape(p.me.email) + "/events").count(), 1u);
  });
  add("timeMin is exclusive on the end", documented, [](Probe& p) {
    (void)p.insert(timed("A"));
    EXPECT_EQ(p.events(window("2026-12-01T11:00:00+01:00", "2026-12-02T00:00:00Z")).count(), 0u);
    EXPECT_EQ(p.events(window("2026-12-01T10:59:59+01:00", "2026-12-02T00:00:00Z")).count(), 1u);
  });
  add("timeMax is exclusive on the start", documented, [](Probe& p) {
    (void)p.insert(timed("A"));
    EXPECT_EQ(p.events(window("2026-11-30T00:00:00Z", "2026-12-01T10:00:00+01:00")).count(), 0u);
    EXPECT_EQ(p.events(window("2026-11-30T00:00:00Z", "2026-12-01T10:00:01+01:00")).count(), 1u);
  });
  add("milliseconds in a window are accepted", documented, [](Probe& p) {
    EXPECT_EQ(p.events(window("2026-12-01T00:00:00.123Z", "2026-12-02T00:00:00.5Z")).status, 200);
  });
  add("singleEvents=false gives masters, true gives instances and no masters", documented,
      [](Probe& p) {
        (void)p.insert(daily());
        EXPECT_EQ(p.events().count(), 1u);
        const Answer single = p.events("?singleEvents=true");
        EXPECT_EQ(single.count(), 5u);
        for (const Json& item : single.list("items")) EXPECT_FALSE(item.contains("recurrence"));
      });
  add("orderBy=startTime sorts instances", documented, [](Probe& p) {
    (void)p.insert(daily());
    (void)p.insert(timed("Middle", "2026-12-03T12:00:00+01:00", "2026-12-03T13:00:00+01:00"));
    const Answer list = p.events("?singleEvents=true&orderBy=startTime");
    ASSERT_EQ(list.count(), 6u);
    EXPECT_EQ(list.text("items.3.summary"), "Middle");
  });
  add("orderBy=updated is ascending", documented, [](Probe& p) {
    const std::string first = p.insert(timed("A")).text("id");
    (void)p.insert(timed("B"));
    (void)p.patch("/calendars/primary/events/" + first, js("{'summary':'A2'}"));
    const Answer list = p.events("?orderBy=updated");
    EXPECT_EQ(list.text("items.0.summary"), "B");
    EXPECT_EQ(list.text("items.1.summary"), "A2");
  });
  add("maxResults bounds a page, and every event comes once", documented, [](Probe& p) {
    for (int i = 0; i < 7; ++i) (void)p.insert(timed("E" + std::to_string(i)));
    std::set<std::string> seen;
    std::string token;
    do {
      const Answer page =
          p.events("?maxResults=3" + (token.empty() ? "" : "&pageToken=" + escape(token)));
      EXPECT_LE(page.count(), 3u);
      for (const Json& item : page.list("items"))
        EXPECT_TRUE(seen.insert(item.string("id")).second);
      token = page.text("nextPageToken");
      EXPECT_EQ(page.dump("nextSyncToken") == "absent", !token.empty());
    } while (!token.empty());
    EXPECT_EQ(seen.size(), 7u);
  });
  add("pages of a sorted list of instances", documented, [](Probe& p) {
    (void)p.insert(daily());
    const Answer first = p.events("?singleEvents=true&orderBy=startTime&maxResults=4");
    const Answer second = p.events("?singleEvents=true&orderBy=startTime&maxResults=4&pageToken=" +
                                   escape(first.text("nextPageToken")));
    EXPECT_EQ(first.count(), 4u);
    EXPECT_EQ(second.count(), 1u);
    EXPECT_EQ(second.text("items.0.start.dateTime"), "2026-12-05T09:00:00+01:00");
  });
  add("showDeleted=false leaves deleted events out", documented, [](Probe& p) {
    (void)p.remove("/calendars/primary/events/" + p.insert(timed("A")).text("id"));
    EXPECT_EQ(p.events().count(), 0u);
  });
  add("showDeleted=true brings them with their details", documented, [](Fresh& p) {
    (void)p.remove("/calendars/primary/events/" + p.insert(timed("A")).text("id"));
    const Answer list = p.events("?showDeleted=true");
    EXPECT_EQ(list.text("items.0.status"), "cancelled");
    EXPECT_EQ(list.text("items.0.summary"), "A");
  });
  add("cancelled exceptions of a living series come although showDeleted=false", documented,
      [](Probe& p) {
        const std::string id = p.insert(daily()).text("id");
        (void)p.remove("/calendars/primary/events/" + id + "_20261202T080000Z");
        const Answer list = p.events();
        EXPECT_EQ(list.count(), 2u);
        for (const Json& item : list.list("items"))
          if (item.string("id") != id) {
            EXPECT_EQ(item.string("status"), "cancelled");
            EXPECT_EQ(item.string("recurringEventId"), id);
            EXPECT_TRUE(item.contains("originalStartTime"));
            EXPECT_FALSE(item.contains("start"))
                << "only id, recurringEventId, originalStartTime are sure";
          }
      });
  add("with singleEvents=true they do not", documented, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    (void)p.remove("/calendars/primary/events/" + id + "_20261202T080000Z");
    EXPECT_EQ(p.events("?singleEvents=true").count(), 4u);
  });
  add("showDeleted and singleEvents: cancelled instances, not cancelled masters", documented,
      [](Fresh& p) {
        const std::string id = p.insert(daily()).text("id");
        (void)p.remove("/calendars/primary/events/" + id + "_20261202T080000Z");
        EXPECT_EQ(p.events("?singleEvents=true&showDeleted=true").count(), 5u);
        (void)p.remove("/calendars/primary/events/" + id);
        for (const Json& item : p.events("?singleEvents=true&showDeleted=true").list("items"))
          EXPECT_NE(item.string("id"), id);
      });
  add("updatedMin: deletions since then come", documented, [](Fresh& p) {
    const Answer made = p.insert(timed("A"));
    (void)p.remove("/calendars/primary/events/" + made.text("id"));
    EXPECT_EQ(p.events("?updatedMin=" + escape(made.text("updated"))).count(), 1u);
  });
  add("updatedMin too long ago: 410 updatedMinTooLongAgo", documented, [](Probe& p) {
    const Answer answer = p.events("?updatedMin=2020-01-01T00:00:00Z");
    EXPECT_EQ(answer.status, 410);
    EXPECT_EQ(answer.reason(), "updatedMinTooLongAgo");
  });
  add("q looks into title, description, place, people", documented, [](Probe& p) {
    (void)p.insert(with(timed("Alpha"), "location", "Hamburg"));
    (void)p.insert(with(timed("Beta"), "description", "about alpha"));
    (void)p.insert(with(timed("Gamma"), "attendees", js("[{'email':'alpha@example.org'}]")));
    (void)p.insert(timed("Delta"));
    EXPECT_EQ(p.events("?q=ALPHA").count(), 3u);
    EXPECT_EQ(p.events("?q=hamburg").count(), 1u);
  });
  add("iCalUID gives master and exceptions", documented, [](Probe& p) {
    const Answer made = p.insert(daily());
    (void)p.patch("/calendars/primary/events/" + made.text("id") + "_20261202T080000Z",
                  js("{'summary':'X'}"));
    (void)p.insert(timed("A"));
    EXPECT_EQ(p.events("?iCalUID=" + escape(made.text("iCalUID"))).count(), 2u);
  });
  add("privateExtendedProperty and sharedExtendedProperty find", documented, [](Probe& p) {
    (void)p.insert(with(timed("A"), "extendedProperties", js("{'private':{'k':'1'}}")));
    (void)p.insert(with(timed("B"), "extendedProperties", js("{'shared':{'k':'1'}}")));
    EXPECT_EQ(p.events("?privateExtendedProperty=k%3D1").text("items.0.summary"), "A");
    EXPECT_EQ(p.events("?sharedExtendedProperty=k%3D1").text("items.0.summary"), "B");
    EXPECT_EQ(p.events("?privateExtendedProperty=k%3D2").count(), 0u);
  });
  add("eventTypes filters, several may be named", documented, [](Own& p) {
    (void)p.insert(timed("A"));
    (void)p.insert(with(timed("F"), "eventType", "focusTime"));
    EXPECT_EQ(p.events("?eventTypes=default").count(), 1u);
    EXPECT_EQ(p.events("?eventTypes=default&eventTypes=focusTime").count(), 2u);
  });
  add("maxAttendees: more than that leaves only the own entry, attendeesOmitted: true", documented,
      [](Own& p) {
        Json body = timed("A");
        body.set("attendees", js("[{'email':'a@example.org'},{'email':'b@example.org'}]"));
        body.member("attendees").push(Json::object({{"email", p.me.email}}));
        (void)p.insert(body);
        const Answer list = p.events("?maxAttendees=1");
        EXPECT_EQ(list.dump("items.0.attendeesOmitted"), "true");
        EXPECT_EQ(list.count("items.0.attendees"), 1u);
        EXPECT_EQ(list.text("items.0.attendees.0.email"), p.me.email);
        EXPECT_EQ(p.events("?maxAttendees=3").count("items.0.attendees"), 3u);
      });
  add("timeZone writes all times in that zone", documented, [](Probe& p) {
    (void)p.insert(timed("A"));
    EXPECT_EQ(p.events("?timeZone=UTC").text("items.0.start.dateTime"), "2026-12-01T09:00:00Z");
  });
  add("a series in the window by a moved exception outside its rule", guessed, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    (void)p.patch("/calendars/primary/events/" + id + "_20261202T080000Z",
                  js("{'start':{'dateTime':'2027-02-01T09:00:00+01:00'},'end':{'dateTime':'2027-02-"
                     "01T10:00:00+01:00'}}"));
    EXPECT_EQ(
        p.events(window("2027-01-31T00:00:00Z", "2027-02-02T00:00:00Z") + "&singleEvents=true")
            .count(),
        1u);
  });
  add("an unknown calendar: 404", documented,
      [](Probe& p) { EXPECT_EQ(p.get("/calendars/nobody%40example.org/events").status, 404); });
}

}  // namespace contract
