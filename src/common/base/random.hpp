// Randomness as a port: SystemRandom in the programs, tests/support/seeded_random.hpp in tests.
// Nothing else in the project draws random numbers.
#pragma once

#include <cstdint>
#include <span>

namespace gcal::base {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
  std::uint64_t next();                      // 64 uniform bits
  std::uint64_t below(std::uint64_t bound);  // uniform in [0, bound); bound > 0
};

// Bytes from getrandom(2), fit for secrets. [any thread]
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace gcal::base
