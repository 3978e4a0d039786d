// OAuth clients, consents, authorization codes, access and refresh tokens. Used by the OAuth
// endpoints, by the authorisation of the Calendar API and by the controls. Tokens are opaque: they
// look like Google's and contain nothing. Not thread safe: the owner serialises the calls.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"

namespace emulator {

using Scopes = std::set<std::string>;

Scopes split_scopes(const std::string& text);  // by spaces
std::string join_scopes(const Scopes& scopes);
// "calendar.events" -> "https://www.googleapis.com/auth/calendar.events"; full names stay.
Scopes full_scopes(const Scopes& short_or_full);

struct Client {
  std::string secret;  // "" for a public client
  std::string name;    // as the consent page shows it; "" shows the id
  std::vector<std::string> redirect_uris;
};

struct AccessToken {
  std::string email, client_id, refresh_token;
  Scopes scopes;
  std::int64_t expires = 0;  // milliseconds
};

struct RefreshToken {
  std::string email, client_id;
  Scopes scopes;
  std::uint64_t order = 0;
  bool revoked = false;
  std::int64_t expires = 0;  // milliseconds; 0: never
};

struct AuthorizationCode {
  std::string email, client_id, redirect_uri, challenge, challenge_method, nonce;
  Scopes scopes;
  bool offline = false, used = false;
  std::int64_t expires = 0;
};

// Tokens whose texts are chosen by the author of a world; "" for the one that is not wanted.
struct GivenTokens {
  std::string email, client_id, access, refresh;
  Scopes scopes;
  std::optional<std::int64_t> access_seconds, refresh_seconds;  // without: no end
};

class Tokens {
 public:
  Tokens(gcal::base::Clock& clock, gcal::base::Random& random) : clock_(clock), random_(random) {}

  // While no client is registered, any id and secret is accepted.
  std::map<std::string, Client> clients;
  // While it is empty, any API key is accepted.
  std::set<std::string> api_keys;
  bool accepts_key(const std::string& key) const {
    return api_keys.empty() || api_keys.contains(key);
  }
  std::int64_t lifetime_seconds = 3599;
  // Of new refresh tokens, as for a time-limited grant or a project in Testing (604800); 0: they do
  // not expire.
  std::int64_t grant_seconds = 0;
  bool rotate = false;  // each refresh answers a new refresh token and revokes the old one

  std::string issue_code(AuthorizationCode code);
  AuthorizationCode* code(const std::string& text);
  std::string issue_refresh(const std::string& email, const std::string& client_id,
                            const Scopes& scopes);
  std::string issue_access(const std::string& email, const std::string& client_id,
                           const Scopes& scopes, const std::string& refresh_token);
  // Stores them with the user's consent. False, and nothing changes, when one of the texts is known
  // as another kind of token or for another account or client.
  bool give(const GivenTokens& given);
  const AccessToken* access(const std::string& token) const;  // nullptr: not valid
  RefreshToken* refresh(const std::string& token);            // nullptr: unknown
  // Revokes an access or refresh token, the tokens that belong to it, and the consent. False when
  // it is not valid.
  bool revoke(const std::string& token);
  int revoke_all(const std::string& email);  // "" for all accounts; answers how many

  Scopes consented(const std::string& email, const std::string& client_id) const;
  void consent(const std::string& email, const std::string& client_id, const Scopes& scopes);
  void forget_consent(const std::string& email, const std::string& client_id);

 private:
  friend class SavedState;
  std::int64_t now() const { return clock_.now().time_since_epoch().count(); }

  gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  std::map<std::string, AuthorizationCode> codes_;
  std::map<std::string, AccessToken> access_;
  std::map<std::string, RefreshToken> refresh_;
  std::map<std::pair<std::string, std::string>, Scopes> consents_;
  std::uint64_t order_ = 0;
};

}  // namespace emulator
