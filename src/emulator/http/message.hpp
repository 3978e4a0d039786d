// One HTTP exchange without sockets, and the functions that build its responses. Used by every
// folder above the model. Includes no networking header, so that simulations can call the emulator
// in process. Plain values; the functions are pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/common/net/url.hpp"
#include "src/emulator/model/problem.hpp"

namespace emulator {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = "GET";
  std::string path;   // not decoded
  std::string query;  // without '?'
  Fields headers;
  std::string body;
  std::string origin = "http://127.0.0.1";  // how the client reaches the emulator
};

// A position in a response as it is sent: a number of bytes from its start, or a named one.
struct WirePlace {
  enum class Kind {
    bytes,
    head,    // half of the head
    body,    // behind the head
    middle,  // half of the body
    end
  };
  Kind kind = Kind::end;
  std::int64_t bytes = 0;
};

// What a fault does to the bytes of a response. Only the program, which has the sockets, applies it
// (program/wire.hpp): in a simulation Response::drop is the only fault of this kind.
struct WireFaults {
  enum class Ending { close, half_close, reset };
  std::optional<std::string> raw;  // these bytes instead of the response
  std::string before, after;       // bytes before the status line, and behind the body
  std::optional<WirePlace> cut;    // nothing is sent from here on
  Ending ending = Ending::close;
  std::optional<WirePlace> stall;  // nothing is sent for stall_ms from here on
  std::int64_t stall_ms = 0;
  std::int64_t bytes_per_second = 0;  // 0: no limit
  std::string chunked;  // "right", "bad_size", "not_hex", "no_end": chunks instead of a length
  std::optional<std::string> content_length;  // this text as the length
  std::int64_t content_length_add = 0;        // is added to the length

  bool untouched() const {
    return !raw && before.empty() && after.empty() && !cut && ending == Ending::close && !stall &&
           bytes_per_second == 0 && chunked.empty() && !content_length && content_length_add == 0;
  }
};

struct Response {
  int status = 200;
  Fields headers;
  std::string body;
  bool drop = false;             // a fault: the connection closes without a response
  std::int64_t delay_ms = 0;     // a fault: the response is sent late
  std::uint64_t after_push = 0;  // of a watch: to be sent after the delivery of this message
  WireFaults wire;
};

std::string header(const Fields& headers, std::string_view name);  // "" when absent
const char* reason_phrase(int status);

Response json_response(int status, const gcal::base::Json& body);
// 200, with a body that is JSON text already.
Response json_text_response(std::string body, const std::string& etag);
Response problem_response(const Problem& problem);  // Google's error body
Response empty_response(int status = 204);
Response html_response(int status, std::string page);
// The error body of the OAuth endpoints (RFC 6749, section 5.2).
Response oauth_error(int status, const std::string& error, const std::string& description);

}  // namespace emulator
