// Further addresses of the same emulator at which connecting or TLS goes wrong. The controls open
// them, on loopback ports that the system chooses. Used by the program. Each listens until all are
// closed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/common/net/http_server.hpp"
#include "src/emulator/model/problem.hpp"
#include "src/emulator/program/certificates.hpp"

namespace emulator {

class FaultyListeners {
 public:
  explicit FaultyListeners(gcal::net::ServerHandler handler);
  ~FaultyListeners();

  // The base address of a new listener. `fault` is one of faults(). Errors: 400 for any other name,
  // 500 when the system gives no socket.
  Outcome<std::string> open(const std::string& fault);
  // Waits for the listeners' threads: must not be called on one of them.
  void close_all();
  static const std::vector<std::string>& faults();
  std::string authority() const { return authority_.certificate(); }  // PEM

 private:
  struct Listener;
  Outcome<std::string> open_tls(CertificateFault fault);

  gcal::net::ServerHandler handler_;
  CertificateAuthority authority_;
  std::vector<std::unique_ptr<Listener>> listeners_;
};

// POST /_emulator/doors {trouble} -> {url}, DELETE /_emulator/doors, GET /_emulator/authority;
// nullopt for any other request.
std::optional<gcal::net::ServerResponse> handle_listener_control(
    FaultyListeners& listeners, const gcal::net::ServerRequest& request);

}  // namespace emulator
