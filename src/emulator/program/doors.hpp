// More addresses at which the same emulator is reached, or cannot be: what goes wrong before the
// first byte of HTTP. Opened by the controls, on loopback ports that the system chooses. Used by
// main.cpp. A door is open until all are closed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/common/net/http_server.hpp"
#include "src/emulator/model/problem.hpp"
#include "src/emulator/program/certificates.hpp"

namespace emulator {

class Doors {
 public:
  explicit Doors(gcal::net::ServerHandler handler);
  ~Doors();

  // The base address of a new door. `trouble` is one of kinds(). Errors: 400 for another word, 500
  // when the machine gives no socket.
  Outcome<std::string> open(const std::string& trouble);
  void close_all();  // never on a door's own thread: it is waited for
  static const std::vector<std::string>& kinds();
  std::string authority() const { return authority_.certificate(); }

 private:
  struct Door;
  gcal::net::ServerHandler handler_;
  Authority authority_;
  std::vector<std::unique_ptr<Door>> doors_;
};

// POST /_emulator/doors {trouble} -> {url}, DELETE, and GET /_emulator/authority; nothing for any
// other request.
std::optional<gcal::net::ServerResponse> door_control(Doors& doors,
                                                      const gcal::net::ServerRequest& request);

}  // namespace emulator
