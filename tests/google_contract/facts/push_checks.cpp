// Push: channels, their messages at a web hook on this machine, stopping, refusals.
#include <condition_variable>
#include <mutex>

#include "src/common/net/http_server.hpp"
#include "tests/google_contract/facts/contract.hpp"

namespace contract {
namespace {

using enum Known;
namespace net = gcal::net;

// A web hook: what came, in order; answers with the statuses given, then 204.
class Hook {
 public:
  explicit Hook(std::vector<int> statuses = {}) : statuses_(std::move(statuses)) {
    auto started =
        net::HttpServer::start({}, [this](net::ServerRequest request, net::Responder responder) {
          net::ServerResponse response;
          {
            const std::lock_guard lock(mutex_);
            response.status = seen_.size() < statuses_.size() ? statuses_[seen_.size()] : 204;
            seen_.push_back(std::move(request));
          }
          came_.notify_all();
          responder.send(std::move(response));
        });
    EXPECT_TRUE(started);
    if (started) server_ = std::move(*started);
  }
  std::string address() const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + "/hook";
  }
  bool wait(std::size_t count) {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, std::chrono::seconds{15}, [&] { return seen_.size() >= count; });
  }
  std::string header(std::size_t index, std::string_view name) {
    const std::lock_guard lock(mutex_);
    return index < seen_.size() ? std::string(seen_[index].headers.get(name)) : "";
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return seen_.size();
  }
  net::ServerRequest at(std::size_t index) {
    const std::lock_guard lock(mutex_);
    return seen_.at(index);
  }

 private:
  std::vector<int> statuses_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<net::ServerRequest> seen_;
  std::unique_ptr<net::HttpServer> server_;
};

Json channel(const std::string& address, const std::string& id = unique("channel-")) {
  return Json::object({{"id", id}, {"type", "web_hook"}, {"address", address}, {"token", "t=1"}});
}
Answer watch(Probe& p, const Json& body,
             const std::string& path = "/calendars/primary/events/watch") {
  return p.post(path, body);
}

struct Refused {
  const char* fact;
  Known known;
  const char* change;
  const char* reason;
};

