// Faults of push notifications, which the emulator makes on demand.
#include "tests/google_contract/facts/fault_fixtures.hpp"
#include "tests/google_contract/facts/web_hook.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

int message_number(WebHook& hook, std::size_t index) {
  return std::stoi("0" + hook.header(index, "X-Goog-Message-Number"));
}

void set_push_faults(EmulatorOnly& client, const char* body) {
  EXPECT_EQ(client.control("POST", "/push", json(body)).status, 200);
}

// Makes the emulator send a notification of channel `id`. Answers the status of the control.
int send_message(EmulatorOnly& client, Json body, const std::string& id) {
  body.set("channel", id);
  return client.control("POST", "/push/send", body).status;
}

SECTION("faults.push");

FACT(PushFaults, "lose 1: a channel that never fires", guessed) {
  WebHook hook;
  set_push_faults(client, "{'lose':1}");
  const Response made = watch(client, channel(hook.address()));
  EXPECT_EQ(made.status, 200);
  (void)client.insert(timed("A"));
  set_push_faults(client, "{}");
  EXPECT_EQ(send_message(client, json("{'state':'last'}"), made.text("id")), 200);
  ASSERT_TRUE(hook.wait(1));
  EXPECT_EQ(hook.header(0, "X-Goog-Resource-State"), "last");
  EXPECT_GE(client.control("GET", "/stats").json["pushes_lost"].as_integer(), 2);
}

FACT(PushFaults, "duplicate: every message twice", guessed) {
  WebHook hook;
  set_push_faults(client, "{'duplicate':1,'seed':3}");
  (void)watch(client, channel(hook.address()));
  ASSERT_TRUE(hook.wait(2));
  EXPECT_EQ(message_number(hook, 0), message_number(hook, 1));
}

FACT(PushFaults, "reorder: a message comes after its successor", guessed) {
  WebHook hook;
  (void)watch(client, channel(hook.address()));
  set_push_faults(client, "{'reorder':1}");
  (void)client.insert(timed("A"));
  (void)client.insert(timed("B"));
  ASSERT_TRUE(hook.wait(3));
  EXPECT_GT(message_number(hook, 1), message_number(hook, 2));
}

FACT(PushFaults, "delay_seconds: an hour late by the emulator's clock", guessed) {
  WebHook hook;
  (void)watch(client, channel(hook.address()));
  set_push_faults(client, "{'delay_seconds':3600}");
  (void)client.insert(timed("A"));
  (void)client.control("POST", "/clock", json("{'advance':3500}"));
  set_push_faults(client, "{}");
  // The old token expires before the hour is over.
  client.me.token = client.token(client.me.email, "calendar");
  (void)client.insert(timed("B"));
  ASSERT_TRUE(hook.wait(2));
  const int second = message_number(hook, 1);
  (void)client.control("POST", "/clock", json("{'advance':101}"));
  ASSERT_TRUE(hook.wait(3));
  EXPECT_LT(message_number(hook, 2), second);
}

FACT(PushFaults, "after the watch reply: the first message waits for the emulator's clock",
     guessed) {
  WebHook hook;
  set_push_faults(client, "{'delay_seconds':5}");
  EXPECT_EQ(watch(client, channel(hook.address())).status, 200);
  EXPECT_EQ(hook.count(), 0u);
  (void)client.control("POST", "/clock", json("{'advance':5}"));
  ASSERT_TRUE(hook.wait(1));
  EXPECT_EQ(hook.header(0, "X-Goog-Resource-State"), "sync");
}

FACT(PushFaults, "after stop, wrong token, other resource, a message number that goes back",
     guessed) {
  WebHook hook;
  const Response made = watch(client, channel(hook.address()));
  ASSERT_TRUE(hook.wait(1));
  EXPECT_EQ(client
                .post("/channels/stop", Json::object({{"id", made.text("id")},
                                                      {"resourceId", made.text("resourceId")}}))
                .status,
            204);
  EXPECT_EQ(send_message(client, json("{'token':'forged','resource_id':'other','number':1}"),
                         made.text("id")),
            200);
  ASSERT_TRUE(hook.wait(2));
  EXPECT_EQ(hook.header(1, "X-Goog-Channel-Token"), "forged");
  EXPECT_EQ(hook.header(1, "X-Goog-Resource-ID"), "other");
  EXPECT_EQ(hook.header(1, "X-Goog-Resource-State"), "exists");
  EXPECT_EQ(message_number(hook, 1), 1);
}

FACT(PushFaults, "after expiry", guessed) {
  WebHook hook;
  Json body = channel(hook.address());
  body.set("params", json("{'ttl':'60'}"));
  const Response made = watch(client, body);
  ASSERT_TRUE(hook.wait(1));
  (void)client.control("POST", "/clock", json("{'advance':120}"));
  EXPECT_EQ(send_message(client, json("{}"), made.text("id")), 200);
  EXPECT_TRUE(hook.wait(2));
}

FACT(PushFaults, "two live channels: a change is notified twice", guessed) {
  WebHook first, second;
  (void)watch(client, channel(first.address()));
  (void)watch(client, channel(second.address()));
  (void)client.insert(timed("A"));
  EXPECT_TRUE(first.wait(2));
  EXPECT_TRUE(second.wait(2));
}

FACT(PushFaults, "a flood: count messages with growing numbers", guessed) {
  WebHook hook;
  const Response made = watch(client, channel(hook.address()));
  EXPECT_EQ(send_message(client, json("{'count':500}"), made.text("id")), 200);
  ASSERT_TRUE(hook.wait(501));
  EXPECT_EQ(message_number(hook, 500), 501);
}

FACT(PushFaults, "the renewal fails", guessed) {
  WebHook hook;
  (void)watch(client, channel(hook.address()));
  (void)client.control("POST", "/faults",
                       json("{'match':{'path':'/calendar/v3/calendars/{calendarId}/events/watch'},"
                            "'effect':{'status':503}}"));
  EXPECT_EQ(watch(client, channel(hook.address())).status, 503);
  (void)client.insert(timed("A"));
  EXPECT_TRUE(hook.wait(2)) << "the old channel still notifies";
}

FACT(PushFaults, "no message for a channel that never was", guessed) {
  EXPECT_EQ(send_message(client, json("{}"), "never"), 404);
}

}  // namespace
}  // namespace contract
