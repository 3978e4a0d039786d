// What is common to all requests: authorisation, conditions, partial answers, error bodies; and the faults of the emulator itself.
#include "tests/emulator/test/contract/contract.hpp"

namespace contract {
namespace {

using enum Known;

std::string event_path(const std::string& id) { return "/calendars/primary/events/" + id; }

struct Mask {
  const char* fact;
  Known known;
  const char* fields;
  const char* expected;  // the answer's shape, values replaced
};

// {"a":1,"b":[{"c":2}]} -> {a,b[{c}]}
std::string shape(const Json& value) {
  std::string out;
  if (value.is_object()) {
    for (const auto& [name, member] : value.members()) out += (out.empty() ? "" : ",") + name + shape(member);
    return "{" + out + "}";
  }
  if (value.is_array()) return value.items().empty() ? "[]" : "[" + shape(value.items().front()) + "]";
  return "";
}

void fault(Emulated& p, const std::string& effect, const std::string& more = "",
           const std::string& path = "/calendar/v3/calendars/{calendarId}/events") {
  EXPECT_EQ(p.control("POST", "/faults", js("{'match':{'path':'" + path + "'}" + more + ",'effect':" + effect + "}")).status, 200);
}

void condition_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) { checks.push_back({"conditions", fact, known, std::move(run)}); };
  add("If-Match with the stored etag passes", documented, [](Probe& p) {
    const Answer made = p.insert(timed("A"));
    EXPECT_EQ(p.patch(event_path(made.text("id")), js("{'summary':'B'}"), {{"If-Match", made.text("etag")}}).status, 200);
  });
  for (const char* method : {"PATCH", "PUT", "DELETE"})
    checks.push_back(
        {"conditions", std::string(method) + " with an older etag: 412 conditionNotMet, nothing changes", documented, [method](Probe& p) {
           const Answer made = p.insert(timed("A"));
           (void)p.patch(event_path(made.text("id")), js("{'summary':'B'}"));
           const std::string body = std::string_view(method) == "DELETE" ? "" : timed("C").dump();
           const Answer answer = p.call(method, event_path(made.text("id")), body, {{"If-Match", made.text("etag")}});
           EXPECT_EQ(answer.status, 412);
           EXPECT_EQ(answer.reason(), "conditionNotMet");
           EXPECT_EQ(answer.text("error.errors.0.location"), "If-Match");
           EXPECT_EQ(p.event(made.text("id")).text("summary"), "B");
         }});
  add("If-Match: * passes", observed, [](Probe& p) {
    EXPECT_EQ(p.patch(event_path(p.insert(timed("A")).text("id")), js("{'summary':'B'}"), {{"If-Match", "*"}}).status, 200);
  });
  add("412 on the master although only an instance changed", observed, [](Probe& p) {
    const Answer made = p.insert(daily());
    (void)p.patch(event_path(made.text("id") + "_20261202T080000Z"), js("{'summary':'X'}"));
    EXPECT_EQ(p.patch(event_path(made.text("id")), js("{'summary':'B'}"), {{"If-Match", made.text("etag")}}).status, 412);
  });
  add("the master's etag serves for an untouched instance", observed, [](Probe& p) {
    const Answer made = p.insert(daily());
    EXPECT_EQ(p.patch(event_path(made.text("id") + "_20261202T080000Z"), js("{'summary':'X'}"), {{"If-Match", made.text("etag")}}).status, 200);
  });
  add("If-None-Match with the stored etag: 304 without a body", documented, [](Probe& p) {
    const Answer made = p.insert(timed("A"));
    const Answer answer = p.get(event_path(made.text("id")), {{"If-None-Match", made.text("etag")}});
    EXPECT_EQ(answer.status, 304);
    EXPECT_EQ(answer.body, "");
  });
  add("with another etag: 200", documented, [](Probe& p) {
    EXPECT_EQ(p.get(event_path(p.insert(timed("A")).text("id")), {{"If-None-Match", "\"1\""}}).status, 200);
  });
  add("If-None-Match on a list with the collection's etag: 304", guessed, [](Probe& p) {
    EXPECT_EQ(p.get("/calendars/primary/events", {{"If-None-Match", p.events().header("ETag")}}).status, 304);
  });
  add("the ETag header is the resource's etag", observed, [](Probe& p) {
    const Answer answer = p.event(p.insert(timed("A")).text("id"));
    EXPECT_EQ(answer.header("ETag"), answer.text("etag"));
  });
}

