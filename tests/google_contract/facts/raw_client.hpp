// A client that shows bytes: what arrives on the connection after one request, and how the
// connection ended. For faults that any HTTP library would hide. Used by the facts about faults and
// hostile input. It does not parse HTTP.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace contract {

struct RawResponse {
  std::string bytes;
  bool connected = false, reset = false;
  bool silent = false;  // no byte for `idle_timeout`, and the connection still open
  std::chrono::milliseconds first{0}, total{0};  // until the first byte, until the end
  std::string head() const { return bytes.substr(0, bytes.find("\r\n\r\n")); }
  std::string body() const {
    return bytes.find("\r\n\r\n") == std::string::npos ? ""
                                                       : bytes.substr(bytes.find("\r\n\r\n") + 4);
  }
};

// `base` is "http://127.0.0.1:PORT". Reads until the connection ends or no byte arrives for
// `idle_timeout`.
RawResponse raw_exchange(const std::string& base, const std::string& request,
                         std::chrono::milliseconds idle_timeout = std::chrono::seconds{10});

}  // namespace contract
