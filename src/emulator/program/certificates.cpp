#include "src/emulator/program/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>

namespace emulator {
namespace {

constexpr long kDay = 86'400;
constexpr const char* kNames =
    "DNS:accounts.google.com,DNS:oauth2.googleapis.com,DNS:openidconnect.googleapis.com,DNS:www."
    "googleapis.com,DNS:calendar.googleapis.com,"
    "DNS:localhost,IP:127.0.0.1,IP:::1";

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

template <class Write>
std::string pem(Write write) {
  const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
  char* bytes = nullptr;
  if (!bio || write(bio.get()) != 1) return "";
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  return pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

void extend(X509* certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  if (extension) X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Not signed yet.
Certificate unsigned_certificate(EVP_PKEY* key, const char* name, long from, long until) {
  static long serial = static_cast<long>(std::time(nullptr));
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), until);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

struct Issuer {
  Key key{EVP_EC_gen("P-256")};
  Certificate certificate;

  explicit Issuer(const char* name)
      : certificate(unsigned_certificate(key.get(), name, -kDay, 365 * kDay)) {
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
    extend(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    X509_sign(certificate.get(), key.get(), EVP_sha256());
  }
};

}  // namespace

struct CertificateAuthority::Impl {
  Issuer issuer{"google_emulator's authority"};
};

CertificateAuthority::CertificateAuthority() : impl_(std::make_unique<Impl>()) {}
CertificateAuthority::~CertificateAuthority() = default;

std::string CertificateAuthority::certificate() const {
  return pem_of(impl_->issuer.certificate.get());
}

PemPair CertificateAuthority::issue(CertificateFault fault) const {
  const Key key(EVP_EC_gen("P-256"));
  const long from = fault == CertificateFault::expired         ? -30 * kDay
                    : fault == CertificateFault::not_yet_valid ? kDay
                                                               : -kDay;
  const Certificate certificate =
      unsigned_certificate(key.get(), "www.googleapis.com", from,
                           fault == CertificateFault::expired ? -kDay : 30 * kDay);
  extend(certificate.get(), NID_subject_alt_name,
         fault == CertificateFault::wrong_host ? "DNS:somebody.example" : kNames);
  extend(certificate.get(), NID_ext_key_usage, "serverAuth");
  if (fault == CertificateFault::self_signed) {
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
    X509_sign(certificate.get(), key.get(), EVP_sha256());
  } else {
    const Issuer unknown("somebody's authority");
    const Issuer& issuer = fault == CertificateFault::unknown_authority ? unknown : impl_->issuer;
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.certificate.get()));
    X509_sign(certificate.get(), issuer.key.get(), EVP_sha256());
  }
  return {pem_of(certificate.get()), pem([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

}  // namespace emulator
