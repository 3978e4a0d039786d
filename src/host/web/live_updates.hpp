// Server-sent events: reports to open pages that something of theirs changed, so that they fetch it
// again. Fed by the ChangeBus. It must never report anything of another user's calendar, account or
// flow except that some appointment changed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "src/common/net/http_server.hpp"
#include "src/hosting/services/change_bus.hpp"

namespace host {

using hosting::Change;
using hosting::ChangeBus;

class LiveUpdates {
 public:
  // bus outlives the object.
  explicit LiveUpdates(ChangeBus& bus);
  ~LiveUpdates();  // ends all streams
  LiveUpdates(const LiveUpdates&) = delete;
  LiveUpdates& operator=(const LiveUpdates&) = delete;

  // Responds to GET /api/live with an event stream. false: this user has too many streams open,
  // `responder` is untouched. [any thread]
  bool open_event_stream(std::string_view user, std::string_view token,
                         gcal::net::Responder& responder);
  // Those who have a page open, each once. [any thread]
  std::vector<std::string> users();
  // Ends the streams of a session, at log-out.
  void end_session(std::string_view token);
  // Ends the streams whose session is no longer valid. Called once a minute. [blocks]
  template <class IsValid>
  void end_invalid_sessions(IsValid&& is_valid) {
    for (const std::string& token : tokens())
      if (!is_valid(token)) end_session(token);
  }

 private:
  struct Client {
    std::string user, token;
    std::shared_ptr<gcal::net::ResponseStream> stream;
    std::vector<std::string> pending;  // messages, without repetition
  };

  void on_change(const Change& change);  // [thread of the ChangeBus]
  void run();                            // [own thread] writes what is pending, and keep-alives
  std::vector<std::string> tokens();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::list<Client> clients_;
  bool something_pending_ = false, stopping_ = false;
  std::thread thread_;
  ChangeBus::Subscription subscription_;  // the last member: it ends first
};

}  // namespace host
