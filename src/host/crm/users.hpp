// The users: passwords, sessions, settings. Used by the web server and by CrmAdapter. It must never
// store a password or session token in plain text, nor reveal whether an address exists.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/json.hpp"
#include "src/common/base/random.hpp"
#include "src/hosting/storage/sqlite_database.hpp"

namespace host {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using hosting::Connection;
using hosting::Database;
using hosting::Row;

struct User {
  std::string id, email, name;
  std::string role;       // "admin" | "sales"
  std::string locale;     // "de" | "en" | "": the browser's
  std::string theme;      // "light" | "dark" | ""
  std::string time_zone;  // IANA name
};

struct NewUser {
  std::string email, name, password;
  std::string role = "sales", locale = {}, time_zone = "Europe/Berlin";
};

struct Session {
  User user;
  std::string csrf;  // belongs to this session alone; derived from the token, never stored
};

struct Login {
  std::string token;  // 256 random bits for the cookie; stored only as a hash
  Session session;
};

class Users {
 public:
  // scrypt_cost: log2 of scrypt's N; 15 costs about 0.1 s and 32 MiB. Tests use less.
  Users(Database& database, const gcal::base::Clock& clock, gcal::base::Random& random,
        int scrypt_cost = 15);

  // [any thread] All of these block. Errors: invalid (bad address, password under 8 characters,
  // unknown role or zone), conflict (address taken).
  Result<User> create(const NewUser& user);  // also creates the user's own calendar
  Result<User> get(std::string_view id) const;
  Result<std::vector<User>> list() const;
  // needs_auth: wrong address or password. unavailable with retry_after: too many failures (from
  // the fifth on, 1 s doubling up to 15 min).
  Result<Login> log_in(std::string_view email, std::string_view password);
  // needs_auth: no such session, or not used for 14 days.
  Result<Session> session(std::string_view token);
  Result<> log_out(std::string_view token);
  // Members locale, theme, time_zone; others are invalid.
  Result<User> update(std::string_view user, const gcal::base::Json& changes);

 private:
  Result<std::string> hash_password(std::string_view password) const;

  Database& database_;
  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  int scrypt_cost_;
  std::string decoy_;  // verified for unknown addresses, so that they take as long as known ones
};

}  // namespace host
