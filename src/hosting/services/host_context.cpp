#include "src/hosting/services/host_context.hpp"

namespace hosting {

Result<std::unique_ptr<HostContext>> HostContext::open(std::filesystem::path data,
                                                       Database& database,
                                                       const gcal::base::Clock& clock,
                                                       gcal::base::Random& random,
                                                       gcal::base::Log& log) {
  std::unique_ptr<HostContext> context(
      new HostContext(std::move(data), database, clock, random, log));
  TRY(context->secrets_, Secrets::open(database, context->data_ / "master.key", random));
  return context;
}

void HostContext::audit(std::string_view action, std::string_view user, std::string_view object) {
  log_.warning("audit",
               gcal::base::Json::object({{"action", action}, {"user", user}, {"object", object}}));
}

}  // namespace hosting
