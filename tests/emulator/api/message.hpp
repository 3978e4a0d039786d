// One HTTP exchange without sockets, and the helpers to read and answer it. Used by every layer above the model. It must never include
// a networking header: simulations call the emulator with it in process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/json.hpp"
#include "src/net/url.hpp"
#include "tests/emulator/model/problem.hpp"

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

struct Response {
  int status = 200;
  Fields headers;
  std::string body;
  bool drop = false;          // a fault: the connection closes without an answer
  std::int64_t delay_ms = 0;  // a fault: the answer comes late
};

// What a fault rule asks of a list.
struct ListFaults {
  bool empty_page = false;
  bool stale = false;
};

std::string header(const Fields& headers, std::string_view name);  // "" when absent

Response json_response(int status, const gcal::base::Json& body);
Response json_text_response(std::string body, const std::string& etag);  // 200, the text already written
Response problem_response(const Problem& problem);                       // Google's error body
Response empty_response(int status = 204);
Response html_response(int status, std::string page);
Response oauth_error(int status, const std::string& error, const std::string& description);

// `fields=kind,items(id,etag)`: keeps only what the mask names; nothing when the text is no mask.
std::optional<gcal::base::Json> partial(const gcal::base::Json& value, std::string_view mask);
bool is_mask(std::string_view mask);

}  // namespace emulator
