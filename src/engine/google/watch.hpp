// Google's push channels of one calendar: open, renewed early with overlap, stopped, and their
// notifications checked. Used by the plugin's background run (tend_channels) and its web hook (the
// rest). Never keeps a channel's token, only its hash; never takes a notification for more than a
// hint.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/engine/google/client.hpp"

namespace gcal::google {

struct Channel {
  std::string id;           // random; ours
  std::string token_hash;   // base64url of the token's SHA-256
  std::string resource_id;  // Google's; "" until it answered or its first message came
  base::Instant
      expires_at{};  // as Google granted it; of one that waits for its answer: when to give it up
  base::Instant renew_at{};  // from here on a successor is opened, long before the end
  bool confirmed = false;    // its first message arrived: the web hook is reachable

  friend bool operator==(const Channel&, const Channel&) = default;
};

// The channels of one calendar in durable memory. `put` replaces by id, but never makes `heard`
// false again: the web hook writes beside a run.
class ChannelStore {
 public:
  virtual ~ChannelStore() = default;
  virtual Task<std::vector<Channel>> channels() = 0;
  virtual Task<> put(Channel channel) = 0;
  virtual Task<> erase(std::string id) = 0;
};

struct ChannelPlan {
  bool open = false;
  std::vector<Channel> stop;        // tell Google, then forget
  std::vector<std::string> forget;  // ended by themselves

  friend bool operator==(const ChannelPlan&, const ChannelPlan&) = default;
};

// One channel is enough; its successor is opened at renew_at, and the old one is stopped by the
// next plan, so that both overlap for one interval. `wanted` false (hidden, gone, disconnected):
// all end. Pure.
ChannelPlan plan_channels(const std::vector<Channel>& existing, bool wanted, base::Instant now);

struct Watch {
  std::string calendar;  // Google's id
  std::string address;   // of the web hook: public https; "" where this installation has none
  bool wanted =
      true;  // false: the calendar is gone or hidden, or the account is being disconnected
  base::Instant not_before{};  // from the last report: no attempt to open before this
};

struct WatchReport {
  bool open = false;           // a channel stands
  bool confirmed = false;      // and its first message arrived: push works
  base::Instant not_before{};  // to be kept for the next call
  base::Instant again{};       // when to call again at the latest
  std::optional<Error>
      trouble;  // why a channel could not be opened or stopped: for the log; polling goes on
};

// Brings the channels of one calendar to what the plan says. The row stands before the call that
// opens, because Google sends its first message before it answers. Errors: needs_auth, cancelled,
// and those of the store; Google's other refusals are in the report. [loop thread]
Task<WatchReport> tend_channels(Client& client, ChannelStore& store, Watch watch,
                                const base::Clock& clock, base::Random& random);

// What a request to the web hook claims to be. Nothing in it is trusted yet.
struct Notification {
  std::string channel_id;
  std::string token;
  std::string resource_id;
  bool sync = false;  // the channel's first message: says that the channel stands, not that
                      // something changed
  base::Milliseconds rest{0};  // until its end, at most a day; 0 when it does not say
};

// nullopt: not a notification of Google's (answer 404 and do nothing). Pure.
std::optional<Notification> notification_of(const net::Headers& headers, base::Instant now);

// Does it come from who knows the channel's token? Compares in constant time. Pure.
bool is_genuine(const Channel& channel, const Notification& notification);

// The channel after a genuine notification; equal to before when there is nothing to store. Pure.
Channel after_notification(Channel channel, const Notification& notification, base::Instant now);

}  // namespace gcal::google
