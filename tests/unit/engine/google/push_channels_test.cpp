#include "src/engine/google/push_channels.hpp"

#include <algorithm>
#include <map>

#include "src/common/base/bytes.hpp"
#include "tests/unit/engine/google/client_fixture.hpp"
#include "tests/unit/engine/google/google_json.hpp"

namespace gcal::google {
namespace {

using base::Instant;
using base::Json;
using namespace std::chrono_literals;

class MemoryChannels final : public ChannelStore {
 public:
  Task<std::vector<Channel>> channels() override {
    std::vector<Channel> all;
    for (const auto& [id, channel] : rows) all.push_back(channel);
    co_return all;
  }
  Task<> put(Channel channel) override {
    channel.confirmed |= rows[channel.id].confirmed;
    rows[channel.id] = channel;
    written.push_back(std::move(channel));
    co_return Result<>{};
  }
  Task<> erase(std::string id) override {
    rows.erase(id);
    co_return Result<>{};
  }
  std::map<std::string, Channel> rows;
  std::vector<Channel> written;
};

constexpr Instant kNow{1'767'225'600s};

Channel channel(std::string id, base::Milliseconds rest, base::Milliseconds until_renewal = 1h) {
  return {std::move(id), "hash", "resource", kNow + rest, kNow + until_renewal, true};
}

Channel pending(std::string id, base::Milliseconds rest) {
  return {std::move(id), "hash", "", kNow + rest, kNow + rest, false};
}

TEST(PlanChannels, OpensOneIfWantedAndNoneExists) {
  EXPECT_EQ(plan_channels({}, true, kNow), (ChannelPlan{true, {}, {}}));
  EXPECT_EQ(plan_channels({}, false, kNow), ChannelPlan{});
}

TEST(PlanChannels, KeepsAChannelThatIsNotDueForRenewal) {
  EXPECT_EQ(plan_channels({channel("a", 100h)}, true, kNow), ChannelPlan{});
}

TEST(PlanChannels, OpensASuccessorBeforeTheOldChannelIsStopped) {  // P-15
  const std::vector<Channel> old{channel("old", 10h, -1h)};
  EXPECT_EQ(plan_channels(old, true, kNow), (ChannelPlan{true, {}, {}}));
  const std::vector<Channel> both{channel("old", 10h, -1h), channel("new", 168h, 144h)};
  EXPECT_EQ(plan_channels(both, true, kNow), (ChannelPlan{false, {both[0]}, {}}));
}

TEST(PlanChannels, StopsTheOldChannelWhenTheNewOneHasNotified) {  // P-15
  std::vector<Channel> both{channel("old", 10h, -1h), channel("new", 168h, 144h)};
  both[1].confirmed = false;
  EXPECT_EQ(plan_channels(both, true, kNow), ChannelPlan{});
}

TEST(PlanChannels, ASuccessorThatLivesShorterIsNotReplacedAgain) {
  const std::vector<Channel> both{channel("old", 23h, -1h), channel("new", 1h, 45min)};
  EXPECT_EQ(plan_channels(both, true, kNow), (ChannelPlan{false, {both[0]}, {}}));
}

TEST(PlanChannels, ReplacesAnUnansweredChannelAfterItsDeadline) {
  EXPECT_EQ(plan_channels({pending("a", 5min)}, true, kNow), ChannelPlan{});
  EXPECT_EQ(plan_channels({pending("a", 0min)}, true, kNow), (ChannelPlan{true, {}, {"a"}}));
}

TEST(PlanChannels, EndsAllChannelsOfAGoneCalendar) {  // P-15
  const std::vector<Channel> existing{channel("a", 10h, -1h), channel("b", 100h),
                                      pending("c", 5min), channel("d", -1h)};
  EXPECT_EQ(plan_channels(existing, false, kNow),
            (ChannelPlan{false, {existing[0], existing[1]}, {"c", "d"}}));
}

struct MaintainChannels : ClientFixture {
  MemoryChannels store;
  ChannelRequest request{"me@example.com", "https://crm.example.com/hook", true, {}};

  Result<ChannelReport> maintain() {
    return support::run_task(maintain_channels(client, store, request, clock, random));
  }
  std::string granted(base::Milliseconds life) {
    return R"({"kind":"api#channel","resourceId":"res","expiration":")" +
           std::to_string((clock.now() + life).time_since_epoch().count()) + "\"}";
  }
};

TEST_F(MaintainChannels, StoresTheRowFirstAndTheTokenOnlyAsAHash) {
  std::size_t rows_at_call = 0;
  http.respond = [&](const net::HttpRequest&) -> support::ScriptedHttp::Answer {
    rows_at_call = store.rows.size();
    return net::HttpResponse{200, {}, granted(168h)};
  };
  const auto report = maintain();
  ASSERT_TRUE(report);
  EXPECT_EQ(rows_at_call, 1u);
  EXPECT_TRUE(report->open);
  EXPECT_FALSE(report->confirmed);
  ASSERT_EQ(http.requests.size(), 1u);
  EXPECT_EQ(
      http.requests[0].url,
      "http://127.0.0.1:1/calendar/v3/calendars/me%40example.com/events/watch?prettyPrint=false");
  const Json sent = *Json::parse(http.requests[0].body);
  EXPECT_EQ(sent.string("type"), "web_hook");
  EXPECT_EQ(sent.string("address"), request.address);
  EXPECT_EQ(sent["params"].string("ttl"), "604800");
  ASSERT_EQ(store.rows.size(), 1u);
  const Channel& stored = store.rows.begin()->second;
  EXPECT_EQ(stored.id, sent.string("id"));
  EXPECT_GE(sent.string("token").size(), 43u);
  EXPECT_NE(stored.token_hash, sent.string("token"));
  EXPECT_EQ(stored.token_hash,
            base::to_base64url(base::sha256(base::as_bytes(sent.string("token")))));
  EXPECT_EQ(stored.resource_id, "res");
  EXPECT_EQ(stored.expires_at, clock.now() + 168h);
  EXPECT_EQ(stored.renew_at, clock.now() + 144h);
  for (const Channel& each : store.written) EXPECT_NE(each.token_hash, sent.string("token"));
}

TEST_F(MaintainChannels, OneOrTwoChannelsAreOpenAtAnyTimeInThreeWeeks) {
  std::map<std::string, Instant> at_google;
  std::size_t opened = 0;
  http.respond = [&](const net::HttpRequest& request) -> support::ScriptedHttp::Answer {
    const Json body = *Json::parse(request.body);
    if (request.url.find("/channels/stop") != std::string::npos) {
      EXPECT_EQ(at_google.erase(body.string("id")), 1u);
      return net::HttpResponse{204, {}, {}};
    }
    ++opened;
    at_google[body.string("id")] = clock.now() + 168h;
    return net::HttpResponse{200, {}, granted(168h)};
  };
  for (int hour = 0; hour < 24 * 21; ++hour) {
    ASSERT_TRUE(maintain());
    const auto open = std::ranges::count_if(
        at_google, [&](const auto& each) { return each.second > clock.now(); });
    ASSERT_GE(open, 1) << "hour " << hour;
    ASSERT_LE(open, 2) << "hour " << hour;
    clock.advance(1h);
  }
  EXPECT_EQ(opened, 4u);  // one in six days, for 21 days
}

TEST_F(MaintainChannels, ShortLivedChannelIsRenewedOncePerLifetime) {
  std::size_t opened = 0;
  http.respond = [&](const net::HttpRequest& request) -> support::ScriptedHttp::Answer {
    if (request.url.find("/channels/stop") != std::string::npos)
      return net::HttpResponse{204, {}, {}};
    ++opened;
    return net::HttpResponse{200, {}, granted(1h)};
  };
  for (int minute = 0; minute < 60; minute += 5) {
    ASSERT_TRUE(maintain());
    clock.advance(5min);
  }
  EXPECT_EQ(opened, 2u);
}

TEST_F(MaintainChannels, AChannelThatCannotBeStoppedIsTriedAtIntervals) {  // P-15
  store.rows["old"] = channel("old", 10h, -1h);
  store.rows["new"] = channel("new", 168h, 144h);
  std::size_t stops = 0;
  http.respond = [&](const net::HttpRequest&) -> support::ScriptedHttp::Answer {
    ++stops;
    return net::HttpResponse{500, {}, {}};
  };
  clock.advance(kNow - clock.now());
  const Instant begin = clock.now();
  std::size_t checks = 0;
  for (; clock.now() < begin + 1h; ++checks) {
    const auto report = maintain();
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->confirmed);
    request.not_before = report->not_before;
    ASSERT_GT(report->next_check, clock.now());
    clock.advance(report->next_check - clock.now());
  }
  EXPECT_LE(checks, 6u);
  EXPECT_LE(stops, 6u * 4u) << "each request is repeated at most three times";
}

TEST_F(MaintainChannels, CalendarWithoutPushIsNotRetriedForDays) {
  http.answers(400, R"({"error":{"code":400,"errors":[{"domain":"global",)"
                    R"("reason":"pushNotSupportedForRequestedResource"}]}})");
  const auto report = maintain();
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->open);
  ASSERT_TRUE(report->error);
  EXPECT_EQ(report->error->code, Code::denied);
  EXPECT_EQ(report->not_before, clock.now() + 24h * 7);
  EXPECT_TRUE(store.rows.empty());
  request.not_before = report->not_before;
  ASSERT_TRUE(maintain());  // no request: the script is empty
}

TEST_F(MaintainChannels, RefusedWebHookAddressIsNotAnAuthError) {
  for (const auto& [status, reason] :
       {std::pair{400, "push.webhookUrlNotHttps"}, std::pair{401, "push.webhookUrlUnauthorized"}}) {
    const std::string body = error_body(reason);
    http.answers(status, body);
    if (status == 401) http.answers(status, body);  // the token is renewed once
    const auto report = maintain();
    ASSERT_TRUE(report) << reason;
    ASSERT_TRUE(report->error);
    EXPECT_EQ(report->error->code, Code::invalid);
    EXPECT_GT(report->not_before, clock.now());
  }
}

TEST_F(MaintainChannels, FirstNotificationConfirmsAChannelAfterALostAnswer) {
  http.fails(Code::timeout);
  const auto report = maintain();
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->open);
  ASSERT_EQ(store.rows.size(), 1u);
  const Json sent = *Json::parse(http.requests[0].body);
  const auto notification =
      notification_of({{"X-Goog-Channel-ID", sent.string("id")},
                       {"X-Goog-Channel-Token", sent.string("token")},
                       {"X-Goog-Resource-ID", "res"},
                       {"X-Goog-Resource-State", "sync"},
                       {"X-Goog-Channel-Expiration", "Thu, 08 Jan 2026 00:00:00 GMT"}},
                      clock.now());
  ASSERT_TRUE(notification);
  Channel& row = store.rows.begin()->second;
  ASSERT_TRUE(is_genuine(row, *notification, clock.now()));
  row = after_notification(row, *notification, clock.now());
  EXPECT_EQ(row.resource_id, "res");
  EXPECT_EQ(row.expires_at, clock.now() + 24h);  // a notification extends it by at most a day
  const auto again = maintain();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->open);
  EXPECT_TRUE(again->confirmed);
}

