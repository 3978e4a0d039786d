// The hints of crm.hooks/0 for one plugin, delivered on a thread of their own: a slow plugin delays neither the host nor another plugin.
// Used by Plugins, fed from the ChangeBus. It must never deliver the same pending hint twice, nor grow without bound.
#pragma once

#include <chrono>
#include <compare>
#include <functional>
#include <memory>
#include <string>

namespace refhost {

struct Hint {
  enum class Kind { event, account, record };
  Kind kind = Kind::event;
  std::string first, second;      // event: calendar, event; account: id; record: kind, id
  std::string only_if_connected;  // event in a user's own calendar: told only if this user connected an account of the plugin
  friend auto operator<=>(const Hint&, const Hint&) = default;
};

class HintQueue {
 public:
  using Deliver = std::function<void(const Hint&)>;

  explicit HintQueue(Deliver deliver);
  ~HintQueue();  // stop(), without a deadline
  HintQueue(const HintQueue&) = delete;
  HintQueue& operator=(const HintQueue&) = delete;

  void push(Hint hint);  // [any thread] returns at once; a full queue drops: the feeds tell the truth
  // Undelivered hints are dropped. False: a delivery did not return in time; the queue must then be kept until the process ends.
  bool stop(std::chrono::milliseconds deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace refhost
