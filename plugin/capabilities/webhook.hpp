// crm.http/0: Google's push messages. Made by the wiring.
// It must never do work or write a row for a message that does not know its channel's token, and
// never tell an unknown channel from a wrong token.
#pragma once

#include <optional>
#include <string>

#include "plugin/account/run_requests.hpp"
#include "plugin/capabilities/pending_reply.hpp"
#include "plugin/parts.hpp"

namespace gcal::plugin {

// [loop thread]
class Webhook {
 public:
  Webhook(Parts& parts, RunRequests& requests) : parts_(parts), requests_(requests) {}

  // The mark that a calendar changed is durable before the answer: a crash afterwards loses
  // nothing.
  Task<> handle(std::string request, SharedReply reply);

 private:
  Task<int> accept(std::string request);

  Parts& parts_;
  RunRequests& requests_;
};

}  // namespace gcal::plugin
