// The reply to one request, as plugins written in C++ hold it. Used by the base classes of
// capabilities and by plugins that write their tables by hand. It must never answer twice, nor
// leave a request without an answer.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "host_api/cpp/abi.hpp"

namespace crm {

// The reply to one request. Move-only; destroyed without send it replies INTERNAL, so each request
// is answered exactly once. [any thread]
class Reply {
 public:
  explicit Reply(crm_reply* reply) noexcept : reply_(reply) {}
  Reply(Reply&& other) noexcept : reply_(std::exchange(other.reply_, nullptr)) {}
  Reply& operator=(Reply&& other) noexcept {
    std::swap(reply_, other.reply_);
    return *this;
  }
  ~Reply() { send(CRM_INTERNAL, "the request was dropped unanswered"); }

  // Is it still waited for? False after it was sent, too.
  bool is_wanted() const noexcept { return reply_ && reply_->is_wanted(reply_) != 0; }

  // Sends the text, or the error with its code and what it says of a repetition. A second call has
  // no effect.
  void send(const Result<std::string>& result) noexcept {
    if (result) return send(CRM_OK, *result);
    const auto status = static_cast<crm_status>(result.error().code);
    try {
      send(status, error_body(result.error()));
    } catch (...) {  // out of memory
      send(status, std::string_view());
    }
  }

 private:
  void send(crm_status status, std::string_view body) noexcept {
    if (crm_reply* reply = std::exchange(reply_, nullptr)) reply->send(reply, status, to_abi(body));
  }
  crm_reply* reply_;
};

}  // namespace crm
