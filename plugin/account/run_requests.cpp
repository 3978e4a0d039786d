#include "plugin/account/run_requests.hpp"

namespace gcal::plugin {

Task<> RunRequests::now(std::string key) {
  if (!due_.insert(key).second) co_return Result<>{};
  const Result<> scheduled = co_await host_.schedule(key, 0);
  if (!scheduled) due_.erase(key);
  co_return scheduled;
}

}  // namespace gcal::plugin
