// Random numbers that follow from a seed (SplitMix64): the same seed gives the same bytes on every
// machine, so a failing random test repeats. [one thread]
#pragma once

#include <cstring>

#include "src/common/base/random.hpp"

namespace gcal::support {

class SeededRandom final : public base::Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    while (!out.empty()) {
      std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
      z ^= z >> 31;
      const std::size_t size = out.size() < sizeof z ? out.size() : sizeof z;
      std::memcpy(out.data(), &z, size);
      out = out.subspan(size);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace gcal::support
