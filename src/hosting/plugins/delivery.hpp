// A thread of one plugin for calls that must return at once: hints and runs on one, requests on
// another. A plugin that blocks there delays neither the host nor another plugin. Used by
// LoadedPlugin, fed by the ChangeBus, the TaskDispatcher and requests. It must never hold the same
// pending hint twice, nor drop work without an answer.
#pragma once

#include <chrono>
#include <compare>
#include <functional>
#include <memory>
#include <string>

namespace hosting {

struct Hint {
  enum class Kind { event, account, record };
  Kind kind = Kind::event;
  std::string first, second;  // event: calendar, event; account: id; record: kind, id
  // Of an event in a user's own calendar: delivered only if this user connected an account of the
  // plugin.
  std::string only_if_connected;
  friend auto operator<=>(const Hint&, const Hint&) = default;
};

class Delivery {
 public:
  using Deliver = std::function<void(const Hint&)>;
  // is_dropped: the thread was stopped before; the plugin may not be called.
  using Work = std::function<void(bool is_dropped)>;

  explicit Delivery(Deliver deliver = {});
  ~Delivery();  // stop(), without a deadline
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // Queues a hint. A full queue drops it, because plugins read the feeds anyway. [any thread]
  void push(Hint hint);
  // Queues a call that is made before all hints. [any thread]
  void post(Work work);
  // Stops the thread. Undelivered hints are dropped; undelivered work is run as dropped on the
  // calling thread. False: a call did not return in time, and the object must be kept until the
  // process ends.
  bool stop(std::chrono::milliseconds deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace hosting
