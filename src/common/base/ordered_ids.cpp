#include "src/common/base/ordered_ids.hpp"

#include <algorithm>
#include <array>

#include "src/common/base/bytes.hpp"

namespace gcal::base {
namespace {

constexpr std::uint64_t kMilliseconds = (std::uint64_t{1} << 48) - 1;

template <std::size_t N>
void put(std::array<std::uint8_t, 16>& bytes, std::size_t from, std::uint64_t value) {
  for (std::size_t i = 0; i < N; ++i)
    bytes[from + i] = static_cast<std::uint8_t>(value >> (8 * (N - 1 - i)));
}

}  // namespace

std::string OrderedIds::next(Instant now, Random& random) {
  const std::int64_t since_1970 = std::max<std::int64_t>(now.time_since_epoch().count(), 0);
  const std::uint64_t at = std::min(static_cast<std::uint64_t>(since_1970), kMilliseconds);
  bool fresh = at > milliseconds_ || (high_ == 0 && low_ == 0);
  if (!fresh) {
    const std::uint64_t before = low_;
    low_ += 1 + (random.next() >> 32);
    if (low_ < before && ++high_ == 0) fresh = true;  // the 80 bits are used up
  }
  if (fresh) {
    milliseconds_ = std::max(at, std::min(milliseconds_ + 1, kMilliseconds));
    high_ = static_cast<std::uint16_t>(random.next());
    low_ = random.next();
  }
  std::array<std::uint8_t, 16> bytes{};
  put<6>(bytes, 0, milliseconds_);
  put<2>(bytes, 6, high_);
  put<8>(bytes, 8, low_);
  return to_base32hex(bytes);
}

}  // namespace gcal::base
