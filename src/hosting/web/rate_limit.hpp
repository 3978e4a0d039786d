// How often a client may ask, and which senders are known: both before a request costs anything.
// Used by Web and by the web server of crm_host. [any thread] Neither must ever grow without limit.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace hosting {

// Limits the rate of requests with one token bucket per key.
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
// after eight days without another one: channels live seven.
class KnownSenders {
 public:
  bool contains(const std::string& key, std::chrono::milliseconds now) const;
  void add(const std::string& key, std::chrono::milliseconds now);  // "" is ignored

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::chrono::milliseconds> seen_;
};

}  // namespace hosting
