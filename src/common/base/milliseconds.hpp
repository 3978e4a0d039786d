// Points in time as numbers, as they are stored and sent: milliseconds since 1970, UTC.
#pragma once

#include <cstdint>

#include "src/common/base/clock.hpp"

namespace gcal::base {

inline std::int64_t milliseconds(Instant instant) {
  return instant.time_since_epoch().count();
}
inline Instant instant_of(std::int64_t milliseconds) {
  return Instant{Milliseconds{milliseconds}};
}

}  // namespace gcal::base