TEST_F(MaintainChannels, UnansweredChannelIsReplacedAfterTenMinutes) {
  http.fails(Code::timeout);
  const auto first = maintain();
  ASSERT_TRUE(first);
  request.not_before = first->not_before;
  ASSERT_TRUE(maintain());
  EXPECT_EQ(http.requests.size(), 1u);
  clock.advance(10min);
  http.answers(200, granted(168h));
  ASSERT_TRUE(maintain());
  EXPECT_EQ(store.rows.size(), 1u);
}

TEST_F(MaintainChannels, ChannelOfAGoneCalendarIsStoppedAlsoWithA404) {  // P-15
  store.rows["a"] = channel("a", 100h);
  request.wanted = false;
  http.answers(404, error_body("notFound"));
  const auto report = maintain();
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->error);
  EXPECT_TRUE(store.rows.empty());
  EXPECT_EQ(*Json::parse(http.requests[0].body),
            (Json::object({{"id", "a"}, {"resourceId", "resource"}})));
}

TEST_F(MaintainChannels, FailedStopIsRetried) {
  store.rows["a"] = channel("a", 100h);
  request.wanted = false;
  http.respond = [](const net::HttpRequest&) -> support::ScriptedHttp::Answer {
    return net::HttpResponse{503, {}, {}};
  };
  const auto report = maintain();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->error);
  EXPECT_EQ(store.rows.size(), 1u);
}

