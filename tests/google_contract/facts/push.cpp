// Push: channels, their notifications at a web hook on this machine, stopping, refusals.
#include <set>

#include "tests/google_contract/facts/web_hook.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

void expect_watch_refused(Client& client, const std::string& change, const std::string& reason) {
  const Json body = merged(channel("https://crm.example.com/hook"), change);
  const Response response = watch(client, body);
  EXPECT_EQ(response.status, 400) << response.body;
  EXPECT_EQ(response.reason(), reason);
}

SECTION("push");

FACT(Client, "refused: without id", documented) {
  expect_watch_refused(client, "{'id':null}", "required");
}

FACT(Client, "refused: an id over 64 characters", documented) {
  expect_watch_refused(client,
                       "{'id':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}",
                       "invalid");
}

FACT(Client, "refused: another type", observed) {
  expect_watch_refused(client, "{'type':'carrier_pigeon'}", "push.channelTypeNotSupported");
}

FACT(Client, "refused: plain http to another machine", observed) {
  expect_watch_refused(client, "{'address':'http://crm.example.com/hook'}",
                       "push.webhookUrlNotHttps");
}

FACT(Client, "refused: no address", documented) {
  expect_watch_refused(client, "{'address':null}", "push.webhookUrlNotHttps");
}

FACT(Client, "refused: an expiration in the past", guessed) {
  expect_watch_refused(client, "{'expiration':1000}", "invalid");
}

FACT(EmulatorOnly, "the answer: kind, id, resourceId, resourceUri, token, expiration as text",
     documented) {
  WebHook hook;
  const Response response = watch(client, channel(hook.address()));
  EXPECT_EQ(response.text("kind"), "api#channel");
  EXPECT_EQ(response.text("token"), "t=1");
  EXPECT_TRUE(response.json["expiration"].is_string());
  EXPECT_NE(response.text("resourceId"), "");
  EXPECT_NE(response.text("resourceUri").find("/calendar/v3/calendars/"), std::string::npos);
}

FACT(EmulatorOnly, "webhook without underscore is accepted", documented) {
  WebHook hook;
  Json body = channel(hook.address());
  body.set("type", "webhook");
  EXPECT_EQ(watch(client, body).status, 200);
}

FACT(EmulatorOnly, "the resourceId is the same for the same resource", documented) {
  WebHook hook;
  EXPECT_EQ(watch(client, channel(hook.address())).text("resourceId"),
            watch(client, channel(hook.address())).text("resourceId"));
}

FACT(EmulatorOnly, "the same channel id twice: channelIdNotUnique", observed) {
  WebHook hook;
  const Json body = channel(hook.address());
  (void)watch(client, body);
  EXPECT_EQ(watch(client, body).reason(), "channelIdNotUnique");
}

FACT(EmulatorOnly, "the first message: state sync, number 1, no body, our token", documented) {
  WebHook hook;
  const Json body = channel(hook.address());
  const Response made = watch(client, body);
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
}

FACT(EmulatorOnly, "the first message can come before the answer: here it always does",
     documented) {
  WebHook hook;
  EXPECT_EQ(watch(client, channel(hook.address())).status, 200);
  EXPECT_EQ(hook.count(), 1u);
}

FACT(EmulatorOnly, "a receiver that is not there does not keep the channel from opening", guessed) {
  EXPECT_EQ(watch(client, channel("http://127.0.0.1:9/hook")).status, 200);
}

FACT(EmulatorOnly, "a change: state exists, a higher number", documented) {
  WebHook hook;
  (void)watch(client, channel(hook.address()));
  (void)client.insert(timed("A"));
  ASSERT_TRUE(hook.wait(2));
  EXPECT_EQ(hook.header(1, "X-Goog-Resource-State"), "exists");
  EXPECT_GT(std::stoi(hook.header(1, "X-Goog-Message-Number")), 1);
}

FACT(EmulatorOnly, "numbers grow but not by one", documented) {
  WebHook hook;
  (void)watch(client, channel(hook.address()));
  for (int i = 0; i < 12; ++i) (void)client.insert(timed("A"));
  ASSERT_TRUE(hook.wait(13));
  std::set<int> steps;
  for (std::size_t i = 1; i < 13; ++i) {
    const int step = std::stoi(hook.header(i, "X-Goog-Message-Number")) -
                     std::stoi(hook.header(i - 1, "X-Goog-Message-Number"));
    EXPECT_GT(step, 0);
    steps.insert(step);
  }
  EXPECT_GT(steps.size(), 1u);
}

FACT(EmulatorOnly, "503 is repeated until it is taken", documented) {
  WebHook hook({503, 503});
  (void)watch(client, channel(hook.address()));
  ASSERT_TRUE(hook.wait(3));
  EXPECT_EQ(hook.header(2, "X-Goog-Message-Number"), "1");
}

