#include "src/host/crm/log_in_throttle.hpp"

#include <algorithm>

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"

namespace host {
namespace {

using gcal::base::as_bytes;

constexpr std::int64_t kMinute = 60 * 1000;
constexpr std::int64_t kFreeFailures = 4, kLongestPause = 15 * kMinute;
constexpr std::int64_t kForgottenAfter = 60 * kMinute;
constexpr std::int64_t kFreeOfNetwork = 30;
constexpr std::int64_t kKeptFor = 24 * 60 * kMinute;

std::string hashed(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts)
    text.append(std::to_string(part.size())).append(":").append(part);
  return gcal::base::to_hex(gcal::base::sha256(as_bytes(text)));
}

// The user and the random part of a device token, and the code over both.
struct DeviceToken {
  std::string_view signed_part, user, mac;
};

DeviceToken split(std::string_view token) {
  const std::size_t last = token.rfind('.');
  if (token.size() > 256 || last == std::string_view::npos) return {};
  const std::string_view text = token.substr(0, last);
  return {text, text.substr(0, text.find('.')), token.substr(last + 1)};
}

struct Failures {
  std::int64_t count = 0, until = 0;
};

Result<Failures> read(Connection& c, std::string_view key) {
  Failures found;
  TRY_VOID(c.each(
      "SELECT failures, blocked_until FROM login_failures WHERE address_hash=?1",
      [&](const Row& row) {
        found = {row.integer(0), row.integer(1)};
      },
      key));
  return found;
}

}  // namespace

Result<> LogInThrottle::open(Database& database) {
  constexpr std::string_view kKey = "SELECT value FROM settings WHERE name='device_key'";
  TRY(const auto present, database.read([&](Connection& c) { return c.text(kKey); }));
  key_ = present.value_or("");
  if (!key_.empty()) return {};
  return database.write([&](Connection& c) -> Result<> {
    TRY_VOID(c.run("INSERT INTO settings VALUES ('device_key', ?1) ON CONFLICT DO NOTHING",
                   gcal::base::new_secret(random_)));
    TRY(const auto key, c.text(kKey));
    key_ = key.value_or("");
    return {};
  });
}

std::string LogInThrottle::mac_of(std::string_view text) const {
  return gcal::base::to_base64url(gcal::base::hmac_sha256(as_bytes(key_), as_bytes(text)));
}

bool LogInThrottle::is_device(std::string_view token) const {
  const DeviceToken parts = split(token);
  return !parts.user.empty() && gcal::base::equal_in_constant_time(
                                    as_bytes(mac_of(parts.signed_part)), as_bytes(parts.mac));
}

std::string LogInThrottle::device_of(std::string_view user) const {
  const std::string text = std::string(user) + "." + gcal::base::new_id(random_);
  return text + "." + mac_of(text);
}

std::vector<LogInThrottle::Count> LogInThrottle::counts_of(std::string_view address,
                                                           std::string_view user,
                                                           const LogInOrigin& origin) const {
  if (!user.empty() && is_device(origin.device) && split(origin.device).user == user)
    return {{hashed({"device", origin.device, address})}};
  return {{hashed({"account", address, origin.client})},
          {hashed({"network", origin.client}), true}};
}

Result<> LogInThrottle::check(Connection& c, std::string_view address, std::string_view user,
                              const LogInOrigin& origin) const {
  const std::int64_t now = clock_.now().time_since_epoch().count();
  for (const Count& count : counts_of(address, user, origin)) {
    TRY(const Failures found, read(c, count.key));
    if (found.until > now)
      return Error{Code::unavailable, "too many wrong passwords: wait a moment",
                   std::chrono::milliseconds(found.until - now)};
  }
  return {};
}

Result<> LogInThrottle::failed(Connection& c, std::string_view address, std::string_view user,
                               const LogInOrigin& origin) const {
  const std::int64_t now = clock_.now().time_since_epoch().count();
  TRY_VOID(c.run("DELETE FROM login_failures WHERE blocked_until < ?1", now - kKeptFor));
  for (const Count& count : counts_of(address, user, origin)) {
    TRY(Failures found, read(c, count.key));
    const std::int64_t quiet = found.count == 0 ? 0 : std::max<std::int64_t>(now - found.until, 0);
    std::int64_t pause = 0;
    if (count.of_network) {
      found.count = std::max<std::int64_t>(found.count - quiet / kMinute, 0) + 1;
      if (found.count > kFreeOfNetwork) pause = kMinute;
    } else {
      found.count = quiet > kForgottenAfter ? 1 : found.count + 1;
      if (found.count > kFreeFailures)
        pause = std::min(kLongestPause, std::int64_t{1000} << std::min<std::int64_t>(
                                            found.count - kFreeFailures - 1, 20));
    }
    TRY_VOID(c.run(
        "INSERT INTO login_failures VALUES (?1, ?2, ?3) ON CONFLICT(address_hash) DO UPDATE SET "
        "failures=excluded.failures, blocked_until=excluded.blocked_until",
        count.key, found.count, now + pause));
  }
  return {};
}

Result<> LogInThrottle::succeeded(Connection& c, std::string_view address, std::string_view user,
                                  const LogInOrigin& origin) const {
  for (const Count& count : counts_of(address, user, origin)) {
    // A network's count only fades: one right password must not buy thirty wrong ones.
    if (!count.of_network)
      TRY_VOID(c.run("DELETE FROM login_failures WHERE address_hash=?1", count.key));
  }
  return {};
}

}  // namespace host
