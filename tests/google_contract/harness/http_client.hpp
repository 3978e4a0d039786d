// HTTP as the suite needs it: one request, one response, over libcurl. Used by the backends and by
// the sign-in of `./dev live`. Certificates are always verified. It never repeats a request.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/common/base/json.hpp"

namespace contract {

using gcal::base::Json;
// Header fields or form parameters, in the order in which they are sent.
using Fields = std::vector<std::pair<std::string, std::string>>;

// The value at a path such as "items.0.start.date"; nullptr if there is none.
const Json* value_at(const Json& document, std::string_view path);

struct Request {
  std::string method;
  std::string url;  // absolute
  std::string body;
  Fields headers;
};

struct Response {
  int status = 0;  // 0: the connection ended without a response
  Fields headers;
  std::string body;
  Json json;  // the body, if it is JSON

  std::string header(std::string_view name) const;  // "" if absent
  std::string reason() const;                       // of Google's first error; "" if none
  // The value at a path: as a string ("" if it is none), as JSON text ("absent" if absent), as the
  // items of an array, and their number.
  std::string text(std::string_view path) const;
  std::string dump(std::string_view path) const;
  std::vector<Json> list(std::string_view path) const;
  std::size_t count(std::string_view path = "items") const;
};

enum class ConnectionReuse {
  never,       // on a reused connection libcurl repeats a request that got no response
  reads_only,  // saves TLS handshakes; a write is never sent twice
};

// [one thread]
class HttpClient {
 public:
  // `ca_file`: PEM certificates to trust instead of the system's; "" for the system's.
  explicit HttpClient(ConnectionReuse reuse, std::string ca_file = "");
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  Response send(const Request& request);
  const std::string& error() const { return error_; }  // why the last response has status 0
  // `asked` is called while a response is awaited; once it answers true, the request is aborted.
  void abort_when(bool (*asked)()) { abort_when_ = asked; }

 private:
  void* curl_;
  ConnectionReuse reuse_;
  std::string ca_file_, error_;
  bool (*abort_when_)() = nullptr;
};

std::string escape(const std::string& text);               // percent-encoded
std::string form(const Fields& fields);                    // application/x-www-form-urlencoded
bool same_header(std::string_view a, std::string_view b);  // names of fields, in any case

}  // namespace contract
