// Where to listen, as the command line says it: ADDR:PORT with an IP address, an IPv6 one in
// brackets. Used by main.cpp. Resolves no names.
#pragma once

#include <cstdint>
#include <string>

#include "src/common/base/result.hpp"

namespace emulator {

struct ListenAddress {
  std::string address;  // "127.0.0.1" or "::1", without brackets
  std::uint16_t port = 0;
  bool is_v6() const { return address.find(':') != std::string::npos; }
  // What stands in a URL: "127.0.0.1" or "[::1]".
  std::string host() const { return is_v6() ? "[" + address + "]" : address; }
};

// Errors: invalid, with a sentence for the person who typed it.
gcal::Result<ListenAddress> parse_listen_address(const std::string& text);

}  // namespace emulator
