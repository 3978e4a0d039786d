#include "src/hosting/plugins/replies.hpp"

#include <atomic>
#include <exception>
#include <utility>
#include <vector>

#include "host_api/cpp/abi.hpp"

namespace hosting {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::base::Json;

constexpr std::size_t kRemembered = 1024;

}  // namespace

struct Replies::Reply : crm_reply {
  Reply(Replies& o, Answer a) : crm_reply{&on_send}, owner(o), answer(std::move(a)) {}

  static void on_send(crm_reply* raw, crm_status status, crm_str body) noexcept {
    auto& self = *static_cast<Reply*>(raw);
    try {
      Result<std::string> result;
      if (status == CRM_OK)
        result = std::string(crm::from_abi(body));
      else
        result = Error{crm::to_code(status), std::string(crm::from_abi(body)), {}};
      self.owner.take(self, std::move(result));
    } catch (const std::exception&) {
      // Out of memory while copying the body: the caller still gets its one answer.
      self.owner.take(self, Error{Code::unavailable, "out of memory", {}});
    }
  }

  Replies& owner;
  Answer answer;
  std::atomic<bool> sent{false};
};

Replies::Replies(std::string plugin, gcal::base::Log& log)
    : plugin_(std::move(plugin)), log_(log) {}
Replies::~Replies() {
  abandon();
}

crm_reply* Replies::open(Answer answer) {
  auto reply = std::make_unique<Reply>(*this, std::move(answer));
  Reply* raw = reply.get();
  const std::lock_guard lock(mutex_);
  open_.emplace(raw, std::move(reply));
  return raw;
}

void Replies::take(Reply& reply, Result<std::string> result) {
  if (reply.sent.exchange(true)) {
    log_.error("plugin.replied_twice", Json::object({{"plugin", plugin_}}));
    return;
  }
  Answer answer = std::move(reply.answer);
  {
    const std::lock_guard lock(mutex_);
    auto node = open_.extract(&reply);
    answered_.push_back(std::move(node.mapped()));
    if (answered_.size() > kRemembered) answered_.pop_front();
  }
  try {
    answer(std::move(result));
  } catch (const std::exception& e) {
    log_.error("plugin.answer_failed", Json::object({{"plugin", plugin_}, {"error", e.what()}}));
  }
}

std::size_t Replies::abandon() {
  std::vector<Reply*> left;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [raw, reply] : open_) left.push_back(raw);
  }
  for (Reply* reply : left) take(*reply, Error{Code::unavailable, "the plugin was stopped", {}});
  return left.size();
}

}  // namespace hosting
