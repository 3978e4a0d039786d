#include "tests/google_contract/facts/emulator_stage.hpp"

#include "tests/google_contract/facts/contract.hpp"

namespace contract {

Person EmulatorStage::me() {
  Person person = another("calendar");
  email_ = person.email;
  return person;
}

Person EmulatorStage::another(const std::string& scopes) {
  Person person;
  person.email = unique("p") + "@example.com";
  EXPECT_EQ(
      control("POST", "/accounts", Json::object({{"email", person.email}, {"name", "Person"}}))
          .status,
      200);
  person.token = token(person.email, scopes, "contract");
  return person;
}

std::string EmulatorStage::token(const std::string& email, const std::string& scopes,
                                 const std::string& client) {
  return control("POST", "/tokens",
                 Json::object({{"email", email}, {"scopes", scopes}, {"client_id", client}}))
      .text("access_token");
}

Answer EmulatorStage::control(const std::string& method, const std::string& path,
                              const Json& body) {
  return wire_.send({method, base_ + "/_emulator" + path, body.is_null() ? "" : body.dump(), {}});
}

}  // namespace contract
