// The multipart form of a batch (POST /batch/calendar/v3): its inner requests, and the answer. Used
// by Emulator. Pure: it runs nothing.
#pragma once

#include <string>
#include <vector>

#include "src/emulator/api/message.hpp"

namespace emulator {

struct BatchPart {
  std::string content_id;  // as sent, with its angle brackets; "" when there was none
  Request request;
  bool readable = true;
};

// Outer headers apply to each part unless the part has its own. Errors: badRequest (no multipart
// body, too many parts).
Outcome<std::vector<BatchPart>> read_batch(const Request& outer);
std::string write_batch_part(const std::string& content_id, const Response& response);
const char* reason_phrase(int status);

}  // namespace emulator
