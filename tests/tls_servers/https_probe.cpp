// https_probe URL CA_FILE SECRET: one GET of the product's HTTP client with the secret in its
// Authorization header, as the plugin sends a token. Prints "status 200", or "refused: MESSAGE".
// Used by servers.test.mjs.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <optional>
#include <string>

#include "src/common/net/http_client.hpp"
#include "src/common/net/url.hpp"
#include "tests/support/manual_clock.hpp"

int main(int count, char** words) {
  if (count != 4) {
    std::fprintf(stderr, "usage: https_probe URL CA_FILE SECRET\n");
    return 2;
  }
  const std::string url = words[1];
  const auto parsed = gcal::net::parse_url(url);
  if (!parsed) {
    std::fprintf(stderr, "%s\n", parsed.error().message.c_str());
    return 2;
  }
  gcal::support::ManualClock clock;
  gcal::net::ClientOptions options;
  options.origins = {parsed->origin()};
  options.ca_file = words[2];
  boost::asio::io_context loop;
  const auto client = gcal::net::make_http_client(loop.get_executor(), clock, std::move(options));
  if (!client) {
    std::fprintf(stderr, "%s\n", client.error().message.c_str());
    return 2;
  }
  gcal::net::HttpRequest request;
  request.method = "GET";
  request.url = url;
  request.headers.add("Authorization", std::string("Bearer ") + words[3]);
  gcal::net::HttpLimits limits;
  limits.connect = limits.total = std::chrono::seconds(3);
  std::optional<gcal::Result<gcal::net::HttpResponse>> answer;
  boost::asio::co_spawn(loop, (*client)->send(std::move(request), limits),
                        [&answer](std::exception_ptr thrown, auto value) {
                          if (thrown) std::rethrow_exception(thrown);
                          answer = std::move(value);
                        });
  loop.run();
  if (*answer)
    std::printf("status %d\n", (*answer)->status);
  else
    std::printf("refused: %s\n", answer->error().message.c_str());
  return 0;
}
