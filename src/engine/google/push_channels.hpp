// Google's push channels for one calendar: opens them, renews them early and with overlap, stops
// them, and verifies notifications. The background run calls maintain_channels(); the web hook uses
// the functions for notifications. A channel's token is stored only as a hash, and a notification
// is only a hint to read the calendar: nothing in it is used as data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/engine/google/client.hpp"

namespace gcal::google {

struct Channel {
  std::string id;              // random, chosen by us
  std::string token_hash;      // base64url of the token's SHA-256
  std::string resource_id;     // Google's; "" until Google answered or the first notification came
  base::Instant expires_at{};  // as granted; while unanswered: when to give the channel up
  base::Instant renew_at{};    // when a successor is opened, well before expires_at
  bool confirmed = false;      // a notification arrived: Google can reach the web hook

  friend bool operator==(const Channel&, const Channel&) = default;
};

// Durable storage for the channels of one calendar. put() replaces by id but never resets
// `confirmed`, because the web hook writes at the same time as a run. Errors: those of the store.
class ChannelStore {
 public:
  virtual ~ChannelStore() = default;
  virtual Task<std::vector<Channel>> channels() = 0;
  virtual Task<> put(Channel channel) = 0;
  virtual Task<> erase(std::string id) = 0;
};

struct ChannelPlan {
  bool open = false;
  std::vector<Channel> stop;        // stop at Google, then delete the row
  std::vector<std::string> forget;  // expired: delete the row only

  friend bool operator==(const ChannelPlan&, const ChannelPlan&) = default;
};

// Which channels to open, stop and forget. One channel is enough; its successor is opened at
// renew_at. The old one is stopped by a later plan, when the first notification of its successor
// has arrived, or ends by itself.
// `wanted` is false for a hidden or missing calendar and a disconnected account: all channels end.
// Pure.
ChannelPlan plan_channels(const std::vector<Channel>& existing, bool wanted, base::Instant now);

struct ChannelRequest {
  std::string calendar;  // Google's id
  std::string address;   // of the web hook, public https; "" if this installation has none
  bool wanted = true;    // false: the calendar is gone or hidden, or the account is disconnecting
  base::Instant not_before{};  // from the last report: send no request before this
};

struct ChannelReport {
  bool open = false;           // a channel is open
  bool confirmed = false;      // and its first notification arrived: push works
  base::Instant not_before{};  // store it for the next ChannelRequest
  base::Instant next_check{};  // when to call again at the latest
  std::optional<Error> error;  // why opening or stopping failed, for the log; polling continues
};

// Opens, renews and stops channels as plan_channels() says. The row is stored before the channel is
// opened, because Google sends the first notification before it answers. Errors: needs_auth,
// cancelled, and those of the store; any other refusal of Google is in the report. [loop thread]
Task<ChannelReport> maintain_channels(Client& client, ChannelStore& store, ChannelRequest request,
                                      const base::Clock& clock, base::Random& random);

// The content of a request to the web hook, not yet verified.
struct Notification {
  std::string channel_id;
  std::string token;
  std::string resource_id;
  std::int64_t number = 0;  // grows on a channel; 0 if not given
  bool sync = false;  // the first notification of a channel: confirms it, and announces no change
  base::Milliseconds remaining_ttl{0};  // until the channel expires, at most a day; 0 if not given
};

// nullopt if the headers are not those of a notification: answer 404 and do nothing. Pure.
std::optional<Notification> notification_of(const net::Headers& headers, base::Instant now);

// Whether the notification contains the token of a channel that is not over. Compares in constant
// time. Pure.
bool is_genuine(const Channel& channel, const Notification& notification, base::Instant now);

// The channel after a genuine notification; equal to `channel` if there is nothing to store. Pure.
Channel after_notification(Channel channel, const Notification& notification, base::Instant now);

}  // namespace gcal::google