TEST_F(MaintainChannels, RevokedGrantIsNeedsAuth) {
  tokens.dead = true;
  http.answers(401, "{}");
  EXPECT_EQ(maintain().error().code, Code::needs_auth);
}

TEST_F(MaintainChannels, AnswerWithoutAValidChannelIsNotStored) {
  for (const char* body :
       {R"({})", R"({"resourceId":"r"})", R"({"resourceId":"r","expiration":"soon"})",
        R"({"resourceId":"r","expiration":"-5"})", R"({"resourceId":"r","expiration":5})",
        R"({"expiration":"99999999999999"})"}) {
    http.answers(200, body);
    const auto report = maintain();
    ASSERT_TRUE(report) << body;
    EXPECT_FALSE(report->open) << body;
    EXPECT_TRUE(report->error) << body;
    EXPECT_TRUE(store.rows.empty()) << body;
  }
}

net::Headers message() {
  return {{"X-Goog-Channel-ID", "id"},
          {"X-Goog-Channel-Token", "token"},
          {"X-Goog-Resource-ID", "resource"},
          {"X-Goog-Resource-State", "exists"},
          {"X-Goog-Message-Number", "2"}};
}

TEST(Notification, GooglesHeadersAreParsed) {
  const auto read = notification_of(message(), kNow);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->channel_id, "id");
  EXPECT_FALSE(read->sync);
}

