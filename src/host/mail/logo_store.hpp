// The logos of accounts, in the host's database. Used by Mail for pages and messages. It must never
// answer a logo to another user or plugin than its own.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "src/host/mail/logo_image.hpp"
#include "src/host/mail/mail_types.hpp"
#include "src/hosting/services/accounts.hpp"

namespace host::mail {

inline constexpr std::size_t kMaxAlt = 60;  // characters

class LogoStore {
 public:
  // A logo of a disconnected account is kept as long as its connecting again is likely.
  static constexpr std::int64_t kKeptMs = std::int64_t{90} * 24 * 3600 * 1000;

  explicit LogoStore(Database& database) : database_(database) {}

  Result<std::optional<Logo>> of_account(std::string_view account) const;
  // Of the accounts of a plugin, without the images.
  Result<std::vector<Logo>> of_plugin(std::string_view plugin) const;
  // invalid: alt is empty or too long.
  Result<> put(const hosting::Account& account, const LogoImage& image, std::string_view alt,
               std::int64_t now);
  // not_found: the account has no logo.
  Result<> set_alt(std::string_view account, std::string_view alt, std::int64_t now);
  Result<> remove(std::string_view account);
  // Removes those of users who are gone and of accounts that were disconnected long ago.
  Result<> purge(std::int64_t now);

 private:
  Database& database_;
};

}  // namespace host::mail
