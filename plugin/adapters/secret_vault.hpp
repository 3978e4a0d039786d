// The plugin's entries in the host's secrets: the OAuth client, the grant of each account, and the
// PKCE verifier of a pending consent. Used by settings_page and google_access. Access tokens are
// not stored; they exist in memory only. Runs on the loop thread; the host is called on the store
// thread.
#pragma once

#include <optional>
#include <string>

#include "plugin/adapters/host_services.hpp"
#include "src/engine/oauth/token_source.hpp"
#include "src/engine/settings/flow.hpp"
#include "src/engine/store/blocking_executor.hpp"

namespace gcal::plugin {

// A grant: the refresh token and the account that it belongs to.
struct StoredGrant {
  std::string refresh_token;
  std::string sub;
  std::string email;
};

// Errors of all functions: not_found if the entry does not exist, and those of the host. [loop
// thread]
class SecretVault {
 public:
  SecretVault(crm::Secrets secrets, std::optional<crm::Options> options,
              store::BlockingExecutor& blocking)
      : secrets_(secrets), options_(options), blocking_(blocking) {}

  // The OAuth client: the options "client_id" and "client_secret", or else what was entered on the
  // settings page. nullopt if neither exists.
  Task<std::optional<settings::OAuthClient>> oauth_client();
  Task<> store_oauth_client(settings::OAuthClient client);

  // kept: the grant in use. offered: the result of a consent that the flow has not accepted yet.
  enum class Which { kept, offered };
  Task<StoredGrant> grant(std::string account, Which which);
  Task<> store_grant(std::string account, Which which, StoredGrant grant);
  Task<> erase_grant(std::string account, Which which);

  // The PKCE verifier of a pending consent. take_verifier() also erases it, so that a code is
  // exchanged once.
  Task<> store_verifier(std::string account, std::string verifier);
  Task<std::string> take_verifier(std::string account);

 private:
  Task<std::string> get(std::string key);
  Task<> put(std::string key, std::string value);
  Task<> erase(std::string key);

  crm::Secrets secrets_;
  std::optional<crm::Options> options_;
  store::BlockingExecutor& blocking_;
};

// The refresh token of one account, as a token source needs it. [loop thread]
class AccountVault final : public oauth::TokenVault {
 public:
  AccountVault(SecretVault& vault, std::string account)
      : vault_(vault), account_(std::move(account)) {}
  Task<std::string> refresh_token() override;
  Task<> store_refresh_token(std::string token) override;

 private:
  SecretVault& vault_;
  std::string account_;
};

}  // namespace gcal::plugin