void fault_pushes(Checks& checks) {
  const auto add = [&](const char* fact, Run run) {
    checks.push_back({"faults.push", fact, guessed, [run = std::move(run)](Emulated& p) {
                        run(p);
                        (void)p.control("POST", "/push", js("{}"));
                        (void)p.control("DELETE", "/faults");
                      }});
  };
  static const auto number = [](Hook& hook, std::size_t index) {
    return std::stoi("0" + hook.header(index, "X-Goog-Message-Number"));
  };
  static const auto faults = [](Emulated& p, const char* body) {
    EXPECT_EQ(p.control("POST", "/push", js(body)).status, 200);
  };
  static const auto send = [](Emulated& p, Json body, const std::string& id) {
    body.set("channel", id);
    return p.control("POST", "/push/send", body).status;
  };
  add("lose 1: a channel that never fires", [](Emulated& p) {
    Hook hook;
    faults(p, "{'lose':1}");
    const Answer made = watch(p, channel(hook.address()));
    EXPECT_EQ(made.status, 200);
    (void)p.insert(timed("A"));
    faults(p, "{}");
    EXPECT_EQ(send(p, js("{'state':'last'}"), made.text("id")), 200);
    ASSERT_TRUE(hook.wait(1));
    EXPECT_EQ(hook.header(0, "X-Goog-Resource-State"), "last");
    EXPECT_GE(p.control("GET", "/stats").json["pushes_lost"].as_integer(), 2);
  });
  add("duplicate: every message twice", [](Emulated& p) {
    Hook hook;
    faults(p, "{'duplicate':1,'seed':3}");
    (void)watch(p, channel(hook.address()));
    ASSERT_TRUE(hook.wait(2));
    EXPECT_EQ(number(hook, 0), number(hook, 1));
  });
  add("reorder: a message comes after its successor", [](Emulated& p) {
    Hook hook;
    (void)watch(p, channel(hook.address()));
    faults(p, "{'reorder':1}");
    (void)p.insert(timed("A"));
    (void)p.insert(timed("B"));
    ASSERT_TRUE(hook.wait(3));
    EXPECT_GT(number(hook, 1), number(hook, 2));
  });
  add("delay_seconds: an hour late by the emulator's clock", [](Emulated& p) {
    Hook hook;
    (void)watch(p, channel(hook.address()));
    faults(p, "{'delay_seconds':3600}");
    (void)p.insert(timed("A"));
    (void)p.control("POST", "/clock", js("{'advance':3500}"));
    faults(p, "{}");
    p.me.token = p.token(p.me.email, "calendar");  // the old one runs out before the hour does
    (void)p.insert(timed("B"));
    ASSERT_TRUE(hook.wait(2));
    const int second = number(hook, 1);
    (void)p.control("POST", "/clock", js("{'advance':101}"));
    ASSERT_TRUE(hook.wait(3));
    EXPECT_LT(number(hook, 2), second);
  });
  add("after the watch reply: the first message waits for the emulator's clock", [](Emulated& p) {
    Hook hook;
    faults(p, "{'delay_seconds':5}");
    EXPECT_EQ(watch(p, channel(hook.address())).status, 200);
    EXPECT_EQ(hook.count(), 0u);
    (void)p.control("POST", "/clock", js("{'advance':5}"));
    ASSERT_TRUE(hook.wait(1));
    EXPECT_EQ(hook.header(0, "X-Goog-Resource-State"), "sync");
  });
  add("after stop, with a wrong token, for another resource, with a number that goes back",
      [](Emulated& p) {
        Hook hook;
        const Answer made = watch(p, channel(hook.address()));
        ASSERT_TRUE(hook.wait(1));
        EXPECT_EQ(p.post("/channels/stop", Json::object({{"id", made.text("id")},
                                                         {"resourceId", made.text("resourceId")}}))
                      .status,
                  204);
        EXPECT_EQ(
            send(p, js("{'token':'forged','resource_id':'other','number':1}"), made.text("id")),
            200);
        ASSERT_TRUE(hook.wait(2));
        EXPECT_EQ(hook.header(1, "X-Goog-Channel-Token"), "forged");
        EXPECT_EQ(hook.header(1, "X-Goog-Resource-ID"), "other");
        EXPECT_EQ(hook.header(1, "X-Goog-Resource-State"), "exists");
        EXPECT_EQ(number(hook, 1), 1);
      });
  add("after expiry", [](Emulated& p) {
    Hook hook;
    Json body = channel(hook.address());
    body.set("params", js("{'ttl':'60'}"));
    const Answer made = watch(p, body);
    ASSERT_TRUE(hook.wait(1));
    (void)p.control("POST", "/clock", js("{'advance':120}"));
    EXPECT_EQ(send(p, js("{}"), made.text("id")), 200);
    EXPECT_TRUE(hook.wait(2));
  });
  add("two live channels: a change is told twice", [](Emulated& p) {
    Hook first, second;
    (void)watch(p, channel(first.address()));
    (void)watch(p, channel(second.address()));
    (void)p.insert(timed("A"));
    EXPECT_TRUE(first.wait(2));
    EXPECT_TRUE(second.wait(2));
  });
  add("a flood: count messages with growing numbers", [](Emulated& p) {
    Hook hook;
    const Answer made = watch(p, channel(hook.address()));
    EXPECT_EQ(send(p, js("{'count':500}"), made.text("id")), 200);
    ASSERT_TRUE(hook.wait(501));
    EXPECT_EQ(number(hook, 500), 501);
  });
  add("the renewal fails", [](Emulated& p) {
    Hook hook;
    (void)watch(p, channel(hook.address()));
    (void)p.control("POST", "/faults",
                    js("{'match':{'path':'/calendar/v3/calendars/{calendarId}/events/"
                       "watch'},'effect':{'status':503}}"));
    EXPECT_EQ(watch(p, channel(hook.address())).status, 503);
    (void)p.insert(timed("A"));
    EXPECT_TRUE(hook.wait(2)) << "the old channel goes on";
  });
  add("no message for a channel that never was",
      [](Emulated& p) { EXPECT_EQ(send(p, js("{}"), "never"), 404); });
}

}  // namespace

