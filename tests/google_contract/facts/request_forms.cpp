// The forms in which a request may come: another method in a header, bodies of other types,
// parameters of every method, the layout of an answer.
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

constexpr const char* kEvents = "/calendars/primary/events";
constexpr const char* kForm = "application/x-www-form-urlencoded";

// A POST that is a request with another method.
Response overridden(Client& client, const std::string& method, const std::string& path,
                    const std::string& body = "", Fields headers = {}) {
  headers.emplace_back("X-HTTP-Method-Override", method);
  return client.call("POST", path, body, std::move(headers));
}

SECTION("requests.method");

// The performance guide of the Calendar API: "POST" with "X-HTTP-Method-Override: PATCH".
FACT(Client, "X-HTTP-Method-Override: PATCH changes the members that are sent", documented) {
  const std::string id = client.insert(merged(timed("A"), "{'location':'Here'}")).text("id");
  const Response response = overridden(client, "PATCH", event_path(id), "{\"summary\":\"B\"}");
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(client.event(id).text("summary"), "B");
  EXPECT_EQ(client.event(id).text("location"), "Here");
}

FACT(Client, "X-HTTP-Method-Override: PUT replaces the event", documented) {
  const std::string id = client.insert(merged(timed("A"), "{'location':'Here'}")).text("id");
  EXPECT_EQ(overridden(client, "PUT", event_path(id), timed("B").dump()).status, 200);
  EXPECT_EQ(client.event(id).text("summary"), "B");
  EXPECT_EQ(client.event(id).text("location"), "");
}

FACT(Client, "X-HTTP-Method-Override: DELETE deletes", documented) {
  const std::string id = client.insert(timed("A")).text("id");
  EXPECT_EQ(overridden(client, "DELETE", event_path(id)).status, 204);
  EXPECT_EQ(client.event(id).text("status"), "cancelled");
}

FACT(Client, "If-Match guards the method of the header", documented) {
  const Response made = client.insert(timed("A"));
  (void)client.patch(event_path(made.text("id")), json("{'summary':'B'}"));
  EXPECT_EQ(overridden(client, "DELETE", event_path(made.text("id")), "",
                       {{"If-Match", made.text("etag")}})
                .status,
            412);
}

// googleapiclient/http.py, HttpRequest.execute: so for every URL over 2048 characters.
FACT(Client, "X-HTTP-Method-Override: GET reads the query from a form", observed) {
  (void)client.insert(timed("Alpha"));
  (void)client.insert(timed("Beta"));
  std::string query = "maxResults=10&q=Alpha";
  while (query.size() <= 2'048) query += "&eventTypes=default";
  const Response list = overridden(client, "GET", kEvents, query, {{"Content-Type", kForm}});
  EXPECT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.count(), 1u);
  EXPECT_EQ(list.text("items.0.summary"), "Alpha");
  EXPECT_EQ(client.events().count(), 2u) << "nothing was inserted";
}

FACT(Client, "the query of the URL and that of the form are one", guessed) {
  (void)client.insert(timed("Alpha"));
  (void)client.insert(timed("Beta"));
  EXPECT_EQ(overridden(client, "GET", std::string(kEvents) + "?q=Beta", "maxResults=10",
                       {{"Content-Type", kForm}})
                .text("items.0.summary"),
            "Beta");
}

FACT(Client, "a method that the path does not have, in the header: 404 or 405", guessed) {
  for (const char* method : {"BREW", "TRACE", "PATCH"}) {
    const Response response = overridden(client, method, "/colors", "{}");
    EXPECT_TRUE(response.status == 404 || response.status == 405 || response.status == 400)
        << method << " " << response.status;
  }
}

FACT(Client, "the header does not change a GET", guessed) {
  const std::string id = client.insert(timed("A")).text("id");
  EXPECT_EQ(client.get(event_path(id), {{"X-HTTP-Method-Override", "DELETE"}}).status, 200);
  EXPECT_EQ(client.event(id).text("status"), "confirmed");
}

FACT(EmulatorOnly, "scopes see the method of the header", documented) {
  const std::string id = client.insert(timed("A")).text("id");
  const User reader{client.me.email, client.token(client.me.email, "calendar.events.readonly")};
  EXPECT_EQ(client
                .as(reader, "POST", kEvents, "maxResults=1",
                    {{"X-HTTP-Method-Override", "GET"}, {"Content-Type", kForm}})
                .status,
            200);
  EXPECT_EQ(
      client.as(reader, "POST", event_path(id), "", {{"X-HTTP-Method-Override", "DELETE"}}).status,
      403);
}

FACT(EmulatorOnly, "statistics, faults and the log see the method of the header", guessed) {
  (void)client.control("POST", "/stats/reset");
  (void)client.control("POST", "/faults",
                       json("{'match':{'method':'PATCH'},'effect':{'status':503}}"));
  const std::string id = client.insert(timed("A")).text("id");
  EXPECT_EQ(overridden(client, "PATCH", event_path(id), "{}").status, 503);
  const Response stats = client.control("GET", "/stats");
  EXPECT_EQ(stats.json["requests"]["PATCH /calendar/v3/calendars/{calendarId}/events/{eventId}"]
                .as_integer(),
            1);
  EXPECT_EQ(client.control("GET", "/requests").text("requests.0.method"), "PATCH");
}

