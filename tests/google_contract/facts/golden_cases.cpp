// The golden cases: whole stories that a sync engine has to survive, each from its first request to
// its last.
#include <algorithm>
#include <set>

#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

struct Pages {
  std::vector<std::string> ids;  // of all items, in order
  int pages = 0;
  Response last;
};

Pages read_all(Client& client, const std::string& query) {
  Pages out;
  std::string token;
  do {
    out.last = client.events(query + (token.empty() ? "" : "&pageToken=" + escape(token)));
    for (const Json& item : out.last.list("items")) out.ids.push_back(item.string("id"));
    token = out.last.text("nextPageToken");
  } while (!token.empty() && ++out.pages < 100);
  ++out.pages;
  return out;
}

SECTION("golden");

FACT(EmulatorOnly, "1. full sync of 600 events in pages, one empty; token only at the end",
     documented) {
  Json events = Json::array();
  for (int i = 0; i < 600; ++i) events.push(timed("E" + std::to_string(i)));
  (void)client.control(
      "POST", "/load",
      Json::object(
          {{"accounts",
            Json::array({Json::object(
                {{"email", client.me.email},
                 {"calendars", Json::array({Json::object(
                                   {{"primary", true}, {"events", std::move(events)}})})}})})}}));
  (void)client.control(
      "POST", "/faults",
      json("{'match':{'path':'/calendar/v3/calendars/{calendarId}/events'},'skip':1,"
           "'effect':{'empty_page':true}}"));
  const Pages all = read_all(client, "?maxResults=250");
  EXPECT_EQ(all.ids.size(), 600u);
  EXPECT_EQ(std::set<std::string>(all.ids.begin(), all.ids.end()).size(), 600u);
  EXPECT_EQ(all.pages, 4);
  EXPECT_NE(all.last.text("nextSyncToken"), "");
  EXPECT_EQ(
      client.events("?singleEvents=true&orderBy=startTime&maxResults=2500").dump("nextSyncToken"),
      "absent");
}

FACT(EmulatorOnly, "2. token and timeMin: 400, garbage: 400; expired: 410, then no tombstones",
     documented) {
  std::vector<std::string> local;
  for (int i = 0; i < 4; ++i) local.push_back(client.insert(timed("E")).text("id"));
  const std::string token = client.sync_token();
  EXPECT_EQ(client.changes_since(token, "&timeMin=2026-12-01T00:00:00Z").status, 400);
  EXPECT_EQ(client.changes_since("garbage").reason(), "invalid");
  (void)client.remove(event_path(local[0]));
  (void)client.remove(event_path(local[1]));
  (void)client.control("POST", "/sync_tokens/expire",
                       Json::object({{"calendar", client.me.email}}));
  EXPECT_EQ(client.changes_since(token).reason(), "fullSyncRequired");
  const Pages full = read_all(client, "?maxResults=100");
  std::size_t swept = 0;
  for (const std::string& id : local)
    swept += std::find(full.ids.begin(), full.ids.end(), id) == full.ids.end() ? 1 : 0;
  EXPECT_EQ(swept, 2u);
}

FACT(Client, "3. an exception on another page than its master, and before it", documented) {
  const std::string id = client.insert(daily()).text("id");
  (void)client.patch(event_path(id + "_20261202T080000Z"), json("{'summary':'X'}"));
  const Pages all = read_all(client, "?maxResults=1");
  EXPECT_EQ(all.ids.size(), 2u);
  EXPECT_EQ(all.pages, 2);
}

FACT(PrivateAccount, "4. a bare tombstone, a cancelled exception without showDeleted, an orphan",
     observed) {
  const User guest = client.another_user();
  const std::string single = client.insert(timed("A")).text("id"),
                    series = client.insert(daily()).text("id"), token = client.sync_token();
  (void)client.remove(event_path(single));
  (void)client.remove(event_path(series + "_20261202T080000Z"));
  (void)client.patch(
      event_path(series + "_20261203T080000Z"),
      Json::object({{"attendees", Json::array({Json::object({{"email", guest.email}})})}}));
  const Response next = client.changes_since(token);
  EXPECT_EQ(next.count(), 4u);
  EXPECT_EQ(client.events().count(), 3u) << "master, exception, cancelled exception";
  EXPECT_EQ(client.as(guest, "GET", "/calendars/primary/events").text("items.0.recurringEventId"),
            series);
}

