// Hostile input: ids, tokens, parameters, broken HTTP.
#include <array>

#include "tests/google_contract/facts/hostile.hpp"
#include "tests/google_contract/facts/raw_client.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

SECTION("hostile");

FACT(PrivateAccount,
     "ids in paths: dots, slashes, controls, quotes, over 1,000 characters, no UTF-8", guessed) {
  for (const std::string& id : Texts{".",
                                     "..",
                                     "%2e%2e",
                                     "a%2Fb",
                                     "a%23b",
                                     "%00",
                                     "%0d%0aX:1",
                                     "%ff",
                                     "%22%27%3Cscript%3E",
                                     "%zz",
                                     "%",
                                     "ABC",
                                     "_20261201T080000Z",
                                     "a_20269999T999999Z",
                                     "a_R",
                                     "a_R20261201T080000_20261201T080000Z",
                                     repeated("a", 1'025),
                                     repeated("a", 5'000),
                                     "primary",
                                     "*"})
    for (const char* method : {"GET", "PUT", "PATCH", "DELETE"}) {
      const std::string body = std::string_view(method) == "PUT"     ? timed("A").dump()
                               : std::string_view(method) == "PATCH" ? "{}"
                                                                     : "";
      expect_well_formed(client.call(method, std::string(kEvents) + "/" + id, body), id);
      expect_well_formed(
          client.call(method, "/calendars/" + id, body.empty() ? "" : "{\"summary\":\"S\"}"), id);
      expect_well_formed(
          client.call(method, "/calendars/primary/acl/" + id,
                      body.empty() ? "" : "{\"role\":\"reader\",\"scope\":{\"type\":\"default\"}}"),
          id);
      expect_well_formed(
          client.call(method, "/users/me/calendarList/" + id, body.empty() ? "" : "{}"), id);
    }
  for (const std::string& id :
       Texts{"UPPER", "with space", "wxyz1", "a", repeated("a", 1'025), "äöü55", "../x"}) {
    Json body = timed("A");
    body.set("id", id);
    expect_well_formed(client.insert(body), id);
  }
  expect_alive(client);
}

FACT(PrivateAccount, "etags and tokens that are none", guessed) {
  const std::string id = client.insert(timed("A")).text("id");
  for (const std::string& etag :
       Texts{"W/\"1\"", "\"", "1", "\"1\",\"2\"", repeated("x", 8'000), "\"\xff\""}) {
    expect_well_formed(client.patch(std::string(kEvents) + "/" + id, json("{'summary':'B'}"),
                                    {{"If-Match", etag}}),
                       etag);
    expect_well_formed(client.get(std::string(kEvents) + "/" + id, {{"If-None-Match", etag}}),
                       etag);
  }
  for (const std::string& token : Texts{"x", "%00", "%ff%fe", repeated("a", 8'000),
                                        client.sync_token() + "x", client.sync_token().substr(1)})
    for (const char* name : {"syncToken", "pageToken"})
      for (const char* path :
           {kEvents, "/users/me/calendarList", "/calendars/primary/acl", "/users/me/settings"})
        expect_well_formed(client.get(std::string(path) + "?" + name + "=" + token), token);
  expect_alive(client);
}

FACT(PrivateAccount, "parameters: twice, empty, beyond numbers, masks of a thousand brackets",
     guessed) {
  for (const std::string& query : Texts{"maxResults=0",
                                        "maxResults=-1",
                                        "maxResults=99999999999999999999",
                                        "maxResults=x",
                                        "maxResults=",
                                        "maxResults=1&maxResults=2",
                                        "orderBy=size",
                                        "singleEvents=maybe",
                                        "timeZone=Nowhere",
                                        "eventTypes=party",
                                        "eventTypes=%ff",
                                        "orderBy=%c3",
                                        "fields=%ff",
                                        "orderBy=" + repeated("%c3%a4", 200),
                                        "privateExtendedProperty=x",
                                        "privateExtendedProperty=%3D",
                                        "q=%00",
                                        "fields=" + repeated("items(", 1'000),
                                        "fields=" + repeated("a/", 3'000) + "a",
                                        "fields=" + repeated("a,", 5'000) + "a",
                                        "&&&=&=",
                                        "alt=media",
                                        "q=" + repeated("x", 10'000)})
    expect_well_formed(client.events("?" + query), query);
  expect_alive(client);
}

FACT(PrivateAccount, "method overrides, types, origins, keys and texts that are none", guessed) {
  for (const std::string& method :
       Texts{"GET", "get", "G E T", "POST", "OPTIONS", "HEAD", "CONNECT", "\xff",
             repeated("X", 7'000), "PATCH, DELETE", "*"})
    for (const std::string& body : Texts{"", "{", "a=%zz", repeated("q=x&", 20'000), "{}"})
      expect_well_formed(client.call("POST", kEvents, body,
                                     {{"X-HTTP-Method-Override", method},
                                      {"Content-Type", "application/x-www-form-urlencoded"}}),
                         method);
  for (const std::string& type : Texts{";", "json", "/", "multipart/form-data",
                                       "application/json;;", repeated("a/", 3'000), "\xff\xfe"})
    expect_well_formed(client.call("POST", kEvents, "{}", {{"Content-Type", type}}), type);
  for (const std::string& origin : Texts{"null", "x", "://", "https://", repeated("o", 7'000),
                                         "https://a.example.com https://b.example.com"}) {
    expect_well_formed(client.get("/colors", {{"Origin", origin}}), origin);
    EXPECT_EQ(client
                  .raw("OPTIONS", "/calendar/v3/colors", "",
                       {{"Origin", origin},
                        {"Access-Control-Request-Method", origin},
                        {"Access-Control-Request-Headers", origin}})
                  .status,
              200);
  }
  for (const std::string& key : Texts{"", "%00", "%ff", repeated("k", 8'000), "a&key=b"})
    expect_well_formed(client.raw("GET", "/calendar/v3/colors?key=" + key), key);
  for (const std::string& text :
       Texts{"at at at 7pm tomorrow", "-", "1-2-3", ":", "at 99999999999999pm today",
             "A on June 0th 0am", "A on 9999 9999 9999", repeated("tomorrow ", 500), "\xff\xfe",
             repeated("9", 5'000) + "pm", "A Feb 29 9999 7pm", "A Dec 31 0000 7pm",
             "A Dec 31 9999 11pm", std::string("\0 7pm today", 11)})
    expect_well_formed(client.call("POST", std::string(kEvents) + "/quickAdd?text=" + escape(text)),
                       text);
  EXPECT_EQ(client
                .raw("POST", "/token", "client_id=x&grant_type=%ff%fe",
                     {{"Content-Type", "application/x-www-form-urlencoded"}})
                .text("error"),
            "unsupported_grant_type");
  for (const std::string& path : Texts{"/discovery/v1/apis/", "/discovery/v1/apis/../x",
                                       "/$discovery/rest?version=%zz", "/discovery/v1/apis?x=%00"})
    expect_well_formed(client.raw("GET", path), path);
  expect_alive(client);
}

FACT(PrivateAccount, "HTTP that is none: refused or closed, never served, and the next request is",
     guessed) {
  const std::string start =
      "GET /calendar/v3/colors HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + client.me.token +
      "\r\n";
  for (const std::string& request :
       Texts{start + repeated("X-Header: y\r\n", 10'000) + "\r\n",
             start + "X: " + repeated("y", 1 << 20) + "\r\n\r\n", "GET / HTTP/0.9\r\n\r\n",
             "GET /calendar/v3/colors HTTP/2.0\r\nHost: a\r\n\r\n",
             "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", start + "Content-Length: -1\r\n\r\n",
             start + "Content-Length: 99999999999999999999\r\n\r\n",
             start + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
             start + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
             start + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
             start + "Transfer-Encoding: gzip\r\n\r\n",
             std::string("\x16\x03\x01\x02\x00\x01", 6) + "hello\r\n\r\n", "GET\r\n\r\n",
             " / HTTP/1.1\r\n\r\n", start + "Host: b\r\n\r\n",
             "GET /calendar/v3/colors HTTP/1.1\r\n\r\n", repeated("\r\n", 10'000)}) {
    const RawResponse response = raw_exchange(client.base, request, std::chrono::milliseconds{300});
    EXPECT_EQ(response.bytes.find(" 200 OK"), std::string::npos) << request.substr(0, 120);
  }
  expect_alive(client);
}

FACT(PrivateAccount, "a thousand pipelined requests are answered in order", guessed) {
  const std::string one =
      "GET /calendar/v3/colors?fields=kind HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
      client.me.token + "\r\n";
  const RawResponse response =
      raw_exchange(client.base, repeated(one + "\r\n", 999) + one + "Connection: close\r\n\r\n");
  std::size_t served = 0;
  for (std::size_t at = response.bytes.find(" 200 OK"); at != std::string::npos;
       at = response.bytes.find(" 200 OK", at + 1))
    ++served;
  EXPECT_EQ(served, 1'000u);
}

FACT(EmulatorOnly, "the token endpoint and the controls with nonsense", guessed) {
  const std::array<std::string, 8> bodies{
      "",
      "{",
      "a=%zz",
      "grant_type=authorization_code&client_id=x&code=" + repeated("c", 10'240),
      "grant_type=refresh_token&client_id=x&refresh_token=%00",
      repeated("a=b&", 50'000),
      repeated("[", 100'000),
      "\xff\xfe"};
  for (const std::string& body : bodies)
    for (const char* path : {"/token", "/revoke", "/tokeninfo", "/o/oauth2/v2/auth"}) {
      const Response response =
          client.raw("POST", path, body, {{"Content-Type", "application/x-www-form-urlencoded"}});
      EXPECT_GE(response.status, 400) << path << " " << body.substr(0, 60);
      EXPECT_LT(response.status, 500) << path << " " << body.substr(0, 60);
    }
  for (const char* path : {"/accounts", "/clients", "/tokens", "/faults", "/push", "/push/send",
                           "/series", "/groups", "/clock", "/doors", "/nonsense"})
    for (const char* body :
         {"{", "[]", "7", "\"x\"", "null", "{\"email\":7}", "{\"effect\":[],\"match\":7}",
          "{\"advance\":\"x\",\"lose\":\"y\"}", "{\"members\":{},\"email\":[]}"}) {
      const Response response = client.raw("POST", std::string("/_emulator") + path, body);
      EXPECT_NE(response.status, 0) << path << " " << body;
      EXPECT_LT(response.status, 500) << path << " " << body;
    }
  (void)client.control("POST", "/push", json("{}"));
  expect_alive(client);
}

}  // namespace
}  // namespace contract