FACT(EmulatorOnly, "a quota counts the method of the header: a PATCH costs three units", guessed) {
  const std::string id = client.insert(timed("A")).text("id");
  (void)client.control("POST", "/quotas", json("{'per_user_per_minute':4}"));
  EXPECT_EQ(overridden(client, "PATCH", event_path(id), "{}").status, 200);
  EXPECT_EQ(overridden(client, "PATCH", event_path(id), "{}").status, 403);
  (void)client.control("POST", "/quotas", json("{}"));
}

// The parts of a batch are requests of their own ("a set of nested HTTP requests").
FACT(Client, "a part of a batch may have the header", documented) {
  const std::string id = client.insert(timed("A")).text("id");
  const std::string body =
      "--b\r\nContent-Type: application/http\r\nContent-ID: <1>\r\n\r\nPOST "
      "/calendar/v3/calendars/primary/events/" +
      id +
      " HTTP/1.1\r\nX-HTTP-Method-Override: PATCH\r\nContent-Type: application/json\r\n\r\n"
      "{\"summary\":\"B\"}\r\n--b--\r\n";
  EXPECT_EQ(client
                .raw("POST", "/batch/calendar/v3", body,
                     {{"Content-Type", "multipart/mixed; boundary=b"},
                      {"Authorization", "Bearer " + client.me.token}})
                .status,
            200);
  EXPECT_EQ(client.event(id).text("summary"), "B");
}

SECTION("requests.bodies");

void expect_form_refused(Client& client, const std::string& type) {
  const Response response =
      client.call("POST", kEvents, timed("A").dump(), {{"Content-Type", type}});
  EXPECT_EQ(response.status, 400) << response.body;
  EXPECT_EQ(response.reason(), "parseError");
  EXPECT_EQ(response.text("error.message"),
            "This API does not support parsing form-encoded input.");
  EXPECT_EQ(client.events().count(), 0u);
}

FACT(Client, "JSON sent as a form: 400 parseError", observed) {
  expect_form_refused(client, kForm);
}

FACT(Client, "JSON sent as a form with a charset: 400 parseError", observed) {
  expect_form_refused(client, std::string(kForm) + "; charset=UTF-8");
}

FACT(Client, "JSON sent as text/plain: 400 parseError", observed) {
  expect_form_refused(client, "text/plain;charset=UTF-8");
}

FACT(Client, "PUT and PATCH refuse a form as well", observed) {
  const std::string id = client.insert(timed("A")).text("id");
  for (const char* method : {"PUT", "PATCH"})
    EXPECT_EQ(
        client.call(method, event_path(id), timed("B").dump(), {{"Content-Type", kForm}}).reason(),
        "parseError")
        << method;
  EXPECT_EQ(client.event(id).text("summary"), "A");
}

FACT(Client, "application/json with a charset is read", documented) {
  EXPECT_EQ(client
                .call("POST", kEvents, timed("A").dump(),
                      {{"Content-Type", "application/json; charset=UTF-8"}})
                .status,
            200);
}

FACT(Client, "a body without a Content-Type is read as JSON", guessed) {
  EXPECT_EQ(client.call("POST", kEvents, timed("A").dump(), {{"Content-Type", ""}}).status, 200);
}

FACT(Client, "a body of another type: 400", guessed) {
  EXPECT_EQ(
      client
          .call("POST", kEvents, timed("A").dump(), {{"Content-Type", "application/octet-stream"}})
          .status,
      400);
}

FACT(Client, "a POST without a body needs no type", documented) {
  EXPECT_EQ(client.call("POST", "/channels/stop", "", {{"Content-Type", kForm}}).status, 404);
}

SECTION("requests.parameters");

void expect_refused(Client& client, const std::string& query, const std::string& location) {
  const Response response = client.events("?" + query);
  EXPECT_EQ(response.status, 400) << query << ": " << response.body;
  EXPECT_EQ(response.reason(), "invalidParameter") << query;
  EXPECT_EQ(response.text("error.errors.0.location"), location) << query;
  EXPECT_EQ(response.text("error.errors.0.locationType"), "parameter") << query;
}

FACT(Client, "alt=json passes, another alt: 400 invalidParameter", documented) {
  EXPECT_EQ(client.events("?alt=json").status, 200);
  expect_refused(client, "alt=xml", "alt");
  expect_refused(client, "alt=media", "alt");
}