TEST(Notification, MissingLongOrRepeatedHeadersAreRejected) {  // P-15
  for (const char* name : {"X-Goog-Channel-ID", "X-Goog-Channel-Token", "X-Goog-Resource-ID",
                           "X-Goog-Resource-State"}) {
    for (const std::string& value : {std::string(), std::string(2'000, 'x')}) {
      net::Headers headers = message();
      headers.set(name, value);
      EXPECT_FALSE(notification_of(headers, kNow)) << name << " of " << value.size();
    }
    net::Headers twice = message();
    twice.add(name, "again");
    EXPECT_FALSE(notification_of(twice, kNow)) << name;
  }
  net::Headers unknown = message();
  unknown.set("X-Goog-Resource-State", "EXISTS; DROP TABLE channels");
  EXPECT_FALSE(notification_of(unknown, kNow));
  EXPECT_FALSE(notification_of({}, kNow));
}

TEST(Notification, OtherTokenChannelOrResourceIsNotGenuine) {  // P-15
  Channel known = channel("id", 10h);
  known.token_hash = base::to_base64url(base::sha256(base::as_bytes("token")));
  const auto right = notification_of(message(), kNow);
  EXPECT_TRUE(is_genuine(known, *right, kNow));
  for (const auto& [name, value] :
       {std::pair{"X-Goog-Channel-Token", "toke"}, std::pair{"X-Goog-Channel-Token", "token1"},
        std::pair{"X-Goog-Channel-ID", "other"}, std::pair{"X-Goog-Resource-ID", "other"}}) {
    net::Headers headers = message();
    headers.set(name, value);
    EXPECT_FALSE(is_genuine(known, *notification_of(headers, kNow), kNow)) << name << " " << value;
  }
  // The stored hash is not accepted as the token.
  net::Headers stolen = message();
  stolen.set("X-Goog-Channel-Token", known.token_hash);
  EXPECT_FALSE(is_genuine(known, *notification_of(stolen, kNow), kNow));
  EXPECT_FALSE(is_genuine(known, *right, known.expires_at)) << "the channel is over";
}

}  // namespace
}  // namespace gcal::google
