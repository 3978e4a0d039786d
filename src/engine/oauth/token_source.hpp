// Access tokens of one account, refreshed when needed and once for all who wait. Used by the Google
// client of that account. Never uses a new refresh token before it is stored, never asks Google
// twice at the same time.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/engine/oauth/token_client.hpp"

namespace gcal::oauth {

// Where refresh tokens lie; implemented over the host's secrets. Errors: not_found (never
// connected), others as the host has them.
class TokenVault {
 public:
  virtual ~TokenVault() = default;
  virtual Task<std::string> refresh_token() = 0;
  virtual Task<> store_refresh_token(std::string token) = 0;
};

// [loop thread] Everything passed by reference outlives it. Access tokens are kept in memory only.
class TokenSource {
 public:
  TokenSource(boost::asio::any_io_executor executor, TokenClient& client,
              ClientCredentials credentials, TokenVault& vault, const base::Clock& clock);
  ~TokenSource();
  TokenSource(const TokenSource&) = delete;
  TokenSource& operator=(const TokenSource&) = delete;

  // Valid for a while. Refreshed a minute before its end; if that fails this time, the old one
  // serves as long as it lives. Errors: needs_auth, denied, unavailable, timeout.
  Task<std::string> token();
  // Google refused `rejected`: another one. A token that was renewed meanwhile is simply answered.
  Task<std::string> renew(std::string rejected);

 private:
  class Flight;

  Task<> refresh();
  Task<> ask();

  TokenClient& client_;
  ClientCredentials credentials_;
  TokenVault& vault_;
  const base::Clock& clock_;
  std::string access_;
  base::Milliseconds expires_{0};  // on the monotonic clock: the wall clock may be set
  struct Landing;
  std::shared_ptr<Landing> landing_;
};

}  // namespace gcal::oauth
