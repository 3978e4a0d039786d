// A short number for a text, equal in every process and version: what is stored may hold it. It
// tells texts apart that are confused by mistake; it is no protection. Pure; callable from every
// thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace gcal::base {

// 32 bits of FNV-1a.
constexpr std::uint32_t fnv1a(std::string_view text) {
  std::uint32_t hash = 2'166'136'261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
  return hash;
}

}  // namespace gcal::base
