// The value of --listen: ADDR:PORT with an IP address, an IPv6 address in brackets. Used by
// main.cpp. Resolves no names.
#pragma once

#include <cstdint>
#include <string>

#include "src/common/base/result.hpp"

namespace emulator {

struct ListenAddress {
  std::string address;  // "127.0.0.1" or "::1", without brackets
  std::uint16_t port = 0;
  bool is_v6() const { return address.find(':') != std::string::npos; }
  // As in a URL: "127.0.0.1" or "[::1]".
  std::string host() const { return is_v6() ? "[" + address + "]" : address; }
};

// Errors: invalid, with a sentence for the user.
gcal::Result<ListenAddress> parse_listen_address(const std::string& text);

}  // namespace emulator
