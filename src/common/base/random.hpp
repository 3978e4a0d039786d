// Randomness as a port: the system's for the product, a seeded one for tests and the simulation.
// Nothing else in the project may draw random numbers.
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

// SplitMix64: the same seed gives the same bytes on every machine. Never for secrets. [one thread]
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::uint64_t state_;
};

}  // namespace gcal::base
