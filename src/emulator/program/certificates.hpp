// A certificate authority and the certificates it issues for FaultyListeners, valid and faulty
// ones. Keys are generated here and never written to a disk.
#pragma once

#include <memory>
#include <string>

namespace emulator {

enum class CertificateFault {
  none,
  expired,
  not_yet_valid,
  wrong_host,
  self_signed,
  unknown_authority
};

struct PemPair {
  std::string certificate, key;
};

class CertificateAuthority {
 public:
  CertificateAuthority();
  ~CertificateAuthority();
  std::string certificate() const;  // PEM: a client has to trust it
  // For Google's host names and this machine.
  PemPair issue(CertificateFault fault) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace emulator
