// Which client a request comes from, when proxies stand in front of the host: the address that all
// limits count. Used by WebServer. Pure. It must never believe a header of a peer that is not one
// of the administrator's proxies.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/result.hpp"
#include "src/common/net/http_server.hpp"

namespace host {

// "10.0.0.0/8", "fd00::/8", or one address.
class Network {
 public:
  static gcal::Result<Network> parse(std::string_view text);  // invalid: names the form
  bool contains(std::string_view address) const;

 private:
  std::array<unsigned char, 16> bytes_{};  // IPv4 as ::ffff:1.2.3.4
  int bits_ = 0;
};

class TrustedProxies {
 public:
  TrustedProxies() = default;
  explicit TrustedProxies(std::vector<Network> networks) : networks_(std::move(networks)) {}

  // Also the peer "" of a Unix socket: only a proxy of this machine can open it.
  bool is_proxy(std::string_view peer) const;
  // The right-most address of X-Forwarded-For or Forwarded (RFC 7239) that is not a proxy's; the
  // peer's own when it is no proxy, when there is none, or when the two headers disagree: then one
  // of them is the client's invention.
  std::string address_of(const gcal::net::ServerRequest& request) const;

 private:
  std::string right_most(const std::vector<std::string>& addresses, std::string_view peer) const;

  std::vector<Network> networks_;
};

}  // namespace host
