// Google's OAuth 2.0 endpoints: the pages of the sign-in, the token endpoint, revocation, and what
// a token says about its user. Used by Emulator. Never redirects to an address that does not fit
// the client: such requests are refused with a page.
#pragma once

#include <optional>
#include <string>

#include "src/common/net/url.hpp"
#include "src/emulator/http/message.hpp"
#include "src/emulator/model/google_model.hpp"
#include "src/emulator/oauth/pages.hpp"
#include "src/emulator/oauth/signing_key.hpp"
#include "src/emulator/oauth/tokens.hpp"

namespace emulator {

class OAuthApi {
 public:
  OAuthApi(GoogleModel& google, Tokens& tokens, SigningKey& key)
      : google_(google), tokens_(tokens), key_(key) {}

  static bool serves(const std::string& path);
  // For a path that serves() accepts.
  Response handle(const Request& request);

 private:
  struct Authorization;
  // What is wrong with an authorization request; nullopt for a valid one.
  std::optional<Response> refuse_authorization(const Authorization& authorization) const;
  std::string chosen_account(const Authorization& authorization) const;
  Response choose_account(const Authorization& authorization);
  Response ask_consent(const Authorization& authorization, const Account& account,
                       const Scopes& wanted);
  Response authorize(const Request& request);
  Response decide(const Request& request);
  Response finish(const gcal::net::Parameters& asked, const std::string& email,
                  const Scopes& granted, bool first_time);

  Response token(const Request& request);
  Response exchange(const gcal::net::Parameters& form, const std::string& client_id);
  Response refresh(const gcal::net::Parameters& form, const std::string& client_id);
  gcal::base::Json token_answer(const std::string& email, const std::string& client_id,
                                const Scopes& scopes, const std::string& refresh_token,
                                const std::string& nonce);
  Response revoke(const Request& request);
  Response token_info(const Request& request);
  Response user_info(const Request& request, bool legacy);
  Response metadata(const Request& request);

  GoogleModel& google_;
  Tokens& tokens_;
  SigningKey& key_;
};

}  // namespace emulator
