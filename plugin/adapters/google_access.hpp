// Each account's access to Google: its access token, kept in memory only, and the API client that
// uses it. Runs, previews and the settings page share one object per account, so that a token is
// requested once. forget() must be called when the grant changes, so that no token of the old grant
// is used. Runs on the loop thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "plugin/adapters/secret_vault.hpp"
#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/common/net/http_client.hpp"
#include "src/engine/google/budget.hpp"
#include "src/engine/google/client.hpp"
#include "src/engine/google/paced_http.hpp"
#include "src/engine/oauth/token_client.hpp"
#include "src/engine/oauth/token_source.hpp"

namespace gcal::plugin {

// Lets no request of an account through once its access was closed, also one that waited for the
// budget or for a repetition.
class GatedHttp final : public net::HttpClient {
 public:
  explicit GatedHttp(net::HttpClient& http) : http_(http) {}
  void close() { closed_ = true; }
  Task<net::HttpResponse> send(net::HttpRequest request, net::HttpLimits limits) override;

 private:
  net::HttpClient& http_;
  bool closed_ = false;
};

// The access of one account. Callers keep the shared pointer while they use it. [loop thread]
class GoogleAccess final : public google::AccessTokens {
 public:
  GoogleAccess(boost::asio::any_io_executor executor, oauth::TokenClient& tokens,
               oauth::ClientCredentials credentials, std::unique_ptr<oauth::TokenVault> vault,
               const base::Clock& clock, const std::string& base_url, net::HttpClient& http,
               net::RetryTools tools, google::Budget& budget, const std::string& user);
  ~GoogleAccess() override;

  // The client whose requests are paced with this priority.
  google::Client& client(google::Priority priority = google::Priority::user) {
    return clients_[static_cast<std::size_t>(priority)].client;
  }
  // Uses the access token that came with the consent until it expires, which saves a refresh.
  void use_consent_tokens(oauth::Tokens tokens);

  // The account was paused or disconnected: no further request is sent with this object, also by a
  // run that still uses it. token() and renew() answer cancelled.
  void close();

  // Google rejected the grant: the user must reconnect the account. No request is sent until the
  // grant changes (P-16).
  bool dead() const { return dead_; }

  Task<std::string> token() override;
  Task<std::string> renew(std::string rejected) override;

 private:
  Result<std::string> note_rejection(Result<std::string> token);
  Result<> usable() const;

  const base::Clock& clock_;
  std::unique_ptr<oauth::TokenVault> vault_;
  oauth::TokenSource source_;
  std::string consent_token_;  // from the consent
  base::Milliseconds consent_token_expires_{0};
  bool dead_ = false;
  bool closed_ = false;
  GatedHttp gate_;
  struct Paced {
    Paced(google::PacedHttp paced, const std::string& base_url, AccessTokens& tokens,
          net::RetryTools tools)
        : http(std::move(paced)), client(base_url, tokens, http, tools) {}
    Paced(const Paced&) = delete;
    Paced& operator=(const Paced&) = delete;
    google::PacedHttp http;
    google::Client client;
  };
  std::deque<Paced> clients_;  // by priority; the addresses of its elements stay
};

// The accesses of all accounts, created on first use. [loop thread]
class GoogleAccesses {
 public:
  GoogleAccesses(boost::asio::any_io_executor executor, oauth::TokenClient& tokens,
                 SecretVault& vault, const base::Clock& clock, std::string base_url,
                 net::HttpClient& http, net::RetryTools tools, google::Budget& budget)
      : executor_(std::move(executor)),
        tokens_(tokens),
        vault_(vault),
        clock_(clock),
        base_url_(std::move(base_url)),
        http_(http),
        tools_(tools),
        budget_(budget) {}

  // The access of an account. Errors: denied (no OAuth client is configured) and those of the
  // vault.
  Task<std::shared_ptr<GoogleAccess>> of(std::string account);
  // An access with a grant that is not in use any more, for the last requests with it. Not shared.
  // Errors: as of().
  Task<std::shared_ptr<GoogleAccess>> with_grant(StoredGrant grant);
  // Must be called when the grant changed or was deleted: the next caller gets a new access.
  void forget(const std::string& account) { accesses_.erase(account); }
  // Closes the access for all who use it; the next caller gets a new one.
  void close(const std::string& account);
  void forget_all() { accesses_.clear(); }  // the OAuth client changed

  oauth::TokenClient& tokens() { return tokens_; }

 private:
  Task<oauth::ClientCredentials> credentials();
  std::shared_ptr<GoogleAccess> make(oauth::ClientCredentials credentials,
                                     std::unique_ptr<oauth::TokenVault> vault,
                                     const std::string& user);

  boost::asio::any_io_executor executor_;
  oauth::TokenClient& tokens_;
  SecretVault& vault_;
  const base::Clock& clock_;
  std::string base_url_;
  net::HttpClient& http_;
  net::RetryTools tools_;
  google::Budget& budget_;
  std::map<std::string, std::shared_ptr<GoogleAccess>> accesses_;
};

}  // namespace gcal::plugin
