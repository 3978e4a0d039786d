#include "plugin/adapters/secret_vault.hpp"

#include "src/common/base/json.hpp"
#include "src/engine/oauth/wipe.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

constexpr const char* kOAuthClient = "oauth_client";

std::string verifier_key(const std::string& account) {
  return "pkce/" + account;
}

}  // namespace

std::string grant_key(const std::string& account, SecretVault::Which which) {
  return (which == SecretVault::Which::kept ? "grant/" : "offered/") + account;
}

Json to_json(const StoredGrant& grant) {
  return Json::object(
      {{"refresh_token", grant.refresh_token}, {"sub", grant.sub}, {"email", grant.email}});
}

StoredGrant grant_of(const Json& json) {
  return {json.string("refresh_token"), json.string("sub"), json.string("email")};
}

Task<std::string> SecretVault::get(std::string key) {
  std::function<Result<std::string>()> read = [this, &key] { return secrets_.get(key); };
  co_return co_await blocking_.run<std::string>(std::move(read));
}

Task<> SecretVault::put(std::string key, std::string value) {
  std::function<Result<>()> write = [this, &key, &value] { return secrets_.put(key, value); };
  const Result<> written = co_await blocking_.run<void>(std::move(write));
  oauth::wipe(value);
  co_return written;
}

Task<> SecretVault::erase(std::string key) {
  std::function<Result<>()> work = [this, &key] { return secrets_.erase(key); };
  co_return co_await blocking_.run<void>(std::move(work));
}

Task<std::optional<settings::OAuthClient>> SecretVault::oauth_client() {
  std::function<Result<std::optional<settings::OAuthClient>>()> read =
      [this]() -> Result<std::optional<settings::OAuthClient>> {
    if (options_) {
      Result<std::string> id = options_->get("client_id");
      Result<std::string> secret = options_->get("client_secret");
      if (id && secret && !id->empty())
        return std::optional(settings::OAuthClient{*std::move(id), *std::move(secret)});
    }
    const Result<std::string> stored = secrets_.get(kOAuthClient);
    if (!stored && is_missing(stored.error().code)) return std::optional<settings::OAuthClient>();
    if (!stored) return stored.error();
    TRY(const Json json, Json::parse(*stored));
    return std::optional(
        settings::OAuthClient{json.string("client_id"), json.string("client_secret")});
  };
  co_return co_await blocking_.run<std::optional<settings::OAuthClient>>(std::move(read));
}

Task<> SecretVault::store_oauth_client(settings::OAuthClient client) {
  const Json json =
      Json::object({{"client_id", client.client_id}, {"client_secret", client.client_secret}});
  co_return co_await put(kOAuthClient, json.dump());
}

Task<StoredGrant> SecretVault::grant(std::string account, Which which) {
  CO_TRY(const std::string text, co_await get(grant_key(account, which)));
  CO_TRY(const Json json, Json::parse(text));
  co_return grant_of(json);
}

Task<> SecretVault::store_grant(std::string account, Which which, StoredGrant grant) {
  co_return co_await put(grant_key(account, which), to_json(grant).dump());
}

Task<> SecretVault::erase_grant(std::string account, Which which) {
  co_return co_await erase(grant_key(account, which));
}

Task<> SecretVault::store_verifier(std::string account, std::string verifier) {
  co_return co_await put(verifier_key(account), std::move(verifier));
}

Task<std::string> SecretVault::take_verifier(std::string account) {
  std::function<Result<std::string>()> take = [this, &account]() -> Result<std::string> {
    TRY(std::string verifier, secrets_.get(verifier_key(account)));
    TRY_VOID(secrets_.erase(verifier_key(account)));
    return verifier;
  };
  co_return co_await blocking_.run<std::string>(std::move(take));
}

Task<std::string> AccountVault::refresh_token() {
  CO_TRY(const StoredGrant grant, co_await vault_.grant(account_, SecretVault::Which::kept));
  co_return grant.refresh_token;
}

}  // namespace gcal::plugin
