// What has to happen later or bit by bit: answers that a fault rule has put off or spoilt on their
// way. One thread; the server's own never waits. Used by main.cpp. It must outlive every connection
// it plays.
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

class Player {
 public:
  Player();
  ~Player();  // what is still due is forgotten

  void send(std::chrono::milliseconds delay, gcal::net::Responder responder,
            gcal::net::ServerResponse response);
  void after(std::chrono::milliseconds delay, std::function<void()> act);
  void play(WirePlan plan, std::shared_ptr<gcal::net::RawConnection> connection);

 private:
  void go_on(const std::shared_ptr<const WirePlan>& plan,
             const std::shared_ptr<gcal::net::RawConnection>& connection, std::size_t sent);
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> due_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace emulator
