// The last requests with their bodies, for the emulator's page and for tests that failed. Written
// by Emulator, read by the controls. Holds no token, code or secret: they are removed when a
// request is added.
#pragma once

#include <deque>
#include <string>

#include "src/emulator/http/message.hpp"

namespace emulator {

struct LoggedRequest {
  std::uint64_t number = 0;
  std::int64_t at = 0;  // milliseconds
  std::string method, path, query, request_body, response_body;
  int status = 0;           // 0: the connection was closed without a response
  std::uint64_t fault = 0;  // the rule that hit it; 0 for none
};

class RequestLog {
 public:
  void add(const Request& request, const Response& response, std::int64_t now_ms,
           std::uint64_t fault);
  void clear() { entries_.clear(); }
  // Those with a number over `after`, newest first.
  gcal::base::Json describe(std::uint64_t after, std::size_t limit) const;

 private:
  std::deque<LoggedRequest> entries_;
  std::uint64_t last_ = 0;
};

}  // namespace emulator
