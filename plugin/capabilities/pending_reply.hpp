// A request that waits for its answer on the loop. Capabilities wrap every crm_reply in one;
// dropped unanswered it tells the host to repeat later, because that happens only when the plugin
// stops. It must never answer twice.
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

// What a posted turn can carry: turns are copied.
using SharedReply = std::shared_ptr<PendingReply>;

}  // namespace gcal::plugin
