// Publishes what was committed to other parts of the host: the hooks of the plugins and the live
// updates of the page subscribe. Used by the CRM and the hosting library after each commit. A
// change is a hint: it may be late or lost, and the tables hold the data. It must never be
// delivered on the thread that committed.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace hosting {

struct Change {
  enum class Kind { event, calendars, account, record, flow, mail };
  Kind kind = Kind::event;
  std::string user = {};      // owner of the calendar, account, flow or mail; "" for records
  std::string plugin = {};    // owner of the calendar or account; "" for a user's own calendar
  std::string calendar = {};  // event, calendars
  std::string id = {};        // of the event, account, record or flow
  std::string record = {};    // record: "lead" | "contact"
  std::string origin = {};    // the plugin that wrote the change; "" for a user
};

class ChangeBus {
 public:
  using Listener = std::function<void(const Change&)>;

  // Listeners are called one at a time on the dispatcher thread, in the order of publishing.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(ChangeBus* bus, std::uint64_t id) : bus_(bus), id_(id) {}
    Subscription(Subscription&& other) noexcept
        : bus_(std::exchange(other.bus_, nullptr)), id_(other.id_) {}
    Subscription& operator=(Subscription&& other) noexcept {
      std::swap(bus_, other.bus_);
      std::swap(id_, other.id_);
      return *this;
    }
    ~Subscription();  // afterwards the listener is not running and will not run again (unless
                      // called from the listener itself)

   private:
    ChangeBus* bus_ = nullptr;
    std::uint64_t id_ = 0;
  };

  ChangeBus();
  ~ChangeBus();  // undelivered changes are dropped: they are hints

  [[nodiscard]] Subscription subscribe(Listener listener);
  void publish(Change change);  // [any thread] returns at once
  void drain();  // waits until everything published before was delivered; for tests and shut-down

 private:
  void dispatch();
  void unsubscribe(std::uint64_t id);

  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::deque<Change> queue_;
  std::map<std::uint64_t, std::shared_ptr<Listener>> listeners_;
  std::uint64_t next_id_ = 1;
  std::uint64_t delivering_ = 0;  // id of the listener that runs now
  bool busy_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace hosting
