// What is common to all requests: conditions, authorization, errors, partial responses.
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

void expect_precondition_failed(Client& client, const std::string& method) {
  const Response made = client.insert(timed("A"));
  (void)client.patch(event_path(made.text("id")), json("{'summary':'B'}"));
  const std::string body = method == "DELETE" ? "" : timed("C").dump();
  const Response response =
      client.call(method, event_path(made.text("id")), body, {{"If-Match", made.text("etag")}});
  EXPECT_EQ(response.status, 412);
  EXPECT_EQ(response.reason(), "conditionNotMet");
  EXPECT_EQ(response.text("error.errors.0.location"), "If-Match");
  EXPECT_EQ(client.event(made.text("id")).text("summary"), "B");
}

SECTION("conditions");

FACT(Client, "If-Match with the stored etag passes", documented) {
  const Response made = client.insert(timed("A"));
  EXPECT_EQ(client
                .patch(event_path(made.text("id")), json("{'summary':'B'}"),
                       {{"If-Match", made.text("etag")}})
                .status,
            200);
}

FACT(Client, "PATCH with an older etag: 412 conditionNotMet, nothing changes", documented) {
  expect_precondition_failed(client, "PATCH");
}

FACT(Client, "PUT with an older etag: 412 conditionNotMet, nothing changes", documented) {
  expect_precondition_failed(client, "PUT");
}

FACT(Client, "DELETE with an older etag: 412 conditionNotMet, nothing changes", documented) {
  expect_precondition_failed(client, "DELETE");
}

FACT(Client, "If-Match: * passes", observed) {
  EXPECT_EQ(client
                .patch(event_path(client.insert(timed("A")).text("id")), json("{'summary':'B'}"),
                       {{"If-Match", "*"}})
                .status,
            200);
}

FACT(Client, "412 on the master although only an instance changed", observed) {
  const Response made = client.insert(daily());
  (void)client.patch(event_path(made.text("id") + "_20261202T080000Z"), json("{'summary':'X'}"));
  EXPECT_EQ(client
                .patch(event_path(made.text("id")), json("{'summary':'B'}"),
                       {{"If-Match", made.text("etag")}})
                .status,
            412);
}

FACT(Client, "the master's etag serves for an untouched instance", observed) {
  const Response made = client.insert(daily());
  EXPECT_EQ(client
                .patch(event_path(made.text("id") + "_20261202T080000Z"), json("{'summary':'X'}"),
                       {{"If-Match", made.text("etag")}})
                .status,
            200);
}

FACT(Client, "If-None-Match with the stored etag: 304 without a body", documented) {
  const Response made = client.insert(timed("A"));
  const Response response =
      client.get(event_path(made.text("id")), {{"If-None-Match", made.text("etag")}});
  EXPECT_EQ(response.status, 304);
  EXPECT_EQ(response.body, "");
}

FACT(Client, "with another etag: 200", documented) {
  EXPECT_EQ(
      client.get(event_path(client.insert(timed("A")).text("id")), {{"If-None-Match", "\"1\""}})
          .status,
      200);
}

FACT(Client, "If-None-Match on a list with the collection's etag: 304", guessed) {
  EXPECT_EQ(
      client.get("/calendars/primary/events", {{"If-None-Match", client.events().header("ETag")}})
          .status,
      304);
}

FACT(Client, "the ETag header is the resource's etag", observed) {
  const Response response = client.event(client.insert(timed("A")).text("id"));
  EXPECT_EQ(response.header("ETag"), response.text("etag"));
}

void expect_parse_error(Client& client, const std::string& body) {
  const Response response = client.call("POST", "/calendars/primary/events", body);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.reason(), "parseError");
}

SECTION("requests");

// wanasit/google-calendar#28.
FACT(Client, "no token: 401 with a location", observed) {
  const Response response = client.raw("POST", "/calendar/v3/calendars/primary/events", "{}");
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.text("error.errors.0.location"), "Authorization");
}

