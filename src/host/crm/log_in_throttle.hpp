// Slows the guessing of passwords without locking a user out: failures count for an account and
// the network they come from, and for the network over all accounts, never for the account alone. A
// device on which the user has logged in before has a count of its own, so that strangers behind
// the same address cannot delay it. Used by Users. It must never store an address in plain text.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/hosting/storage/database.hpp"

namespace host {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using hosting::Connection;
using hosting::Database;
using hosting::Row;

// Where a log-in comes from.
struct LogInOrigin {
  std::string client;  // the network that shares a count, see gcal::net::client_of
  std::string device;  // of the device's cookie; "" without one
};

class LogInThrottle {
 public:
  LogInThrottle(const gcal::base::Clock& clock, gcal::base::Random& random)
      : clock_(clock), random_(random) {}

  // Reads the key of device tokens, or creates it. Before any other function.
  Result<> open(Database& database);

  // Is this the token of a device of some user? Reads no storage. [any thread]
  bool is_device(std::string_view token) const;
  // A token for the device that the user has just logged in on.
  std::string device_of(std::string_view user) const;

  // address: normalised; user: whose it is, "" when unknown. unavailable with retry_after: too many
  // failures.
  Result<> check(Connection& c, std::string_view address, std::string_view user,
                 const LogInOrigin& origin) const;
  // From the fifth failure of an account from one network on: 1 s doubling up to 15 min; forgotten
  // after an hour. From the thirty-first of a network on: one a minute.
  Result<> failed(Connection& c, std::string_view address, std::string_view user,
                  const LogInOrigin& origin) const;
  Result<> succeeded(Connection& c, std::string_view address, std::string_view user,
                     const LogInOrigin& origin) const;

 private:
  struct Count {
    std::string key;
    bool of_network = false;
  };
  std::vector<Count> counts_of(std::string_view address, std::string_view user,
                               const LogInOrigin& origin) const;
  std::string mac_of(std::string_view text) const;

  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  std::string key_;
};

}  // namespace host