// developers.google.com/youtube/v3/docs/core_errors: domain global, "Invalid string value: 'asdf'.
// Allowed values: [mostpopular]".
FACT(Client, "an unknown value of an enum: 400 that names the allowed ones", documented) {
  expect_refused(client, "eventTypes=nonsense", "eventTypes");
  expect_refused(client, "eventTypes=default&eventTypes=nonsense", "eventTypes");
  expect_refused(client, "orderBy=size", "orderBy");
  EXPECT_EQ(client.events("?orderBy=size").text("error.message"),
            "Invalid string value: 'size'. Allowed values: [startTime, updated]");
  EXPECT_EQ(client.get("/users/me/calendarList?minAccessRole=king").reason(), "invalidParameter");
  EXPECT_EQ(client.insert(timed("A"), "?sendUpdates=some").reason(), "invalidParameter");
}

FACT(Client, "a number that is none or out of range: 400 invalidParameter", documented) {
  for (const char* value : {"0", "-1", "x", "", "1.5", "99999999999"})
    expect_refused(client, std::string("maxResults=") + value, "maxResults");
  expect_refused(client, "maxAttendees=0", "maxAttendees");
  EXPECT_EQ(client.insert(timed("A"), "?conferenceDataVersion=2").reason(), "invalidParameter");
}

FACT(Client, "a boolean that is none: 400 invalidParameter", documented) {
  expect_refused(client, "singleEvents=maybe", "singleEvents");
  expect_refused(client, "prettyPrint=maybe", "prettyPrint");
}

FACT(Client, "a required parameter that is absent: 400 required", documented) {
  const std::string id = client.insert(timed("A")).text("id");
  const Response move = client.call("POST", event_path(id) + "/move");
  EXPECT_EQ(move.status, 400);
  EXPECT_EQ(move.reason(), "required");
  EXPECT_EQ(move.text("error.errors.0.location"), "destination");
}

FACT(Client, "a parameter that the method does not have is ignored", observed) {
  (void)client.insert(timed("A"));
  EXPECT_EQ(client.events("?nonsense=1&callback=x&sendUpdates=some").count(), 1u);
}

FACT(Client, "parameters for quotas and for tracing pass", documented) {
  EXPECT_EQ(client.events("?quotaUser=anna&userIp=10.0.0.1&%24.xgafv=2").status, 200);
}

// cloud.google.com/apis/docs/system-parameters: "$alt", "$fields", "$prettyPrint" ...
FACT(Client, "$alt, $fields and $prettyPrint are alt, fields and prettyPrint", documented) {
  EXPECT_EQ(client.events("?%24alt=json&%24prettyPrint=false&%24fields=kind").body,
            "{\"kind\":\"calendar#events\"}");
}

FACT(Client, "maxAttendees holds for the answer to a write", documented) {
  const Response made = client.insert(
      merged(timed("A"), "{'attendees':[{'email':'a@example.com'},{'email':'b@example.com'}]}"),
      "?maxAttendees=1");
  EXPECT_EQ(made.status, 200);
  EXPECT_TRUE(made.json["attendeesOmitted"].as_bool()) << made.body;
  EXPECT_EQ(client.event(made.text("id")).json["attendees"].items().size(), 2u);
}

SECTION("requests.layout");

// "Returns response with indentations and line breaks", default true (discovery document). One
// space for a level: googleapis answers in fullcalendar/fullcalendar#5568,
// GovTechSG/butler-bot#39.
FACT(Client, "an answer is indented by one space", observed) {
  const std::string body = client.events().body;
  EXPECT_TRUE(body.starts_with("{\n \"kind\": \"calendar#events\",\n \"etag\": \"")) << body;
  EXPECT_TRUE(body.ends_with("\n}\n")) << body;
}

FACT(Client, "members of items are indented further, empty lists stay in a line", observed) {
  (void)client.insert(timed("A"));
  const std::string body = client.events().body;
  EXPECT_NE(body.find("\n \"items\": [\n  {\n   \"kind\": \"calendar#event\","), std::string::npos)
      << body;
  EXPECT_NE(client.get("/users/me/settings?fields=kind,items(id)").body.find("\n  {\n   \"id\""),
            std::string::npos);
}

FACT(Client, "errors are indented as well", observed) {
  EXPECT_TRUE(client.event("unknown00").body.starts_with("{\n \"error\": {\n"));
}

FACT(Client, "prettyPrint=true is the default", documented) {
  EXPECT_EQ(client.get("/colors?prettyPrint=true").body, client.get("/colors").body);
}

FACT(Client, "prettyPrint=false leaves no white space", documented) {
  const Response response = client.events("?prettyPrint=false");
  EXPECT_EQ(response.body.find('\n'), std::string::npos);
  EXPECT_TRUE(response.body.starts_with("{\"kind\":\"calendar#events\",\"etag\":\""));
}

FACT(Client, "quotes, backslashes and brackets in a text survive the layout", documented) {
  const std::string text = "a \"b\" \\ {c}, [d]: \\\" e\n{\"f\":[]}";
  Json body = timed("A");
  body.set("summary", text);
  const std::string id = client.insert(body).text("id");
  EXPECT_EQ(client.event(id).text("summary"), text);
  EXPECT_EQ(client.get(event_path(id) + "?prettyPrint=false").text("summary"), text);
}

}  // namespace
}  // namespace contract
