// A client that shows the bytes: what comes over the wire after one request, and how the connection
// ended. For faults that any HTTP library would hide. Used by the checks of faults. It understands
// nothing of HTTP.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace contract {

struct RawAnswer {
  std::string bytes;
  bool connected = false, reset = false;
  bool silent = false;  // nothing came for `patience`, and the connection was still open
  std::chrono::milliseconds first{0}, total{0};  // until the first byte, until the end
  std::string head() const { return bytes.substr(0, bytes.find("\r\n\r\n")); }
  std::string body() const {
    return bytes.find("\r\n\r\n") == std::string::npos ? ""
                                                       : bytes.substr(bytes.find("\r\n\r\n") + 4);
  }
};

// `base` is "http://127.0.0.1:PORT". Reads until the end, or until nothing came for `patience`.
RawAnswer raw_exchange(const std::string& base, const std::string& request,
                       std::chrono::milliseconds patience = std::chrono::seconds{10});

}  // namespace contract
