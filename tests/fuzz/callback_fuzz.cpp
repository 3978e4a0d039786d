// The query of a redirect from a consent page.
#include <cstdint>

#include "src/common/net/url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.find('\0') != text.npos) return 0;  // the server refuses such a target
  const auto query = gcal::net::form_decode(text);
  if (!query) return 0;
  for (const char* name : {"state", "code", "error", "iss"})
    (void)gcal::net::parameter(*query, name);
  // What was understood is understood in the same way when it is written again.
  const auto again = gcal::net::form_decode(gcal::net::form_encode(*query));
  if (!again || *again != *query) __builtin_trap();
  return 0;
}
