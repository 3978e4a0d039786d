// Implements crm.invitations/0: an invitation as the account would send it now, for the preview of
// the host's pages. Sends and stores nothing. [loop thread]
#pragma once

#include <string>

#include "plugin/capabilities/pending_reply.hpp"
#include "plugin/plugin_context.hpp"

namespace gcal::plugin {

class InvitationSample {
 public:
  explicit InvitationSample(PluginContext& context) : context_(context) {}

  // Answers with schema/mail.json. Errors: not_found for an account of another user, or an event
  // that no one is invited to.
  Task<> sample(std::string request, SharedReply reply);

 private:
  Task<base::Json> make(std::string request);

  PluginContext& context_;
};

}  // namespace gcal::plugin
