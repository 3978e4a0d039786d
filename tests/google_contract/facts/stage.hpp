// Where a check plays: on an account of the emulator's (emulator_stage.hpp), or in a calendar of
// its own in a real account (../live/live_stage.hpp). Used by Probe alone. A stage never bends an
// answer so that a check agrees.
#pragma once

#include <string>

#include "tests/google_contract/facts/wire.hpp"

namespace contract {

struct Person {
  std::string email, token;
};

// Thrown out of a check that asks for something its stage must or can not do; such a check is
// reported as not run, with the reason. An exception, since it has to leave a check from the depth
// of an expression, as the checks are written.
struct NotHere {
  std::string why;
};

class Stage {
 public:
  virtual ~Stage() = default;
  virtual std::string base() const = 0;  // what stands before /calendar/v3
  virtual Person me() = 0;               // whom the next check is; asked once for each check
  virtual std::string calendar()
      const = 0;  // the id of the calendar that "primary" stands for in the check's paths
  virtual Answer send(Request request) = 0;
  virtual Person another(const std::string& scopes) = 0;
  // Only the emulator has these.
  virtual std::string token(const std::string& email, const std::string& scopes,
                            const std::string& client) = 0;
  virtual Answer control(const std::string& method, const std::string& path, const Json& body) = 0;
};

}  // namespace contract
