// The routes that plugins declare, mounted at /plugins/{id}/{path}: checks method, size, session
// and rate, then asks the plugin. Used by the web face. It must never pass the session cookie or
// the CSRF token on, nor let a plugin set a cookie or loosen a security header.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "src/common/net/http_server.hpp"
#include "src/host/web/answer.hpp"

namespace hosting {
class Plugins;
}

namespace host {

using hosting::Plugins;

class Crm;

// A token bucket for each (plugin, path, peer). [any thread]
class RateLimit {
 public:
  // burst: requests at once; per_second: refill.
  RateLimit(double burst, double per_second) : burst_(burst), per_second_(per_second) {}
  bool allows(const std::string& key, std::chrono::milliseconds now);  // now: monotonic

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
  // [worker] path: below the mount, decoded segments joined by '/'. Calls send once, on any thread.
  void handle(const std::string& plugin, const std::string& path, gcal::net::ServerRequest request,
              Send send);

 private:
  Crm& crm_;
  Plugins& plugins_;
  RateLimit limit_{500, 200};  // a burst of push messages after an import is legitimate
};

}  // namespace host
