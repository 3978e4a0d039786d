// Log-in and sessions of users: the second part of the class Users.
#include <optional>

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"
#include "src/common/icalendar/address.hpp"
#include "src/host/crm/users.hpp"

namespace host {
namespace {

using gcal::base::as_bytes;
using gcal::icalendar::normalised_address;
using std::chrono::milliseconds;

constexpr std::int64_t kIdleLife = milliseconds(std::chrono::hours(14 * 24)).count();
constexpr std::int64_t kLongestLife = milliseconds(std::chrono::hours(30 * 24)).count();
constexpr std::int64_t kConfirmedFor = milliseconds(std::chrono::minutes(15)).count();
// A session row is written once an hour, not with each request.
constexpr std::int64_t kTouchInterval = milliseconds(std::chrono::hours(1)).count();
constexpr int kMaxSessions = 100;  // of one user; the ones used longest ago end
constexpr std::size_t kIdLength = 20;

std::string hash_of(std::string_view secret) {
  return gcal::base::to_hex(gcal::base::sha256(as_bytes(secret)));
}

std::string csrf_of(std::string_view token) {
  return gcal::base::to_base64url(
      gcal::base::hmac_sha256(as_bytes(token), as_bytes("crm_host csrf")));
}

Error wrong_login() {
  return {Code::needs_auth, "the address or the password is wrong", {}};
}
Error no_session() {
  return {Code::needs_auth, "log in first", {}};
}

struct Known {
  std::string user, hash;
  bool locked = false;
};

Result<Known> known_user(Connection& c, std::string_view column, std::string_view value) {
  Known known;
  TRY_VOID(c.each(
      "SELECT id, password, locked FROM users WHERE " + std::string(column) + "=?1",
      [&](const Row& row) {
        known = {row.text(0), row.text(1), row.integer(2) != 0};
      },
      value));
  return known;
}

// Ends what is too old or too much, of all users and of this one.
Result<> end_old_sessions(Connection& c, std::string_view user, std::int64_t now) {
  TRY_VOID(c.run("DELETE FROM sessions WHERE used_at < ?1 OR created_at < ?2", now - kIdleLife,
                 now - kLongestLife));
  return c.run(
      "DELETE FROM sessions WHERE user=?1 AND token_hash NOT IN (SELECT token_hash FROM sessions "
      "WHERE user=?1 ORDER BY used_at DESC LIMIT ?2)",
      user, std::int64_t{kMaxSessions - 1});
}

}  // namespace

Result<Login> Users::log_in(std::string_view email, std::string_view password,
                            const LogInRequest& request) {
  const std::string address = normalised_address(email);
  const std::int64_t now = clock_.now().time_since_epoch().count();
  TRY(const Known known, database_.read([&](Connection& c) -> Result<Known> {
    TRY(Known found, known_user(c, "email", address));
    TRY_VOID(throttle_.check(c, address, found.user, request.origin));
    return found;
  }));
  const bool right = passwords_.matches(known.hash, password) && !known.locked;
  if (!right) {
    TRY_VOID(database_.write(
        [&](Connection& c) { return throttle_.failed(c, address, known.user, request.origin); }));
    return wrong_login();
  }
  Login login;
  login.token = gcal::base::new_secret(random_);
  login.device = throttle_.is_device(request.origin.device) ? request.origin.device
                                                            : throttle_.device_of(known.user);
  TRY_VOID(database_.write([&](Connection& c) -> Result<> {
    TRY_VOID(throttle_.succeeded(c, address, known.user, request.origin));
    if (!request.old_token.empty())
      TRY_VOID(c.run("DELETE FROM sessions WHERE token_hash=?1", hash_of(request.old_token)));
    TRY_VOID(end_old_sessions(c, known.user, now));
    return c.run(
        "INSERT INTO sessions(token_hash, user, used_at, created_at, confirmed_at, agent) VALUES "
        "(?1, ?2, ?3, ?3, ?3, ?4)",
        hash_of(login.token), known.user, now, request.agent);
  }));
  TRY(login.session, session(login.token));
  return login;
}

Result<Session> Users::session(std::string_view token) {
  if (token.empty() || token.size() > 128) return no_session();
  const std::string hash = hash_of(token);
  const std::int64_t now = clock_.now().time_since_epoch().count();
  struct Found {
    std::string user;
    std::int64_t used = 0, created = 0, confirmed = 0;
  } found;
  TRY_VOID(database_.read([&](Connection& c) {
    return c.each(
        "SELECT user, used_at, created_at, confirmed_at FROM sessions WHERE token_hash=?1",
        [&](const Row& row) {
          found = {row.text(0), row.integer(1), row.integer(2), row.integer(3)};
        },
        hash);
  }));
  if (found.user.empty() || now - found.used > kIdleLife || now - found.created > kLongestLife)
    return no_session();
  TRY(User user, get(found.user));
  if (user.locked) return no_session();
  if (now - found.used > kTouchInterval) {
    TRY_VOID(database_.write([&](Connection& c) {
      return c.run("UPDATE sessions SET used_at=?1 WHERE token_hash=?2", now, hash);
    }));
  }
  return Session{std::move(user), csrf_of(token), now - found.confirmed <= kConfirmedFor};
}

Result<> Users::log_out(std::string_view token) {
  return database_.write([&](Connection& c) {
    return c.run("DELETE FROM sessions WHERE token_hash=?1", hash_of(token));
  });
}

Result<std::vector<SessionInfo>> Users::sessions(std::string_view user,
                                                 std::string_view token) const {
  const std::string current = hash_of(token);
  const std::int64_t now = clock_.now().time_since_epoch().count();
  return database_.read([&](Connection& c) -> Result<std::vector<SessionInfo>> {
    std::vector<SessionInfo> out;
    TRY_VOID(c.each(
        "SELECT token_hash, created_at, used_at, agent FROM sessions WHERE user=?1 AND used_at>=?2 "
        "AND created_at>=?3 ORDER BY created_at DESC, token_hash",
        [&](const Row& row) {
          out.push_back({row.text(0).substr(0, kIdLength),
                         gcal::base::Instant(milliseconds(row.integer(1))),
                         gcal::base::Instant(milliseconds(row.integer(2))), row.text(3),
                         row.view(0) == current});
        },
        user, now - kIdleLife, now - kLongestLife));
    return out;
  });
}

Result<> Users::end_session(std::string_view user, std::string_view id) {
  return database_.write([&](Connection& c) -> Result<> {
    std::int64_t ended = 0;
    if (id.size() == kIdLength) {
      TRY_VOID(c.run(
          "DELETE FROM sessions WHERE user=?1 AND substr(token_hash, 1, CAST(?3 AS INTEGER))=?2",
          user, id, std::int64_t{kIdLength}));
      TRY(ended, c.changes());
    }
    if (ended == 0) return Error{Code::not_found, "there is no such session", {}};
    return {};
  });
}

Result<> Users::end_other_sessions(std::string_view user, std::string_view token) {
  return database_.write([&](Connection& c) {
    return c.run("DELETE FROM sessions WHERE user=?1 AND token_hash<>?2", user, hash_of(token));
  });
}

Result<> Users::check_password(std::string_view user, std::string_view password,
                               const LogInOrigin& origin) {
  TRY(const User row, get(user));
  TRY(const Known known, database_.read([&](Connection& c) -> Result<Known> {
    TRY_VOID(throttle_.check(c, row.email, row.id, origin));
    return known_user(c, "id", user);
  }));
  if (passwords_.matches(known.hash, password)) return {};
  TRY_VOID(database_.write(
      [&](Connection& c) { return throttle_.failed(c, row.email, row.id, origin); }));
  return wrong_login();
}

Result<> Users::confirm(std::string_view token, std::string_view password,
                        const LogInOrigin& origin) {
  TRY(const Session current, session(token));
  TRY_VOID(check_password(current.user.id, password, origin));
  const std::int64_t now = clock_.now().time_since_epoch().count();
  return database_.write([&](Connection& c) {
    return c.run("UPDATE sessions SET confirmed_at=?1 WHERE token_hash=?2", now, hash_of(token));
  });
}

Result<> Users::change_password(std::string_view token, std::string_view present,
                                std::string_view wanted, const LogInOrigin& origin) {
  TRY(const Session current, session(token));
  const User& user = current.user;
  TRY_VOID(Passwords::check(wanted, user.email, user.name));
  TRY_VOID(check_password(user.id, present, origin));
  TRY(const std::string stored, passwords_.hash(wanted));
  return database_.write([&](Connection& c) -> Result<> {
    TRY_VOID(c.run("UPDATE users SET password=?1 WHERE id=?2", stored, user.id));
    return c.run("DELETE FROM sessions WHERE user=?1 AND token_hash<>?2", user.id, hash_of(token));
  });
}

}  // namespace host
