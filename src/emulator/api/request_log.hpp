// The last requests with their bodies, for the page and for tests that failed. Written by
// Emulator::handle, read by the controls. It must never hold a token, a code or a secret.
#pragma once

#include <deque>
#include <string>

#include "src/emulator/api/message.hpp"

namespace emulator {

struct LoggedRequest {
  std::uint64_t number = 0;
  std::int64_t at = 0;  // milliseconds
  std::string method, path, query, request_body, response_body;
  int status = 0;           // 0: the connection was dropped
  std::uint64_t fault = 0;  // the rule that hit it, 0 for none
};

class RequestLog {
 public:
  void add(const Request& request, const Response& response, std::int64_t now_ms,
           std::uint64_t fault);
  void clear() { entries_.clear(); }
  gcal::base::Json describe(std::uint64_t after, std::size_t limit) const;  // newest first

 private:
  std::deque<LoggedRequest> entries_;
  std::uint64_t last_ = 0;
};

}  // namespace emulator
