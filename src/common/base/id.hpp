// Random identifiers: 128 bits as 26 characters of base32hex, which is also the alphabet of
// Google's event ids.
#pragma once

#include <string>

#include "src/common/base/random.hpp"

namespace gcal::base {

std::string new_id(Random& random);  // 26 characters [0-9a-v]
std::string new_secret(
    Random& random);  // 256 bits as 43 characters of base64url: channel tokens, states, verifiers

}  // namespace gcal::base
