// Implements crm.http/0: the web hook for Google's push notifications (P-15). Created by the
// wiring. A notification without the channel's token causes no work and no write, and is answered
// exactly like one for an unknown channel; so is one for a channel that is over. One that was sent
// before causes no write either. Runs on the loop thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "plugin/account/run_requests.hpp"
#include "plugin/capabilities/pending_reply.hpp"
#include "plugin/plugin_context.hpp"
#include "src/engine/google/push_channels.hpp"

namespace gcal::plugin {

// [loop thread]
class Webhook {
 public:
  Webhook(PluginContext& context, RunRequests& requests) : context_(context), requests_(requests) {}

  // Answers 200 after the calendar was durably marked as changed, so a crash afterwards loses
  // nothing; 404 if the notification is not genuine; 503 if the store failed, so that Google
  // repeats it.
  Task<> handle(std::string request, SharedReply reply);

 private:
  Task<int> accept(std::string request);
  bool is_repeated(const google::Notification& notification) const;
  void remember(const google::Notification& notification);

  PluginContext& context_;
  RunRequests& requests_;
  std::map<std::string, std::int64_t> last_numbers_;  // of accepted notifications, by channel
};

}  // namespace gcal::plugin