FACT(Client, "5. series across both clock changes: instance ids change their UTC suffix",
     observed) {
  const auto ids = [&](const char* zone, const char* start, const char* end) {
    Json body = daily("S", "RRULE:FREQ=DAILY;COUNT=2");
    body.set("start", Json::object({{"dateTime", start}, {"timeZone", zone}}));
    body.set("end", Json::object({{"dateTime", end}, {"timeZone", zone}}));
    const std::string id = client.insert(body).text("id");
    const Response list = client.instances(id);
    return std::pair{list.text("items.0.id").substr(id.size()),
                     list.text("items.1.id").substr(id.size())};
  };
  EXPECT_EQ(ids("Europe/Berlin", "2027-03-27T09:00:00", "2027-03-27T10:00:00"),
            (std::pair<std::string, std::string>{"_20270327T080000Z", "_20270328T070000Z"}));
  EXPECT_EQ(ids("Australia/Sydney", "2027-04-03T09:00:00", "2027-04-03T10:00:00"),
            (std::pair<std::string, std::string>{"_20270402T220000Z", "_20270403T230000Z"}));
  Json body = all_day("D", "2027-03-27", "2027-03-28");
  body.set("recurrence", json("['RRULE:FREQ=DAILY;COUNT=3']"));
  const std::string id = client.insert(body).text("id");
  EXPECT_EQ(client.instances(id).text("items.2.end.date"), "2027-03-30");
}

FACT(Client, "6. ending exactly at timeMin, starting exactly at timeMax: both outside",
     documented) {
  (void)client.insert(timed("Before", "2026-12-01T08:00:00Z", "2026-12-01T09:00:00Z"));
  (void)client.insert(timed("In", "2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z"));
  (void)client.insert(timed("After", "2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z"));
  for (const char* mode : {"", "&singleEvents=true"}) {
    const Response list = client.events(
        std::string("?timeMin=2026-12-01T09:00:00Z&timeMax=2026-12-01T10:00:00Z") + mode);
    EXPECT_EQ(list.count(), 1u);
    EXPECT_EQ(list.text("items.0.summary"), "In");
  }
}

FACT(EmulatorOnly, "7. lost answer on insert: GET finds it; deleted id: 409, restored by PUT",
     observed) {
  Json body = timed("A");
  body.set("id", "golden0007");
  (void)client.control("POST", "/faults",
                       json("{'match':{'method':'POST',"
                            "'path':'/calendar/v3/calendars/{calendarId}/events'},"
                            "'effect':{'drop':true,'when':'after'}}"));
  EXPECT_EQ(client.insert(body).status, 0);
  EXPECT_EQ(client.event("golden0007").status, 200);
  EXPECT_EQ(client.insert(body).status, 409);
  (void)client.remove(event_path("golden0007"));
  EXPECT_EQ(client.insert(body).status, 409);
  body.erase("id");
  body.set("status", "confirmed");
  EXPECT_EQ(client.put(event_path("golden0007"), body).status, 200);
  EXPECT_EQ(client.events().count(), 1u);
}

FACT(Client, "8. 412 by an instance edit; merged; no echo of the own write beyond its own etag",
     observed) {
  const Response made = client.insert(daily());
  const std::string id = made.text("id");
  (void)client.patch(event_path(id + "_20261202T080000Z"), json("{'summary':'Theirs'}"));
  EXPECT_EQ(
      client.patch(event_path(id), json("{'location':'Room'}"), {{"If-Match", made.text("etag")}})
          .status,
      412);
  const std::string token = client.sync_token();
  const Response written = client.patch(event_path(id), json("{'location':'Room'}"),
                                        {{"If-Match", client.event(id).text("etag")}});
  EXPECT_EQ(written.status, 200);
  for (const Json& item : client.changes_since(token).list("items"))
    EXPECT_EQ(item.string("etag"), written.text("etag"));
}

FACT(EmulatorOnly, "9. 403, 429, 500 as HTML, 503 with Retry-After; quotaExceeded on inserts alone",
     documented) {
  const char* effects[] = {"{'status':403,'reason':'rateLimitExceeded'}", "{'status':429}",
                           "{'status':500,'body':'<html></html>'}",
                           "{'status':503,'headers':{'Retry-After':'2'}}"};
  for (const char* effect : effects)
    (void)client.control(
        "POST", "/faults",
        json(std::string("{'match':{'path':'/calendar/v3/calendars/{calendarId}/events',"
                         "'method':'GET'},'effect':") +
             effect + "}"));
  EXPECT_EQ(client.events().reason(), "rateLimitExceeded");
  EXPECT_EQ(client.events().status, 429);
  EXPECT_TRUE(client.events().json.is_null());
  EXPECT_EQ(client.events().header("Retry-After"), "2");
  (void)client.control("POST", "/faults",
                       json("{'match':{'method':'POST'},'times':2,"
                            "'effect':{'status':403,'reason':'quotaExceeded'}}"));
  EXPECT_EQ(client.insert(timed("A")).reason(), "quotaExceeded");
  EXPECT_EQ(client.events().status, 200);
  (void)client.control("DELETE", "/faults");
}

