// A random sequence (SplitMix64): the same seed hits the same requests in every run. Used by the
// fault rules, by the faults of notifications, and for the ids and tokens that follow the loading
// of a world, which keep no one out. Never for secrets.
#pragma once

#include <cstdint>

namespace emulator {

class FaultRandom {
 public:
  FaultRandom() = default;
  explicit FaultRandom(std::uint64_t state) : state_(state) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // Uniform in [0, 1).
  double next_fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace emulator
