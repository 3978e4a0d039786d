// The plugin's entries in the host's secrets: the OAuth client, the grant of each account, and the
// PKCE verifier of a pending consent. Used by settings_page and google_access. Access tokens are
// not stored; they exist in memory only. Runs on the loop thread; the host is called on the store
// thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

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

// Is there no secret that could be used: none at all, or one that the host cannot open any more?
inline bool is_missing(Code code) {
  return code == Code::not_found || code == Code::gone || code == Code::denied;
}

base::Json to_json(const StoredGrant& grant);
StoredGrant grant_of(const base::Json& json);

// Errors of all functions: not_found if the entry does not exist, gone and denied if the host
// cannot open it any more, and those of the host. [loop thread]
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
  // Replaces the refresh token of the grant in use. Errors: conflict if it is no longer `old`, or
  // if there is no grant any more.
  Task<> replace_refresh_token(std::string account, std::string old, std::string fresh);

  // Grants that are no longer used and wait to be revoked at Google. A grant is retired in one
  // step, so that it is either in use or listed here, and stays until Google has answered.
  Task<> retire_grant(std::string account, Which which);  // success if there is no such grant
  Task<std::vector<StoredGrant>> retired_grants(std::string account);
  Task<> erase_retired_grant(std::string account, std::string refresh_token);
  // Records that `account` has a grant of the Google account `sub`, which may be that of a set-up.
  Task<> note_consent(std::string sub, std::string account);
  // Whether one of the recorded accounts still has a grant of `sub`, kept or offered.
  Task<bool> has_consent(std::string sub);
  Task<> prune_consents(std::string sub);  // drops the accounts without such a grant

  // The PKCE verifier of a pending consent. take_verifier() also erases it, so that a code is
  // exchanged once.
  Task<> store_verifier(std::string account, std::string verifier);
  Task<std::string> take_verifier(std::string account);

 private:
  Task<std::string> get(std::string key);
  Task<> put(std::string key, std::string value);
  Task<> erase(std::string key);
  // Replaces the value of a key by that of `change`, which gets the newest one, "" if there is
  // none. Repeated if another caller is faster.
  using Change = std::function<Result<std::string>(const std::string& value)>;
  Task<> edit(std::string key, Change change);
  Result<> edit_now(const std::string& key, const Change& change);
  bool has_grant_of(const std::string& account, const std::string& sub) const;

  crm::Secrets secrets_;
  std::optional<crm::Options> options_;
  store::BlockingExecutor& blocking_;
};

std::string grant_key(const std::string& account, SecretVault::Which which);

// The refresh token of one account, as a token source needs it. [loop thread]
class AccountVault final : public oauth::TokenVault {
 public:
  AccountVault(SecretVault& vault, std::string account)
      : vault_(vault), account_(std::move(account)) {}
  Task<std::string> refresh_token() override;
  Task<> replace_refresh_token(std::string old, std::string fresh) override {
    return vault_.replace_refresh_token(account_, std::move(old), std::move(fresh));
  }

 private:
  SecretVault& vault_;
  std::string account_;
};

}  // namespace gcal::plugin