void push_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"push", fact, known, std::move(run)});
  };
  const Refused refused[] = {
      {"without id", documented, "{'id':null}", "required"},
      {"an id over 64 characters", documented,
       "{'id':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}", "invalid"},
      {"another type", observed, "{'type':'carrier_pigeon'}", "push.channelTypeNotSupported"},
      {"plain http to another machine", observed, "{'address':'http://crm.example.com/hook'}",
       "push.webhookUrlNotHttps"},
      {"no address", documented, "{'address':null}", "push.webhookUrlNotHttps"},
      {"an expiration in the past", guessed, "{'expiration':1000}", "invalid"},
  };
  for (const Refused& one : refused)
    checks.push_back({"push", std::string("refused: ") + one.fact, one.known, [one](Probe& p) {
                        Json body = channel("https://crm.example.com/hook");
                        const Json changes = js(one.change);
                        for (const auto& [name, value] : changes.members())
                          value.is_null() ? void(body.erase(name)) : void(body.set(name, value));
                        const Answer answer = watch(p, body);
                        EXPECT_EQ(answer.status, 400) << answer.body;
                        EXPECT_EQ(answer.reason(), one.reason);
                      }});
  add("the answer: kind, id, resourceId, resourceUri, token, expiration as text", documented,
      [](Emulated& p) {
        Hook hook;
        const Answer answer = watch(p, channel(hook.address()));
        EXPECT_EQ(answer.text("kind"), "api#channel");
        EXPECT_EQ(answer.text("token"), "t=1");
        EXPECT_TRUE(answer.json["expiration"].is_string());
        EXPECT_NE(answer.text("resourceId"), "");
        EXPECT_NE(answer.text("resourceUri").find("/calendar/v3/calendars/"), std::string::npos);
      });
  add("webhook without underscore is accepted", documented, [](Emulated& p) {
    Hook hook;
    Json body = channel(hook.address());
    body.set("type", "webhook");
    EXPECT_EQ(watch(p, body).status, 200);
  });
  add("the resourceId is the same for the same resource", documented, [](Emulated& p) {
    Hook hook;
    EXPECT_EQ(watch(p, channel(hook.address())).text("resourceId"),
              watch(p, channel(hook.address())).text("resourceId"));
  });
  add("the same channel id twice: channelIdNotUnique", observed, [](Emulated& p) {
    Hook hook;
    const Json body = channel(hook.address());
    (void)watch(p, body);
    EXPECT_EQ(watch(p, body).reason(), "channelIdNotUnique");
  });
  add("the first message: state sync, number 1, no body, our token", documented, [](Emulated& p) {
    Hook hook;
    const Json body = channel(hook.address());
    const Answer made = watch(p, body);
    ASSERT_TRUE(hook.wait(1));
    EXPECT_EQ(hook.at(0).method, "POST");
    EXPECT_EQ(hook.at(0).body, "");
    EXPECT_EQ(hook.header(0, "X-Goog-Resource-State"), "sync");
    EXPECT_EQ(hook.header(0, "X-Goog-Message-Number"), "1");
    EXPECT_EQ(hook.header(0, "X-Goog-Channel-ID"), body.string("id"));
    EXPECT_EQ(hook.header(0, "X-Goog-Channel-Token"), "t=1");
    EXPECT_EQ(hook.header(0, "X-Goog-Resource-ID"), made.text("resourceId"));
    EXPECT_TRUE(hook.header(0, "X-Goog-Channel-Expiration").ends_with("GMT"));
    EXPECT_NE(hook.header(0, "User-Agent").find("APIs-Google"), std::string::npos);
  });
  add("the first message can come before the answer: here it always does", documented,
      [](Emulated& p) {
        Hook hook;
        EXPECT_EQ(watch(p, channel(hook.address())).status, 200);
        EXPECT_EQ(hook.count(), 1u);
      });
  add("a receiver that is not there does not keep the channel from opening", guessed,
      [](Emulated& p) { EXPECT_EQ(watch(p, channel("http://127.0.0.1:9/hook")).status, 200); });
  add("a change: state exists, a higher number", documented, [](Emulated& p) {
    Hook hook;
    (void)watch(p, channel(hook.address()));
    (void)p.insert(timed("A"));
    ASSERT_TRUE(hook.wait(2));
    EXPECT_EQ(hook.header(1, "X-Goog-Resource-State"), "exists");
    EXPECT_GT(std::stoi(hook.header(1, "X-Goog-Message-Number")), 1);
  });
  add("numbers grow but not by one", documented, [](Emulated& p) {
    Hook hook;
    (void)watch(p, channel(hook.address()));
    for (int i = 0; i < 12; ++i) (void)p.insert(timed("A"));
    ASSERT_TRUE(hook.wait(13));
    std::set<int> steps;
    for (std::size_t i = 1; i < 13; ++i) {
      const int step = std::stoi(hook.header(i, "X-Goog-Message-Number")) -
                       std::stoi(hook.header(i - 1, "X-Goog-Message-Number"));
      EXPECT_GT(step, 0);
      steps.insert(step);
    }
    EXPECT_GT(steps.size(), 1u);
  });
  add("503 is repeated until it is taken", documented, [](Emulated& p) {
    Hook hook({503, 503});
    (void)watch(p, channel(hook.address()));
    ASSERT_TRUE(hook.wait(3));
    EXPECT_EQ(hook.header(2, "X-Goog-Message-Number"), "1");
  });
  add("404 is not repeated", documented, [](Emulated& p) {
    Hook hook({404});
    (void)watch(p, channel(hook.address()));
    ASSERT_TRUE(hook.wait(1));
    (void)p.insert(timed("A"));
    ASSERT_TRUE(hook.wait(2));
    EXPECT_EQ(hook.header(1, "X-Goog-Resource-State"), "exists");
  });
  add("stop: 204, and a second time 404", observed, [](Emulated& p) {
    Hook hook;
    const Answer made = watch(p, channel(hook.address()));
    const Json stop =
        Json::object({{"id", made.text("id")}, {"resourceId", made.text("resourceId")}});
    EXPECT_EQ(p.post("/channels/stop", stop).status, 204);
    EXPECT_EQ(p.post("/channels/stop", stop).status, 404);
  });
  add("stop with another resourceId: 404", observed, [](Emulated& p) {
    Hook hook;
    EXPECT_EQ(
        p.post("/channels/stop", Json::object({{"id", watch(p, channel(hook.address())).text("id")},
                                               {"resourceId", "other"}}))
            .status,
        404);
  });
  add("stop by another person or another client: 404", documented, [](Emulated& p) {
    Hook hook;
    const Answer made = watch(p, channel(hook.address()));
    const std::string stop =
        Json::object({{"id", made.text("id")}, {"resourceId", made.text("resourceId")}}).dump();
    EXPECT_EQ(p.as(p.another(), "POST", "/channels/stop", stop).status, 404);
    EXPECT_EQ(
        p.as({p.me.email, p.token(p.me.email, "calendar", "other")}, "POST", "/channels/stop", stop)
            .status,
        404);
  });
  add("a life over seven days is shortened", guessed, [](Emulated& p) {
    Hook hook;
    Json body = channel(hook.address());
    body.set("params", js("{'ttl':'9999999'}"));
    const std::int64_t usual = std::stoll(watch(p, channel(hook.address())).text("expiration"));
    EXPECT_NEAR(static_cast<double>(std::stoll(watch(p, body).text("expiration"))),
                static_cast<double>(usual), 60'000.0);
  });
  add("params.ttl and expiration shorten it", documented, [](Emulated& p) {
    Hook hook;
    Json body = channel(hook.address());
    body.set("params", js("{'ttl':'60'}"));
    Json longer = channel(hook.address());
    EXPECT_LT(std::stoll(watch(p, body).text("expiration")),
              std::stoll(watch(p, longer).text("expiration")));
  });
  add("after its end a channel is silent", documented,
      [](Emulated& p) {
        Hook hook, second;
        Json body = channel(hook.address());
        body.set("params", js("{'ttl':'60'}"));
        (void)watch(p, body);
        ASSERT_TRUE(hook.wait(1));
        (void)p.control("POST", "/clock", js("{'advance':120}"));
        (void)watch(p, channel(second.address()));
        (void)p.insert(timed("A"));
        ASSERT_TRUE(second.wait(2))
            << "the other channel has its message: the first would have had it before";
        EXPECT_EQ(hook.count(), 1u);
      });
  add("holiday calendars: pushNotSupportedForRequestedResource", observed, [](Emulated& p) {
    (void)p.control("POST", "/load",
                    js("{'accounts':[{'email':'" + p.me.email +
                       "','calendars':[{'id':'de.z#holiday@group.v.calendar.google.com','access_"
                       "role':'reader'}]}]}"));
    const Answer answer =
        watch(p, channel("https://crm.example.com/hook"),
              "/calendars/de.z%23holiday%40group.v.calendar.google.com/events/watch");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.reason(), "pushNotSupportedForRequestedResource");
  });
  add("calendarList.watch tells of a new calendar", documented, [](Emulated& p) {
    Hook hook;
    EXPECT_EQ(watch(p, channel(hook.address()), "/users/me/calendarList/watch").status, 200);
    (void)p.post("/calendars", js("{'summary':'S'}"));
    EXPECT_TRUE(hook.wait(2));
  });
  add("acl.watch tells of a new rule", documented, [](Emulated& p) {
    Hook hook;
    EXPECT_EQ(watch(p, channel(hook.address()), "/calendars/primary/acl/watch").status, 200);
    (void)p.post("/calendars/primary/acl",
                 js("{'role':'reader','scope':{'type':'user','value':'x@example.org'}}"));
    EXPECT_TRUE(hook.wait(2));
  });
  add("settings.watch opens a channel", documented, [](Emulated& p) {
    Hook hook;
    EXPECT_EQ(watch(p, channel(hook.address()), "/users/me/settings/watch").status, 200);
    EXPECT_TRUE(hook.wait(1));
  });
  add("another person's calendar does not notify", documented, [](Emulated& p) {
    Hook hook;
    (void)watch(p, channel(hook.address()));
    const Person other = p.another();
    (void)p.as(other, "POST", "/calendars/primary/events", timed("A").dump());
    (void)p.insert(timed("B"));
    ASSERT_TRUE(hook.wait(2));
    EXPECT_EQ(hook.count(), 2u);
  });
  fault_pushes(checks);
}

}  // namespace contract
