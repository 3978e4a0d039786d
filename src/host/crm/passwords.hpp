// How passwords are stored and compared, and which ones are accepted. Used by Users. It must never
// keep or log a password.
#pragma once

#include <string>
#include <string_view>

#include "src/common/base/random.hpp"
#include "src/common/base/result.hpp"

namespace host {

using gcal::Code;
using gcal::Error;
using gcal::Result;

class Passwords {
 public:
  // scrypt_cost: log2 of scrypt's N; 15 costs about 0.1 s and 32 MiB.
  Passwords(gcal::base::Random& random, int scrypt_cost);

  // What is stored of a password. Slow. unavailable: not enough memory.
  Result<std::string> hash(std::string_view password) const;
  // Slow. stored "": of an unknown user, compared with a decoy, so that it takes as long.
  bool matches(const std::string& stored, std::string_view password) const;
  // invalid: shorter than 8 characters, longer than 1,024 bytes, one of the most frequent ones, or
  // made of the user's address or name alone. The message begins with "password: ".
  static Result<> check(std::string_view password, std::string_view email, std::string_view name);

 private:
  gcal::base::Random& random_;
  int scrypt_cost_;
  std::string decoy_;
};

}  // namespace host
