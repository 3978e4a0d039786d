// Proof Key for Code Exchange (RFC 7636), method S256 only. Used where a client begins a consent
// and where the emulator checks one. A verifier is a secret: it must never be logged or used twice.
#pragma once

#include <string>
#include <string_view>

#include "src/common/base/random.hpp"

namespace gcal::base {

struct Pkce {
  std::string verifier;   // 43 characters; the client keeps it until it exchanges the code
  std::string challenge;  // goes into the authorization URL
};

Pkce new_pkce(Random& random);

// The challenge of a verifier: base64url of its SHA-256.
std::string pkce_challenge(std::string_view verifier);

}  // namespace gcal::base
