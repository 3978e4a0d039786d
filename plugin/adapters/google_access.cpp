#include "plugin/adapters/google_access.hpp"

#include "src/engine/oauth/wipe.hpp"

namespace gcal::plugin {

GoogleAccess::GoogleAccess(boost::asio::any_io_executor executor, oauth::TokenClient& tokens,
                           oauth::ClientCredentials credentials, SecretVault& vault,
                           std::string account, const base::Clock& clock, std::string base_url,
                           net::HttpClient& http, net::RetryTools tools)
    : clock_(clock),
      vault_(vault, std::move(account)),
      source_(std::move(executor), tokens, std::move(credentials), vault_, clock),
      client_(std::move(base_url), *this, http, tools) {}

GoogleAccess::~GoogleAccess() {
  oauth::wipe(consent_token_);
}

void GoogleAccess::use_consent_tokens(oauth::Tokens tokens) {
  consent_token_ = std::move(tokens.access_token);
  consent_token_expires_ = clock_.monotonic() + tokens.expires_in - std::chrono::seconds{60};
}

Result<std::string> GoogleAccess::note_rejection(Result<std::string> token) {
  if (!token && token.error().code == Code::needs_auth) dead_ = true;
  return token;
}

Task<std::string> GoogleAccess::token() {
  if (dead_)
    co_return Error{
        Code::needs_auth, "Google no longer accepts the access; connect the account again", {}};
  if (!consent_token_.empty() && clock_.monotonic() < consent_token_expires_)
    co_return consent_token_;
  oauth::wipe(consent_token_);
  co_return note_rejection(co_await source_.token());
}

Task<std::string> GoogleAccess::renew(std::string rejected) {
  if (dead_)
    co_return Error{
        Code::needs_auth, "Google no longer accepts the access; connect the account again", {}};
  if (rejected == consent_token_) {
    oauth::wipe(consent_token_);
    co_return note_rejection(co_await source_.token());
  }
  co_return note_rejection(co_await source_.renew(std::move(rejected)));
}

Task<std::shared_ptr<GoogleAccess>> GoogleAccesses::of(std::string account) {
  if (const auto found = accesses_.find(account); found != accesses_.end()) co_return found->second;
  CO_TRY(const std::optional<settings::OAuthClient> client, co_await vault_.oauth_client());
  if (!client)
    co_return Error{Code::denied, "no OAuth client is set up; an administrator must enter it", {}};
  oauth::ClientCredentials credentials{client->client_id, client->client_secret};
  // Another caller may have created it while the client was read.
  std::shared_ptr<GoogleAccess>& access = accesses_[account];
  if (!access)
    access = std::make_shared<GoogleAccess>(executor_, tokens_, std::move(credentials), vault_,
                                            account, clock_, base_url_, http_, tools_);
  co_return access;
}

}  // namespace gcal::plugin
