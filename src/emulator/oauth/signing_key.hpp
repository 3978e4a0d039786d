// The RSA key that signs ID tokens, and its public forms. Used by the OAuth endpoints. Generated at
// the first use, which takes a moment, and never written to a disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "src/common/base/json.hpp"

namespace emulator {

class SigningKey {
 public:
  SigningKey();
  ~SigningKey();
  std::string sign(const gcal::base::Json& claims);  // a JWT, RS256
  gcal::base::Json jwks();
  // {"<kid>": "-----BEGIN CERTIFICATE-----..."}, for clients that verify with certificates.
  gcal::base::Json certificates(std::int64_t now_seconds);

 private:
  struct Key;
  Key& key();
  std::unique_ptr<Key> key_;
};

}  // namespace emulator
