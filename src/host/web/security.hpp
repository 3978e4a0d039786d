// The rules for every request, independent of its path: accepted Host names, origins that may
// change data, headers of each response. Used by WebServer before and after
// every handler. Pure. It must never depend on the handler.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/result.hpp"
#include "src/common/net/http_server.hpp"

namespace host {

// The addresses of this host. Created once, from the options.
class Origins {
 public:
  // invalid: public_url is no http or https URL, or has a path.
  // address: where the host listens; "unix:PATH" has no name of its own. tls: does it speak TLS?
  static gcal::Result<Origins> of(std::string_view public_url, std::string_view address,
                                  std::uint16_t port, bool tls = false);

  const std::string& public_url() const { return public_url_; }  // without a trailing slash
  bool is_https() const { return https_; }
  // Is this a name of this host? A page that makes its own name resolve to this host's address (DNS
  // rebinding) sends its own name.
  bool serves_host(std::string_view host) const;
  // Is this another name of the same machine than the public one, such as "localhost" for
  // "127.0.0.1"? A page opened there has no session cookie when a consent page redirects to the
  // public address.
  bool is_loopback_alias(std::string_view host) const;
  // May a request from this origin change data? The public origin may, and while that is on
  // loopback the page under each name of this machine. A request without Origin does not come from
  // a page of another site; the CSRF token protects it.
  bool may_change(const gcal::net::ServerRequest& request) const;

 private:
  std::string public_url_;
  bool https_ = false, loopback_ = false;
  std::string public_host_;         // "name:port", as in hosts_
  std::vector<std::string> hosts_;  // "name:port" and, for a scheme's own port, "name"; lower case
};

// Adds the headers against sniffing, framing and leaking referrers, and the content security
// policy. Headers that the response has already stay as they are.
void add_security_headers(gcal::net::ServerResponse& response, bool https);

}  // namespace host
