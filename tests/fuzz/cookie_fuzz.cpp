// Headers Cookie of a request, one per line.
#include <cstdint>
#include <sstream>

#include "src/host/web/cookies.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream text(std::string(reinterpret_cast<const char*>(data), size));
  gcal::net::Headers headers;
  std::string all;
  for (std::string line; std::getline(text, line); all += line) headers.add("Cookie", line);
  for (const bool https : {false, true}) {
    const host::Cookies cookies(https);
    for (const std::string& value : {cookies.session(headers), cookies.device(headers)}) {
      if (value.find(';') != std::string::npos) __builtin_trap();
      if (all.find(value) == std::string::npos) __builtin_trap();
    }
    const bool both = !cookies.session(headers).empty() && !cookies.device(headers).empty();
    if (both && cookies.is_ambiguous(headers)) __builtin_trap();
  }
  return 0;
}
