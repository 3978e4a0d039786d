// What the plugin keeps in the host's secrets: the OAuth client, the grant of each account, and
// what a consent under way needs. Used by the settings page and by the accounts' access to Google.
// Access tokens are never among it; they live in memory only.
#pragma once

#include <optional>
#include <string>

#include "plugin/adapters/host_services.hpp"
#include "src/engine/oauth/token_source.hpp"
#include "src/engine/settings/flow.hpp"
#include "src/engine/store/blocking_executor.hpp"

namespace gcal::plugin {

// What a person consented to: a refresh token and whose it is.
struct StoredGrant {
  std::string refresh_token;
  std::string sub;
  std::string email;
};

// [loop thread] Reads and writes go through the store thread.
class SecretVault {
 public:
  SecretVault(crm::Secrets secrets, std::optional<crm::Options> options,
              store::BlockingExecutor& blocking)
      : secrets_(secrets), options_(options), blocking_(blocking) {}

  // The administrator's: the options "client_id" and "client_secret", or what was entered on the
  // settings page. nullopt: neither.
  Task<std::optional<settings::OAuthClient>> oauth_client();
  Task<> store_oauth_client(settings::OAuthClient client);

  // The grant of an account, and the one that a consent has just given and nobody has accepted yet.
  // not_found: there is none.
  enum class Which { kept, offered };
  Task<StoredGrant> grant(std::string account, Which which);
  Task<> store_grant(std::string account, Which which, StoredGrant grant);
  Task<> erase_grant(std::string account, Which which);

  // The PKCE verifier between the visit to Google's page and the answer; taken once.
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

// The refresh token of one account, as the token source wants it.
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
