// What the host brings to one plugin without being asked, hints of crm.hooks/0 and due runs, on a
// thread of their own: a plugin that blocks there delays neither the host nor another plugin. Used
// by LoadedPlugin, fed from the ChangeBus and the dispatcher of timers. It must never hold the same
// pending hint twice, nor lose a run unanswered.
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
  std::string first, second;      // event: calendar, event; account: id; record: kind, id
  std::string only_if_connected;  // event in a user's own calendar: told only if this user
                                  // connected an account of the plugin
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

  void push(
      Hint hint);  // [any thread] returns at once; a full queue drops: the feeds tell the truth
  void post(Work work);  // [any thread] returns at once; before all hints
  // Undelivered hints are dropped, undelivered work runs on the calling thread: close the gate
  // first, then it answers "unavailable". False: a delivery did not return in time; the object must
  // then be kept until the process ends.
  bool stop(std::chrono::milliseconds deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace hosting
