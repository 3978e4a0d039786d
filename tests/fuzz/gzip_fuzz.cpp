// A compressed body: it never grows beyond the limit, and what is packed comes back.
#include <cstdint>

#include "src/common/net/gzip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kLimit = 1 << 20;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto plain = gcal::net::gunzip(bytes, kLimit);
  if (plain && plain->size() > kLimit) __builtin_trap();
  const auto back = gcal::net::gunzip(gcal::net::gzip(bytes), kLimit);
  if (!back || *back != bytes) __builtin_trap();
  return 0;
}
