// The routes that plugins declare, mounted at /plugins/{id}/{path}: checks the session, then passes
// the request to the plugin. Used by WebServer, which checks method, size and rate before the body
// is read. It must never pass on the session cookie or the CSRF token, nor let a plugin set a
// cookie or relax a security header.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "src/common/net/http_server.hpp"
#include "src/host/web/api_response.hpp"
#include "src/host/web/authentication.hpp"

namespace hosting {
class Plugins;
struct PluginRoute;
}  // namespace hosting

namespace host {

using hosting::Plugins;

// Limits the rate of requests with one token bucket per key. [any thread]
class RateLimit {
 public:
  // burst: requests at once; per_second: the refill.
  RateLimit(double burst, double per_second) : burst_(burst), per_second_(per_second) {}
  // Takes one token of the bucket; false when it is empty. now: monotonic.
  bool allows(const std::string& key, std::chrono::milliseconds now) {
    return allows(key, now, burst_, per_second_);
  }
  // The same for a bucket of another size. A key has the same size each time.
  bool allows(const std::string& key, std::chrono::milliseconds now, double burst,
              double per_second);

 private:
  struct Bucket {
    double tokens = 0;
    std::chrono::milliseconds at{};
    double burst = 0, per_second = 0;
    double filled(std::chrono::milliseconds now) const;
  };
  static bool take(Bucket& bucket, std::chrono::milliseconds now, double burst, double per_second);

  double burst_, per_second_;
  std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;
};

// Who has sent a request that a plugin accepted, by the header that the route names. Forgotten
// after eight days without another one: channels live seven. [any thread]
class KnownSenders {
 public:
  // "" for a request that names none.
  static std::string key_of(const hosting::PluginRoute& route, const gcal::net::Headers& headers);
  bool contains(const std::string& key, std::chrono::milliseconds now) const;
  void add(const std::string& key, std::chrono::milliseconds now);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::chrono::milliseconds> seen_;
};

class PluginGateway {
 public:
  using Send = std::function<void(gcal::net::ServerResponse)>;

  // public_url: without a slash at the end.
  PluginGateway(Authenticator& authenticator, const gcal::base::Clock& clock, Plugins& plugins,
                std::string public_url)
      : authenticator_(authenticator),
        clock_(clock),
        plugins_(plugins),
        public_url_(std::move(public_url)),
        senders_(std::make_shared<KnownSenders>()) {}
  // Has the plugin accepted a request of this sender before? [any thread]
  bool is_known(const std::string& sender) const {
    return senders_->contains(sender, clock_.monotonic());
  }
  // Calls `send` once, on any thread. [worker]
  void handle(const hosting::PluginRoute& route, gcal::net::ServerRequest request, Send send);

 private:
  Authenticator& authenticator_;
  const gcal::base::Clock& clock_;
  Plugins& plugins_;
  const std::string public_url_;
  std::shared_ptr<KnownSenders> senders_;  // shared with answers that plugins may give later
};

}  // namespace host
