#include "src/engine/google/push_channels.hpp"

#include <algorithm>
#include <charconv>

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"

namespace gcal::google {
namespace {

using base::Instant;
using base::Json;
using base::Milliseconds;

// The longest lifetime that Google is known to grant.
constexpr Milliseconds kRequestedTtl = std::chrono::days{7};
// Renewals may fail for this long without a gap in the notifications.
constexpr Milliseconds kRenewBeforeEnd = std::chrono::hours{24};
// A channel whose request was not answered is given up after this time.
constexpr Milliseconds kAnswerDeadline = std::chrono::minutes{10};
constexpr Milliseconds kMaxCheckInterval = std::chrono::hours{6};
// However short-lived Google's channels are.
constexpr Milliseconds kMinCheckInterval = std::chrono::minutes{1};
constexpr Milliseconds kRetryUnsupported = std::chrono::days{7};
constexpr Milliseconds kRetryRefused = std::chrono::hours{6};
constexpr Milliseconds kRetryFailed = std::chrono::minutes{10};
// Limits of the Calendar API's channel resource.
constexpr std::size_t kMaxIdLength = 64;
constexpr std::size_t kMaxTokenLength = 256;
constexpr std::size_t kMaxResourceIdLength = 1'024;

Instant renewal_time(Instant now, Instant end) {
  return end - std::min(kRenewBeforeEnd, (end - now) / 4);
}

std::string hash_of(std::string_view token) {
  return base::to_base64url(base::sha256(base::as_bytes(token)));
}

bool is_unanswered(const Channel& channel) {
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

// How long to wait after Google refused to open a channel.
Milliseconds retry_delay_after(const Error& error) {
  switch (error.code) {
    case Code::denied: return kRetryUnsupported;  // calendars without push, such as holidays
    case Code::invalid:
    case Code::not_found:
    case Code::gone: return kRetryRefused;
    default: return std::max(kRetryFailed, error.retry_after);
  }
}

bool aborts_run(const Error& error) {
  return error.code == Code::needs_auth || error.code == Code::cancelled;
}

// Opens a channel and returns it as Google granted it.
Task<Channel> open_channel(Client& client, ChannelStore& store, std::string calendar,
                           std::string address, const base::Clock& clock, base::Random& random) {
  const std::string token = base::new_secret(random);
  Channel channel;
  channel.id = base::new_id(random);
  channel.token_hash = hash_of(token);
  channel.expires_at = channel.renew_at = clock.now() + kAnswerDeadline;
  CO_TRY_VOID(co_await store.put(channel));
  // A duration instead of a point in time, so that a wrong local clock does not matter.
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(kRequestedTtl).count();
  Json body = Json::object({{"id", channel.id},
                            {"type", "web_hook"},
                            {"address", std::move(address)},
                            {"token", token},
                            {"params", Json::object({{"ttl", std::to_string(seconds)}})}});
  Result<Json> answer = co_await client.watch_events(std::move(calendar), std::move(body));
  if (!answer) {
    const Code code = answer.error().code;
    // After a refusal there is no channel. After a lost answer there may be one: its first
    // notification will confirm it.
    if (code != Code::timeout && code != Code::cancelled)
      CO_TRY_VOID(co_await store.erase(channel.id));
    co_return std::move(answer).error();
  }
  channel.resource_id = answer->string("resourceId");
  const Instant now = clock.now();
  const std::optional<Instant> end = expiration_of(*answer);
  if (channel.resource_id.empty() || channel.resource_id.size() > kMaxResourceIdLength || !end ||
      *end <= now) {
    CO_TRY_VOID(co_await store.erase(channel.id));
    co_return Error{Code::unavailable, "Google's answer does not describe an open channel", {}};
  }
  channel.expires_at = std::min(*end, now + kRequestedTtl);
  channel.renew_at = renewal_time(now, channel.expires_at);
  CO_TRY_VOID(co_await store.put(channel));
  co_return channel;
}

}  // namespace

ChannelPlan plan_channels(const std::vector<Channel>& existing, bool wanted, Instant now) {
  ChannelPlan plan;
  const Channel* newest = nullptr;
  bool unanswered = false;
  for (const Channel& channel : existing) {
    if (channel.expires_at <= now) continue;
    if (is_unanswered(channel))
      unanswered = true;
    else if (!newest || newest->renew_at < channel.renew_at)
      newest = &channel;
  }
  const bool renewal_due = !newest || newest->renew_at <= now;
  plan.open = wanted && renewal_due && !unanswered;
  for (const Channel& channel : existing) {
    if (channel.expires_at <= now)
      plan.forget.push_back(channel.id);
    else if (is_unanswered(channel)) {
      // It cannot be stopped without its resource id. Once the row is deleted, its notifications
      // are rejected as unknown.
      if (!wanted) plan.forget.push_back(channel.id);
    } else if (!wanted || (&channel != newest && !renewal_due && newest->confirmed)) {
      plan.stop.push_back(channel);
    }
  }
  return plan;
}

Task<ChannelReport> maintain_channels(Client& client, ChannelStore& store, ChannelRequest request,
                                      const base::Clock& clock, base::Random& random) {
  ChannelReport report;
  if (request.not_before > clock.now()) report.not_before = request.not_before;
  CO_TRY(std::vector<Channel> existing, co_await store.channels());
  const bool wanted = request.wanted && !request.address.empty();
  const ChannelPlan plan = plan_channels(existing, wanted, clock.now());

  for (const std::string& id : plan.forget) CO_TRY_VOID(co_await store.erase(id));
  for (const Channel& channel : plan.stop) {
    if (clock.now() < request.not_before) break;
    const Result<> stopped = co_await client.stop_channel(channel.id, channel.resource_id);
    if (!stopped && aborts_run(stopped.error())) co_return stopped.error();
    const bool retry = !stopped && (stopped.error().code == Code::unavailable ||
                                    stopped.error().code == Code::timeout);
    if (!stopped && stopped.error().code != Code::not_found) report.error = stopped.error();
    // A channel that cannot be stopped expires; until then its notifications are rejected as
    // unknown.
    if (!retry) CO_TRY_VOID(co_await store.erase(channel.id));
    if (retry)
      report.not_before =
          std::max(report.not_before, clock.now() + retry_delay_after(stopped.error()));
  }
  if (plan.open && clock.now() >= request.not_before) {
    const Result<Channel> opened =
        co_await open_channel(client, store, request.calendar, request.address, clock, random);
    if (!opened && aborts_run(opened.error())) co_return opened.error();
    if (!opened) {
      report.error = opened.error();
      report.not_before = clock.now() + retry_delay_after(opened.error());
    }
  }

  const Instant now = clock.now();
  report.next_check = now + kMaxCheckInterval;
  if (!wanted) co_return report;
  const bool changes = plan.open || !plan.forget.empty() || !plan.stop.empty();
  std::vector<Channel> current = std::move(existing);
  if (changes) {
    CO_TRY(current, co_await store.channels());
  }
  // An older channel, past its renewal, ends by itself if it cannot be stopped: only the newest
  // says when the next one is opened.
  const Channel* newest = nullptr;
  for (const Channel& channel : current) {
    if (channel.expires_at <= now) continue;
    report.open |= !is_unanswered(channel);
    report.confirmed |= channel.confirmed;
    if (!newest || newest->renew_at < channel.renew_at) newest = &channel;
  }
  Instant due = newest ? newest->renew_at : Instant{};
  if (!report.open) due = now + kRetryFailed;
  report.next_check =
      std::min(report.next_check, std::max({due, report.not_before, now + kMinCheckInterval}));
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
  if (notification.channel_id.empty() || notification.channel_id.size() > kMaxIdLength)
    return std::nullopt;
  if (notification.token.empty() || notification.token.size() > kMaxTokenLength)
    return std::nullopt;
  if (notification.resource_id.empty() || notification.resource_id.size() > kMaxResourceIdLength)
    return std::nullopt;
  if (state != "sync" && state != "exists" && state != "not_exists") return std::nullopt;
  notification.sync = state == "sync";
  const std::string_view number = headers.get("X-Goog-Message-Number");
  std::from_chars(number.data(), number.data() + number.size(), notification.number);
  notification.remaining_ttl = net::retry_after(headers.get("X-Goog-Channel-Expiration"),
                                                now);  // an HTTP date in both headers
  return notification;
}

bool is_genuine(const Channel& channel, const Notification& notification, Instant now) {
  if (channel.id != notification.channel_id) return false;
  const bool right_token = base::equal_in_constant_time(
      base::as_bytes(channel.token_hash), base::as_bytes(hash_of(notification.token)));
  return right_token && now < channel.expires_at &&
         (is_unanswered(channel) || channel.resource_id == notification.resource_id);
}

Channel after_notification(Channel channel, const Notification& notification, Instant now) {
  channel.confirmed = true;
  if (!is_unanswered(channel)) return channel;
  // Google's answer was lost or is still on its way. The expiry in a notification is trusted for at
  // most a day.
  channel.resource_id = notification.resource_id;
  channel.expires_at = std::max(channel.expires_at, now + notification.remaining_ttl);
  channel.renew_at = renewal_time(now, channel.expires_at);
  return channel;
}

}  // namespace gcal::google
