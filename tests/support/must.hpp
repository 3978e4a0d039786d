// A result that the test cannot go on without.
#pragma once

#include <stdexcept>
#include <utility>

#include "src/common/base/result.hpp"

namespace gcal::support {

// Fails the test with the message when the result is an error.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}
inline void must(const Result<>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

}  // namespace gcal::support