void answer_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) { checks.push_back({"requests", fact, known, std::move(run)}); };
  add("no token: 401 with a location", documented, [](Probe& p) {
    const Answer answer = p.raw("GET", "/calendar/v3/calendars/primary/events");
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.text("error.errors.0.location"), "Authorization");
  });
  add("a dead token: 401 authError Invalid Credentials", documented, [](Probe& p) {
    const Answer answer = p.as({p.me.email, "nope"}, "GET", "/calendars/primary/events");
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.reason(), "authError");
    EXPECT_EQ(answer.text("error.message"), "Invalid Credentials");
    EXPECT_NE(answer.header("WWW-Authenticate"), "");
  });
  add("a token runs out after expires_in", documented, [](Emulated& p) {
    (void)p.control("POST", "/clock", js("{'advance':3700}"));
    EXPECT_EQ(p.events().status, 401);
  });
  add("the error body: errors[], code, message", documented, [](Probe& p) {
    const Answer answer = p.event("unknown00");
    EXPECT_EQ(answer.dump("error.code"), "404");
    EXPECT_EQ(answer.text("error.message"), "Not Found");
    EXPECT_EQ(answer.text("error.errors.0.domain"), "global");
    EXPECT_EQ(answer.header("Content-Type"), "application/json; charset=UTF-8");
  });
  add("an unknown path: 404", documented, [](Probe& p) { EXPECT_EQ(p.get("/nonsense").status, 404); });
  add("a known path with another method: 404 or 405", guessed,
      [](Probe& p) { EXPECT_TRUE(p.call("PATCH", "/colors", "{}").status == 404 || p.call("PATCH", "/colors", "{}").status == 405); });
  for (const char* body : {"{", "[]", "\"text\"", "{\"summary\":\"\\ud800\"}", "{\"a\":1,}"})
    checks.push_back({"requests", std::string("a body that is no JSON object: 400 parseError: ") + body, documented, [body](Probe& p) {
                        const Answer answer = p.call("POST", "/calendars/primary/events", body);
                        EXPECT_EQ(answer.status, 400);
                        EXPECT_EQ(answer.reason(), "parseError");
                      }});
  add("broken percent-encoding in the query: 400", guessed, [](Probe& p) { EXPECT_EQ(p.events("?q=%zz").status, 400); });
  add("the token may be in the query as access_token", documented,
      [](Probe& p) { EXPECT_EQ(p.raw("GET", "/calendar/v3/calendars/primary/events?access_token=" + p.me.token).status, 200); });
  add("gzip when the client accepts it", documented, [](Probe& p) {
    for (int i = 0; i < 20; ++i) (void)p.insert(timed("A rather long title to be compressed"));
    const Answer answer = p.get("/calendars/primary/events", {{"Accept-Encoding", "gzip"}, {"User-Agent", "test (gzip)"}});
    EXPECT_EQ(answer.header("Content-Encoding"), "gzip");
    EXPECT_TRUE(answer.body.starts_with("\x1f\x8b"));
  });
  add("the usual headers: Vary and Cache-Control", observed, [](Probe& p) {
    EXPECT_NE(p.get("/colors").header("Vary").find("Origin"), std::string::npos);
    EXPECT_NE(p.get("/colors").header("Cache-Control"), "");
  });
  add("prettyPrint=true indents", documented, [](Probe& p) { EXPECT_NE(p.get("/colors?prettyPrint=true").body.find("\n  \""), std::string::npos); });

  const Mask masks[] = {
      {"fields=kind", documented, "kind", "{kind}"},
      {"two members", documented, "kind,timeZone", "{kind,timeZone}"},
      {"a/b", documented, "items/id", "{items[{id}]}"},
      {"a(b,c)", documented, "items(id,status)", "{items[{id,status}]}"},
      {"nested", documented, "items(id,start/dateTime)", "{items[{id,start{dateTime}}]}"},
      {"nested in brackets", documented, "items(start(timeZone))", "{items[{start{timeZone}}]}"},
      {"a wildcard", documented, "items/*/email", "{items[{creator{email},organizer{email}}]}"},
      {"with the two tokens", documented, "nextPageToken,nextSyncToken,items(id)", "{nextSyncToken,items[{id}]}"},
      {"members that are not there are left out", documented, "items(id,location)", "{items[{id}]}"},
  };
  for (const Mask& one : masks)
    checks.push_back({"fields", one.fact, one.known, [one](Probe& p) {
                        (void)p.insert(timed("A"));
                        EXPECT_EQ(shape(p.events("?fields=" + escape(one.fields)).json), one.expected);
                      }});
  for (const char* mask : {"items(", "items)", "items(id", "items//id", ",kind"})
    checks.push_back({"fields", std::string("a broken mask: 400 invalidParameter: ") + mask, documented, [mask](Probe& p) {
                        const Answer answer = p.events("?fields=" + escape(mask));
                        EXPECT_EQ(answer.status, 400) << answer.body;
                        EXPECT_EQ(answer.reason(), "invalidParameter");
                      }});
  checks.push_back({"fields", "the answer of an insert as well", documented,
                    [](Probe& p) { EXPECT_EQ(shape(p.insert(timed("A"), "?fields=id,etag").json), "{etag,id}"); }});
}

