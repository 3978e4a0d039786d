// The routes that plugins declare, mounted at /plugins/{id}/{path}: checks method, size, session
// and rate, then passes the request to the plugin. Used by WebServer. It must never pass on the
// session cookie or the CSRF token, nor let a plugin set a cookie or relax a security header.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "src/common/net/http_server.hpp"
#include "src/host/web/api_response.hpp"

namespace hosting {
class Plugins;
}

namespace host {

using hosting::Plugins;

class Crm;

// Limits the rate of requests with one token bucket per key. [any thread]
class RateLimit {
 public:
  // burst: requests at once; per_second: the refill.
  RateLimit(double burst, double per_second) : burst_(burst), per_second_(per_second) {}
  // Takes one token of the bucket; false when it is empty. now: monotonic.
  bool allows(const std::string& key, std::chrono::milliseconds now);

 private:
  struct Bucket {
    double tokens;
    std::chrono::milliseconds at;
  };
  double burst_, per_second_;
  std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;
};

class PluginGateway {
 public:
  using Send = std::function<void(gcal::net::ServerResponse)>;

  PluginGateway(Crm& crm, Plugins& plugins) : crm_(crm), plugins_(plugins) {}
  // path: below the mount, the decoded segments joined by '/'. Calls `send` once, on any thread.
  // [worker]
  void handle(const std::string& plugin, const std::string& path, gcal::net::ServerRequest request,
              Send send);

 private:
  Crm& crm_;
  Plugins& plugins_;
  RateLimit limit_{500, 200};  // an import may cause a burst of push notifications
};

}  // namespace host
