// What answers the requests of a fact: the emulator (emulator_backend.hpp) or a test calendar in a
// real account (../live/live_backend.hpp). Used by Client only. A backend never changes a response
// so that a fact holds.
#pragma once

#include <string>

#include "tests/google_contract/harness/http_client.hpp"

namespace contract {

struct User {
  std::string email, token;
};

// Thrown out of a fact that asks for something its backend cannot or must not do. The fact is then
// reported as not run. An exception, because it leaves a fact from within an expression.
struct NotRun {
  std::string reason;
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string base() const = 0;      // the origin in front of /calendar/v3
  virtual User new_user() = 0;               // called once for each fact: who it acts as
  virtual std::string calendar() const = 0;  // the id behind "primary" in the paths of a fact
  virtual Response send(Request request) = 0;
  // A further user. Throws NotRun if there is none.
  virtual User another_user(const std::string& scopes) = 0;
  // The emulator's controls. Every other backend throws NotRun.
  virtual std::string token(const std::string& email, const std::string& scopes,
                            const std::string& client_id) = 0;
  virtual Response control(const std::string& method, const std::string& path,
                           const Json& body) = 0;
};

}  // namespace contract
