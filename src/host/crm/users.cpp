#include "src/host/crm/users.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"
#include "src/common/icalendar/address.hpp"
#include "src/common/icalendar/zone.hpp"

namespace host {
namespace {

using namespace std::chrono_literals;
using gcal::base::as_bytes;
using gcal::base::Json;
using gcal::icalendar::normalised_address;

constexpr std::size_t kSaltSize = 16, kHashSize = 32, kMinPassword = 8, kMaxPassword = 1024;
constexpr int kBlockSize = 8, kParallel = 3;
constexpr auto kSessionLife = std::chrono::hours(14 * 24);
constexpr auto kTouchInterval =
    std::chrono::hours(1);  // a session row is written once an hour, not with each request
constexpr std::int64_t kFreeFailures = 4;
constexpr std::int64_t kLongestPauseMs = 15 * 60 * 1000;

std::string hash_of(std::string_view secret) {
  return gcal::base::to_hex(gcal::base::sha256(as_bytes(secret)));
}

std::string csrf_of(std::string_view token) {
  return gcal::base::to_base64url(
      gcal::base::hmac_sha256(as_bytes(token), as_bytes("crm_host csrf")));
}

Result<gcal::base::Bytes> scrypt(std::string_view password, gcal::base::ByteView salt, int cost) {
  gcal::base::Bytes out(kHashSize);
  const std::uint64_t n = std::uint64_t{1} << cost;
  const std::uint64_t memory = 128 * n * kBlockSize + (std::uint64_t{1} << 20) * 2;
  if (EVP_PBE_scrypt(password.data(), password.size(), salt.data(), salt.size(), n, kBlockSize,
                     kParallel, memory, out.data(), out.size()) != 1) {
    return Error{Code::unavailable, "the password could not be hashed: not enough memory", {}};
  }
  return out;
}

// "scrypt$<cost>$<salt>$<hash>", so that the cost may rise later.
std::string stored_form(int cost, gcal::base::ByteView salt, gcal::base::ByteView hash) {
  return "scrypt$" + std::to_string(cost) + "$" + gcal::base::to_base64url(salt) + "$" +
         gcal::base::to_base64url(hash);
}

bool password_matches(std::string_view stored, std::string_view password) {
  const auto first = stored.find('$'), second = stored.find('$', first + 1),
             third = stored.find('$', second + 1);
  if (third == std::string_view::npos) return false;
  int cost = 0;
  std::from_chars(stored.data() + first + 1, stored.data() + second, cost);
  const auto salt = gcal::base::from_base64url(stored.substr(second + 1, third - second - 1));
  const auto hash = gcal::base::from_base64url(stored.substr(third + 1));
  if (cost < 1 || cost > 20 || !salt || !hash) return false;
  const auto computed = scrypt(password, *salt, cost);
  return computed && gcal::base::equal_in_constant_time(*computed, *hash);
}

constexpr std::string_view kColumns =
    "SELECT id, email, name, role, locale, theme, time_zone FROM users ";
User user_of(const Row& row) {
  return {row.text(0), row.text(1), row.text(2), row.text(3),
          row.text(4), row.text(5), row.text(6)};
}

Result<User> one_user(Connection& c, std::string_view condition, std::string_view value) {
  std::optional<User> found;
  TRY_VOID(c.each(
      std::string(kColumns) + std::string(condition), [&](const Row& row) { found = user_of(row); },
      value));
  if (!found) return Error{Code::not_found, "there is no such user", {}};
  return *std::move(found);
}

Error wrong_login() {
  return {Code::needs_auth, "the address or the password is wrong", {}};
}
Error no_session() {
  return {Code::needs_auth, "log in first", {}};
}

bool is_one_of(std::string_view value, std::initializer_list<std::string_view> allowed) {
  return std::ranges::find(allowed, value) != allowed.end();
}

}  // namespace

Users::Users(Database& database, const gcal::base::Clock& clock, gcal::base::Random& random,
             int scrypt_cost)
    : database_(database), clock_(clock), random_(random), scrypt_cost_(scrypt_cost) {
  // Random bytes in the place of a hash: as slow to verify as any, and no password fits.
  gcal::base::Bytes salt(kSaltSize), hash(kHashSize);
  random_.fill(salt);
  random_.fill(hash);
  decoy_ = stored_form(scrypt_cost_, salt, hash);
}

Result<std::string> Users::hash_password(std::string_view password) const {
  gcal::base::Bytes salt(kSaltSize);
  random_.fill(salt);
  TRY(const auto hash, scrypt(password, salt, scrypt_cost_));
  return stored_form(scrypt_cost_, salt, hash);
}

Result<User> Users::create(const NewUser& user) {
  const std::string email = normalised_address(user.email);
  if (email.empty()) return Error{Code::invalid, "email: not an address", {}};
  if (user.name.empty() || user.name.size() > 200)
    return Error{Code::invalid, "name: 1 to 200 bytes", {}};
  if (user.password.size() < kMinPassword || user.password.size() > kMaxPassword)
    return Error{Code::invalid, "password: at least 8 characters", {}};
  if (!is_one_of(user.role, {"admin", "sales"}))
    return Error{Code::invalid, "role: admin or sales", {}};
  if (!is_one_of(user.locale, {"", "de", "en"}))
    return Error{Code::invalid, "locale: de, en or empty", {}};
  if (!gcal::icalendar::is_zone(user.time_zone))
    return Error{Code::invalid, "time_zone: not an IANA zone", {}};
  TRY(const std::string password,
      hash_password(user.password));  // slow, hence outside the transaction
  return database_.write([&](Connection& c) -> Result<User> {
    TRY(const auto taken, c.integer("SELECT 1 FROM users WHERE email=?1", email));
    if (taken) return Error{Code::conflict, "email: another user has this address", {}};
    const std::string id = gcal::base::new_id(random_);
    TRY_VOID(
        c.run("INSERT INTO users(id, email, name, role, locale, theme, time_zone, password) VALUES "
              "(?1, ?2, ?3, ?4, ?5, '', ?6, ?7)",
              id, email, user.name, user.role, user.locale, user.time_zone, password));
    TRY_VOID(
        c.run("INSERT INTO calendars(id, user, plugin, account, remote_id, name, color, role, "
              "mode, state, created_at) "
              "VALUES (?1, ?2, '', '', '', '', '#475569', 'owner', 'two_way', 'live', ?3)",
              gcal::base::new_id(random_), id, clock_.now().time_since_epoch().count()));
    return User{id, email, user.name, user.role, user.locale, "", user.time_zone};
  });
}

Result<User> Users::get(std::string_view id) const {
  return database_.read([&](Connection& c) { return one_user(c, "WHERE id=?1", id); });
}

Result<std::vector<User>> Users::list() const {
  return database_.read([&](Connection& c) -> Result<std::vector<User>> {
    std::vector<User> users;
    TRY_VOID(c.each(std::string(kColumns) + "ORDER BY name, id",
                    [&](const Row& row) { users.push_back(user_of(row)); }));
    return users;
  });
}

Result<Login> Users::log_in(std::string_view email, std::string_view password) {
  const std::string address = normalised_address(email);
  const std::string address_hash = hash_of(address);
  const std::int64_t now = clock_.now().time_since_epoch().count();
  struct Known {
    std::int64_t blocked_until = 0;
    std::string user, hash;
  };
  TRY(const Known known, database_.read([&](Connection& c) -> Result<Known> {
    Known k;
    TRY_VOID(c.each(
        "SELECT blocked_until FROM login_failures WHERE address_hash=?1",
        [&](const Row& row) { k.blocked_until = row.integer(0); }, address_hash));
    TRY_VOID(c.each(
        "SELECT id, password FROM users WHERE email=?1",
        [&](const Row& row) { k.user = row.text(0), k.hash = row.text(1); }, address));
    return k;
  }));
  if (known.blocked_until > now) {
    return Error{Code::unavailable, "too many wrong passwords: wait a moment",
                 std::chrono::milliseconds(known.blocked_until - now)};
  }
  const bool plausible = password.size() <= kMaxPassword;
  const bool right = password_matches(known.user.empty() ? decoy_ : known.hash,
                                      plausible ? password : std::string_view{}) &&
                     plausible && !known.user.empty();
  if (!right) {
    TRY_VOID(database_.write([&](Connection& c) -> Result<> {
      TRY_VOID(c.run("DELETE FROM login_failures WHERE blocked_until < ?1 AND address_hash <> ?2",
                     now - 24 * 3600 * 1000, address_hash));
      TRY(const auto before,
          c.integer("SELECT failures FROM login_failures WHERE address_hash=?1", address_hash));
      const std::int64_t failures = before.value_or(0) + 1;
      const std::int64_t pause =
          failures <= kFreeFailures
              ? 0
              : std::min(kLongestPauseMs, std::int64_t{1000} << std::min<std::int64_t>(
                                              failures - kFreeFailures - 1, 20));
      return c.run(
          "INSERT INTO login_failures VALUES (?1, ?2, ?3) ON CONFLICT(address_hash) DO UPDATE SET "
          "failures=excluded.failures, blocked_until=excluded.blocked_until",
          address_hash, failures, now + pause);
    }));
    return wrong_login();
  }
  Login login;
  login.token = gcal::base::new_secret(random_);
  login.session.csrf = csrf_of(login.token);
  TRY(login.session.user, database_.write([&](Connection& c) -> Result<User> {
    TRY_VOID(c.run("DELETE FROM login_failures WHERE address_hash=?1", address_hash));
    TRY_VOID(c.run("DELETE FROM sessions WHERE used_at < ?1",
                   now - std::chrono::milliseconds(kSessionLife).count()));
    TRY_VOID(
        c.run("INSERT INTO sessions VALUES (?1, ?2, ?3)", hash_of(login.token), known.user, now));
    return one_user(c, "WHERE id=?1", known.user);
  }));
  return login;
}

Result<Session> Users::session(std::string_view token) {
  if (token.empty() || token.size() > 128) return no_session();
  const std::string hash = hash_of(token);
  const std::int64_t now = clock_.now().time_since_epoch().count();
  std::int64_t used_at = 0;
  TRY(Session session, database_.read([&](Connection& c) -> Result<Session> {
    std::string user;
    TRY_VOID(c.each(
        "SELECT user, used_at FROM sessions WHERE token_hash=?1",
        [&](const Row& row) { user = row.text(0), used_at = row.integer(1); }, hash));
    if (user.empty() || now - used_at > std::chrono::milliseconds(kSessionLife).count())
      return no_session();
    TRY(User found, one_user(c, "WHERE id=?1", user));
    return Session{std::move(found), csrf_of(token)};
  }));
  if (now - used_at > std::chrono::milliseconds(kTouchInterval).count()) {
    TRY_VOID(database_.write([&](Connection& c) {
      return c.run("UPDATE sessions SET used_at=?1 WHERE token_hash=?2", now, hash);
    }));
  }
  return session;
}

Result<> Users::log_out(std::string_view token) {
  return database_.write([&](Connection& c) {
    return c.run("DELETE FROM sessions WHERE token_hash=?1", hash_of(token));
  });
}

Result<User> Users::update(std::string_view user, const Json& changes) {
  if (!changes.is_object()) return Error{Code::invalid, "an object is expected", {}};
  return database_.write([&](Connection& c) -> Result<User> {
    TRY(User row, one_user(c, "WHERE id=?1", user));
    for (const auto& [name, value] : changes.members()) {
      if (!value.is_string()) return Error{Code::invalid, name + ": a text is expected", {}};
      const std::string& text = value.as_string();
      if (name == "locale" && is_one_of(text, {"", "de", "en"}))
        row.locale = text;
      else if (name == "theme" && is_one_of(text, {"", "light", "dark"}))
        row.theme = text;
      else if (name == "time_zone" && gcal::icalendar::is_zone(text))
        row.time_zone = text;
      else
        return Error{Code::invalid, name + ": unknown setting or value", {}};
    }
    TRY_VOID(c.run("UPDATE users SET locale=?1, theme=?2, time_zone=?3 WHERE id=?4", row.locale,
                   row.theme, row.time_zone, user));
    return row;
  });
}

}  // namespace host
