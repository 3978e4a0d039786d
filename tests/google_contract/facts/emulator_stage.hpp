// The emulator as a stage: every check is a new account, and the emulator's controls are at hand.
// Used by emulator_contract.
#pragma once

#include <string>

#include "tests/google_contract/facts/stage.hpp"

namespace contract {

class EmulatorStage final : public Stage {
 public:
  explicit EmulatorStage(std::string base) : base_(std::move(base)) {}
  std::string base() const override { return base_; }
  Person me() override;  // with a primary calendar in Europe/Berlin
  std::string calendar() const override { return email_; }
  Answer send(Request request) override { return wire_.send(request); }
  Person another(const std::string& scopes) override;
  std::string token(const std::string& email, const std::string& scopes,
                    const std::string& client) override;
  Answer control(const std::string& method, const std::string& path, const Json& body) override;

 private:
  std::string base_;
  std::string email_;  // of the check that is running
  Wire wire_{Connections::fresh};
};

}  // namespace contract
