// The two cookies of this host: the session of a user, and the device that a user has logged in on.
// Over https they have the prefix __Host-, which browsers accept from this host alone; over http,
// on loopback, the plain names. Used by Authenticator and the session API. Pure.
#pragma once

#include <string>
#include <string_view>

#include "src/common/net/http.hpp"

namespace host {

class Cookies {
 public:
  explicit Cookies(bool https) : https_(https) {}

  // "" when absent, or sent more than once.
  std::string session(const gcal::net::Headers& headers) const;
  std::string device(const gcal::net::Headers& headers) const;
  // Is one of the two sent more than once? Then another site of the domain, or another path, has
  // set one of them, and which is genuine cannot be seen.
  bool is_ambiguous(const gcal::net::Headers& headers) const;

  // Values of Set-Cookie. token "": removes the cookie.
  std::string set_session(std::string_view token) const;
  std::string set_device(std::string_view token) const;

 private:
  std::string name(std::string_view plain) const;
  std::string set(std::string_view plain, std::string_view token, long seconds) const;

  bool https_;
};

}  // namespace host
