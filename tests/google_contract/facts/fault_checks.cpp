// Faults on demand: rules, and the effects of a rule on an answer's content. Every row of the
// manual's table of troubles has its check here or in the push and OAuth checks.
#include "tests/google_contract/facts/contract.hpp"
#include "tests/google_contract/facts/fault_rule.hpp"

namespace contract {
namespace {

using enum Known;

constexpr const char* kEvents = "/calendar/v3/calendars/{calendarId}/events";

std::string event_path(const std::string& id) {
  return "/calendars/primary/events/" + id;
}

void rule_checks(Checks& checks) {
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
    checks.push_back({"faults",
                      "status " + std::to_string(one.status) + " comes with the body Google sends",
                      documented, [one](Emulated& p) {
                        fault(p, "{'status':" + std::to_string(one.status) + "}");
                        const Answer answer = p.events();
                        EXPECT_EQ(answer.status, one.status);
                        EXPECT_EQ(answer.reason(), one.reason);
                        EXPECT_EQ(answer.text("error.errors.0.domain"), one.domain);
                        EXPECT_EQ(p.events().status, 200);
                      }});
  add("reason, message and headers can be chosen", [](Emulated& p) {
    fault(p,
          "{'status':403,'reason':'quotaExceeded','message':'Calendar usage limits "
          "exceeded.','headers':{'Retry-After':'7'}}");
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
    EXPECT_EQ(
        p.control(
             "POST", "/faults",
             js("{'match':{'method':'POST','body_contains':'Secret'},'effect':{'status':500}}"))
            .status,
        200);
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
  add("stale: an incremental list misses the newest change, and the next one has it",
      [](Emulated& p) {
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
  add("kill_pid without --allow-kill or for nobody is refused", [](Emulated& p) {
    EXPECT_EQ(p.control("POST", "/faults", js("{'effect':{'kill_pid':1}}")).status, 400);
  });
  add("an unknown effect or match is refused", [](Emulated& p) {
    EXPECT_EQ(p.control("POST", "/faults", js("{'effect':{'explode':true}}")).status, 400);
    EXPECT_EQ(
        p.control("POST", "/faults", js("{'match':{'colour':'x'},'effect':{'status':500}}")).status,
        400);
    EXPECT_EQ(p.control("POST", "/faults", js("{'effect':{}}")).status, 400);
    EXPECT_EQ(p.control("POST", "/faults", js("{'probability':2,'effect':{'status':500}}")).status,
              400);
  });
  add("quotas: a minute for each person; a PATCH costs three; a refused call costs nothing",
      [](Emulated& p) {
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
      return p.control("GET", "/stats")
          .json["requests"]["GET /calendar/v3/calendars/{calendarId}/events/{eventId}"]
          .as_integer(0);
    };
    const std::string id = p.insert(timed("A")).text("id");
    const std::int64_t before = count();
    (void)p.event(id);
    EXPECT_EQ(count(), before + 1);
  });
}

std::vector<std::string> texts(const Answer& answer, const char* member) {
  std::vector<std::string> out;
  for (const Json& item : answer.list("items")) out.push_back(item.string(member));
  return out;
}

// All pages, and the answer of the last one.
std::pair<std::vector<std::string>, Answer> pages(Emulated& p, const std::string& query) {
  std::vector<std::string> seen;
  std::string token;
  for (int i = 0; i < 20; ++i) {
    const Answer answer = p.events(query + (token.empty() ? "" : "&pageToken=" + escape(token)));
    for (const std::string& summary : texts(answer, "summary")) seen.push_back(summary);
    token = answer.text("nextPageToken");
    if (token.empty()) return {seen, answer};
  }
  ADD_FAILURE() << "the pages do not end";
  return {seen, {}};
}

void list_effects(Checks& checks) {
  const auto add = [&](const char* fact, Run run) {
    checks.push_back({"faults.lists", fact, guessed, [run = std::move(run)](Emulated& p) {
                        run(p);
                        (void)p.control("DELETE", "/faults");
                      }});
  };
  using List = std::vector<std::string>;
  add("carry copy: the last event of a page comes again with the next one", [](Emulated& p) {
    for (const char* name : {"A", "B", "C"}) (void)p.insert(timed(name));
    fault(p, "{'carry':'copy'}", ",'times':2");
    EXPECT_EQ(pages(p, "?maxResults=2").first, (List{"A", "B", "B", "C"}));
  });
  add("carry move: it comes with the next page instead", [](Emulated& p) {
    for (const char* name : {"A", "B", "C"}) (void)p.insert(timed(name));
    fault(p, "{'carry':'move'}", ",'times':2");
    EXPECT_EQ(p.events("?maxResults=2").count(), 1u);
    (void)p.control("DELETE", "/faults");
    fault(p, "{'carry':'move'}", ",'times':2");
    EXPECT_EQ(pages(p, "?maxResults=2").first, (List{"A", "B", "C"}));
  });
  add("same_page_token: the token leads to the same page again", [](Emulated& p) {
    for (const char* name : {"A", "B", "C", "D", "E"}) (void)p.insert(timed(name));
    const std::string second = p.events("?maxResults=2").text("nextPageToken");
    fault(p, "{'same_page_token':true}");
    EXPECT_EQ(p.events("?maxResults=2&pageToken=" + escape(second)).text("nextPageToken"), second);
    EXPECT_NE(p.events("?maxResults=2&pageToken=" + escape(second)).text("nextPageToken"), second);
  });
  add("the page token dies in the middle of paging", [](Emulated& p) {
    for (const char* name : {"A", "B", "C"}) (void)p.insert(timed(name));
    EXPECT_EQ(p.control("POST", "/faults",
                        js("{'match':{'query_contains':'pageToken='},'effect':{'status':410}}"))
                  .status,
              200);
    const Answer first = p.events("?maxResults=2");
    EXPECT_EQ(first.status, 200);
    const Answer second =
        p.events("?maxResults=2&pageToken=" + escape(first.text("nextPageToken")));
    EXPECT_EQ(second.status, 410);
    EXPECT_EQ(second.reason(), "fullSyncRequired");
  });
  add("strip_cancelled: a deleted event has no more than its id", [](Emulated& p) {
    const std::string token = p.sync_token();
    (void)p.remove(event_path(p.insert(timed("A")).text("id")));
    fault(p, "{'strip_cancelled':true}");
    const Json item = p.since(token).json["items"].items().at(0);
    EXPECT_EQ(item.string("status"), "cancelled");
    EXPECT_FALSE(item.contains("start"));
    EXPECT_FALSE(item.contains("summary"));
  });
  add("omit_items: events without start and summary", [](Emulated& p) {
    (void)p.insert(timed("A"));
    fault(p, "{'omit_items':['start','summary']}");
    const Answer answer = p.events();
    EXPECT_EQ(answer.dump("items.0.start"), "absent");
    EXPECT_NE(answer.dump("items.0.end"), "absent");
  });
  add("reverse_items: the exception before its series", [](Emulated& p) {
    const std::string id = p.insert(daily()).text("id");
    (void)p.patch(event_path(id + "_20261202T080000Z"), js("{'summary':'Moved'}"));
    const List usual = texts(p.events(), "summary");
    fault(p, "{'reverse_items':true}");
    const List turned = texts(p.events(), "summary");
    EXPECT_EQ(usual, List(turned.rbegin(), turned.rend()));
    EXPECT_EQ(usual.size(), 2u);
  });
  add("set_items and only: one event's etag changes without its content, another's content without "
      "its etag",
      [](Emulated& p) {
        const std::string a = p.insert(timed("A")).text("id"), b = p.insert(timed("B")).text("id");
        const Answer before = p.events();
        fault(p, "{'set_items':{'etag':'\\\"1\\\"'},'only':'" + a + "'}");
        const Answer etag = p.events();
        EXPECT_EQ(etag.text("items.0.etag"), "\"1\"");
        EXPECT_EQ(etag.text("items.0.summary"), "A");
        EXPECT_EQ(etag.dump("items.1"), before.dump("items.1"));
        fault(p, "{'set_items':{'summary':'Changed'},'only':'" + b + "'}");
        const Answer content = p.events();
        EXPECT_EQ(content.text("items.1.summary"), "Changed");
        EXPECT_EQ(content.text("items.1.etag"), before.text("items.1.etag"));
      });
  add("set_items: `updated` goes back, attendeesOmitted", [](Emulated& p) {
    (void)p.insert(timed("A"));
    fault(p, "{'set_items':{'updated':'2001-01-01T00:00:00.000Z','attendeesOmitted':true}}");
    const Answer answer = p.events();
    EXPECT_EQ(answer.text("items.0.updated"), "2001-01-01T00:00:00.000Z");
    EXPECT_EQ(answer.dump("items.0.attendeesOmitted"), "true");
  });
  add("set and omit work on a single event as well", [](Emulated& p) {
    const std::string id = p.insert(timed("A")).text("id");
    fault(p, "{'set':{'summary':'B'},'omit':['start']}", "", std::string(kEvents) + "/{eventId}");
    const Answer answer = p.event(id);
    EXPECT_EQ(answer.text("summary"), "B");
    EXPECT_EQ(answer.dump("start"), "absent");
    EXPECT_EQ(p.event(id).text("summary"), "A");
  });
  add("stale with seconds: lists lag behind, whole and incremental, and lose nothing",
      [](Emulated& p) {
        const std::string token = p.sync_token();
        (void)p.insert(timed("A"));
        (void)p.control("POST", "/clock", js("{'advance':40}"));
        (void)p.insert(timed("B"));
        fault(p, "{'stale':30}", ",'times':0");
        EXPECT_EQ(texts(p.events(), "summary"), List{"A"});
        const Answer late = p.since(token);
        EXPECT_EQ(texts(late, "summary"), List{"A"});
        (void)p.control("POST", "/clock", js("{'advance':31}"));
        EXPECT_EQ(texts(p.since(late.text("nextSyncToken")), "summary"), List{"B"});
      });
  add("reply_to: the answer of another request", [](Emulated& p) {
    fault(p, "{'reply_to':{'path':'/calendar/v3/colors'}}");
    EXPECT_EQ(p.events().text("kind"), "calendar#colors");
    fault(p,
          "{'reply_to':{'path':'/calendar/v3/users/me/calendarList?maxResults=1'},'when':'after'}");
    EXPECT_EQ(p.insert(timed("A")).text("kind"), "calendar#calendarList");
    EXPECT_EQ(p.events().count(), 1u);
  });
}

void batch_effects(Checks& checks) {
  const auto add = [&](const char* fact, Run run) {
    checks.push_back({"faults.batch", fact, guessed, [run = std::move(run)](Emulated& p) {
                        run(p);
                        (void)p.control("DELETE", "/faults");
                      }});
  };
  static const auto send = [](Emulated& p, int count) {
    std::string body;
    for (int i = 0; i < count; ++i)
      body += "--b\r\nContent-Type: application/http\r\nContent-ID: <part-" + std::to_string(i) +
              ">\r\n\r\nPOST " + "/calendar/v3/calendars/primary/events" +
              " HTTP/1.1\r\nContent-Type: application/json\r\n\r\n" +
              timed("E" + std::to_string(i)).dump() + "\r\n";
    return p.raw("POST", "/batch/calendar/v3", body + "--b--\r\n",
                 {{"Content-Type", "multipart/mixed; boundary=b"},
                  {"Authorization", "Bearer " + p.me.token}});
  };
  static const auto batch_fault = [](Emulated& p, const std::string& effect) {
    fault(p, effect, "", "/batch/calendar/v3");
  };
  add("drop on one part: its answer is missing", [](Emulated& p) {
    EXPECT_EQ(
        p.control("POST", "/faults",
                  js("{'match':{'body_contains':'E1'},'effect':{'drop':true,'when':'after'}}"))
            .status,
        200);
    const Answer answer = send(p, 3);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body.find("response-part-1"), std::string::npos);
    EXPECT_NE(answer.body.find("response-part-2"), std::string::npos);
    EXPECT_EQ(p.events().count(), 3u);
  });
  add("reverse_parts: the answers in another order", [](Emulated& p) {
    batch_fault(p, "{'reverse_parts':true}");
    const Answer answer = send(p, 3);
    EXPECT_LT(answer.body.find("response-part-2"), answer.body.find("response-part-0"));
  });
  add("wrong_content_id: answers that belong to nobody", [](Emulated& p) {
    batch_fault(p, "{'wrong_content_id':true}");
    const Answer answer = send(p, 2);
    EXPECT_EQ(answer.body.find("response-part"), std::string::npos);
    EXPECT_NE(answer.body.find("response-of-nobody-1"), std::string::npos);
  });
  add("parts_done: half done, the other parts never come to be", [](Emulated& p) {
    batch_fault(p, "{'parts_done':2}");
    const Answer answer = send(p, 4);
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.body.find("response-part-1"), std::string::npos);
    EXPECT_EQ(answer.body.find("response-part-2"), std::string::npos);
    EXPECT_EQ(p.events().count(), 2u);
  });
  add("parts_done with status: the whole batch fails after 17 of 50", [](Emulated& p) {
    batch_fault(p, "{'parts_done':17,'status':500}");
    EXPECT_EQ(send(p, 50).status, 500);
    EXPECT_EQ(p.events().count(), 17u);
  });
}

}  // namespace

void fault_checks(Checks& checks) {
  rule_checks(checks);
  list_effects(checks);
  batch_effects(checks);
}

}  // namespace contract
