// The head of a request to the host: "METHOD target", then headers, as text. What is decided before
// a session is looked up: path, client, origin, cookies.
#include <cstdint>
#include <sstream>

#include "src/common/net/url.hpp"
#include "src/host/web/client_address.hpp"
#include "src/host/web/cookies.hpp"
#include "src/host/web/security.hpp"
#include "src/hosting/web/decoded_path.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto origins = host::Origins::of("https://crm.example.com", "127.0.0.1", 80, false);
  static const host::TrustedProxies proxies({*host::Network::parse("10.0.0.0/8")});
  std::istringstream text(std::string(reinterpret_cast<const char*>(data), size));
  gcal::net::ServerRequest request;
  std::string target, line;
  text >> request.method >> target;
  std::getline(text, line);
  while (std::getline(text, line)) {
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos)
      request.headers.add(line.substr(0, colon), line.substr(colon + 1));
  }
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  if (const auto segments = hosting::decoded_path(request.path)) {
    for (const std::string& segment : *segments)
      if (segment == "." || segment == ".." || segment.find('/') != std::string::npos)
        __builtin_trap();
  }
  for (const char* peer : {"10.1.2.3", "192.0.2.7", ""}) {
    request.peer = peer;
    const std::string address = proxies.address_of(request);
    if (std::string_view(peer) == "192.0.2.7" && address != peer) __builtin_trap();
  }
  (void)gcal::net::form_decode(request.query);
  (void)origins->serves_host(request.headers.get("Host"));
  (void)origins->may_change(request);
  return 0;
}
