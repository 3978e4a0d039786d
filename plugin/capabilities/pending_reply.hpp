// Owns the crm_reply of a request until it is answered. Used by every capability. If it is
// destroyed unanswered, which happens only when the plugin stops, the host is answered with
// unavailable and repeats the request later. Answers at most once. Runs on the loop thread.
#pragma once

#include <memory>

#include "host_api/cpp/plugin.hpp"
#include "src/common/base/json.hpp"

namespace gcal::plugin {

class PendingReply {
 public:
  explicit PendingReply(crm::Reply reply)
      : reply_(std::make_unique<crm::Reply>(std::move(reply))) {}
  PendingReply(PendingReply&&) noexcept = default;
  PendingReply& operator=(PendingReply&&) = delete;
  ~PendingReply() {
    if (reply_) reply_->send(Error{Code::unavailable, "the plugin is stopping", {}});
  }

  // Answers the request; later calls have no effect.
  void send(Result<std::string> answer) {
    if (const std::unique_ptr<crm::Reply> reply = std::move(reply_)) reply->send(answer);
  }
  void send_json(const Result<base::Json>& answer) {
    if (answer)
      send(Result<std::string>(answer->dump()));
    else
      send(Result<std::string>(answer.error()));
  }

 private:
  std::unique_ptr<crm::Reply> reply_;
};

// Shared, because callbacks posted to the loop are copied.
using SharedReply = std::shared_ptr<PendingReply>;

}  // namespace gcal::plugin
