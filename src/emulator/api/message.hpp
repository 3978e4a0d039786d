// One HTTP exchange without sockets, and the helpers to read and answer it. Used by every layer
// above the model. It must never include a networking header: simulations call the emulator with it
// in process.
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
  std::string origin = "http://127.0.0.1";  // how the caller reaches the emulator
};

// A place in an answer as it goes over the wire: so many bytes from its start, or a named one.
struct WirePlace {
  enum class Kind {
    bytes,
    head,
    body,
    middle,
    end
  };  // head: half of the head; body: behind the head; middle: half of the body
  Kind kind = Kind::end;
  std::int64_t bytes = 0;
};

// What a fault does to the bytes of an answer. Only who owns sockets can carry it out
// (program/wire.hpp): a simulation sees `drop` alone.
struct WireFaults {
  enum class Ending { close, half_close, reset };
  std::optional<std::string> raw;  // these bytes instead of the answer
  std::string before, after;       // bytes before the status line, and behind the body
  std::optional<WirePlace> cut;    // nothing is sent from here on
  Ending ending = Ending::close;
  std::optional<WirePlace> stall;  // nothing is sent for stall_ms from here on
  std::int64_t stall_ms = 0;
  std::int64_t bytes_per_second = 0;  // 0: as fast as it goes
  std::string chunked;  // "right", "bad_size", "not_hex", "no_end": chunks instead of a length
  std::optional<std::string> content_length;  // this text as the length
  std::int64_t content_length_add = 0;        // the length is so much too long, or too short
  bool untouched() const {
    return !raw && before.empty() && after.empty() && !cut && ending == Ending::close && !stall &&
           bytes_per_second == 0 && chunked.empty() && !content_length && content_length_add == 0;
  }
};

struct Response {
  int status = 200;
  Fields headers;
  std::string body;
  bool drop = false;             // a fault: the connection closes without an answer
  std::int64_t delay_ms = 0;     // a fault: the answer comes late
  std::uint64_t after_push = 0;  // a watch: the answer comes when this message has been tried
  WireFaults wire;
};

// What a fault rule asks of a list.
struct ListFaults {
  bool empty_page = false;
  bool stale = false;              // the newest change is not seen yet
  std::int64_t stale_seconds = 0;  // nor are those of the last seconds
};

std::string header(const Fields& headers, std::string_view name);  // "" when absent

Response json_response(int status, const gcal::base::Json& body);
Response json_text_response(std::string body,
                            const std::string& etag);  // 200, the text already written
Response problem_response(const Problem& problem);     // Google's error body
Response empty_response(int status = 204);
Response html_response(int status, std::string page);
Response oauth_error(int status, const std::string& error, const std::string& description);

// `fields=kind,items(id,etag)`: keeps only what the mask names; nothing when the text is no mask.
std::optional<gcal::base::Json> partial(const gcal::base::Json& value, std::string_view mask);
bool is_mask(std::string_view mask);

}  // namespace emulator
