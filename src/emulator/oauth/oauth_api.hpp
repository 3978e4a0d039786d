// Google's OAuth 2.0 endpoints: the pages a person sees, the token endpoint and what tells who
// somebody is. Used by Emulator only. Nothing here may redirect to an address that does not fit the
// client.
#pragma once

#include "src/emulator/api/emulator.hpp"

namespace emulator {

class OAuthApi {
 public:
  explicit OAuthApi(Emulator& emulator) : e_(emulator) {}
  // False when the path is none of these.
  static bool serves(const std::string& path);
  Response handle(const Request& request, std::string& path_template);

 private:
  Response authorize(const Request& request);
  Response decide(const Request& request);
  Response token(const Request& request);
  Response exchange(const gcal::net::Parameters& form, const std::string& client_id);
  Response renew(const gcal::net::Parameters& form, const std::string& client_id);
  Response revoke(const Request& request);
  Response token_info(const Request& request);
  Response user_info(const Request& request, bool legacy);
  Response metadata(const Request& request);
  gcal::base::Json token_answer(const std::string& email, const std::string& client_id,
                                const Scopes& scopes, const std::string& refresh_token,
                                const std::string& nonce);
  Response finish(const gcal::net::Parameters& asked, const std::string& email,
                  const Scopes& granted, bool first_time);

  Emulator& e_;
};

}  // namespace emulator
