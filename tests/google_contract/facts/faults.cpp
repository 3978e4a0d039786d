// Faults on demand: rules and error bodies. Each row of the emulator's table of faults has its fact
// here or in another file fault_*.cpp.
#include <chrono>

#include "tests/google_contract/facts/fault_fixtures.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

void expect_usual_error(EmulatorOnly& client, int status, const std::string& domain,
                        const std::string& reason) {
  set_fault(client, "{'status':" + std::to_string(status) + "}");
  const Response response = client.events();
  EXPECT_EQ(response.status, status);
  EXPECT_EQ(response.reason(), reason);
  EXPECT_EQ(response.text("error.errors.0.domain"), domain);
  EXPECT_EQ(client.events().status, 200);
}

SECTION("faults");

FACT(FaultRules, "status 401 comes with the body Google sends", documented) {
  expect_usual_error(client, 401, "global", "authError");
}

FACT(FaultRules, "status 403 comes with the body Google sends", documented) {
  expect_usual_error(client, 403, "usageLimits", "rateLimitExceeded");
}

FACT(FaultRules, "status 404 comes with the body Google sends", documented) {
  expect_usual_error(client, 404, "global", "notFound");
}

FACT(FaultRules, "status 409 comes with the body Google sends", documented) {
  expect_usual_error(client, 409, "global", "conflict");
}

FACT(FaultRules, "status 410 comes with the body Google sends", documented) {
  expect_usual_error(client, 410, "calendar", "fullSyncRequired");
}

FACT(FaultRules, "status 412 comes with the body Google sends", documented) {
  expect_usual_error(client, 412, "global", "conditionNotMet");
}

FACT(FaultRules, "status 429 comes with the body Google sends", documented) {
  expect_usual_error(client, 429, "usageLimits", "rateLimitExceeded");
}

FACT(FaultRules, "status 500 comes with the body Google sends", documented) {
  expect_usual_error(client, 500, "global", "backendError");
}

FACT(FaultRules, "status 503 comes with the body Google sends", documented) {
  expect_usual_error(client, 503, "global", "backendError");
}

FACT(FaultRules, "reason, message and headers can be chosen", guessed) {
  set_fault(client,
            "{'status':403,'reason':'quotaExceeded',"
            "'message':'Calendar usage limits exceeded.',"
            "'headers':{'Retry-After':'7'}}");
  const Response response = client.events();
  EXPECT_EQ(response.reason(), "quotaExceeded");
  EXPECT_EQ(response.header("Retry-After"), "7");
}

FACT(FaultRules, "a raw body: HTML on a 502", guessed) {
  set_fault(client, "{'status':502,'body':'<html>no</html>'}");
  const Response response = client.events();
  EXPECT_EQ(response.body, "<html>no</html>");
  EXPECT_TRUE(response.header("Content-Type").starts_with("text/html"));
}

FACT(FaultRules, "drop after the effect: no answer, but the event is there", guessed) {
  set_fault(client, "{'drop':true,'when':'after'}");
  EXPECT_EQ(client.insert(timed("A")).status, 0);
  EXPECT_EQ(client.events().count(), 1u);
}

FACT(FaultRules, "drop before the effect: no answer, no event", guessed) {
  set_fault(client, "{'drop':true}");
  EXPECT_EQ(client.insert(timed("A")).status, 0);
  EXPECT_EQ(client.events().count(), 0u);
}

FACT(FaultRules, "skip and times", guessed) {
  set_fault(client, "{'status':500}", ",'skip':1,'times':2");
  std::string seen;
  for (int i = 0; i < 4; ++i) seen += client.events().status == 500 ? "x" : ".";
  EXPECT_EQ(seen, ".xx.");
}

FACT(FaultRules, "times 0 is for ever, until it is removed", guessed) {
  set_fault(client, "{'status':500}", ",'times':0");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.events().status, 500);
  (void)client.control("DELETE", "/faults");
  EXPECT_EQ(client.events().status, 200);
}

FACT(FaultRules, "the same seed hits the same requests", guessed) {
  const auto run = [&](const char* seed) {
    set_fault(client, "{'status':500}", std::string(",'times':0,'probability':0.5,'seed':") + seed);
    std::string seen;
    for (int i = 0; i < 32; ++i) seen += client.events().status == 500 ? "x" : ".";
    (void)client.control("DELETE", "/faults");
    return seen;
  };
  const std::string first = run("7");
  EXPECT_EQ(first, run("7"));
  EXPECT_NE(first, run("8"));
  EXPECT_NE(first.find('x'), std::string::npos);
  EXPECT_NE(first.find('.'), std::string::npos);
}

FACT(FaultRules, "match by method, query and body", guessed) {
  EXPECT_EQ(client
                .control("POST", "/faults",
                         json("{'match':{'method':'POST','body_contains':'Secret'},"
                              "'effect':{'status':500}}"))
                .status,
            200);
  EXPECT_EQ(client.events().status, 200);
  EXPECT_EQ(client.insert(timed("A")).status, 200);
  EXPECT_EQ(client.insert(timed("Secret")).status, 500);
}