void fault_checks(Checks& checks) {
  const auto add = [&](const char* fact, Run run) {
    checks.push_back({"faults", fact, guessed, [run = std::move(run)](Emulated& p) {
                        run(p);
                        (void)p.control("DELETE", "/faults");
                      }});
  };
  struct Usual {
    int status;
    const char* domain;
    const char* reason;
  };
  for (const Usual& one : {Usual{401, "global", "authError"},
                           {403, "usageLimits", "rateLimitExceeded"},
                           {404, "global", "notFound"},
                           {409, "global", "conflict"},
                           {410, "calendar", "fullSyncRequired"},
                           {412, "global", "conditionNotMet"},
                           {429, "usageLimits", "rateLimitExceeded"},
                           {500, "global", "backendError"},
                           {503, "global", "backendError"}})
    checks.push_back({"faults", "status " + std::to_string(one.status) + " comes with the body Google sends", documented, [one](Emulated& p) {
                        fault(p, "{'status':" + std::to_string(one.status) + "}");
                        const Answer answer = p.events();
                        EXPECT_EQ(answer.status, one.status);
                        EXPECT_EQ(answer.reason(), one.reason);
                        EXPECT_EQ(answer.text("error.errors.0.domain"), one.domain);
                        EXPECT_EQ(p.events().status, 200);
                      }});
  add("reason, message and headers can be chosen", [](Emulated& p) {
    fault(p, "{'status':403,'reason':'quotaExceeded','message':'Calendar usage limits exceeded.','headers':{'Retry-After':'7'}}");
    const Answer answer = p.events();
    EXPECT_EQ(answer.reason(), "quotaExceeded");
    EXPECT_EQ(answer.header("Retry-After"), "7");
  });
  add("a raw body: HTML on a 502", [](Emulated& p) {
    fault(p, "{'status':502,'body':'<html>no</html>'}");
    const Answer answer = p.events();
    EXPECT_EQ(answer.body, "<html>no</html>");
    EXPECT_TRUE(answer.header("Content-Type").starts_with("text/html"));
  });
  add("drop after the effect: no answer, but the event is there", [](Emulated& p) {
    fault(p, "{'drop':true,'when':'after'}");
    EXPECT_EQ(p.insert(timed("A")).status, 0);
    EXPECT_EQ(p.events().count(), 1u);
  });
  add("drop before the effect: no answer, no event", [](Emulated& p) {
    fault(p, "{'drop':true}");
    EXPECT_EQ(p.insert(timed("A")).status, 0);
    EXPECT_EQ(p.events().count(), 0u);
  });
  add("skip and times", [](Emulated& p) {
    fault(p, "{'status':500}", ",'skip':1,'times':2");
    std::string seen;
    for (int i = 0; i < 4; ++i) seen += p.events().status == 500 ? "x" : ".";
    EXPECT_EQ(seen, ".xx.");
  });
  add("times 0 is for ever, until it is removed", [](Emulated& p) {
    fault(p, "{'status':500}", ",'times':0");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(p.events().status, 500);
    (void)p.control("DELETE", "/faults");
    EXPECT_EQ(p.events().status, 200);
  });
  add("the same seed hits the same requests", [](Emulated& p) {
    const auto run = [&](const char* seed) {
      fault(p, "{'status':500}", std::string(",'times':0,'probability':0.5,'seed':") + seed);
      std::string seen;
      for (int i = 0; i < 32; ++i) seen += p.events().status == 500 ? "x" : ".";
      (void)p.control("DELETE", "/faults");
      return seen;
    };
    const std::string first = run("7");
    EXPECT_EQ(first, run("7"));
    EXPECT_NE(first, run("8"));
    EXPECT_NE(first.find('x'), std::string::npos);
    EXPECT_NE(first.find('.'), std::string::npos);
  });
  add("match by method, query and body", [](Emulated& p) {
    EXPECT_EQ(p.control("POST", "/faults", js("{'match':{'method':'POST','body_contains':'Secret'},'effect':{'status':500}}")).status, 200);
    EXPECT_EQ(p.events().status, 200);
    EXPECT_EQ(p.insert(timed("A")).status, 200);
    EXPECT_EQ(p.insert(timed("Secret")).status, 500);
  });
  add("an empty page with a nextPageToken; the page behind it has the items", [](Emulated& p) {
    (void)p.insert(timed("A"));
    fault(p, "{'empty_page':true}");
    const Answer first = p.events();
    EXPECT_EQ(first.count(), 0u);
    EXPECT_EQ(p.events("?pageToken=" + escape(first.text("nextPageToken"))).count(), 1u);
  });
  add("garbage is no JSON; truncate cuts the body", [](Emulated& p) {
    fault(p, "{'garbage':true}");
    EXPECT_TRUE(p.events().json.is_null());
    fault(p, "{'truncate':true}");
    EXPECT_TRUE(p.events().json.is_null());
  });
  add("omit takes nextSyncToken away; repeat_items sends one twice", [](Emulated& p) {
    (void)p.insert(timed("A"));
    fault(p, "{'omit':['nextSyncToken'],'repeat_items':true}");
    const Answer answer = p.events();
    EXPECT_EQ(answer.dump("nextSyncToken"), "absent");
    EXPECT_EQ(answer.count(), 2u);
  });
  add("stale: an incremental list misses the newest change, and the next one has it", [](Emulated& p) {
    const std::string token = p.sync_token();
    (void)p.insert(timed("A"));
    fault(p, "{'stale':true}");
    const Answer stale = p.since(token);
    EXPECT_EQ(stale.count(), 0u);
    EXPECT_EQ(p.since(stale.text("nextSyncToken")).count(), 1u);
  });
  add("delay_ms puts the answer off", [](Emulated& p) {
    fault(p, "{'delay_ms':150}");
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(p.events().status, 200);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{150});
  });
  add("kill_pid without --allow-kill or for nobody is refused",
      [](Emulated& p) { EXPECT_EQ(p.control("POST", "/faults", js("{'effect':{'kill_pid':1}}")).status, 400); });
  add("an unknown effect or match is refused", [](Emulated& p) {
    EXPECT_EQ(p.control("POST", "/faults", js("{'effect':{'explode':true}}")).status, 400);
    EXPECT_EQ(p.control("POST", "/faults", js("{'match':{'colour':'x'},'effect':{'status':500}}")).status, 400);
    EXPECT_EQ(p.control("POST", "/faults", js("{'effect':{}}")).status, 400);
    EXPECT_EQ(p.control("POST", "/faults", js("{'probability':2,'effect':{'status':500}}")).status, 400);
  });
  add("quotas: a minute for each person; a PATCH costs three; a refused call costs nothing", [](Emulated& p) {
    const std::string id = p.insert(timed("A")).text("id");
    EXPECT_EQ(p.control("POST", "/quotas", js("{'per_user_per_minute':5}")).status, 200);
    EXPECT_EQ(p.patch(event_path(id), js("{'summary':'B'}")).status, 200);
    const Answer refused = p.patch(event_path(id), js("{'summary':'C'}"));
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.reason(), "userRateLimitExceeded");
    EXPECT_EQ(p.events().status, 200);
    EXPECT_EQ(p.events().status, 200);
    EXPECT_EQ(p.events().status, 403);
    (void)p.control("POST", "/clock", js("{'advance':61}"));
    EXPECT_EQ(p.events().status, 200);
    (void)p.control("POST", "/quotas", js("{}"));
  });
  add("a write with a broken mask has not happened", [](Probe& p) {
    EXPECT_EQ(p.insert(timed("A"), "?fields=items(").status, 400);
    EXPECT_EQ(p.events().count(), 0u);
  });
  add("the page's requests are neither counted nor hit", [](Emulated& p) {
    fault(p, "{'status':500}");
    EXPECT_EQ(p.get("/calendars/primary/events", {{"X-Emulator-Page", "1"}}).status, 200);
    EXPECT_EQ(p.events().status, 500);
  });
  add("the request log holds no token", [](Emulated& p) {
    (void)p.raw("GET", "/calendar/v3/calendars/primary/events?access_token=" + p.me.token);
    const Answer log = p.control("GET", "/requests");
    EXPECT_EQ(log.body.find(p.me.token), std::string::npos);
    EXPECT_NE(log.body.find("/calendars/primary/events"), std::string::npos);
  });
  add("statistics count by method and path template", [](Emulated& p) {
    const auto count = [&] {
      return p.control("GET", "/stats").json["requests"]["GET /calendar/v3/calendars/{calendarId}/events/{eventId}"].as_integer(0);
    };
    const std::string id = p.insert(timed("A")).text("id");
    const std::int64_t before = count();
    (void)p.event(id);
    EXPECT_EQ(count(), before + 1);
  });
}

}  // namespace

void request_checks(Checks& checks) {
  condition_checks(checks);
  answer_checks(checks);
  fault_checks(checks);
}

}  // namespace contract
