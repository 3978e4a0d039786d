#include "src/engine/oauth/pkce.hpp"

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"

namespace gcal::oauth {

Pkce new_pkce(base::Random& random) {
  Pkce pkce;
  pkce.verifier = base::new_secret(random);
  pkce.challenge = challenge_of(pkce.verifier);
  return pkce;
}

std::string challenge_of(std::string_view verifier) {
  return base::to_base64url(base::sha256(base::as_bytes(verifier)));
}

}  // namespace gcal::oauth
