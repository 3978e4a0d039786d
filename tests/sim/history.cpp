#include "tests/sim/history.hpp"

#include <algorithm>
#include <vector>

namespace gcal::simulation {

support::SeededRandom generator(std::uint64_t seed, Draws draws, std::size_t act) {
  support::SeededRandom mixed(seed ^ (static_cast<std::uint64_t>(draws) << 56));
  return support::SeededRandom(mixed.next() ^ (act * 0xd1b54a32d192ed03ULL));
}

// Takes blocks of acts away, half of the history at first, then smaller ones, as long as one can
// be missed.
History shortest(History history, std::size_t acts, std::size_t attempts,
                 const std::function<bool(const History&)>& fails) {
  std::vector<std::size_t> kept;
  for (std::size_t act = 0; act < acts; ++act)
    if (!history.left_out.contains(act)) kept.push_back(act);
  std::size_t block = std::max<std::size_t>(1, kept.size() / 2);
  for (;;) {
    bool shorter = false;
    for (std::size_t begin = 0; begin < kept.size() && attempts > 0;) {
      const std::size_t end = std::min(begin + block, kept.size());
      const auto first = kept.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto last = kept.begin() + static_cast<std::ptrdiff_t>(end);
      History candidate = history;
      candidate.left_out.insert(first, last);
      --attempts;
      if (fails(candidate)) {
        history = std::move(candidate);
        kept.erase(first, last);
        shorter = true;
      } else {
        begin = end;
      }
    }
    if (attempts == 0 || (block == 1 && !shorter)) return history;
    if (!shorter) block = std::max<std::size_t>(1, block / 2);
  }
}

}  // namespace gcal::simulation
