// Faults on demand: on the bytes of a response, and at listeners that fail while connecting.
#include <chrono>

#include "tests/google_contract/facts/fault_fixtures.hpp"
#include "tests/google_contract/facts/raw_client.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

using std::chrono::milliseconds;

constexpr const char* kBody = "{\"kind\":\"calendar#events\"}";  // of the request below

std::string get_request(EmulatorOnly& client) {
  return "GET /calendar/v3/calendars/primary/events?fields=kind&prettyPrint=false HTTP/1.1\r\n"
         "Host: emulator\r\nAuthorization: Bearer " +
         client.me.token + "\r\nConnection: close\r\n\r\n";
}

RawResponse exchange_at(EmulatorOnly& client, const std::string& trouble,
                        milliseconds idle_timeout = std::chrono::seconds{10}) {
  const std::string url =
      client.control("POST", "/doors", Json::object({{"trouble", trouble}})).text("url");
  EXPECT_TRUE(url.starts_with("http://127.0.0.1:")) << url;
  return raw_exchange(url, get_request(client), idle_timeout);
}

SECTION("faults.doors");

FACT(FaultyListeners, "refused: no connection comes about", guessed) {
  const RawResponse response = exchange_at(client, "refused");
  EXPECT_FALSE(response.connected);
  EXPECT_TRUE(response.reset);
}

FACT(FaultyListeners, "unanswered: the attempt to connect is not even refused", guessed) {
  const RawResponse response = exchange_at(client, "unanswered", milliseconds{100});
  EXPECT_FALSE(response.connected);
  EXPECT_FALSE(response.reset);
}

FACT(FaultyListeners, "silent: a connection on which nothing is ever said", guessed) {
  const RawResponse response = exchange_at(client, "silent", milliseconds{100});
  EXPECT_TRUE(response.connected);
  EXPECT_TRUE(response.silent);
  EXPECT_EQ(response.bytes, "");
}

FACT(FaultyListeners, "reset: the connection is reset when it is spoken on", guessed) {
  const RawResponse response = exchange_at(client, "reset");
  EXPECT_TRUE(response.connected);
  EXPECT_TRUE(response.reset);
}

FACT(FaultyListeners,
     "wrong certificates and obsolete TLS have https addresses; others are refused", guessed) {
  for (const char* trouble : {"none", "expired", "not_yet_valid", "wrong_host", "self_signed",
                              "unknown_authority", "old_tls"})
    EXPECT_TRUE(client.control("POST", "/doors", Json::object({{"trouble", trouble}}))
                    .text("url")
                    .starts_with("https://127.0.0.1:"))
        << trouble;
  EXPECT_TRUE(
      client.raw("GET", "/_emulator/authority").body.starts_with("-----BEGIN CERTIFICATE-----"));
  const Response response = client.control("POST", "/doors", json("{'trouble':'gremlins'}"));
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.text("error").find("expired"), std::string::npos);
}

RawResponse exchange_with(EmulatorOnly& client, const std::string& effect,
                          milliseconds idle_timeout = std::chrono::seconds{10}) {
  set_fault(client, effect);
  return raw_exchange(client.base, get_request(client), idle_timeout);
}

SECTION("faults.wire");

FACT(FaultRules, "cut at a byte, then close", guessed) {
  const RawResponse response = exchange_with(client, "{'cut':10}");
  EXPECT_EQ(response.bytes, "HTTP/1.1 2");
  EXPECT_FALSE(response.reset);
}

FACT(FaultRules, "cut in the head, behind the head, in the middle of the body", guessed) {
  EXPECT_EQ(exchange_with(client, "{'cut':'head'}").bytes.find("\r\n\r\n"), std::string::npos);
  EXPECT_TRUE(exchange_with(client, "{'cut':'body'}").bytes.ends_with("\r\n\r\n"));
  const std::string half = exchange_with(client, "{'cut':'middle'}").body();
  EXPECT_EQ(half, std::string(kBody).substr(0, std::string_view(kBody).size() / 2));
}

