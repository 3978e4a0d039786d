// The routes that plugins declare, mounted at /plugins/{id}/{path}: passes a request to the plugin
// and its answer back. Used by Web, which has checked who sends it. It must never pass on a cookie
// or the CSRF token, nor let a plugin set a cookie or relax a security header.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/hosting/crm_hosting/web.hpp"
#include "src/hosting/plugins/plugins.hpp"
#include "src/hosting/web/rate_limit.hpp"

namespace hosting {

class PluginGateway {
 public:
  using Send = std::function<void(crm_hosting::Response)>;

  // clock and plugins outlive the object. public_url answers the address of the mount, without a
  // slash at the end. [any thread]
  PluginGateway(const gcal::base::Clock& clock, Plugins& plugins,
                std::function<std::string()> public_url)
      : clock_(clock),
        plugins_(plugins),
        public_url_(std::move(public_url)),
        senders_(std::make_shared<KnownSenders>()) {}
  // Who sends the request, by the header that the route names; "" when it names none.
  static std::string sender_of(const PluginRoute& route,
                               const std::vector<crm_hosting::Header>& headers);
  // Has the plugin accepted a request of this sender before? [any thread]
  bool is_known(const std::string& sender) const {
    return senders_->contains(sender, clock_.monotonic());
  }
  // Calls `send` once, on any thread. user: "" for a route that needs no session.
  void handle(const PluginRoute& route, crm_hosting::Request request, const std::string& user,
              Send send);

 private:
  const gcal::base::Clock& clock_;
  Plugins& plugins_;
  const std::function<std::string()> public_url_;
  std::shared_ptr<KnownSenders> senders_;  // shared with answers that plugins may give later
};

}  // namespace hosting
