// Callers without a token: API keys for public calendars, and pages of other origins.
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

// Makes the primary calendar public, with this role.
void publish(PrivateAccount& client, const std::string& role = "reader") {
  (void)client.post("/calendars/primary/acl",
                    json("{'role':'" + role + "','scope':{'type':'default'}}"));
}

// With a key and no token, to the primary calendar of `client`.
Response by_key(Client& client, const std::string& path, const std::string& key = "AIzaAnything",
                const std::string& method = "GET", const std::string& body = "") {
  const std::string sign = path.find('?') == std::string::npos ? "?" : "&";
  return client.raw(
      method, "/calendar/v3/calendars/" + escape(client.calendar) + path + sign + "key=" + key,
      body);
}

SECTION("keys");

// "Authorization optional" in the reference of events.list, events.get and events.instances.
FACT(PrivateAccount, "a key reads the events of a public calendar", documented) {
  const std::string id = client.insert(daily("Open")).text("id");
  publish(client);
  const Response list = by_key(client, "/events");
  EXPECT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.text("items.0.summary"), "Open");
  EXPECT_EQ(list.text("accessRole"), "reader");
  EXPECT_NE(list.text("nextSyncToken"), "");
  EXPECT_EQ(by_key(client, "/events/" + id).text("summary"), "Open");
  EXPECT_EQ(by_key(client, "/events/" + id + "/instances").count(), 5u);
}

FACT(PrivateAccount, "a key's sync token brings what has changed since", documented) {
  publish(client);
  const std::string token = by_key(client, "/events").text("nextSyncToken");
  (void)client.insert(timed("New"));
  const Response changes = by_key(client, "/events?syncToken=" + escape(token));
  EXPECT_EQ(changes.count(), 1u) << changes.body;
  EXPECT_EQ(changes.text("items.0.summary"), "New");
}

FACT(PrivateAccount, "private events of a public calendar are masked", documented) {
  (void)client.insert(merged(timed("Secret"), "{'visibility':'private'}"));
  publish(client);
  const Response list = by_key(client, "/events");
  EXPECT_EQ(list.count(), 1u);
  EXPECT_EQ(list.body.find("Secret"), std::string::npos) << list.body;
}

FACT(PrivateAccount, "with free/busy only: no details, but the busy times", documented) {
  (void)client.insert(timed("Secret"));
  publish(client, "freeBusyReader");
  EXPECT_EQ(by_key(client, "/events").body.find("Secret"), std::string::npos);
  const Response busy = client.raw(
      "POST", "/calendar/v3/freeBusy?key=k",
      json("{'timeMin':'2026-12-01T00:00:00Z','timeMax':'2026-12-02T00:00:00Z','items':[{'id':'" +
           client.calendar + "'}]}")
          .dump());
  EXPECT_EQ(busy.status, 200) << busy.body;
  EXPECT_EQ(busy.json["calendars"][client.calendar]["busy"].items().size(), 1u) << busy.body;
}

FACT(PrivateAccount, "a key reads the calendar itself and the colours", guessed) {
  publish(client);
  EXPECT_EQ(by_key(client, "").text("id"), client.calendar);
  EXPECT_EQ(client.raw("GET", "/calendar/v3/colors?key=k").text("kind"), "calendar#colors");
}

// thesephist/frieden#1: "Not found" until the calendar was made public.
FACT(PrivateAccount, "a calendar that is not public, with a key: 404 notFound", observed) {
  const Response response = by_key(client, "/events");
  EXPECT_EQ(response.status, 404) << response.body;
  EXPECT_EQ(response.reason(), "notFound");
}

FACT(PrivateAccount, "primary names no calendar without an account: 404", guessed) {
  publish(client);
  EXPECT_EQ(client.raw("GET", "/calendar/v3/calendars/primary/events?key=k").status, 404);
}

// wanasit/google-calendar#28.
FACT(PrivateAccount, "a key is not enough to write or to list calendars: 401 required", observed) {
  publish(client);
  const Response insert = by_key(client, "/events", "k", "POST", timed("A").dump());
  EXPECT_EQ(insert.status, 401) << insert.body;
  EXPECT_EQ(insert.reason(), "required");
  const Response list = client.raw("GET", "/calendar/v3/users/me/calendarList?key=k");
  EXPECT_EQ(list.status, 401);
  EXPECT_EQ(list.text("error.message"), "Login Required.");
  EXPECT_EQ(client.events().count(), 0u);
}

// chicago-tool-library/circulate#1437.
FACT(Client, "neither key nor token where a key is enough: 403 forbidden", observed) {
  const Response response = client.raw("GET", "/calendar/v3/calendars/primary/events");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.reason(), "forbidden");
  EXPECT_EQ(response.text("error.status"), "PERMISSION_DENIED");
  EXPECT_TRUE(response.text("error.message")
                  .starts_with("Method doesn't allow unregistered callers (callers without"))
      << response.body;
}

