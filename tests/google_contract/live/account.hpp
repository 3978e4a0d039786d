// One account at Google: consent in a browser (RFC 8252: loopback redirect, PKCE), its refresh
// token in a file, access tokens as they are needed. Used by `./dev live`. Tokens go to Google and
// into the file, never into an output.
#pragma once

#include <string>
#include <vector>

#include "src/common/base/random.hpp"
#include "src/common/base/result.hpp"
#include "tests/google_contract/harness/http_client.hpp"
#include "tests/google_contract/live/interrupt.hpp"
#include "tests/google_contract/live/state_folder.hpp"

namespace live {

struct Endpoints {
  std::string authorization, token, revocation, api;
  std::string ca_file;  // PEM certificates to trust instead of the system's; "" for the system's
  static Endpoints google();
  static Endpoints at(const std::string& origin);  // an emulator
};

struct OAuthClient {
  std::string id, secret;
};

class Account {
 public:
  Account(const Endpoints& endpoints, OAuthClient client, const StateFolder& folder,
          std::string file)
      : endpoints_(endpoints),
        client_(std::move(client)),
        folder_(folder),
        file_(std::move(file)),
        http_(contract::ConnectionReuse::never, endpoints.ca_file) {
    http_.abort_when(interrupted);
  }

  // Reads the grant from the file. False if there is none of this OAuth client.
  bool restore();
  // Prints an address and waits until the user has decided in the browser. Errors: denied, timeout,
  // unavailable. Throws RunStopped.
  gcal::Result<void> sign_in(const std::vector<std::string>& scopes, gcal::base::Random& random);
  // A token that is valid for at least two minutes. Errors: needs_auth (the grant is gone),
  // unavailable.
  gcal::Result<std::string> access_token();
  void drop_access_token() { access_.clear(); }  // Google refused it
  // Revokes the grant at Google and deletes it here. An error says that Google was not reached; the
  // file is deleted all the same.
  gcal::Result<void> forget();

  const std::string& email() const { return email_; }
  const std::string& scope() const { return scope_; }
  const std::string& file() const { return file_; }
  std::vector<std::string> secrets() const;  // what must not be printed

 private:
  gcal::Result<contract::Response> post_form(const std::string& url,
                                             const contract::Fields& fields);
  gcal::Result<void> store_tokens(const contract::Response& response);

  const Endpoints& endpoints_;
  OAuthClient client_;
  const StateFolder& folder_;
  std::string file_, email_, refresh_, access_, scope_;
  std::int64_t expires_ = 0;  // seconds since 1970
  contract::HttpClient http_;
};

}  // namespace live
