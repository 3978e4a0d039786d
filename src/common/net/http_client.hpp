// The HTTP client of the product: HTTP/1.1 over TLS with kept-alive connections. The plugin's
// wiring makes one and gives it to oauth and google. Never talks to an origin it was not given,
// never follows a redirect, never sends plain text to anything but this machine.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/net/http.hpp"

namespace gcal::net {

struct ClientOptions {
  std::vector<std::string> origins;  // "https://www.googleapis.com": everything else is refused
                                     // before a name is resolved
  std::string ca_file;               // trusted beside the system's roots: for tests
  std::size_t idle_per_origin = 4;
  base::Milliseconds idle_for{50'000};  // servers close idle connections after a minute or later
};

// [the executor's thread] The executor runs one handler at a time and outlives the client; `clock`
// outlives the client. Errors: invalid (an origin that is no URL, a CA file that cannot be read).
Result<std::unique_ptr<HttpClient>> make_http_client(boost::asio::any_io_executor executor,
                                                     const base::Clock& clock,
                                                     ClientOptions options);

}  // namespace gcal::net
