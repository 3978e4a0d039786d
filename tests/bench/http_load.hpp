// An HTTP/1.1 client on plain sockets which reads only the status, Content-Length and body of a
// response. Used by bench_emulator, where a complete client would cost more than the measured
// server. It does not follow redirects, repeat requests or decode bodies.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct Answer {
  int status = 0;  // 0: the connection failed
  std::string body;
};

class Connection {
 public:
  explicit Connection(std::uint16_t port);
  ~Connection();
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;

  int descriptor() const { return socket_; }
  bool send(std::string_view request);
  Answer receive();
  Answer call(std::string_view request) { return send(request) ? receive() : Answer{}; }

 private:
  int socket_ = -1;
  std::string pending_;  // bytes received after the last response
};

std::string request(std::string_view method, std::string_view target, std::string_view token,
                    std::string_view body = {});

// Sends `count` requests over kept-alive connections, one at a time on each. Returns how many were
// answered with 200.
std::size_t drive(std::vector<Connection>& connections, std::size_t count,
                  const std::function<std::string(std::size_t)>& make);

}  // namespace bench