FACT(FaultRules, "an empty page with a nextPageToken; the page behind it has the items", guessed) {
  (void)client.insert(timed("A"));
  set_fault(client, "{'empty_page':true}");
  const Response first = client.events();
  EXPECT_EQ(first.count(), 0u);
  EXPECT_EQ(client.events("?pageToken=" + escape(first.text("nextPageToken"))).count(), 1u);
}

FACT(FaultRules, "garbage is no JSON; truncate cuts the body", guessed) {
  set_fault(client, "{'garbage':true}");
  EXPECT_TRUE(client.events().json.is_null());
  set_fault(client, "{'truncate':true}");
  EXPECT_TRUE(client.events().json.is_null());
}

FACT(FaultRules, "omit takes nextSyncToken away; repeat_items sends one twice", guessed) {
  (void)client.insert(timed("A"));
  set_fault(client, "{'omit':['nextSyncToken'],'repeat_items':true}");
  const Response response = client.events();
  EXPECT_EQ(response.dump("nextSyncToken"), "absent");
  EXPECT_EQ(response.count(), 2u);
}

FACT(FaultRules, "stale: an incremental list misses the newest change, and the next one has it",
     guessed) {
  const std::string token = client.sync_token();
  (void)client.insert(timed("A"));
  set_fault(client, "{'stale':true}");
  const Response stale = client.changes_since(token);
  EXPECT_EQ(stale.count(), 0u);
  EXPECT_EQ(client.changes_since(stale.text("nextSyncToken")).count(), 1u);
}

FACT(FaultRules, "delay_ms puts the answer off", guessed) {
  set_fault(client, "{'delay_ms':150}");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(client.events().status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{150});
}

FACT(FaultRules, "kill_pid without --allow-kill or for process 1 is refused", guessed) {
  EXPECT_EQ(client.control("POST", "/faults", json("{'effect':{'kill_pid':1}}")).status, 400);
}

FACT(FaultRules, "an unknown effect or match is refused", guessed) {
  EXPECT_EQ(client.control("POST", "/faults", json("{'effect':{'explode':true}}")).status, 400);
  EXPECT_EQ(
      client.control("POST", "/faults", json("{'match':{'colour':'x'},'effect':{'status':500}}"))
          .status,
      400);
  EXPECT_EQ(client.control("POST", "/faults", json("{'effect':{}}")).status, 400);
  EXPECT_EQ(
      client.control("POST", "/faults", json("{'probability':2,'effect':{'status':500}}")).status,
      400);
}

FACT(FaultRules, "quotas: a minute for each user; a PATCH costs three; a refused call nothing",
     guessed) {
  const std::string id = client.insert(timed("A")).text("id");
  EXPECT_EQ(client.control("POST", "/quotas", json("{'per_user_per_minute':5}")).status, 200);
  EXPECT_EQ(client.patch(event_path(id), json("{'summary':'B'}")).status, 200);
  const Response refused = client.patch(event_path(id), json("{'summary':'C'}"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.reason(), "userRateLimitExceeded");
  EXPECT_EQ(client.events().status, 200);
  EXPECT_EQ(client.events().status, 200);
  EXPECT_EQ(client.events().status, 403);
  (void)client.control("POST", "/clock", json("{'advance':61}"));
  EXPECT_EQ(client.events().status, 200);
  (void)client.control("POST", "/quotas", json("{}"));
}

FACT(FaultRules, "a write with a broken mask has not happened", guessed) {
  EXPECT_EQ(client.insert(timed("A"), "?fields=items(").status, 400);
  EXPECT_EQ(client.events().count(), 0u);
}

FACT(FaultRules, "the page's requests are neither counted nor hit", guessed) {
  set_fault(client, "{'status':500}");
  EXPECT_EQ(client.get("/calendars/primary/events", {{"X-Emulator-Page", "1"}}).status, 200);
  EXPECT_EQ(client.events().status, 500);
}

FACT(FaultRules, "the request log holds no token", guessed) {
  (void)client.raw("GET", "/calendar/v3/calendars/primary/events?access_token=" + client.me.token);
  const Response log = client.control("GET", "/requests");
  EXPECT_EQ(log.body.find(client.me.token), std::string::npos);
  EXPECT_NE(log.body.find("/calendars/primary/events"), std::string::npos);
}

FACT(FaultRules, "statistics count by method and path template", guessed) {
  const auto count = [&] {
    return client.control("GET", "/stats")
        .json["requests"]["GET /calendar/v3/calendars/{calendarId}/events/{eventId}"]
        .as_integer(0);
  };
  const std::string id = client.insert(timed("A")).text("id");
  const std::int64_t before = count();
  (void)client.event(id);
  EXPECT_EQ(count(), before + 1);
}

}  // namespace
}  // namespace contract