FACT(FaultRules, "end reset: the connection is reset at that byte", guessed) {
  const RawResponse some = exchange_with(client, "{'cut':5,'end':'reset'}");
  EXPECT_TRUE(some.reset);
  EXPECT_TRUE(std::string_view("HTTP/").starts_with(some.bytes));
  const RawResponse none = exchange_with(client, "{'cut':0,'end':'reset'}");
  EXPECT_TRUE(none.reset);
  EXPECT_EQ(none.bytes, "");
}

FACT(FaultRules, "end half_close: our side ends, the other may go on", guessed) {
  const RawResponse response = exchange_with(client, "{'end':'half_close'}");
  EXPECT_EQ(response.body(), kBody);
  EXPECT_FALSE(response.reset);
}

FACT(FaultRules, "reset after the effect: the event is there", guessed) {
  set_fault(client, "{'cut':0,'end':'reset','when':'after'}");
  EXPECT_EQ(client.insert(timed("A")).status, 0);
  EXPECT_EQ(client.events().count(), 1u);
}

FACT(FaultRules, "stall before the head, in the head, in the body; then the rest comes", guessed) {
  for (const char* place : {"0", "'head'", "'middle'"}) {
    const RawResponse response =
        exchange_with(client, std::string("{'stall':") + place + ",'stall_ms':120}");
    EXPECT_EQ(response.body(), kBody);
    EXPECT_GE(response.total, milliseconds{120}) << place;
  }
  const RawResponse quiet =
      exchange_with(client, "{'stall':'body','stall_ms':60000}", milliseconds{60});
  EXPECT_TRUE(quiet.silent);
  EXPECT_TRUE(quiet.bytes.ends_with("\r\n\r\n"));
}

FACT(FaultRules, "bytes_per_second: a trickle", guessed) {
  const RawResponse response = exchange_with(client, "{'bytes_per_second':2000}");
  EXPECT_EQ(response.body(), kBody);
  EXPECT_GE(response.total,
            milliseconds{static_cast<std::int64_t>(response.bytes.size()) * 1000 / 2000 * 9 / 10});
}

FACT(FaultRules, "content_length_add: too long, too short", guessed) {
  const std::size_t right = std::string_view(kBody).size();
  EXPECT_NE(exchange_with(client, "{'content_length_add':9}")
                .head()
                .find("Content-Length: " + std::to_string(right + 9)),
            std::string::npos);
  const RawResponse lesser = exchange_with(client, "{'content_length_add':-9}");
  EXPECT_NE(lesser.head().find("Content-Length: " + std::to_string(right - 9)), std::string::npos);
  EXPECT_EQ(lesser.body(), kBody);
}

FACT(FaultRules, "content_length: negative, absurd, no number", guessed) {
  for (const std::string length : {"-1", "99999999999999999999", "many"})
    EXPECT_NE(exchange_with(client, "{'content_length':'" + length + "'}")
                  .head()
                  .find("Content-Length: " + length),
              std::string::npos);
}

FACT(FaultRules, "after_answer: extra bytes behind the body", guessed) {
  EXPECT_EQ(exchange_with(client, "{'after_answer':'HTTP/1.1 200 OK'}").body(),
            std::string(kBody) + "HTTP/1.1 200 OK");
}

FACT(FaultRules, "before_answer: an interim answer first", guessed) {
  EXPECT_TRUE(exchange_with(client, "{'before_answer':'HTTP/1.1 103 Early Hints\\r\\n\\r\\n'}")
                  .bytes.starts_with("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n"));
}

FACT(FaultRules, "chunked: right, and curl reads it", guessed) {
  set_fault(client, "{'chunked':'right'}");
  EXPECT_EQ(client.events("?fields=kind").text("kind"), "calendar#events");
}

FACT(FaultRules, "chunked: a wrong size, no hexadecimal, no last chunk: curl gives up", guessed) {
  EXPECT_NE(exchange_with(client, "{'chunked':'not_hex'}").body().find("zz\r\n"),
            std::string::npos);
  EXPECT_FALSE(exchange_with(client, "{'chunked':'no_end'}").body().ends_with("0\r\n\r\n"));
  for (const char* how : {"bad_size", "not_hex", "no_end"}) {
    set_fault(client, std::string("{'chunked':'") + how + "'}");
    EXPECT_EQ(client.events("?fields=kind").status, 0) << how;
  }
}

