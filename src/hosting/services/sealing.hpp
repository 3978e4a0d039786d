// AES-256-GCM as the host seals with it: keys in memory that is neither swapped nor dumped, and
// values that open only for what they were bound to (NIST SP 800-38D). Used by the keyring and the
// secrets. Pure but for the random numbers. It must never say why a value does not open.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "src/common/base/bytes.hpp"
#include "src/common/base/random.hpp"
#include "src/common/base/result.hpp"

namespace hosting {

// 32 bytes outside of core dumps and the swap, where the system allows it; wiped at the end.
class SealingKey {
 public:
  static constexpr std::size_t kSize = 32;

  static SealingKey random(gcal::base::Random& random);
  static std::optional<SealingKey> copy_of(std::string_view bytes);  // nothing: not 32 bytes

  gcal::base::ByteView bytes() const { return {bytes_.get(), kSize}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.get()), kSize}; }
  // Names the key without saying anything about it: 16 hexadecimal digits.
  std::string id() const;

 private:
  struct Wipe {
    void operator()(unsigned char* bytes) const;
  };
  SealingKey();
  std::unique_ptr<unsigned char, Wipe> bytes_;
};

// One text for what a value is bound to; different lists never give the same text.
std::string binding(std::initializer_list<std::string_view> parts);

// nonce | ciphertext | tag. internal: the library refused.
gcal::Result<std::string> seal(const SealingKey& key, std::string_view value,
                               std::string_view bound_to, gcal::base::Random& random);
// Nothing: another key, another binding, or not as it was sealed.
std::optional<std::string> unseal(const SealingKey& key, std::string_view sealed,
                                  std::string_view bound_to);

// Overwrites what was a secret, as far as one can: not the copies a string left when it grew.
void wipe(std::string& text);

}  // namespace hosting
