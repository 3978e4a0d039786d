// The live stream: tells open pages that something of theirs changed, as server-sent events, so
// that they fetch it again. Fed by the ChangeBus. It must never tell a user anything of another
// user's calendar, account or flow but that some appointment changed.
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

class Live {
 public:
  // bus outlives the object.
  explicit Live(ChangeBus& bus);
  ~Live();  // ends all streams
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  // [any thread] Takes over the answer to GET /api/live. false: this user has too many streams
  // open; `responder` is untouched.
  bool attach(std::string_view user, std::string_view token, gcal::net::Responder& responder);
  void end_session(std::string_view token);  // log-out
  // Ends the streams whose session is no longer valid; asked about once a minute from the
  // housekeeping of the web face. [blocks]
  template <class IsValid>
  void end_sessions(IsValid&& is_valid) {
    for (const std::string& token : tokens())
      if (!is_valid(token)) end_session(token);
  }

 private:
  struct Client {
    std::string user, token;
    std::shared_ptr<gcal::net::ResponseStream> stream;
    std::vector<std::string>
        pending;  // messages, each once: a page that fetches again needs no second reason
  };

  void on_change(const Change& change);  // [dispatcher]
  void run();                            // [own thread] writes what is pending, and a sign of life
  std::vector<std::string> tokens();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::list<Client> clients_;
  bool something_pending_ = false, stopping_ = false;
  std::thread thread_;
  ChangeBus::Subscription subscription_;  // the last member: it ends first
};

}  // namespace host
