// One account at Google: the consent in a browser (RFC 8252: loopback redirect, PKCE), its refresh
// token in a file, access tokens as they are needed. Used by the live programme. Tokens go to
// Google and into the file, never into an output.
#pragma once

#include <string>
#include <vector>

#include "src/common/base/random.hpp"
#include "src/common/base/result.hpp"
#include "tests/google_contract/facts/wire.hpp"
#include "tests/google_contract/live/folder.hpp"
#include "tests/google_contract/live/patience.hpp"

namespace live {

struct Endpoints {
  std::string authorization, token, revocation, api;
  std::string authority;  // a PEM file to trust instead of the system's certificates; "" for those
  static Endpoints google();
  static Endpoints at(const std::string& origin);  // an emulator
};

struct Client {
  std::string id, secret;
};

class Account {
 public:
  Account(const Endpoints& endpoints, Client client, const Folder& folder, std::string file)
      : endpoints_(endpoints),
        client_(std::move(client)),
        folder_(folder),
        file_(std::move(file)),
        wire_(contract::Connections::fresh, endpoints.authority) {
    wire_.give_up_when(broken_off);
  }

  bool restore();  // from the file; false when there is none of this client
  // Prints an address, and waits until the person has decided in the browser. Errors: denied,
  // timeout, unavailable. Throws Stop.
  gcal::Result<void> sign_in(const std::vector<std::string>& scopes, gcal::base::Random& random);
  // A token that lives for some minutes more. Errors: needs_auth (the grant is gone), unavailable.
  gcal::Result<std::string> access_token();
  void drop_access_token() { access_.clear(); }  // Google refused it
  // Withdraws the grant at Google and forgets it here. An error says that Google was not reached;
  // the file is gone all the same.
  gcal::Result<void> forget();

  const std::string& email() const { return email_; }
  const std::string& scope() const { return scope_; }
  const std::string& file() const { return file_; }
  std::vector<std::string> secrets() const;  // what must not be printed

 private:
  gcal::Result<contract::Answer> post_form(const std::string& url, const contract::Fields& fields);
  gcal::Result<void> take(const contract::Answer& answer);

  const Endpoints& endpoints_;
  Client client_;
  const Folder& folder_;
  std::string file_, email_, refresh_, access_, scope_;
  std::int64_t expires_ = 0;  // seconds since 1970
  contract::Wire wire_;
};

}  // namespace live
