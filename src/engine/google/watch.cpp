#include "src/engine/google/watch.hpp"

#include <algorithm>
#include <charconv>

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"

namespace gcal::google {
namespace {

using base::Instant;
using base::Json;
using base::Milliseconds;

constexpr Milliseconds kLife = std::chrono::days{7};  // the longest that Google is known to grant
constexpr Milliseconds kEarly =
    std::chrono::hours{24};  // a renewal may fail for a day without a gap
constexpr Milliseconds kAnswerDeadline =
    std::chrono::minutes{10};  // after this a channel without an answer is given up
constexpr Milliseconds kLongestInterval = std::chrono::hours{6};
constexpr Milliseconds kUnsupportedPause = std::chrono::days{7};
constexpr Milliseconds kRefusedPause = std::chrono::hours{6};
constexpr Milliseconds kFailedPause = std::chrono::minutes{10};
constexpr std::size_t kLongestId = 64;      // Calendar API, channels: id
constexpr std::size_t kLongestToken = 256;  // and token
constexpr std::size_t kLongestResourceId = 1'024;

Instant renewal(Instant now, Instant end) {
  return end - std::min(kEarly, (end - now) / 4);
}

std::string hash_of(std::string_view token) {
  return base::to_base64url(base::sha256(base::as_bytes(token)));
}

bool is_pending(const Channel& channel) {
  return channel.resource_id.empty();
}

// Milliseconds since 1970, a string by the schema and a number in practice.
std::optional<Instant> expiration_of(const Json& answer) {
  const Json& value = answer["expiration"];
  std::int64_t number = value.as_integer();
  if (value.is_string()) {
    const std::string& text = value.as_string();
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  }
  if (number <= 0) return std::nullopt;
  return Instant{Milliseconds{number}};
}

// How long to leave Google alone after it refused to open a channel.
Milliseconds pause_after(const Error& error) {
  switch (error.code) {
    case Code::denied:
      return kUnsupportedPause;  // holidays, birthdays, some rooms: they never notify
    case Code::invalid:
    case Code::not_found:
    case Code::gone: return kRefusedPause;
    default: return std::max(kFailedPause, error.retry_after);
  }
}

bool ends_the_run(const Error& error) {
  return error.code == Code::needs_auth || error.code == Code::cancelled;
}

// Answers the channel as it stands at Google.
Task<Channel> open_channel(Client& client, ChannelStore& store, std::string calendar,
                           std::string address, const base::Clock& clock, base::Random& random) {
  const std::string token = base::new_secret(random);
  Channel channel;
  channel.id = base::new_id(random);
  channel.token_hash = hash_of(token);
  channel.expires_at = channel.renew_at = clock.now() + kAnswerDeadline;
  CO_TRY_VOID(co_await store.put(channel));
  // A length and not an end, so that a wrong clock of ours does no harm.
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(kLife).count();
  Json wish = Json::object({{"id", channel.id},
                            {"type", "web_hook"},
                            {"address", std::move(address)},
                            {"token", token},
                            {"params", Json::object({{"ttl", std::to_string(seconds)}})}});
  Result<Json> answer = co_await client.watch_events(std::move(calendar), std::move(wish));
  if (!answer) {
    const Code code = answer.error().code;
    // After a refusal there is no channel; after silence there may be one, and its first message
    // will tell.
    if (code != Code::timeout && code != Code::cancelled)
      CO_TRY_VOID(co_await store.erase(channel.id));
    co_return std::move(answer).error();
  }
  channel.resource_id = answer->string("resourceId");
  const Instant now = clock.now();
  const std::optional<Instant> end = expiration_of(*answer);
  if (channel.resource_id.empty() || channel.resource_id.size() > kLongestResourceId || !end ||
      *end <= now) {
    CO_TRY_VOID(co_await store.erase(channel.id));
    co_return Error{
        Code::unavailable, "Google's answer does not describe a channel that stands", {}};
  }
  channel.expires_at = std::min(*end, now + kLife);
  channel.renew_at = renewal(now, channel.expires_at);
  CO_TRY_VOID(co_await store.put(channel));
  co_return channel;
}

}  // namespace

ChannelPlan plan_channels(const std::vector<Channel>& existing, bool wanted, Instant now) {
  ChannelPlan plan;
  const Channel* newest = nullptr;
  bool waiting = false;
  for (const Channel& channel : existing) {
    if (channel.expires_at <= now) continue;
    if (is_pending(channel))
      waiting = true;
    else if (!newest || newest->expires_at < channel.expires_at)
      newest = &channel;
  }
  const bool due = !newest || newest->renew_at <= now;
  plan.open = wanted && due && !waiting;
  for (const Channel& channel : existing) {
    if (channel.expires_at <= now)
      plan.forget.push_back(channel.id);
    else if (is_pending(channel)) {
      // Cannot be stopped without Google's name for it. Forgotten, its messages are those of a
      // stranger.
      if (!wanted) plan.forget.push_back(channel.id);
    } else if (!wanted || (&channel != newest && !due)) {
      plan.stop.push_back(channel);
    }
  }
  return plan;
}

Task<WatchReport> tend_channels(Client& client, ChannelStore& store, Watch watch,
                                const base::Clock& clock, base::Random& random) {
  WatchReport report;
  report.not_before = watch.not_before;
  CO_TRY(const std::vector<Channel> existing, co_await store.channels());
  const bool wanted = watch.wanted && !watch.address.empty();
  const ChannelPlan plan = plan_channels(existing, wanted, clock.now());

  for (const std::string& id : plan.forget) CO_TRY_VOID(co_await store.erase(id));
  for (const Channel& channel : plan.stop) {
    const Result<> stopped = co_await client.stop_channel(channel.id, channel.resource_id);
    if (!stopped && ends_the_run(stopped.error())) co_return stopped.error();
    const bool again = !stopped && (stopped.error().code == Code::unavailable ||
                                    stopped.error().code == Code::timeout);
    if (!stopped && stopped.error().code != Code::not_found) report.trouble = stopped.error();
    // One that cannot be stopped ends by itself; until then its messages are those of a stranger.
    if (!again) CO_TRY_VOID(co_await store.erase(channel.id));
  }
  if (plan.open && clock.now() >= watch.not_before) {
    const Result<Channel> opened =
        co_await open_channel(client, store, watch.calendar, watch.address, clock, random);
    if (!opened && ends_the_run(opened.error())) co_return opened.error();
    if (!opened) {
      report.trouble = opened.error();
      report.not_before = clock.now() + pause_after(opened.error());
    } else {
      report.not_before = {};
    }
  }

  const Instant now = clock.now();
  report.again = now + kLongestInterval;
  if (!wanted) co_return report;
  CO_TRY(const std::vector<Channel> standing, co_await store.channels());
  for (const Channel& channel : standing) {
    if (channel.expires_at <= now) continue;
    report.open |= !is_pending(channel);
    report.confirmed |= channel.confirmed;
    report.again = std::min(report.again, std::max(channel.renew_at, report.not_before));
  }
  if (!report.open)
    report.again = std::min(report.again, std::max(report.not_before, now + kFailedPause));
  co_return report;
}

std::optional<Notification> notification_of(const net::Headers& headers, Instant now) {
  for (const char* name :
       {"X-Goog-Channel-ID", "X-Goog-Channel-Token", "X-Goog-Resource-ID", "X-Goog-Resource-State"})
    if (headers.count(name) != 1) return std::nullopt;
  Notification notification;
  notification.channel_id = headers.get("X-Goog-Channel-ID");
  notification.token = headers.get("X-Goog-Channel-Token");
  notification.resource_id = headers.get("X-Goog-Resource-ID");
  const std::string_view state = headers.get("X-Goog-Resource-State");
  if (notification.channel_id.empty() || notification.channel_id.size() > kLongestId)
    return std::nullopt;
  if (notification.token.empty() || notification.token.size() > kLongestToken) return std::nullopt;
  if (notification.resource_id.empty() || notification.resource_id.size() > kLongestResourceId)
    return std::nullopt;
  if (state != "sync" && state != "exists" && state != "not_exists") return std::nullopt;
  notification.sync = state == "sync";
  notification.rest = net::retry_after(headers.get("X-Goog-Channel-Expiration"),
                                       now);  // an HTTP date in both headers
  return notification;
}

bool is_genuine(const Channel& channel, const Notification& notification) {
  if (channel.id != notification.channel_id) return false;
  const bool right_token = base::equal_in_constant_time(
      base::as_bytes(channel.token_hash), base::as_bytes(hash_of(notification.token)));
  return right_token && (is_pending(channel) || channel.resource_id == notification.resource_id);
}

Channel after_notification(Channel channel, const Notification& notification, Instant now) {
  channel.confirmed = true;
  if (!is_pending(channel)) return channel;
  // Its answer was lost or is still on the way. What the message says of its end is read with
  // caution: at most a day.
  channel.resource_id = notification.resource_id;
  channel.expires_at = std::max(channel.expires_at, now + notification.rest);
  channel.renew_at = renewal(now, channel.expires_at);
  return channel;
}

}  // namespace gcal::google
