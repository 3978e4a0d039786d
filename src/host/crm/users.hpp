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
#include "src/host/crm/log_in_throttle.hpp"
#include "src/host/crm/passwords.hpp"
#include "src/hosting/storage/database.hpp"

namespace host {

struct User {
  std::string id, email, name;
  std::string role;       // "admin" | "sales"
  std::string locale;     // "de" | "en" | "": the browser's
  std::string theme;      // "light" | "dark" | ""
  std::string time_zone;  // IANA name
  bool locked = false;    // may not log in

  bool is_removed() const { return email.find('@') == std::string::npos; }
};

struct NewUser {
  std::string email, name, password;
  std::string role = "sales", locale = {}, time_zone = "Europe/Berlin";
};

struct Session {
  User user;
  std::string csrf;        // belongs to this session alone; derived from the token, never stored
  bool confirmed = false;  // the password was given within the last 15 minutes
};

struct Login {
  std::string token;   // 256 random bits for the cookie; stored only as a hash
  std::string device;  // for the cookie of the device
  Session session;
};

// A session as its user sees it.
struct SessionInfo {
  std::string id;
  gcal::base::Instant created, used;
  std::string agent;  // of the browser
  bool current = false;
};

// What a log-in brings along.
struct LogInRequest {
  LogInOrigin origin = {};
  std::string agent = {};      // of the browser
  std::string old_token = {};  // a session that ends when the log-in succeeds
};

class Users {
 public:
  // scrypt_cost: log2 of scrypt's N; 15 costs about 0.1 s and 32 MiB. Tests use less.
  Users(Database& database, const gcal::base::Clock& clock, gcal::base::Random& random,
        int scrypt_cost = 15);

  // Reads what the throttle of log-ins needs. Before the first log-in.
  Result<> open() { return throttle_.open(database_); }

  // [any thread] All of these block. Errors: invalid (bad address, password under 8 characters or
  // too easy to guess, unknown role or zone), conflict (address taken).
  Result<User> create(const NewUser& user);  // also creates the user's own calendar
  Result<User> get(std::string_view id) const;
  Result<User> by_email(std::string_view email) const;
  Result<std::vector<User>> list() const;
  // Members locale, theme, time_zone; others are invalid.
  Result<User> update(std::string_view user, const gcal::base::Json& changes);

  // Log-in and sessions: users_sessions.cpp.

  // needs_auth: wrong address or password, or a locked user. unavailable with retry_after: too many
  // failures, see LogInThrottle.
  Result<Login> log_in(std::string_view email, std::string_view password,
                       const LogInRequest& request = {});
  bool is_device(std::string_view token) const { return throttle_.is_device(token); }
  // needs_auth: no such session, not used for 14 days, older than 30 days, or of a locked user.
  Result<Session> session(std::string_view token);
  Result<> log_out(std::string_view token);
  // The newest first.
  Result<std::vector<SessionInfo>> sessions(std::string_view user, std::string_view token) const;
  // not_found: the user has no such session.
  Result<> end_session(std::string_view user, std::string_view id);
  Result<> end_other_sessions(std::string_view user, std::string_view token);
  // The password once more, before something that only its owner should do. Errors as of log_in.
  Result<> confirm(std::string_view token, std::string_view password, const LogInOrigin& origin);
  // Ends all other sessions. Errors as of log_in, and invalid for the new one.
  Result<> change_password(std::string_view token, std::string_view present,
                           std::string_view wanted, const LogInOrigin& origin);

  // For administrators. conflict: the last administrator who may log in stays one.

  // Ends all sessions of the user.
  Result<> set_password(std::string_view user, std::string_view wanted);
  Result<> set_locked(std::string_view user, bool locked);
  // Ends all sessions of an administrator who becomes none.
  Result<> set_role(std::string_view user, std::string_view role);
  // Locks the user for ever and erases address, name, password, sent mail and logos. The calendars
  // and appointments stay, as records refer to them. conflict: an account is connected, whose
  // access has to be revoked first.
  Result<> remove(std::string_view user);

 private:
  Result<> check_password(std::string_view user, std::string_view password,
                          const LogInOrigin& origin);

  Database& database_;
  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  Passwords passwords_;
  LogInThrottle throttle_;
};

}  // namespace host
