#include "tests/google_contract/harness/emulator_backend.hpp"

#include <gtest/gtest.h>

#include "tests/google_contract/harness/bodies.hpp"

namespace contract {

User EmulatorBackend::new_user() {
  User user = another_user("calendar");
  email_ = user.email;
  return user;
}

User EmulatorBackend::another_user(const std::string& scopes) {
  User user;
  user.email = unique_id("p") + "@example.com";
  const Json account = Json::object({{"email", user.email}, {"name", "Person"}});
  EXPECT_EQ(control("POST", "/accounts", account).status, 200);
  user.token = token(user.email, scopes, "contract");
  return user;
}

std::string EmulatorBackend::token(const std::string& email, const std::string& scopes,
                                   const std::string& client_id) {
  const Json wanted =
      Json::object({{"email", email}, {"scopes", scopes}, {"client_id", client_id}});
  return control("POST", "/tokens", wanted).text("access_token");
}

Response EmulatorBackend::control(const std::string& method, const std::string& path,
                                  const Json& body) {
  return http_.send({method, base_ + "/_emulator" + path, body.is_null() ? "" : body.dump(), {}});
}

}  // namespace contract