FACT(Client, "a dead token: 401 authError Invalid Credentials", documented) {
  const Response response =
      client.as({client.me.email, "nope"}, "GET", "/calendars/primary/events");
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.reason(), "authError");
  EXPECT_EQ(response.text("error.message"), "Invalid Credentials");
  EXPECT_NE(response.header("WWW-Authenticate"), "");
}

FACT(EmulatorOnly, "a token runs out after expires_in", documented) {
  (void)client.control("POST", "/clock", json("{'advance':3700}"));
  EXPECT_EQ(client.events().status, 401);
}

FACT(Client, "the error body: errors[], code, message", documented) {
  const Response response = client.event("unknown00");
  EXPECT_EQ(response.dump("error.code"), "404");
  EXPECT_EQ(response.text("error.message"), "Not Found");
  EXPECT_EQ(response.text("error.errors.0.domain"), "global");
  EXPECT_EQ(response.header("Content-Type"), "application/json; charset=UTF-8");
}

FACT(Client, "an unknown path: 404", documented) {
  EXPECT_EQ(client.get("/nonsense").status, 404);
}

FACT(Client, "HEAD is not a method of the API: 404 or 405, without a body", guessed) {
  for (const char* path : {"/calendars/primary/events", "/colors"}) {
    const Response response = client.call("HEAD", path);
    EXPECT_TRUE(response.status == 404 || response.status == 405) << response.status;
  }
}

FACT(Client, "a known path with another method: 404 or 405", guessed) {
  EXPECT_TRUE(client.call("PATCH", "/colors", "{}").status == 404 ||
              client.call("PATCH", "/colors", "{}").status == 405);
}

FACT(Client, "a body that is no JSON object: 400 parseError: {", documented) {
  expect_parse_error(client, "{");
}

FACT(Client, "a body that is no JSON object: 400 parseError: []", documented) {
  expect_parse_error(client, "[]");
}

FACT(Client, "a body that is no JSON object: 400 parseError: \"text\"", documented) {
  expect_parse_error(client, "\"text\"");
}

FACT(Client, "a body that is no JSON object: 400 parseError: {\"summary\":\"\\ud800\"}",
     documented) {
  expect_parse_error(client, "{\"summary\":\"\\ud800\"}");
}

FACT(Client, "a body that is no JSON object: 400 parseError: {\"a\":1,}", documented) {
  expect_parse_error(client, "{\"a\":1,}");
}

FACT(Client, "broken percent-encoding in the query: 400", guessed) {
  EXPECT_EQ(client.events("?q=%zz").status, 400);
}

FACT(Client, "the token may be in the query as access_token", documented) {
  EXPECT_EQ(
      client.raw("GET", "/calendar/v3/calendars/primary/events?access_token=" + client.me.token)
          .status,
      200);
}

FACT(Client, "gzip when the client accepts it", documented) {
  for (int i = 0; i < 20; ++i) (void)client.insert(timed("A rather long title to be compressed"));
  const Response response = client.get(
      "/calendars/primary/events", {{"Accept-Encoding", "gzip"}, {"User-Agent", "test (gzip)"}});
  EXPECT_EQ(response.header("Content-Encoding"), "gzip");
  EXPECT_TRUE(response.body.starts_with("\x1f\x8b"));
}

FACT(Client, "the usual headers: Vary and Cache-Control", observed) {
  EXPECT_NE(client.get("/colors").header("Vary").find("Origin"), std::string::npos);
  EXPECT_NE(client.get("/colors").header("Cache-Control"), "");
}

// {"a":1,"b":[{"c":2}]} -> {a,b[{c}]}
std::string shape(const Json& value) {
  std::string out;
  if (value.is_object()) {
    for (const auto& [name, member] : value.members())
      out += (out.empty() ? "" : ",") + name + shape(member);
    return "{" + out + "}";
  }
  if (value.is_array())
    return value.items().empty() ? "[]" : "[" + shape(value.items().front()) + "]";
  return "";
}