FACT(FaultRules, "raw: any bytes", guessed) {
  EXPECT_EQ(exchange_with(client, "{'raw':'HTTP/0.9 999 Odd\\r\\n folded: x\\r\\n\\r\\n'}").bytes,
            "HTTP/0.9 999 Odd\r\n folded: x\r\n\r\n");
}

FACT(FaultRules, "headers: replaced, doubled, removed", guessed) {
  const std::string replaced =
      exchange_with(client, "{'headers':{'content-type':'text/html'}}").head();
  EXPECT_NE(replaced.find("content-type: text/html"), std::string::npos);
  EXPECT_EQ(replaced.find("application/json"), std::string::npos);
  const std::string doubled =
      exchange_with(client, "{'headers':{'ETag':['\\\"1\\\"','\\\"2\\\"']}}").head();
  EXPECT_NE(doubled.find("ETag: \"1\"\r\nETag: \"2\"\r\n"), std::string::npos);
  EXPECT_EQ(exchange_with(client, "{'headers':{'Content-Type':null}}").head().find("Content-Type"),
            std::string::npos);
}

FACT(FaultRules, "gzip: cut, not packed at all, a bomb", guessed) {
  const std::string request = "/calendars/primary/events?fields=kind";
  set_fault(client, "{'gzip':'cut'}");
  const Response cut = client.get(request);
  EXPECT_EQ(cut.header("Content-Encoding"), "gzip");
  EXPECT_TRUE(cut.body.starts_with("\x1f\x8b"));
  set_fault(client, "{'gzip':'not_gzip'}");
  EXPECT_TRUE(client.get(request).body.starts_with("this was never packed"));
  set_fault(client, "{'gzip':'bomb'}");
  const Response bomb = client.get(request);
  EXPECT_EQ(bomb.header("Content-Encoding"), "gzip");
  EXPECT_LT(bomb.body.size(), std::size_t{1} << 20);
}

FACT(FaultRules, "a redirect, a proxy's 407, HTML with 200, 204 instead of 200", guessed) {
  set_fault(client, "{'status':302,'headers':{'Location':'https://login.example/'}}");
  EXPECT_EQ(client.events().header("Location"), "https://login.example/");
  set_fault(client, "{'status':407,'headers':{'Proxy-Authenticate':'Basic realm=x'}}");
  EXPECT_EQ(client.events().status, 407);
  set_fault(client, "{'status':200,'body':'<html>Please log in to the hotel network</html>'}");
  const Response portal = client.events();
  EXPECT_EQ(portal.status, 200);
  EXPECT_TRUE(portal.header("Content-Type").starts_with("text/html"));
  set_fault(client, "{'status':204,'when':'after'}");
  const Response empty = client.insert(timed("A"));
  EXPECT_EQ(empty.status, 204);
  EXPECT_EQ(empty.body, "");
  EXPECT_EQ(client.events().count(), 1u);
}

FACT(FaultRules, "a rule is listed as it was set, so that it can be set again", guessed) {
  set_fault(client, "{'cut':'middle','end':'reset'}", ",'times':3,'probability':0.5,'seed':9");
  const Response listed = client.control("GET", "/faults");
  const Json rule = *value_at(listed.json, "faults.0.rule");
  EXPECT_EQ(rule["effect"].string("end"), "reset");
  EXPECT_EQ(client.control("POST", "/faults", rule).status, 200);
}

FACT(FaultRules, "what an effect is not: refused with its name", guessed) {
  for (const char* effect :
       {"{'cut':-1}", "{'cut':'nowhere'}", "{'end':'explode'}", "{'stall':0}",
        "{'bytes_per_second':0}", "{'chunked':'maybe'}", "{'gzip':'xz'}", "{'raw':7}", "{'set':[]}",
        "{'omit':'x'}", "{'status':99}", "{'stale':0}", "{'carry':'keep'}",
        "{'reply_to':{'path':'/token'}}", "{'drop':1}"}) {
    const Response response =
        client.control("POST", "/faults", json(std::string("{'effect':") + effect + "}"));
    EXPECT_EQ(response.status, 400) << effect;
    EXPECT_NE(response.text("error"), "") << effect;
  }
}

}  // namespace
}  // namespace contract