FACT(PrivateAccount, "10. a guest's copy: PUT is refused, PATCH of the own answer passes",
     documented) {
  const User guest = client.another_user();
  Json body = timed("A");
  body.set("location", "Room");
  body.set("attendees", Json::array({Json::object({{"email", guest.email}}),
                                     json("{'email':'x@example.org'}")}));
  const std::string id = client.insert(body).text("id");
  EXPECT_EQ(client.as(guest, "PUT", event_path(id), timed("A").dump()).reason(),
            "forbiddenForNonOrganizer");
  Json list = client.as(guest, "GET", event_path(id)).json["attendees"];
  list.mutable_items().front().set("responseStatus", "accepted");
  EXPECT_EQ(
      client.as(guest, "PATCH", event_path(id), Json::object({{"attendees", list}}).dump()).status,
      200);
  const Response next = client.patch(event_path(id), json("{'summary':'B'}"));
  EXPECT_EQ(next.count("attendees"), 2u);
  EXPECT_EQ(next.text("attendees.0.responseStatus"), "accepted");
}

FACT(EmulatorOnly,
     "11. an extended key of 45, a value of 1025 characters; a cut doubles the CRM id", observed) {
  Json body = daily("D", "RRULE:FREQ=DAILY");
  body.set("extendedProperties",
           Json::object({{"private", Json::object({{"crm", "42"},
                                                   {std::string(45, 'k'), "x"},
                                                   {"long", std::string(1025, 'v')}})}}));
  const Response made = client.insert(body);
  EXPECT_EQ(made.json["extendedProperties"]["private"].members().size(), 2u);
  EXPECT_EQ(made.text("extendedProperties.private.long").size(), 1024u);
  (void)client.control("POST", "/series",
                       Json::object({{"email", client.me.email},
                                     {"event", made.text("id") + "_20261203T080000Z"},
                                     {"scope", "following"},
                                     {"change", json("{'summary':'E'}")}}));
  EXPECT_EQ(client.events("?privateExtendedProperty=crm%3D42").count(), 2u);
}

FACT(EmulatorOnly, "12. consent without a scope, no second refresh token, invalid_grant",
     documented) {
  // The steps are checked one by one in oauth.*; here the limited token meets the API.
  const User limited{client.me.email,
                     client.token(client.me.email, "calendar.calendarlist.readonly")};
  EXPECT_EQ(client.as(limited, "GET", "/users/me/calendarList").status, 200);
  EXPECT_EQ(client.as(limited, "GET", "/calendars/primary/events").reason(),
            "insufficientPermissions");
  (void)client.control("POST", "/tokens/revoke", Json::object({{"email", client.me.email}}));
  EXPECT_EQ(client.as(limited, "GET", "/users/me/calendarList").reason(), "authError");
}

FACT(EmulatorOnly, "13. a channel without an end is stopped once, the second stop is 404",
     observed) {
  const Json body = Json::object(
      {{"id", unique_id("golden-")}, {"type", "web_hook"}, {"address", "http://127.0.0.1:9/none"}});
  const Response made = client.post("/calendars/primary/events/watch", body);
  EXPECT_EQ(made.status, 200);
  const Json stop =
      Json::object({{"id", made.text("id")}, {"resourceId", made.text("resourceId")}});
  EXPECT_EQ(client.post("/channels/stop", stop).status, 204);
  EXPECT_EQ(client.post("/channels/stop", stop).status, 404);
}

FACT(Client, "14. a batch of 51 with mixed results", documented) {
  std::string text;
  for (int i = 0; i < 51; ++i) {
    Json body = timed("B");
    body.set("id", "golden14" + std::to_string(100 + i / 2));  // every second one is a duplicate
    text += "--x\r\nContent-Type: application/http\r\nContent-ID: <" + std::to_string(i) +
            " + ä>\r\n\r\nPOST /calendar/v3/calendars/primary/events HTTP/1.1\r\nContent-Type: "
            "application/json\r\n\r\n" +
            body.dump() + "\r\n";
  }
  const Response response = client.raw("POST", "/batch/calendar/v3", text + "--x--",
                                       {{"Content-Type", "multipart/mixed; boundary=x"},
                                        {"Authorization", "Bearer " + client.me.token}});
  std::size_t good = 0, bad = 0;
  for (std::size_t at = 0; (at = response.body.find("HTTP/1.1 200", at)) != std::string::npos; ++at)
    ++good;
  for (std::size_t at = 0; (at = response.body.find("HTTP/1.1 409", at)) != std::string::npos; ++at)
    ++bad;
  EXPECT_EQ(good, 26u);
  EXPECT_EQ(bad, 25u);
  EXPECT_NE(response.body.find("<response-50 + ä>"), std::string::npos);
}

}  // namespace
}  // namespace contract
