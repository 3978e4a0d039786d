#include "src/hosting/services/host_context.hpp"

#include "src/hosting/services/master_key.hpp"

namespace hosting {

Result<std::unique_ptr<HostContext>> HostContext::open(
    std::filesystem::path data, Database& database, const gcal::base::Clock& clock,
    gcal::base::Random& random, gcal::base::Log& log, SecretsOptions secrets) {
  std::unique_ptr<HostContext> context(
      new HostContext(std::move(data), database, clock, random, log));
  if (secrets.master_key.empty()) secrets.master_key = master_key::place(context->data_);
  TRY(context->secrets_, Secrets::open(database, std::move(secrets), clock, random, log));
  return context;
}

void HostContext::audit(std::string_view action, std::string_view user, std::string_view object) {
  log_.warning("audit",
               gcal::base::Json::object({{"action", action}, {"user", user}, {"object", object}}));
}

}  // namespace hosting
