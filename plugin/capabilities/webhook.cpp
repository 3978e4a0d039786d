#include "plugin/capabilities/webhook.hpp"

#include <algorithm>

#include "plugin/adapters/pair_channels.hpp"
#include "src/engine/google/push_channels.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

constexpr std::size_t kMaxChannels = 100'000;
constexpr int kAccepted = 200;
constexpr int kUnknown = 404;  // unknown channel, wrong token, expired channel: not distinguished

net::Headers headers_of(const Json& json) {
  net::Headers headers;
  for (const auto& [name, value] : json.members()) headers.add(name, value.as_string());
  return headers;
}

}  // namespace

Task<> Webhook::handle(std::string request, SharedReply reply) {
  const Result<int> status = co_await accept(std::move(request));
  // 503 after an error of the store: Google repeats a notification after a 5xx.
  const Json answer =
      Json::object({{"status", status ? *status : 503}, {"headers", Json::object()}, {"body", ""}});
  reply->send_json(answer);
  if (!status) co_return status.error();
  co_return Result<>{};
}

bool Webhook::is_repeated(const google::Notification& notification) const {
  const auto known = last_numbers_.find(notification.channel_id);
  return notification.number > 0 && known != last_numbers_.end() &&
         notification.number <= known->second;
}

void Webhook::remember(const google::Notification& notification) {
  // Channels live a week at most; what is forgotten costs one more look at a calendar.
  if (last_numbers_.size() >= kMaxChannels) last_numbers_.clear();
  std::int64_t& last = last_numbers_[notification.channel_id];
  last = std::max(last, notification.number);
}

Task<int> Webhook::accept(std::string request) {
  CO_TRY(const Json json, Json::parse(request));
  const base::Instant now = context_.clock.now();
  const std::optional<google::Notification> notification =
      google::notification_of(headers_of(json["headers"]), now);
  if (!notification) co_return kUnknown;

  // The account that needs a run. nullopt: not genuine. "": genuine, but nothing to do.
  using Owner = std::optional<std::string>;
  // Sent again, by Google or by one who recorded it: it was acted on, and a later one was too.
  const bool repeated = is_repeated(*notification);
  std::function<Result<Owner>()> look_and_mark = [this, &notification, now,
                                                  repeated]() -> Result<Owner> {
    std::optional<store::Channel> row;
    const auto look = [&](store::Connection& connection) -> Result<> {
      TRY(row, store::channel(connection, notification->channel_id));
      return {};
    };
    TRY_VOID(context_.database.transact(store::Mode::read, 0, look));
    if (!row) return Owner();
    const google::Channel channel = channel_of(*row);
    if (!google::is_genuine(channel, *notification, now)) return Owner();
    if (repeated) return Owner(std::string());

    const google::Channel after = google::after_notification(channel, *notification, now);
    Owner owner = std::string();
    if (after == channel && notification->sync) return owner;
    const auto mark = [&](store::Connection& connection) -> Result<> {
      if (!(after == channel)) TRY_VOID(store::put_channel(connection, row_of(after, row->pair)));
      if (notification->sync) return {};
      TRY(const std::optional<std::string> account, store::mark_dirty(connection, row->pair));
      owner = account.value_or(std::string());
      return {};
    };
    TRY_VOID(context_.database.transact(store::Mode::write, 0, mark));
    return owner;
  };
  CO_TRY(const Owner owner, co_await context_.blocking.run<Owner>(std::move(look_and_mark)));
  if (!owner) co_return kUnknown;
  remember(*notification);
  if (!owner->empty()) CO_TRY_VOID(co_await requests_.now(account_key(*owner)));
  co_return kAccepted;
}

}  // namespace gcal::plugin