// A list with one event, reduced by this mask.
void expect_shape(Client& client, const std::string& mask, const std::string& expected) {
  (void)client.insert(timed("A"));
  EXPECT_EQ(shape(client.events("?fields=" + escape(mask)).json), expected);
}

void expect_broken_mask(Client& client, const std::string& mask) {
  const Response response = client.events("?fields=" + escape(mask));
  EXPECT_EQ(response.status, 400) << response.body;
  EXPECT_EQ(response.reason(), "invalidParameter");
}

SECTION("fields");

FACT(Client, "fields=kind", documented) {
  expect_shape(client, "kind", "{kind}");
}

FACT(Client, "two members", documented) {
  expect_shape(client, "kind,timeZone", "{kind,timeZone}");
}

FACT(Client, "a/b", documented) {
  expect_shape(client, "items/id", "{items[{id}]}");
}

FACT(Client, "a(b,c)", documented) {
  expect_shape(client, "items(id,status)", "{items[{id,status}]}");
}

FACT(Client, "nested", documented) {
  expect_shape(client, "items(id,start/dateTime)", "{items[{id,start{dateTime}}]}");
}

FACT(Client, "nested in brackets", documented) {
  expect_shape(client, "items(start(timeZone))", "{items[{start{timeZone}}]}");
}

FACT(Client, "a wildcard", documented) {
  expect_shape(client, "items/*/email", "{items[{creator{email},organizer{email}}]}");
}

FACT(Client, "with the two tokens", documented) {
  expect_shape(client, "nextPageToken,nextSyncToken,items(id)", "{nextSyncToken,items[{id}]}");
}

FACT(Client, "members that are not there are left out", documented) {
  expect_shape(client, "items(id,location)", "{items[{id}]}");
}

FACT(Client, "a broken mask: 400 invalidParameter: items(", documented) {
  expect_broken_mask(client, "items(");
}

FACT(Client, "a broken mask: 400 invalidParameter: items)", documented) {
  expect_broken_mask(client, "items)");
}

FACT(Client, "a broken mask: 400 invalidParameter: items(id", documented) {
  expect_broken_mask(client, "items(id");
}

FACT(Client, "a broken mask: 400 invalidParameter: items//id", documented) {
  expect_broken_mask(client, "items//id");
}

FACT(Client, "a broken mask: 400 invalidParameter: ,kind", documented) {
  expect_broken_mask(client, ",kind");
}

// "If there is an error in the query parameter data, the server returns an HTTP 400 status code".
FACT(Client, "a member that does not exist: 400 invalidParameter, without an effect", documented) {
  for (const char* mask : {"nonsense", "items(id,nonsense)", "items/start/nonsense", "kind/id",
                           "items/*/nonsense", "kind,Items"})
    expect_broken_mask(client, mask);
  const std::string id = client.insert(timed("A")).text("id");
  for (const std::string& path : {event_path(id, "?fields=items"),
                                  std::string("/users/me/calendarList?fields=items(recurrence)"),
                                  std::string("/colors?fields=event/1/colour")})
    EXPECT_EQ(client.get(path).reason(), "invalidParameter") << path;
  EXPECT_EQ(client.insert(timed("B"), "?fields=nonsense").reason(), "invalidParameter");
  EXPECT_EQ(client.events("?q=B").count(), 0u);
}

FACT(Client, "members with names of their own: properties, colours, calendars", documented) {
  const std::string id =
      client.insert(merged(timed("A"), "{'extendedProperties':{'private':{'my.key':'1','b':'2'}}}"))
          .text("id");
  EXPECT_EQ(shape(client.event(id + "?fields=extendedProperties/private/my.key").json),
            "{extendedProperties{private{my.key}}}");
  EXPECT_EQ(shape(client.get("/colors?fields=event(1(background))").json),
            "{event{1{background}}}");
}

FACT(Client, "the answer of an insert as well", documented) {
  EXPECT_EQ(shape(client.insert(timed("A"), "?fields=id,etag").json), "{etag,id}");
}

}  // namespace
}  // namespace contract
