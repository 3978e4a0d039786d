#include "src/hosting/services/sealing.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <new>

namespace hosting {
namespace {

constexpr std::size_t kNonceSize = 12, kTagSize = 16;
constexpr std::size_t kLockedBytes = 64 * 1024;

struct CipherDelete {
  void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, CipherDelete>;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

// The library's locked heap: outside of core dumps, between guard pages. Without the right to lock
// memory it is used all the same.
unsigned char* locked_bytes() {
  static const int ready = ::CRYPTO_secure_malloc_init(kLockedBytes, SealingKey::kSize);
  (void)ready;
  auto* bytes = static_cast<unsigned char*>(OPENSSL_secure_zalloc(SealingKey::kSize));
  if (!bytes) throw std::bad_alloc();
  return bytes;
}

}  // namespace

void SealingKey::Wipe::operator()(unsigned char* bytes) const {
  OPENSSL_secure_clear_free(bytes, kSize);
}

SealingKey::SealingKey() : bytes_(locked_bytes()) {}

SealingKey SealingKey::random(gcal::base::Random& random) {
  SealingKey key;
  random.fill({key.bytes_.get(), kSize});
  return key;
}

std::optional<SealingKey> SealingKey::copy_of(std::string_view bytes) {
  if (bytes.size() != kSize) return std::nullopt;
  SealingKey key;
  std::ranges::copy(bytes, reinterpret_cast<char*>(key.bytes_.get()));
  return key;
}

std::string SealingKey::id() const {
  const auto digest = gcal::base::hmac_sha256(bytes(), gcal::base::as_bytes("crm_host key id 1"));
  return gcal::base::to_hex(gcal::base::ByteView(digest).first(8));
}

std::string binding(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts)
    text.append(std::to_string(part.size())).append(":").append(part).append("|");
  return text;
}

gcal::Result<std::string> seal(const SealingKey& key, std::string_view value,
                               std::string_view bound_to, gcal::base::Random& random) {
  std::string out(kNonceSize + value.size() + kTagSize, '\0');
  random.fill({raw(out), kNonceSize});
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool ok = cipher &&
                  EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(),
                                     raw(out)) == 1 &&
                  EVP_EncryptUpdate(cipher.get(), nullptr, &size, raw(bound_to),
                                    static_cast<int>(bound_to.size())) == 1 &&
                  EVP_EncryptUpdate(cipher.get(), raw(out) + kNonceSize, &size, raw(value),
                                    static_cast<int>(value.size())) == 1 &&
                  EVP_EncryptFinal_ex(cipher.get(), raw(out) + kNonceSize + size, &size) == 1 &&
                  EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagSize,
                                      raw(out) + kNonceSize + value.size()) == 1;
  if (!ok) return gcal::Error{gcal::Code::internal, "the secret could not be sealed", {}};
  return out;
}

std::optional<std::string> unseal(const SealingKey& key, std::string_view sealed,
                                  std::string_view bound_to) {
  if (sealed.size() < kNonceSize + kTagSize) return std::nullopt;
  std::string out(sealed.size() - kNonceSize - kTagSize, '\0');
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool ok =
      cipher &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(),
                         raw(sealed)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, raw(bound_to),
                        static_cast<int>(bound_to.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), raw(out), &size, raw(sealed) + kNonceSize,
                        static_cast<int>(out.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, raw(tag)) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), raw(out) + size, &size) == 1;
  if (ok) return out;
  wipe(out);
  return std::nullopt;
}

void wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace hosting
