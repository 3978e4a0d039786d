// What the remote service refuses at present, and how it answers: the three kinds of refusal
// (account, calendar, item), a usage limit, and a calendar that is no longer shared. Set by the
// acts of interruptions.cpp, asked by both remote sides.
#pragma once

#include <optional>
#include <string>

#include "src/common/base/result.hpp"

namespace gcal::simulation {

struct Refusals {
  bool account = false;    // every request
  bool creations = false;  // a usage limit: new objects
  bool role = false;       // the account may read only
  bool gone = false;       // the calendar is no longer shared
  std::string token;       // the writes of this appointment; "": of none

  bool any() const { return account || creations || role || gone || !token.empty(); }

  // The refusal of one write. `creates`: a new object.
  std::optional<Error> of_write(const std::string& of_token, bool creates) const {
    if (account) return of_account();
    if (!token.empty() && token == of_token)
      return Error{Code::denied, "simulated: not this appointment", {}, Scope::item};
    if (creates && creations)
      return Error{Code::unavailable, "simulated: a usage limit", std::chrono::hours{6},
                   Scope::creations};
    return std::nullopt;
  }
  std::optional<Error> of_read() const {
    return account ? std::optional(of_account()) : std::nullopt;
  }

 private:
  static Error of_account() {
    return {Code::denied, "simulated: not this account", {}, Scope::account};
  }
};

}  // namespace gcal::simulation
