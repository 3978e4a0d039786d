// The multipart form of a batch (POST /batch/calendar/v3): reads its parts and writes the parts of
// the response. Used by Emulator, which executes them. Pure.
#pragma once

#include <string>
#include <vector>

#include "src/emulator/http/message.hpp"

namespace emulator {

struct BatchPart {
  std::string content_id;  // as sent, with its angle brackets; "" when there was none
  Request request;
  bool readable = true;  // it has a request line
};

// The headers of the batch apply to each part which does not have its own. Errors: badRequest (no
// multipart body, too many parts).
Outcome<std::vector<BatchPart>> read_batch(const Request& outer);
std::string write_batch_part(const std::string& content_id, const Response& response);

}  // namespace emulator
