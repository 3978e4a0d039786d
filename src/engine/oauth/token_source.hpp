// Provides the access token of one account and refreshes it when needed. Concurrent callers share
// one refresh request. A rotated refresh token is stored before its access token is handed out, and
// kept in memory until it is stored. Used by the Google client of the account. Runs on the loop
// thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/engine/oauth/token_client.hpp"

namespace gcal::oauth {

// Storage of the account's refresh token; implemented over the host's secrets. Errors: not_found
// (the account was never connected), gone and denied (the host cannot open the token any more), and
// those of the host.
class TokenVault {
 public:
  virtual ~TokenVault() = default;
  virtual Task<std::string> refresh_token() = 0;
  // Stores `fresh` if the stored token still is `old`. Errors: conflict if it is another one,
  // because the account was connected again meanwhile.
  virtual Task<> replace_refresh_token(std::string old, std::string fresh) = 0;
};

// Objects passed by reference must outlive it. Access tokens are kept in memory only and
// overwritten by the destructor. [loop thread]
class TokenSource {
 public:
  TokenSource(boost::asio::any_io_executor executor, TokenClient& client,
              ClientCredentials credentials, TokenVault& vault, const base::Clock& clock);
  ~TokenSource();
  TokenSource(const TokenSource&) = delete;
  TokenSource& operator=(const TokenSource&) = delete;

  // A valid access token. Refreshed one minute before it expires; after a transient failure the
  // current token is returned until then. Errors: needs_auth, denied, unavailable, timeout.
  Task<std::string> token();
  // A token other than `rejected`, which Google refused. If another caller has renewed it already,
  // that token is returned without a request. Errors: as token().
  Task<std::string> renew(std::string rejected);

 private:
  class RefreshGuard;

  Task<> refresh();
  Task<> request_refresh();
  Task<> save_rotated();
  bool rotated() const { return !rotated_to_.empty(); }

  TokenClient& client_;
  ClientCredentials credentials_;
  TokenVault& vault_;
  const base::Clock& clock_;
  std::string access_;
  base::Milliseconds expires_{0};  // on the monotonic clock: the wall clock may be set
  // A rotation that is not stored yet: the stored token and the one that replaces it. While it is
  // set, access_ is not handed out.
  std::string rotated_from_;
  std::string rotated_to_;
  struct SharedRefresh;
  std::shared_ptr<SharedRefresh> shared_;
};

}  // namespace gcal::oauth
