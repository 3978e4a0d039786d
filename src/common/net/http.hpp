// HTTP messages and the client port. Google's and OAuth's clients send through HttpClient; tests
// script it. The one real implementation is in http_client.cpp, which alone knows Beast and TLS.
// Never follows a redirect, never logs a header.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/common/base/task.hpp"

namespace gcal::net {

// Header fields in order; names compare without regard to case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}
  std::string_view get(std::string_view name) const;  // the first of that name, "" when absent
  bool contains(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  void set(std::string name, std::string value);  // replaces all of that name
  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // absolute; https, or http to a loopback address
  Headers headers;
  std::string body;
};

struct HttpResponse {
  int status = 0;
  Headers headers;
  std::string body;  // already inflated
};

struct HttpLimits {
  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds total{60'000};
  std::size_t compressed = 16 << 20;  // bytes on the wire
  std::size_t inflated = 32 << 20;    // bytes after gzip
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Any status is a value. Errors: invalid (the URL, a header with CR, LF or NUL, a host that is
  // not allowed), unavailable (nothing was sent), timeout (the outcome is unknown: reset, truncated
  // or late answer), cancelled.
  virtual Task<HttpResponse> send(HttpRequest request, HttpLimits limits) = 0;
};

}  // namespace gcal::net
