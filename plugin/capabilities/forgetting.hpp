// Implements crm.privacy/0: a user who was removed from the CRM is forgotten. Grants are given back
// to Google first, while they are still there; then the rows are erased. [loop thread]
#pragma once

#include <string>

#include "plugin/capabilities/background_runs.hpp"
#include "plugin/capabilities/pending_reply.hpp"
#include "plugin/plugin_context.hpp"

namespace gcal::plugin {

class Forgetting {
 public:
  Forgetting(PluginContext& context, const BackgroundRuns& runs) : context_(context), runs_(runs) {}

  // request: schema/forget_request.json. Answers ok when nothing is left; unavailable while Google
  // does not answer, or while a run that may write is under way: the host asks again.
  Task<> forget(std::string request, SharedReply reply);

 private:
  Task<std::string> forget_all(std::string request);
  Task<> forget_account(std::string account);

  PluginContext& context_;
  const BackgroundRuns& runs_;
};

}  // namespace gcal::plugin
