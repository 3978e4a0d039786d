// The emulator behind HTTP servers: the page's files, the emulator's responses with their wire
// faults, and the controls of the faulty listeners. Used by main.cpp. Its handlers run on the
// servers' threads and never wait.
#pragma once

#include "src/common/net/http_server.hpp"
#include "src/emulator/api/emulator.hpp"
#include "src/emulator/program/faulty_listeners.hpp"
#include "src/emulator/program/response_scheduler.hpp"
#include "src/emulator/push/delivery.hpp"

namespace emulator {

class Frontend {
 public:
  explicit Frontend(Emulator& emulator);

  // The handler of the main server. The frontend must outlive the server.
  gcal::net::ServerHandler handler();
  void close_listeners() { listeners_.close_all(); }

 private:
  void serve(gcal::net::ServerRequest incoming, gcal::net::Responder responder);
  void respond(Response response, bool head_only, gcal::net::Responder responder);

  Emulator& emulator_;
  Delivery delivery_;
  ResponseScheduler scheduler_;
  FaultyListeners listeners_;
};

}  // namespace emulator
