// The way to Google of each account: its access token, kept in memory, and the API client that uses
// it. Runs, previews and the settings page share one per account, so that a token is fetched once.
// It must never write an access token anywhere, nor use one of a grant that was replaced.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <map>
#include <memory>
#include <string>

#include "plugin/adapters/secret_vault.hpp"
#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/common/net/http_client.hpp"
#include "src/engine/google/client.hpp"
#include "src/engine/oauth/token_client.hpp"
#include "src/engine/oauth/token_source.hpp"

namespace gcal::plugin {

// One account's. Whoever works with it holds the shared pointer meanwhile. [loop thread]
class GoogleAccess final : public google::AccessTokens {
 public:
  GoogleAccess(boost::asio::any_io_executor executor, oauth::TokenClient& tokens,
               oauth::ClientCredentials credentials, SecretVault& vault, std::string account,
               const base::Clock& clock, std::string base_url, net::HttpClient& http,
               net::RetryTools tools);
  ~GoogleAccess() override;

  google::Client& client() { return client_; }
  // A token that came with the consent: it serves until it expires, and saves a refresh.
  void begin_with(oauth::Tokens tokens);

  // Google said that a person must connect the account anew: nothing is asked any more until the
  // grant changes.
  bool dead() const { return dead_; }

  Task<std::string> token() override;
  Task<std::string> renew(std::string rejected) override;

 private:
  Result<std::string> judged(Result<std::string> token);

  const base::Clock& clock_;
  AccountVault vault_;
  oauth::TokenSource source_;
  std::string first_;  // from the consent
  base::Milliseconds first_expires_{0};
  bool dead_ = false;
  google::Client client_;
};

// All accounts'. [loop thread]
class GoogleAccesses {
 public:
  GoogleAccesses(boost::asio::any_io_executor executor, oauth::TokenClient& tokens,
                 SecretVault& vault, const base::Clock& clock, std::string base_url,
                 net::HttpClient& http, net::RetryTools tools)
      : executor_(std::move(executor)),
        tokens_(tokens),
        vault_(vault),
        clock_(clock),
        base_url_(std::move(base_url)),
        http_(http),
        tools_(tools) {}

  // Errors: needs_auth (the account is not connected), denied (the administrator's OAuth client is
  // missing).
  Task<std::shared_ptr<GoogleAccess>> of(std::string account);
  // The grant changed or is gone: whoever comes next reads it anew.
  void forget(const std::string& account) { known_.erase(account); }
  void forget_all() { known_.clear(); }  // the OAuth client changed

  oauth::TokenClient& tokens() { return tokens_; }

 private:
  boost::asio::any_io_executor executor_;
  oauth::TokenClient& tokens_;
  SecretVault& vault_;
  const base::Clock& clock_;
  std::string base_url_;
  net::HttpClient& http_;
  net::RetryTools tools_;
  std::map<std::string, std::shared_ptr<GoogleAccess>> known_;
};

}  // namespace gcal::plugin