FACT(EmulatorOnly, "a key that is not registered: 400 API_KEY_INVALID", observed) {
  publish(client);
  const std::string key = unique_id("AIza");
  (void)client.control("POST", "/keys", json("{'keys':['" + key + "']}"));
  EXPECT_EQ(by_key(client, "/events", key).status, 200);
  EXPECT_EQ(client
                .raw("GET", "/calendar/v3/calendars/" + escape(client.calendar) + "/events", "",
                     {{"X-Goog-Api-Key", key}})
                .status,
            200);
  const Response wrong = by_key(client, "/events", "AIzaOther");
  const Response with_token = client.events("?key=AIzaOther");
  (void)client.control("POST", "/keys", json("{'keys':[]}"));
  for (const Response& response : {wrong, with_token}) {
    EXPECT_EQ(response.status, 400) << response.body;
    EXPECT_EQ(response.reason(), "badRequest");
    EXPECT_EQ(response.text("error.message"), "API key not valid. Please pass a valid API key.");
    EXPECT_EQ(response.text("error.details.0.reason"), "API_KEY_INVALID");
  }
}

FACT(PrivateAccount, "a key beside a token changes nothing", documented) {
  (void)client.insert(timed("A"));
  EXPECT_EQ(client.events("?key=AIzaAnything").count(), 1u);
  EXPECT_EQ(client.events("?key=AIzaAnything").text("accessRole"), "owner");
}

SECTION("cors");

constexpr const char* kPage = "https://app.example.com";

Response preflight(Client& client, const std::string& path, const std::string& method) {
  return client.raw("OPTIONS", path, "",
                    {{"Origin", kPage},
                     {"Access-Control-Request-Method", method},
                     {"Access-Control-Request-Headers", "authorization,content-type,if-match"}});
}

// google/google-api-javascript-client, docs/cors.md: Google APIs support CORS. The names of the
// headers are those of the Fetch standard; their values are Google's as far as they are known.
FACT(Client, "a preflight needs no authorization and allows what it asks for", documented) {
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
    const Response response =
        preflight(client, "/calendar/v3/calendars/primary/events/abcde", method);
    EXPECT_TRUE(response.status == 200 || response.status == 204) << response.status;
    EXPECT_EQ(response.header("Access-Control-Allow-Origin"), kPage);
    EXPECT_NE(response.header("Access-Control-Allow-Methods").find(method), std::string::npos);
    EXPECT_NE(response.header("Access-Control-Allow-Headers").find("authorization"),
              std::string::npos);
    EXPECT_NE(response.header("Access-Control-Max-Age"), "");
    EXPECT_NE(response.header("Vary").find("Origin"), std::string::npos);
    EXPECT_EQ(response.body, "");
  }
}

FACT(Client, "an answer may be read by the page that asked, with its ETag", documented) {
  const Response response = client.get("/colors", {{"Origin", kPage}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Access-Control-Allow-Origin"), kPage);
  EXPECT_NE(response.header("Vary").find("Origin"), std::string::npos);
  const Response list = client.get("/calendars/primary/events", {{"Origin", kPage}});
  EXPECT_NE(list.header("Access-Control-Expose-Headers").find("ETag"), std::string::npos);
}

FACT(Client, "errors may be read as well", documented) {
  const Response response = client.get("/calendars/primary/events/unknown00", {{"Origin", kPage}});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.header("Access-Control-Allow-Origin"), kPage);
}

FACT(Client, "without an Origin there are no such headers", documented) {
  EXPECT_EQ(client.get("/colors").header("Access-Control-Allow-Origin"), "");
}

FACT(EmulatorOnly, "a page may exchange a code and read who has signed in", observed) {
  for (const char* path : {"/token", "/v1/userinfo", "/.well-known/openid-configuration"}) {
    EXPECT_EQ(preflight(client, path, "POST").status, 200) << path;
    EXPECT_EQ(client
                  .raw("POST", path, "grant_type=refresh_token",
                       {{"Origin", kPage}, {"Content-Type", "application/x-www-form-urlencoded"}})
                  .header("Access-Control-Allow-Origin"),
              kPage)
        << path;
  }
}

// OAuth 2.0 for Client-side Web Applications: the endpoint for revoking "does not support
// Cross-origin Resource Sharing (CORS)".
FACT(EmulatorOnly, "a page cannot read the sign-in pages or revoke", documented) {
  for (const char* path : {"/revoke", "/o/oauth2/v2/auth"}) {
    EXPECT_NE(preflight(client, path, "POST").status, 200) << path;
    EXPECT_EQ(
        client.raw("GET", path, "", {{"Origin", kPage}}).header("Access-Control-Allow-Origin"), "")
        << path;
  }
}

FACT(EmulatorOnly, "an answer that a fault made may be read by the page", guessed) {
  (void)client.control("POST", "/faults",
                       json("{'match':{'path':'/calendar/v3/colors'},'effect':{'status':503}}"));
  EXPECT_EQ(preflight(client, "/calendar/v3/colors", "GET").status, 200) << "not hit by the fault";
  const Response response = client.get("/colors", {{"Origin", kPage}});
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.header("Access-Control-Allow-Origin"), kPage);
}

FACT(EmulatorOnly, "the controls refuse pages of other origins", guessed) {
  EXPECT_NE(preflight(client, "/_emulator/reset", "POST").status, 200);
  for (const char* path : {"/_emulator/accounts", "/_emulator/doors", "/_emulator/tokens"}) {
    const Response response = client.raw("POST", path, "{}", {{"Origin", kPage}});
    EXPECT_TRUE(response.status == 403 || response.status == 404) << path << response.status;
    EXPECT_EQ(response.header("Access-Control-Allow-Origin"), "") << path;
  }
  EXPECT_EQ(client.raw("GET", "/_emulator/accounts", "", {{"Origin", client.base}}).status, 200)
      << "the emulator's own page";
}

}  // namespace
}  // namespace contract
