// Ed25519 signatures (RFC 8032), verified by OpenSSL.
#pragma once

#include <span>

#include "src/common/base/bytes.hpp"

namespace gcal::base {

// Whether `signature` (64 bytes) is that of `message` by the owner of `public_key` (32 bytes).
// false for anything that is no signature or no key. [any thread]
bool is_ed25519_signature(std::span<const std::uint8_t> public_key,
                          std::span<const std::uint8_t> signature,
                          std::span<const std::uint8_t> message);

}  // namespace gcal::base
