// The emulator as backend: every fact gets a new account. Used by emulator_contract. It never ends
// the emulator.
#pragma once

#include <string>

#include "tests/google_contract/harness/backend.hpp"

namespace contract {

class EmulatorBackend final : public Backend {
 public:
  explicit EmulatorBackend(std::string base) : base_(std::move(base)) {}

  std::string base() const override { return base_; }
  User new_user() override;  // with a primary calendar in Europe/Berlin
  std::string calendar() const override { return email_; }
  Response send(Request request) override { return http_.send(request); }
  User another_user(const std::string& scopes) override;
  std::string token(const std::string& email, const std::string& scopes,
                    const std::string& client_id) override;
  Response control(const std::string& method, const std::string& path, const Json& body) override;

 private:
  std::string base_;
  std::string email_;  // of the user of the running fact
  HttpClient http_{ConnectionReuse::never};
};

}  // namespace contract
