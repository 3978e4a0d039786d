// The push channels (events.watch and the like): who is notified of what, and the queue of
// notifications with the faults that the controls set. Used by the Calendar API, the controls and
// Emulator. Opens no connection; Delivery sends. Not thread safe: the owner serialises the calls.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/json.hpp"
#include "src/common/base/random.hpp"
#include "src/emulator/model/fault_random.hpp"
#include "src/emulator/push/push.hpp"

namespace emulator {

struct Channel {
  std::string id, resource_id, resource_uri;
  std::string calendar_id;  // "" for the calendar list
  std::string email, client_id, address, token;
  std::int64_t expires = 0;  // milliseconds
  std::uint64_t number = 0;  // of its last message
};

// What goes wrong with notifications.
struct PushFaults {
  double lose = 0, duplicate = 0;  // probabilities
  double reorder = 0;              // probability: the notification waits until the next one is sent
  std::int64_t delay_ms = 0;       // each waits a random time up to this
  std::int64_t delay_seconds = 0;  // each waits so long by the emulator's clock
  FaultRandom random;
};

class Channels {
 public:
  Channels(gcal::base::Clock& clock, gcal::base::Random& random) : clock_(clock), random_(random) {}

  PushFaults faults;
  std::function<void()> on_push;  // called when there is something new to take

  const std::map<std::string, Channel>& open_channels() const { return open_; }
  // An open channel, or one that was stopped or has expired; nullptr for an unknown id.
  const Channel* find(const std::string& id) const;

  // Opens the channel and sends its first message ("sync"). Answers the number of that message when
  // it is to be delivered at once, otherwise 0. The id must be new.
  std::uint64_t open(Channel channel);
  void close(const std::string& id);
  // Notifies the channels of the changed calendar, or with "" those of the account's list. Closes
  // those that have expired.
  void notify_change(const std::string& calendar_id, const std::string& email);
  // Sends `count` messages with the values of `channel`, whether it is open or not. With
  // `count_up`, the message number grows, and the open channel continues from it.
  void send(Channel channel, const std::string& state, std::int64_t count, bool count_up);

  std::deque<Push> take();
  std::optional<std::int64_t> next_due_ms() const;
  std::uint64_t sent() const { return sent_; }
  std::uint64_t lost() const { return lost_; }

  void clear();
  // The open channels, for --state.
  gcal::base::Json save() const;
  void restore(const gcal::base::Json& list);

 private:
  std::int64_t now_ms() const { return clock_.now().time_since_epoch().count(); }
  std::map<std::string, Channel>::iterator close(std::map<std::string, Channel>::iterator at);
  void notify(Channel& channel, const char* state);
  void enqueue(Push push);

  gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  std::map<std::string, Channel> open_;
  std::map<std::string, Channel> ended_;  // stopped or expired; the controls can send for them
  std::deque<Push> queue_;
  std::optional<Push> reordered_;  // waits for the next one (PushFaults::reorder)
  std::uint64_t sent_ = 0, lost_ = 0, last_number_ = 0;
};

}  // namespace emulator
