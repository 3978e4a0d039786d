// Calls a plugin on the host's initiative: hints of crm.hooks/0 and runs of crm.run/0, on a thread
// of their own, so that a plugin that blocks there delays neither the host nor another plugin. Used
// by LoadedPlugin, fed by the ChangeBus and the TaskDispatcher. It must never hold the same pending
// hint twice, nor drop a run without an answer.
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
  using Work = std::function<void()>;

  explicit Delivery(Deliver deliver);
  ~Delivery();  // stop(), without a deadline
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // Queues a hint. A full queue drops it, because plugins read the feeds anyway. [any thread]
  void push(Hint hint);
  // Queues a call that is made before all hints. [any thread]
  void post(Work work);
  // Stops the thread. Undelivered hints are dropped; undelivered work runs on the calling thread,
  // so close the gate first: then it answers unavailable. False: a call did not return in time, and
  // the object must be kept until the process ends.
  bool stop(std::chrono::milliseconds deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace hosting
