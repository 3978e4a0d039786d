#include "src/emulator/oauth/signing_key.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <vector>

#include "src/common/base/bytes.hpp"

namespace emulator {
namespace base = gcal::base;
using base::Json;

struct SigningKey::Key {
  EVP_PKEY* pkey = nullptr;
  std::string id, modulus, exponent;

  Key() : pkey(EVP_RSA_gen(2048)) {
    modulus = number(OSSL_PKEY_PARAM_RSA_N);
    exponent = number(OSSL_PKEY_PARAM_RSA_E);
    const auto digest = base::sha256(base::as_bytes(modulus));
    id = base::to_hex(base::ByteView(digest).subspan(0, 20));
  }
  ~Key() { EVP_PKEY_free(pkey); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;

  std::string number(const char* name) const {
    BIGNUM* value = nullptr;
    if (!pkey || EVP_PKEY_get_bn_param(pkey, name, &value) != 1) return "";
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(BN_num_bytes(value)));
    BN_bn2bin(value, bytes.data());
    BN_free(value);
    return base::to_base64url(bytes);
  }
};

SigningKey::SigningKey() = default;
SigningKey::~SigningKey() = default;

SigningKey::Key& SigningKey::key() {
  if (!key_) key_ = std::make_unique<Key>();
  return *key_;
}

std::string SigningKey::sign(const Json& claims) {
  const Json head = Json::object({{"alg", "RS256"}, {"kid", key().id}, {"typ", "JWT"}});
  const std::string text = base::to_base64url(base::as_bytes(head.dump())) + "." +
                           base::to_base64url(base::as_bytes(claims.dump()));
  std::vector<std::uint8_t> signature(512);
  std::size_t size = signature.size();
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool done =
      context && EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key().pkey) == 1 &&
      EVP_DigestSign(context, signature.data(), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(context);
  signature.resize(done ? size : 0);
  return text + "." + base::to_base64url(signature);
}

Json SigningKey::jwks() {
  return Json::object({{"keys", Json::array({Json::object({{"kty", "RSA"},
                                                           {"use", "sig"},
                                                           {"alg", "RS256"},
                                                           {"kid", key().id},
                                                           {"n", key().modulus},
                                                           {"e", key().exponent}})})}});
}

Json SigningKey::certificates(std::int64_t now_seconds) {
  constexpr std::int64_t kWeek = 7 * 86'400;
  X509* certificate = X509_new();
  BIO* text = BIO_new(BIO_s_mem());
  std::string pem;
  if (certificate && text) {
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(
        name, "CN", MBSTRING_ASC,
        reinterpret_cast<const unsigned char*>("federated-signon.system.gserviceaccount.com"), -1,
        -1, 0);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    ASN1_TIME_set(X509_getm_notBefore(certificate), static_cast<std::time_t>(now_seconds - kWeek));
    ASN1_TIME_set(X509_getm_notAfter(certificate), static_cast<std::time_t>(now_seconds + kWeek));
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key().pkey);
    char* bytes = nullptr;
    if (X509_sign(certificate, key().pkey, EVP_sha256()) > 0 &&
        PEM_write_bio_X509(text, certificate) == 1) {
      const long size = BIO_get_mem_data(text, &bytes);
      pem.assign(bytes, static_cast<std::size_t>(size));
    }
  }
  BIO_free(text);
  X509_free(certificate);
  return Json::object({{key().id, pem}});
}

}  // namespace emulator
