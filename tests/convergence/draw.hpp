// Random choices that follow from a seed (SplitMix64). Every step of a history has a seed of its
// own, so that a history without one of its steps makes the same choices in the others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace convergence {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // 0 to count - 1.
  int below(std::size_t count) { return static_cast<int>(next() % count); }
  bool chance(int percent) { return below(100) < percent; }
  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(below(choices.size()))];
  }

 private:
  std::uint64_t state_;
};

}  // namespace convergence
