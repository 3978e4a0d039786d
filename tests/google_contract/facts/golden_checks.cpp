// The golden cases: whole stories that a sync engine has to survive, each from the first request to
// the last.
#include "tests/google_contract/facts/contract.hpp"

namespace contract {
namespace {

using enum Known;

std::string event_path(const std::string& id) {
  return "/calendars/primary/events/" + id;
}

// Reads all pages; the ids in order, the pages and the last answer.
struct Walk {
  std::vector<std::string> ids;
  int pages = 0;
  Answer last;
};
Walk walk(Probe& p, const std::string& query) {
  Walk out;
  std::string token;
  do {
    out.last = p.events(query + (token.empty() ? "" : "&pageToken=" + escape(token)));
    for (const Json& item : out.last.list("items")) out.ids.push_back(item.string("id"));
    token = out.last.text("nextPageToken");
  } while (!token.empty() && ++out.pages < 100);
  ++out.pages;
  return out;
}

}  // namespace

void golden_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"golden", fact, known, std::move(run)});
  };
  add("1. full sync of 600 events in pages, one empty in the middle; the token only at the end; "
      "orderBy gives none",
      documented, [](Emulated& p) {
        Json events = Json::array();
        for (int i = 0; i < 600; ++i) events.push(timed("E" + std::to_string(i)));
        (void)p.control(
            "POST", "/load",
            Json::object({{"accounts",
                           Json::array({Json::object(
                               {{"email", p.me.email},
                                {"calendars",
                                 Json::array({Json::object(
                                     {{"primary", true}, {"events", std::move(events)}})})}})})}}));
        (void)p.control("POST", "/faults",
                        js("{'match':{'path':'/calendar/v3/calendars/{calendarId}/"
                           "events'},'skip':1,'effect':{'empty_page':true}}"));
        const Walk all = walk(p, "?maxResults=250");
        EXPECT_EQ(all.ids.size(), 600u);
        EXPECT_EQ(std::set<std::string>(all.ids.begin(), all.ids.end()).size(), 600u);
        EXPECT_EQ(all.pages, 4);
        EXPECT_NE(all.last.text("nextSyncToken"), "");
        EXPECT_EQ(
            p.events("?singleEvents=true&orderBy=startTime&maxResults=2500").dump("nextSyncToken"),
            "absent");
      });
  add("2. token and timeMin: 400; garbage: 400 invalid; expired: 410; then no tombstones, and two "
      "local rows are swept",
      documented, [](Emulated& p) {
        std::vector<std::string> local;
        for (int i = 0; i < 4; ++i) local.push_back(p.insert(timed("E")).text("id"));
        const std::string token = p.sync_token();
        EXPECT_EQ(p.since(token, "&timeMin=2026-12-01T00:00:00Z").status, 400);
        EXPECT_EQ(p.since("garbage").reason(), "invalid");
        (void)p.remove(event_path(local[0]));
        (void)p.remove(event_path(local[1]));
        (void)p.control("POST", "/sync_tokens/expire", Json::object({{"calendar", p.me.email}}));
        EXPECT_EQ(p.since(token).reason(), "fullSyncRequired");
        const Walk full = walk(p, "?maxResults=100");
        std::size_t swept = 0;
        for (const std::string& id : local)
          swept += std::find(full.ids.begin(), full.ids.end(), id) == full.ids.end() ? 1 : 0;
        EXPECT_EQ(swept, 2u);
      });
  add("3. an exception on another page than its master, and before it", documented, [](Probe& p) {
    const std::string id = p.insert(daily()).text("id");
    (void)p.patch(event_path(id + "_20261202T080000Z"), js("{'summary':'X'}"));
    const Walk all = walk(p, "?maxResults=1");
    EXPECT_EQ(all.ids.size(), 2u);
    EXPECT_EQ(all.pages, 2);
  });
  add("4. a cancelled item with only an id, a cancelled exception under showDeleted=false, an "
      "orphan exception",
      observed, [](Own& p) {
        const Person guest = p.another();
        const std::string single = p.insert(timed("A")).text("id"),
                          series = p.insert(daily()).text("id"), token = p.sync_token();
        (void)p.remove(event_path(single));
        (void)p.remove(event_path(series + "_20261202T080000Z"));
        (void)p.patch(
            event_path(series + "_20261203T080000Z"),
            Json::object({{"attendees", Json::array({Json::object({{"email", guest.email}})})}}));
        const Answer next = p.since(token);
        EXPECT_EQ(next.count(), 4u);
        EXPECT_EQ(p.events().count(), 3u) << "master, exception, cancelled exception";
        EXPECT_EQ(p.as(guest, "GET", "/calendars/primary/events").text("items.0.recurringEventId"),
                  series);
      });
  add("5. series across the clock change in both hemispheres: instance ids change their UTC suffix",
      observed, [](Probe& p) {
        const auto ids = [&](const char* zone, const char* start, const char* end) {
          Json body = daily("S", "RRULE:FREQ=DAILY;COUNT=2");
          body.set("start", Json::object({{"dateTime", start}, {"timeZone", zone}}));
          body.set("end", Json::object({{"dateTime", end}, {"timeZone", zone}}));
          const std::string id = p.insert(body).text("id");
          const Answer list = p.get(event_path(id) + "/instances");
          return std::pair{list.text("items.0.id").substr(id.size()),
                           list.text("items.1.id").substr(id.size())};
        };
        EXPECT_EQ(ids("Europe/Berlin", "2027-03-27T09:00:00", "2027-03-27T10:00:00"),
                  (std::pair<std::string, std::string>{"_20270327T080000Z", "_20270328T070000Z"}));
        EXPECT_EQ(ids("Australia/Sydney", "2027-04-03T09:00:00", "2027-04-03T10:00:00"),
                  (std::pair<std::string, std::string>{"_20270402T220000Z", "_20270403T230000Z"}));
        Json body = all_day("D", "2027-03-27", "2027-03-28");
        body.set("recurrence", js("['RRULE:FREQ=DAILY;COUNT=3']"));
        const std::string id = p.insert(body).text("id");
        EXPECT_EQ(p.get(event_path(id) + "/instances").text("items.2.end.date"), "2027-03-30");
      });
  add("6. ending exactly at timeMin, starting exactly at timeMax: both outside", documented,
      [](Probe& p) {
        (void)p.insert(timed("Before", "2026-12-01T08:00:00Z", "2026-12-01T09:00:00Z"));
        (void)p.insert(timed("In", "2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z"));
        (void)p.insert(timed("After", "2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z"));
        for (const char* mode : {"", "&singleEvents=true"}) {
          const Answer list = p.events(
              std::string("?timeMin=2026-12-01T09:00:00Z&timeMax=2026-12-01T10:00:00Z") + mode);
          EXPECT_EQ(list.count(), 1u);
          EXPECT_EQ(list.text("items.0.summary"), "In");
        }
      });
  add("7. a lost answer on insert: GET finds it; the deleted id again: 409, restored by PUT "
      "confirmed",
      observed, [](Emulated& p) {
        Json body = timed("A");
        body.set("id", "golden0007");
        (void)p.control("POST", "/faults",
                        js("{'match':{'method':'POST','path':'/calendar/v3/calendars/{calendarId}/"
                           "events'},'effect':{'drop':true,'when':'after'}}"));
        EXPECT_EQ(p.insert(body).status, 0);
        EXPECT_EQ(p.event("golden0007").status, 200);
        EXPECT_EQ(p.insert(body).status, 409);
        (void)p.remove(event_path("golden0007"));
        EXPECT_EQ(p.insert(body).status, 409);
        body.erase("id");
        body.set("status", "confirmed");
        EXPECT_EQ(p.put(event_path("golden0007"), body).status, 200);
        EXPECT_EQ(p.events().count(), 1u);
      });
  add("8. 412 by an instance edit; merged; no echo of the own write beyond its own etag", observed,
      [](Probe& p) {
        const Answer made = p.insert(daily());
        const std::string id = made.text("id");
        (void)p.patch(event_path(id + "_20261202T080000Z"), js("{'summary':'Theirs'}"));
        EXPECT_EQ(
            p.patch(event_path(id), js("{'location':'Room'}"), {{"If-Match", made.text("etag")}})
                .status,
            412);
        const std::string token = p.sync_token();
        const Answer written = p.patch(event_path(id), js("{'location':'Room'}"),
                                       {{"If-Match", p.event(id).text("etag")}});
        EXPECT_EQ(written.status, 200);
        for (const Json& item : p.since(token).list("items"))
          EXPECT_EQ(item.string("etag"), written.text("etag"));
      });
  add("9. 403 rateLimitExceeded, 429, 500 as HTML, 503 with Retry-After; quotaExceeded on inserts "
      "alone",
      documented, [](Emulated& p) {
        const char* effects[] = {"{'status':403,'reason':'rateLimitExceeded'}", "{'status':429}",
                                 "{'status':500,'body':'<html></html>'}",
                                 "{'status':503,'headers':{'Retry-After':'2'}}"};
        for (const char* effect : effects)
          (void)p.control("POST", "/faults",
                          js(std::string("{'match':{'path':'/calendar/v3/calendars/{calendarId}/"
                                         "events','method':'GET'},'effect':") +
                             effect + "}"));
        EXPECT_EQ(p.events().reason(), "rateLimitExceeded");
        EXPECT_EQ(p.events().status, 429);
        EXPECT_TRUE(p.events().json.is_null());
        EXPECT_EQ(p.events().header("Retry-After"), "2");
        (void)p.control("POST", "/faults",
                        js("{'match':{'method':'POST'},'times':2,'effect':{'status':403,'reason':'"
                           "quotaExceeded'}}"));
        EXPECT_EQ(p.insert(timed("A")).reason(), "quotaExceeded");
        EXPECT_EQ(p.events().status, 200);
        (void)p.control("DELETE", "/faults");
      });
  add("10. a guest's copy: PUT is forbiddenForNonOrganizer, PATCH of the own answer passes, guests "
      "survive a new title",
      documented, [](Own& p) {
        const Person guest = p.another();
        Json body = timed("A");
        body.set("location", "Room");
        body.set("attendees", Json::array({Json::object({{"email", guest.email}}),
                                           js("{'email':'x@example.org'}")}));
        const std::string id = p.insert(body).text("id");
        EXPECT_EQ(p.as(guest, "PUT", event_path(id), timed("A").dump()).reason(),
                  "forbiddenForNonOrganizer");
        Json list = p.as(guest, "GET", event_path(id)).json["attendees"];
        list.mutable_items().front().set("responseStatus", "accepted");
        EXPECT_EQ(
            p.as(guest, "PATCH", event_path(id), Json::object({{"attendees", list}}).dump()).status,
            200);
        const Answer next = p.patch(event_path(id), js("{'summary':'B'}"));
        EXPECT_EQ(next.count("attendees"), 2u);
        EXPECT_EQ(next.text("attendees.0.responseStatus"), "accepted");
      });
  add("11. an extended key of 45 and a value of 1025 characters; a cut doubles the CRM id",
      observed, [](Emulated& p) {
        Json body = daily("D", "RRULE:FREQ=DAILY");
        body.set("extendedProperties",
                 Json::object({{"private", Json::object({{"crm", "42"},
                                                         {std::string(45, 'k'), "x"},
                                                         {"long", std::string(1025, 'v')}})}}));
        const Answer made = p.insert(body);
        EXPECT_EQ(made.json["extendedProperties"]["private"].members().size(), 2u);
        EXPECT_EQ(made.text("extendedProperties.private.long").size(), 1024u);
        (void)p.control("POST", "/series",
                        Json::object({{"email", p.me.email},
                                      {"event", made.text("id") + "_20261203T080000Z"},
                                      {"scope", "following"},
                                      {"change", js("{'summary':'E'}")}}));
        EXPECT_EQ(p.events("?privateExtendedProperty=crm%3D42").count(), 2u);
      });
  add("12. consent without a scope, no refresh token the second time, invalid_grant when withdrawn",
      documented, [](Emulated& p) {
        // The steps are checked one by one in oauth.*; here the limited token meets the API.
        const Person limited{p.me.email, p.token(p.me.email, "calendar.calendarlist.readonly")};
        EXPECT_EQ(p.as(limited, "GET", "/users/me/calendarList").status, 200);
        EXPECT_EQ(p.as(limited, "GET", "/calendars/primary/events").reason(),
                  "insufficientPermissions");
        (void)p.control("POST", "/tokens/revoke", Json::object({{"email", p.me.email}}));
        EXPECT_EQ(p.as(limited, "GET", "/users/me/calendarList").reason(), "authError");
      });
  add("13. a channel without an end is stopped once, the second stop is 404", observed,
      [](Emulated& p) {
        const Json body = Json::object({{"id", unique("golden-")},
                                        {"type", "web_hook"},
                                        {"address", "http://127.0.0.1:9/none"}});
        const Answer made = p.post("/calendars/primary/events/watch", body);
        EXPECT_EQ(made.status, 200);
        const Json stop =
            Json::object({{"id", made.text("id")}, {"resourceId", made.text("resourceId")}});
        EXPECT_EQ(p.post("/channels/stop", stop).status, 204);
        EXPECT_EQ(p.post("/channels/stop", stop).status, 404);
      });
  add("14. a batch of 51 with mixed results", documented, [](Probe& p) {
    std::string text;
    for (int i = 0; i < 51; ++i) {
      Json body = timed("B");
      body.set("id", "golden14" + std::to_string(100 + i / 2));  // every second one is a duplicate
      text += "--x\r\nContent-Type: application/http\r\nContent-ID: <" + std::to_string(i) +
              " + ä>\r\n\r\nPOST /calendar/v3/calendars/primary/events HTTP/1.1\r\nContent-Type: "
              "application/json\r\n\r\n" +
              body.dump() + "\r\n";
    }
    const Answer answer = p.raw("POST", "/batch/calendar/v3", text + "--x--",
                                {{"Content-Type", "multipart/mixed; boundary=x"},
                                 {"Authorization", "Bearer " + p.me.token}});
    std::size_t good = 0, bad = 0;
    for (std::size_t at = 0; (at = answer.body.find("HTTP/1.1 200", at)) != std::string::npos; ++at)
      ++good;
    for (std::size_t at = 0; (at = answer.body.find("HTTP/1.1 409", at)) != std::string::npos; ++at)
      ++bad;
    EXPECT_EQ(good, 26u);
    EXPECT_EQ(bad, 25u);
    EXPECT_NE(answer.body.find("<response-50 + ä>"), std::string::npos);
  });
}

}  // namespace contract