FACT(EmulatorOnly, "404 is not repeated", documented) {
  WebHook hook({404});
  (void)watch(client, channel(hook.address()));
  ASSERT_TRUE(hook.wait(1));
  (void)client.insert(timed("A"));
  ASSERT_TRUE(hook.wait(2));
  EXPECT_EQ(hook.header(1, "X-Goog-Resource-State"), "exists");
}

FACT(EmulatorOnly, "stop: 204, and a second time 404", observed) {
  WebHook hook;
  const Response made = watch(client, channel(hook.address()));
  const Json stop =
      Json::object({{"id", made.text("id")}, {"resourceId", made.text("resourceId")}});
  EXPECT_EQ(client.post("/channels/stop", stop).status, 204);
  EXPECT_EQ(client.post("/channels/stop", stop).status, 404);
}

FACT(EmulatorOnly, "stop with another resourceId: 404", observed) {
  WebHook hook;
  EXPECT_EQ(client
                .post("/channels/stop",
                      Json::object({{"id", watch(client, channel(hook.address())).text("id")},
                                    {"resourceId", "other"}}))
                .status,
            404);
}

FACT(EmulatorOnly, "stop by another person or another client: 404", documented) {
  WebHook hook;
  const Response made = watch(client, channel(hook.address()));
  const std::string stop =
      Json::object({{"id", made.text("id")}, {"resourceId", made.text("resourceId")}}).dump();
  EXPECT_EQ(client.as(client.another_user(), "POST", "/channels/stop", stop).status, 404);
  EXPECT_EQ(client
                .as({client.me.email, client.token(client.me.email, "calendar", "other")}, "POST",
                    "/channels/stop", stop)
                .status,
            404);
}

FACT(EmulatorOnly, "a life over seven days is shortened", guessed) {
  WebHook hook;
  Json body = channel(hook.address());
  body.set("params", json("{'ttl':'9999999'}"));
  const std::int64_t usual = std::stoll(watch(client, channel(hook.address())).text("expiration"));
  EXPECT_NEAR(static_cast<double>(std::stoll(watch(client, body).text("expiration"))),
              static_cast<double>(usual), 60'000.0);
}

FACT(EmulatorOnly, "params.ttl and expiration shorten it", documented) {
  WebHook hook;
  Json body = channel(hook.address());
  body.set("params", json("{'ttl':'60'}"));
  Json longer = channel(hook.address());
  EXPECT_LT(std::stoll(watch(client, body).text("expiration")),
            std::stoll(watch(client, longer).text("expiration")));
}

FACT(EmulatorOnly, "after its end a channel is silent", documented) {
  WebHook hook, second;
  Json body = channel(hook.address());
  body.set("params", json("{'ttl':'60'}"));
  (void)watch(client, body);
  ASSERT_TRUE(hook.wait(1));
  (void)client.control("POST", "/clock", json("{'advance':120}"));
  (void)watch(client, channel(second.address()));
  (void)client.insert(timed("A"));
  ASSERT_TRUE(second.wait(2))
      << "the other channel has its message: the first would have had it before";
  EXPECT_EQ(hook.count(), 1u);
}

FACT(EmulatorOnly, "holiday calendars: pushNotSupportedForRequestedResource", observed) {
  (void)client.control("POST", "/load",
                       json("{'accounts':[{'email':'" + client.me.email +
                            "','calendars':[{'id':'de.z#holiday@group.v.calendar.google.com',"
                            "'access_role':'reader'}]}]}"));
  const Response response =
      watch(client, channel("https://crm.example.com/hook"),
            "/calendars/de.z%23holiday%40group.v.calendar.google.com/events/watch");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.reason(), "pushNotSupportedForRequestedResource");
}

FACT(EmulatorOnly, "calendarList.watch tells of a new calendar", documented) {
  WebHook hook;
  EXPECT_EQ(watch(client, channel(hook.address()), "/users/me/calendarList/watch").status, 200);
  (void)client.post("/calendars", json("{'summary':'S'}"));
  EXPECT_TRUE(hook.wait(2));
}

FACT(EmulatorOnly, "acl.watch tells of a new rule", documented) {
  WebHook hook;
  EXPECT_EQ(watch(client, channel(hook.address()), "/calendars/primary/acl/watch").status, 200);
  (void)client.post("/calendars/primary/acl",
                    json("{'role':'reader','scope':{'type':'user','value':'x@example.org'}}"));
  EXPECT_TRUE(hook.wait(2));
}

FACT(EmulatorOnly, "settings.watch opens a channel", documented) {
  WebHook hook;
  EXPECT_EQ(watch(client, channel(hook.address()), "/users/me/settings/watch").status, 200);
  EXPECT_TRUE(hook.wait(1));
}

FACT(EmulatorOnly, "another person's calendar does not notify", documented) {
  WebHook hook;
  (void)watch(client, channel(hook.address()));
  const User other = client.another_user();
  (void)client.as(other, "POST", "/calendars/primary/events", timed("A").dump());
  (void)client.insert(timed("B"));
  ASSERT_TRUE(hook.wait(2));
  EXPECT_EQ(hook.count(), 2u);
}

}  // namespace
}  // namespace contract
