// Proof Key for Code Exchange (RFC 7636), method S256 only. Used when a consent begins.
// Never logs or reuses a verifier.
#pragma once

#include <string>
#include <string_view>

#include "src/common/base/random.hpp"

namespace gcal::oauth {

struct Pkce {
  std::string verifier;   // 43 characters; stays here until the code is exchanged
  std::string challenge;  // goes into the authorization URL
};

Pkce new_pkce(base::Random& random);
std::string challenge_of(std::string_view verifier);  // base64url of its SHA-256

}  // namespace gcal::oauth
