// An authority of the emulator's own and the certificates it gives to its doors, right ones and
// wrong ones. Used by Doors. Keys are made at the first use.
#pragma once

#include <memory>
#include <string>

namespace emulator {

enum class Flaw { none, expired, not_yet, wrong_host, self_signed, unknown_authority };

struct PemPair {
  std::string certificate, key;
};

class Authority {
 public:
  Authority();
  ~Authority();
  std::string certificate() const;  // PEM: what a client has to trust
  PemPair issue(Flaw flaw) const;   // for Google's host names and this machine

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace emulator
