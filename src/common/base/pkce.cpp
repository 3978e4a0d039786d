#include "src/common/base/pkce.hpp"

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"

namespace gcal::base {

Pkce new_pkce(Random& random) {
  Pkce pkce;
  pkce.verifier = new_secret(random);
  pkce.challenge = pkce_challenge(pkce.verifier);
  return pkce;
}

std::string pkce_challenge(std::string_view verifier) {
  return to_base64url(sha256(as_bytes(verifier)));
}

}  // namespace gcal::base
