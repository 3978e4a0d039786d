// The rules that hold for every request, whatever it asks for: which Host names it may carry, which
// Origin may change something, which headers each answer carries, and the session cookie. Used by
// the web face before and after every handler. Pure; it must never depend on what is behind a path.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/result.hpp"
#include "src/common/net/http_server.hpp"

namespace host {

// Where this host is reached. Made once, from the options.
class Origins {
 public:
  // invalid: public_url is no http or https URL, or has a path.
  static gcal::Result<Origins> of(std::string_view public_url, std::string_view address,
                                  std::uint16_t port);

  const std::string& public_url() const { return public_url_; }  // without a trailing slash
  bool is_https() const { return https_; }
  // Is this name one of ours? A page that lets its own name resolve to our address (DNS rebinding)
  // carries its name here.
  bool serves_host(std::string_view host) const;
  // The same machine under another name than the public one, "localhost" for "127.0.0.1": a page
  // opened there would come back from a consent page to an address that does not have its cookie.
  bool is_loopback_alias(std::string_view host) const;
  // May a request from a page of this origin change something? An absent Origin comes from no
  // browser, or is covered by the CSRF token.
  bool may_change(const gcal::net::ServerRequest& request) const;

 private:
  std::string public_url_;
  bool https_ = false, loopback_ = false;
  std::string public_host_;         // "name:port", as in hosts_
  std::vector<std::string> hosts_;  // "name:port" and, for a scheme's own port, "name"; lower case
};

inline constexpr std::string_view kSessionCookie = "crm_session";

std::string session_token(const gcal::net::Headers& headers);  // "" when absent
std::string session_cookie(std::string_view token,
                           bool secure);  // Set-Cookie; token "": removes it

// nosniff, framing, referrer and, for pages, the content policy. Headers that the response sets
// already stay.
void add_security_headers(gcal::net::ServerResponse& response, bool https);

}  // namespace host
