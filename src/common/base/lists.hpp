// Values in lists of a few sizes, for SQL about many of them at once: "... IN ($1, $2, ...)". Few
// sizes, so that a database keeps the text of each prepared (decision 0060).
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "src/common/base/result.hpp"

namespace gcal::base {

// The size of the list for what is left of `count` values.
constexpr std::size_t list_size(std::size_t count) {
  constexpr std::size_t kSmall = 8, kLarge = 64;
  if (count <= 1) return 1;
  return count <= kSmall ? kSmall : kLarge;
}

// Calls `use` with one list after the other, until all values were in one or it fails; without a
// value not at all. What a list has too many is its last value again.
template <class T, class Use>
Result<> in_lists(std::span<const T> values, const Use& use) {
  while (!values.empty()) {
    const std::size_t size = list_size(values.size());
    const auto these = values.first(std::min(size, values.size()));
    std::vector<T> list(these.begin(), these.end());
    list.resize(size, these.back());
    TRY_VOID(use(list));
    values = values.subspan(these.size());
  }
  return {};
}

}  // namespace gcal::base
