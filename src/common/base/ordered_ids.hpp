// Identifiers in the order of their making, in the manner of UUIDv7 (RFC 9562, 5.7): 48 bits of
// milliseconds since 1970, then 80 random bits, as 26 characters of base32hex whose order as text
// is that of the bits. For rows that are made together and read together, so that they lie together
// in the database. They show when they were made and may be guessed from their neighbours: what
// must not be guessed is a new_id or a new_secret (decision 0041).
#pragma once

#include <cstdint>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"

namespace gcal::base {

// Each id is greater than the one before, within a millisecond and when the clock is set back. Two
// objects share no state: their ids differ by their random bits. [one thread at a time]
class OrderedIds {
 public:
  std::string next(Instant now, Random& random);

 private:
  std::uint64_t milliseconds_ = 0;
  std::uint16_t high_ = 0;  // of the 80 bits
  std::uint64_t low_ = 0;
};

}  // namespace gcal::base
