// Faults on demand: what goes wrong with the bytes of an answer, and doors, at which the connection
// itself does.
#include "tests/google_contract/facts/contract.hpp"
#include "tests/google_contract/facts/fault_rule.hpp"
#include "tests/google_contract/facts/raw_client.hpp"

namespace contract {
namespace {

using enum Known;
using std::chrono::milliseconds;

std::string get_request(
    Emulated& p, const std::string& path = "/calendar/v3/calendars/primary/events?fields=kind") {
  return "GET " + path + " HTTP/1.1\r\nHost: emulator\r\nAuthorization: Bearer " + p.me.token +
         "\r\nConnection: close\r\n\r\n";
}

void wire_effects(Checks& checks) {
  const auto add = [&](const char* fact, Run run) {
    checks.push_back({"faults.wire", fact, guessed, [run = std::move(run)](Emulated& p) {
                        run(p);
                        (void)p.control("DELETE", "/faults");
                      }});
  };
  static const auto bytes = [](Emulated& p, const std::string& effect,
                               milliseconds patience = std::chrono::seconds{10}) {
    fault(p, effect);
    return raw_exchange(p.base, get_request(p), patience);
  };
  static constexpr const char* kBody = "{\"kind\":\"calendar#events\"}";
  add("cut at a byte, then close", [](Emulated& p) {
    const RawAnswer answer = bytes(p, "{'cut':10}");
    EXPECT_EQ(answer.bytes, "HTTP/1.1 2");
    EXPECT_FALSE(answer.reset);
  });
  add("cut in the head, behind the head, in the middle of the body", [](Emulated& p) {
    EXPECT_EQ(bytes(p, "{'cut':'head'}").bytes.find("\r\n\r\n"), std::string::npos);
    EXPECT_TRUE(bytes(p, "{'cut':'body'}").bytes.ends_with("\r\n\r\n"));
    const std::string half = bytes(p, "{'cut':'middle'}").body();
    EXPECT_EQ(half, std::string(kBody).substr(0, std::string_view(kBody).size() / 2));
  });
  add("end reset: the connection is reset at that byte", [](Emulated& p) {
    const RawAnswer some = bytes(p, "{'cut':5,'end':'reset'}");
    EXPECT_TRUE(some.reset);
    EXPECT_TRUE(std::string_view("HTTP/").starts_with(some.bytes));
    const RawAnswer none = bytes(p, "{'cut':0,'end':'reset'}");
    EXPECT_TRUE(none.reset);
    EXPECT_EQ(none.bytes, "");
  });
  add("end half_close: our side ends, the other may go on", [](Emulated& p) {
    const RawAnswer answer = bytes(p, "{'end':'half_close'}");
    EXPECT_EQ(answer.body(), kBody);
    EXPECT_FALSE(answer.reset);
  });
  add("reset after the effect: the event is there", [](Emulated& p) {
    fault(p, "{'cut':0,'end':'reset','when':'after'}");
    EXPECT_EQ(p.insert(timed("A")).status, 0);
    EXPECT_EQ(p.events().count(), 1u);
  });
  add("stall before the head, in the head, in the body; then the rest comes", [](Emulated& p) {
    for (const char* place : {"0", "'head'", "'middle'"}) {
      const RawAnswer answer = bytes(p, std::string("{'stall':") + place + ",'stall_ms':120}");
      EXPECT_EQ(answer.body(), kBody);
      EXPECT_GE(answer.total, milliseconds{120}) << place;
    }
    const RawAnswer quiet = bytes(p, "{'stall':'body','stall_ms':60000}", milliseconds{60});
    EXPECT_TRUE(quiet.silent);
    EXPECT_TRUE(quiet.bytes.ends_with("\r\n\r\n"));
  });
  add("bytes_per_second: a trickle", [](Emulated& p) {
    const RawAnswer answer = bytes(p, "{'bytes_per_second':2000}");
    EXPECT_EQ(answer.body(), kBody);
    EXPECT_GE(answer.total,
              milliseconds{static_cast<std::int64_t>(answer.bytes.size()) * 1000 / 2000 * 9 / 10});
  });
  add("content_length_add: too long, too short", [](Emulated& p) {
    const std::size_t right = std::string_view(kBody).size();
    EXPECT_NE(bytes(p, "{'content_length_add':9}")
                  .head()
                  .find("Content-Length: " + std::to_string(right + 9)),
              std::string::npos);
    const RawAnswer lesser = bytes(p, "{'content_length_add':-9}");
    EXPECT_NE(lesser.head().find("Content-Length: " + std::to_string(right - 9)),
              std::string::npos);
    EXPECT_EQ(lesser.body(), kBody);
  });
  add("content_length: negative, absurd, no number", [](Emulated& p) {
    for (const std::string length : {"-1", "99999999999999999999", "many"})
      EXPECT_NE(
          bytes(p, "{'content_length':'" + length + "'}").head().find("Content-Length: " + length),
          std::string::npos);
  });
  add("after_answer: extra bytes behind the body", [](Emulated& p) {
    EXPECT_EQ(bytes(p, "{'after_answer':'HTTP/1.1 200 OK'}").body(),
              std::string(kBody) + "HTTP/1.1 200 OK");
  });
  add("before_answer: an interim answer first", [](Emulated& p) {
    EXPECT_TRUE(bytes(p, "{'before_answer':'HTTP/1.1 103 Early Hints\\r\\n\\r\\n'}")
                    .bytes.starts_with("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n"));
  });
  add("chunked: right, and curl reads it", [](Emulated& p) {
    fault(p, "{'chunked':'right'}");
    EXPECT_EQ(p.events("?fields=kind").text("kind"), "calendar#events");
  });
  add("chunked: a wrong size, no hexadecimal, no last chunk: curl gives up", [](Emulated& p) {
    EXPECT_NE(bytes(p, "{'chunked':'not_hex'}").body().find("zz\r\n"), std::string::npos);
    EXPECT_FALSE(bytes(p, "{'chunked':'no_end'}").body().ends_with("0\r\n\r\n"));
    for (const char* how : {"bad_size", "not_hex", "no_end"}) {
      fault(p, std::string("{'chunked':'") + how + "'}");
      EXPECT_EQ(p.events("?fields=kind").status, 0) << how;
    }
  });
  add("raw: any bytes", [](Emulated& p) {
    EXPECT_EQ(bytes(p, "{'raw':'HTTP/0.9 999 Odd\\r\\n folded: x\\r\\n\\r\\n'}").bytes,
              "HTTP/0.9 999 Odd\r\n folded: x\r\n\r\n");
  });
  add("headers: replaced, doubled, removed", [](Emulated& p) {
    const std::string replaced = bytes(p, "{'headers':{'content-type':'text/html'}}").head();
    EXPECT_NE(replaced.find("content-type: text/html"), std::string::npos);
    EXPECT_EQ(replaced.find("application/json"), std::string::npos);
    const std::string doubled = bytes(p, "{'headers':{'ETag':['\\\"1\\\"','\\\"2\\\"']}}").head();
    EXPECT_NE(doubled.find("ETag: \"1\"\r\nETag: \"2\"\r\n"), std::string::npos);
    EXPECT_EQ(bytes(p, "{'headers':{'Content-Type':null}}").head().find("Content-Type"),
              std::string::npos);
  });
  add("gzip: cut, not packed at all, a bomb", [](Emulated& p) {
    const std::string request = "/calendars/primary/events?fields=kind";
    fault(p, "{'gzip':'cut'}");
    const Answer cut = p.get(request);
    EXPECT_EQ(cut.header("Content-Encoding"), "gzip");
    EXPECT_TRUE(cut.body.starts_with("\x1f\x8b"));
    fault(p, "{'gzip':'not_gzip'}");
    EXPECT_TRUE(p.get(request).body.starts_with("this was never packed"));
    fault(p, "{'gzip':'bomb'}");
    const Answer bomb = p.get(request);
    EXPECT_EQ(bomb.header("Content-Encoding"), "gzip");
    EXPECT_LT(bomb.body.size(), std::size_t{1} << 20);
  });
  add("a redirect, a proxy's 407, HTML with 200, 204 instead of 200", [](Emulated& p) {
    fault(p, "{'status':302,'headers':{'Location':'https://login.example/'}}");
    EXPECT_EQ(p.events().header("Location"), "https://login.example/");
    fault(p, "{'status':407,'headers':{'Proxy-Authenticate':'Basic realm=x'}}");
    EXPECT_EQ(p.events().status, 407);
    fault(p, "{'status':200,'body':'<html>Please log in to the hotel network</html>'}");
    const Answer portal = p.events();
    EXPECT_EQ(portal.status, 200);
    EXPECT_TRUE(portal.header("Content-Type").starts_with("text/html"));
    fault(p, "{'status':204,'when':'after'}");
    const Answer empty = p.insert(timed("A"));
    EXPECT_EQ(empty.status, 204);
    EXPECT_EQ(empty.body, "");
    EXPECT_EQ(p.events().count(), 1u);
  });
  add("a rule is listed as it was set, so that it can be set again", [](Emulated& p) {
    fault(p, "{'cut':'middle','end':'reset'}", ",'times':3,'probability':0.5,'seed':9");
    const Answer listed = p.control("GET", "/faults");
    const Json rule = *at(listed.json, "faults.0.rule");
    EXPECT_EQ(rule["effect"].string("end"), "reset");
    EXPECT_EQ(p.control("POST", "/faults", rule).status, 200);
  });
  add("what an effect is not: refused with its name", [](Emulated& p) {
    for (const char* effect :
         {"{'cut':-1}", "{'cut':'nowhere'}", "{'end':'explode'}", "{'stall':0}",
          "{'bytes_per_second':0}", "{'chunked':'maybe'}", "{'gzip':'xz'}", "{'raw':7}",
          "{'set':[]}", "{'omit':'x'}", "{'status':99}", "{'stale':0}", "{'carry':'keep'}",
          "{'reply_to':{'path':'/token'}}", "{'drop':1}"}) {
      const Answer answer =
          p.control("POST", "/faults", js(std::string("{'effect':") + effect + "}"));
      EXPECT_EQ(answer.status, 400) << effect;
      EXPECT_NE(answer.text("error"), "") << effect;
    }
  });
}

void door_checks(Checks& checks) {
  const auto add = [&](const char* fact, Run run) {
    checks.push_back({"faults.doors", fact, guessed, [run = std::move(run)](Emulated& p) {
                        run(p);
                        EXPECT_EQ(p.control("DELETE", "/doors").status, 200);
                      }});
  };
  static const auto behind = [](Emulated& p, const std::string& trouble,
                                milliseconds patience = std::chrono::seconds{10}) {
    const std::string url =
        p.control("POST", "/doors", Json::object({{"trouble", trouble}})).text("url");
    EXPECT_TRUE(url.starts_with("http://127.0.0.1:")) << url;
    return raw_exchange(url, get_request(p), patience);
  };
  add("refused: no connection comes about", [](Emulated& p) {
    const RawAnswer answer = behind(p, "refused");
    EXPECT_FALSE(answer.connected);
    EXPECT_TRUE(answer.reset);
  });
  add("unanswered: the attempt to connect is not even refused", [](Emulated& p) {
    const RawAnswer answer = behind(p, "unanswered", milliseconds{100});
    EXPECT_FALSE(answer.connected);
    EXPECT_FALSE(answer.reset);
  });
  add("silent: a connection on which nothing is ever said", [](Emulated& p) {
    const RawAnswer answer = behind(p, "silent", milliseconds{100});
    EXPECT_TRUE(answer.connected);
    EXPECT_TRUE(answer.silent);
    EXPECT_EQ(answer.bytes, "");
  });
  add("reset: the connection is reset when it is spoken on", [](Emulated& p) {
    const RawAnswer answer = behind(p, "reset");
    EXPECT_TRUE(answer.connected);
    EXPECT_TRUE(answer.reset);
  });
  add("wrong certificates and obsolete TLS have https addresses; another word is refused",
      [](Emulated& p) {
        for (const char* trouble : {"none", "expired", "not_yet_valid", "wrong_host", "self_signed",
                                    "unknown_authority", "old_tls"})
          EXPECT_TRUE(p.control("POST", "/doors", Json::object({{"trouble", trouble}}))
                          .text("url")
                          .starts_with("https://127.0.0.1:"))
              << trouble;
        EXPECT_TRUE(
            p.raw("GET", "/_emulator/authority").body.starts_with("-----BEGIN CERTIFICATE-----"));
        const Answer answer = p.control("POST", "/doors", js("{'trouble':'gremlins'}"));
        EXPECT_EQ(answer.status, 400);
        EXPECT_NE(answer.text("error").find("expired"), std::string::npos);
      });
}

}  // namespace

void fault_wire_checks(Checks& checks) {
  door_checks(checks);
  wire_effects(checks);
}

}  // namespace contract
