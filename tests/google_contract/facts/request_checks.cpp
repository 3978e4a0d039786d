// What is common to all requests: authorisation, conditions, partial answers, error bodies.
#include "tests/google_contract/facts/contract.hpp"

namespace contract {
namespace {

using enum Known;

std::string event_path(const std::string& id) {
  return "/calendars/primary/events/" + id;
}

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
    for (const auto& [name, member] : value.members())
      out += (out.empty() ? "" : ",") + name + shape(member);
    return "{" + out + "}";
  }
  if (value.is_array())
    return value.items().empty() ? "[]" : "[" + shape(value.items().front()) + "]";
  return "";
}

void condition_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"conditions", fact, known, std::move(run)});
  };
  add("If-Match with the stored etag passes", documented, [](Probe& p) {
    const Answer made = p.insert(timed("A"));
    EXPECT_EQ(p.patch(event_path(made.text("id")), js("{'summary':'B'}"),
                      {{"If-Match", made.text("etag")}})
                  .status,
              200);
  });
  for (const char* method : {"PATCH", "PUT", "DELETE"})
    checks.push_back(
        {"conditions",
         std::string(method) + " with an older etag: 412 conditionNotMet, nothing changes",
         documented, [method](Probe& p) {
           const Answer made = p.insert(timed("A"));
           (void)p.patch(event_path(made.text("id")), js("{'summary':'B'}"));
           const std::string body = std::string_view(method) == "DELETE" ? "" : timed("C").dump();
           const Answer answer =
               p.call(method, event_path(made.text("id")), body, {{"If-Match", made.text("etag")}});
           EXPECT_EQ(answer.status, 412);
           EXPECT_EQ(answer.reason(), "conditionNotMet");
           EXPECT_EQ(answer.text("error.errors.0.location"), "If-Match");
           EXPECT_EQ(p.event(made.text("id")).text("summary"), "B");
         }});
  add("If-Match: * passes", observed, [](Probe& p) {
    EXPECT_EQ(p.patch(event_path(p.insert(timed("A")).text("id")), js("{'summary':'B'}"),
                      {{"If-Match", "*"}})
                  .status,
              200);
  });
  add("412 on the master although only an instance changed", observed, [](Probe& p) {
    const Answer made = p.insert(daily());
    (void)p.patch(event_path(made.text("id") + "_20261202T080000Z"), js("{'summary':'X'}"));
    EXPECT_EQ(p.patch(event_path(made.text("id")), js("{'summary':'B'}"),
                      {{"If-Match", made.text("etag")}})
                  .status,
              412);
  });
  add("the master's etag serves for an untouched instance", observed, [](Probe& p) {
    const Answer made = p.insert(daily());
    EXPECT_EQ(p.patch(event_path(made.text("id") + "_20261202T080000Z"), js("{'summary':'X'}"),
                      {{"If-Match", made.text("etag")}})
                  .status,
              200);
  });
  add("If-None-Match with the stored etag: 304 without a body", documented, [](Probe& p) {
    const Answer made = p.insert(timed("A"));
    const Answer answer =
        p.get(event_path(made.text("id")), {{"If-None-Match", made.text("etag")}});
    EXPECT_EQ(answer.status, 304);
    EXPECT_EQ(answer.body, "");
  });
  add("with another etag: 200", documented, [](Probe& p) {
    EXPECT_EQ(
        p.get(event_path(p.insert(timed("A")).text("id")), {{"If-None-Match", "\"1\""}}).status,
        200);
  });
  add("If-None-Match on a list with the collection's etag: 304", guessed, [](Probe& p) {
    EXPECT_EQ(
        p.get("/calendars/primary/events", {{"If-None-Match", p.events().header("ETag")}}).status,
        304);
  });
  add("the ETag header is the resource's etag", observed, [](Probe& p) {
    const Answer answer = p.event(p.insert(timed("A")).text("id"));
    EXPECT_EQ(answer.header("ETag"), answer.text("etag"));
  });
}

