// Sends responses that a fault rule delays, cuts or slows down, and runs callbacks later. One
// thread of its own, so that the server's thread never waits. Used by the program. Must outlive
// every connection that it sends on.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "src/common/net/http_server.hpp"
#include "src/emulator/program/wire.hpp"

namespace emulator {

class ResponseScheduler {
 public:
  ResponseScheduler();
  ~ResponseScheduler();  // drops what has not been sent

  void send(std::chrono::milliseconds delay, gcal::net::Responder responder,
            gcal::net::ServerResponse response);
  // Runs the callback on the scheduler's thread. [any thread]
  void after(std::chrono::milliseconds delay, std::function<void()> callback);
  // Sends the bytes of the plan, then ends the connection.
  void send(WirePlan plan, std::shared_ptr<gcal::net::RawConnection> connection);

 private:
  void send_next_piece(const std::shared_ptr<const WirePlan>& plan,
                       const std::shared_ptr<gcal::net::RawConnection>& connection,
                       std::size_t sent);
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> callbacks_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace emulator
