#include "src/emulator/program/listen_address.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <string_view>

namespace emulator {
namespace {

bool is_ip(const std::string& text, int family) {
  unsigned char room[sizeof(in6_addr)];
  return ::inet_pton(family, text.c_str(), room) == 1;
}

}  // namespace

gcal::Result<ListenAddress> parse_listen_address(const std::string& text) {
  const auto wrong = [&](const std::string& why) {
    return gcal::Error{gcal::Code::invalid,
                       "--listen " + text + ": " + why +
                           "; it wants ADDR:PORT, for example 127.0.0.1:8081 or [::1]:8081",
                       {}};
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return wrong("the port is missing");
  ListenAddress out;
  const std::string_view digits = std::string_view(text).substr(colon + 1);
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
  if (digits.empty() || failed != std::errc() || end != digits.data() + digits.size())
    return wrong("the port is no number up to 65535");
  out.address = text.substr(0, colon);
  if (out.address.starts_with('[') && out.address.ends_with(']')) {
    out.address = out.address.substr(1, out.address.size() - 2);
    if (!is_ip(out.address, AF_INET6)) return wrong("no IPv6 address stands in the brackets");
  } else if (!is_ip(out.address, AF_INET)) {
    return wrong(is_ip(out.address, AF_INET6) ? "an IPv6 address stands in brackets"
                                              : "no IP address");
  }
  return out;
}

}  // namespace emulator