void answer_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"requests", fact, known, std::move(run)});
  };
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
  add("an unknown path: 404", documented,
      [](Probe& p) { EXPECT_EQ(p.get("/nonsense").status, 404); });
  add("a known path with another method: 404 or 405", guessed, [](Probe& p) {
    EXPECT_TRUE(p.call("PATCH", "/colors", "{}").status == 404 ||
                p.call("PATCH", "/colors", "{}").status == 405);
  });
  for (const char* body : {"{", "[]", "\"text\"", "{\"summary\":\"\\ud800\"}", "{\"a\":1,}"})
    checks.push_back({"requests",
                      std::string("a body that is no JSON object: 400 parseError: ") + body,
                      documented, [body](Probe& p) {
                        const Answer answer = p.call("POST", "/calendars/primary/events", body);
                        EXPECT_EQ(answer.status, 400);
                        EXPECT_EQ(answer.reason(), "parseError");
                      }});
  add("broken percent-encoding in the query: 400", guessed,
      [](Probe& p) { EXPECT_EQ(p.events("?q=%zz").status, 400); });
  add("the token may be in the query as access_token", documented, [](Probe& p) {
    EXPECT_EQ(
        p.raw("GET", "/calendar/v3/calendars/primary/events?access_token=" + p.me.token).status,
        200);
  });
  add("gzip when the client accepts it", documented, [](Probe& p) {
    for (int i = 0; i < 20; ++i) (void)p.insert(timed("A rather long title to be compressed"));
    const Answer answer = p.get("/calendars/primary/events",
                                {{"Accept-Encoding", "gzip"}, {"User-Agent", "test (gzip)"}});
    EXPECT_EQ(answer.header("Content-Encoding"), "gzip");
    EXPECT_TRUE(answer.body.starts_with("\x1f\x8b"));
  });
  add("the usual headers: Vary and Cache-Control", observed, [](Probe& p) {
    EXPECT_NE(p.get("/colors").header("Vary").find("Origin"), std::string::npos);
    EXPECT_NE(p.get("/colors").header("Cache-Control"), "");
  });
  add("prettyPrint=true indents", documented, [](Probe& p) {
    EXPECT_NE(p.get("/colors?prettyPrint=true").body.find("\n  \""), std::string::npos);
  });

  const Mask masks[] = {
      {"fields=kind", documented, "kind", "{kind}"},
      {"two members", documented, "kind,timeZone", "{kind,timeZone}"},
      {"a/b", documented, "items/id", "{items[{id}]}"},
      {"a(b,c)", documented, "items(id,status)", "{items[{id,status}]}"},
      {"nested", documented, "items(id,start/dateTime)", "{items[{id,start{dateTime}}]}"},
      {"nested in brackets", documented, "items(start(timeZone))", "{items[{start{timeZone}}]}"},
      {"a wildcard", documented, "items/*/email", "{items[{creator{email},organizer{email}}]}"},
      {"with the two tokens", documented, "nextPageToken,nextSyncToken,items(id)",
       "{nextSyncToken,items[{id}]}"},
      {"members that are not there are left out", documented, "items(id,location)",
       "{items[{id}]}"},
  };
  for (const Mask& one : masks)
    checks.push_back({"fields", one.fact, one.known, [one](Probe& p) {
                        (void)p.insert(timed("A"));
                        EXPECT_EQ(shape(p.events("?fields=" + escape(one.fields)).json),
                                  one.expected);
                      }});
  for (const char* mask : {"items(", "items)", "items(id", "items//id", ",kind"})
    checks.push_back({"fields", std::string("a broken mask: 400 invalidParameter: ") + mask,
                      documented, [mask](Probe& p) {
                        const Answer answer = p.events("?fields=" + escape(mask));
                        EXPECT_EQ(answer.status, 400) << answer.body;
                        EXPECT_EQ(answer.reason(), "invalidParameter");
                      }});
  checks.push_back({"fields", "the answer of an insert as well", documented, [](Probe& p) {
                      EXPECT_EQ(shape(p.insert(timed("A"), "?fields=id,etag").json), "{etag,id}");
                    }});
}

}  // namespace

void request_checks(Checks& checks) {
  condition_checks(checks);
  answer_checks(checks);
}

}  // namespace contract
