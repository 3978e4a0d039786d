#include "src/common/base/id.hpp"

#include <array>

#include "src/common/base/bytes.hpp"

namespace gcal::base {

std::string new_id(Random& random) {
  std::array<std::uint8_t, 16> bytes;
  random.fill(bytes);
  return to_base32hex(bytes);
}

std::string new_secret(Random& random) {
  std::array<std::uint8_t, 32> bytes;
  random.fill(bytes);
  return to_base64url(bytes);
}

}  // namespace gcal::base
