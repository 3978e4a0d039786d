#include "plugin/account/run_requests.hpp"

namespace gcal::plugin {

Task<> RunRequests::now(std::string key) {
  if (!pending_.insert(key).second) co_return Result<>{};
  const Result<> scheduled = co_await host_.schedule(key, 0);
  if (!scheduled) pending_.erase(key);
  co_return scheduled;
}

}  // namespace gcal::plugin
