// Texts for bytes (hex, base64, base64url, base32hex), digests and constant-time comparison. Used
// wherever an id, a token or a signature is made or checked. Decoders refuse anything but the exact
// alphabet.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/result.hpp"

namespace gcal::base {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using Sha256 = std::array<std::uint8_t, 32>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string to_hex(ByteView bytes);  // lower case
Result<Bytes> from_hex(std::string_view text);
std::string to_base64(ByteView bytes);  // RFC 4648 section 4, padded
Result<Bytes> from_base64(std::string_view text);
std::string to_base64url(ByteView bytes);  // RFC 4648 section 5, without padding
Result<Bytes> from_base64url(std::string_view text);
std::string to_base32hex(
    ByteView bytes);  // RFC 4648 section 7, lower case, without padding: Google's event ids

Sha256 sha256(ByteView bytes);
Sha256 hmac_sha256(ByteView key, ByteView bytes);
bool equal_in_constant_time(ByteView a, ByteView b);  // the time depends on the lengths only

}  // namespace gcal::base
