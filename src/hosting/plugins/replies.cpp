#include "src/hosting/plugins/replies.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>
#include <vector>

#include "host_api/cpp/abi.hpp"
#include "src/hosting/plugins/crash_log.hpp"

namespace hosting {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::base::Json;

constexpr std::size_t kRemembered = 1024;
// Each one may wait for the provider; a plugin that never sends keeps no more memory than this.
constexpr std::size_t kMaxOpen = 4096;

std::string seconds(std::chrono::milliseconds time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s"
                                  : std::to_string(time.count()) + " ms";
}

}  // namespace

struct Replies::Reply : crm_reply {
  Reply(Replies& o, std::string c, Answer a)
      : crm_reply{&on_send, &on_wanted}, owner(o), call(std::move(c)), answer(std::move(a)) {}

  static void on_send(crm_reply* raw, crm_status status, crm_str body) noexcept {
    auto& self = *static_cast<Reply*>(raw);
    try {
      Result<std::string> result;
      if (status == CRM_OK)
        result = std::string(crm::from_abi(body));
      else
        result = self.owner.failure(self.call, crm::to_code(status), crm::from_abi(body));
      self.owner.take(self, std::move(result));
    } catch (const std::exception&) {
      // Out of memory while copying the body: the caller still gets its one answer.
      self.owner.take(self, Error{Code::unavailable, "out of memory", {}});
    }
  }

  static std::int32_t on_wanted(crm_reply* raw) noexcept {
    auto& self = *static_cast<Reply*>(raw);
    try {
      return self.owner.is_awaited(raw);
    } catch (const std::exception&) {
      return 1;  // the lock failed: the work goes on
    }
  }

  Replies& owner;
  const std::string call;
  Answer answer;  // empty: the caller has its answer
  Timers::Id timer;
  std::atomic<bool> sent{false};
};

Replies::Replies(std::string plugin, gcal::base::Log& log, Timers& timers)
    : plugin_(std::move(plugin)), log_(log), timers_(timers) {}
Replies::~Replies() {
  abandon();
}

// A sentence, or schema/error.json.
Error Replies::failure(const std::string& call_name, Code code, std::string_view body) const {
  if (body.starts_with('{')) {
    const auto document = Json::parse(body);
    if (document && document->is_object() && (*document)["message"].is_string()) {
      const std::int64_t wait = (*document)["retry_after_ms"].as_integer();
      if (const Json* details = document->find("details"); details && details->is_object())
        log_.debug("plugin.failure_details",
                   Json::object({{"plugin", plugin_}, {"call", call_name}, {"details", *details}}));
      return {code, document->string("message"),
              std::chrono::milliseconds(std::max<std::int64_t>(wait, 0))};
    }
  }
  return {code, std::string(body)};
}

crm_reply* Replies::open(std::string call_name, std::chrono::milliseconds deadline, Answer answer) {
  std::unique_lock lock(mutex_);
  if (open_.size() >= kMaxOpen) {
    lock.unlock();
    call(answer, Error{Code::unavailable,
                       "the plugin " + plugin_ + " leaves too many requests unanswered",
                       {}});
    return nullptr;
  }
  auto reply = std::make_unique<Reply>(*this, std::move(call_name), std::move(answer));
  Reply* raw = reply.get();
  open_.emplace(raw, std::move(reply));
  raw->timer = timers_.after(deadline, [this, raw, deadline] { expire(raw, deadline); });
  return raw;
}

bool Replies::is_awaited(crm_reply* reply) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(reply);
  return found != open_.end() && found->second->answer;
}

void Replies::refuse(crm_reply* reply, Error error) {
  std::unique_lock lock(mutex_);
  const auto found = open_.find(reply);
  if (found == open_.end()) return;  // sent before its function threw
  const Answer answer = claim(*found->second);
  sent_.push_back(std::move(found->second));
  sent_.back()->sent = true;
  open_.erase(found);
  if (sent_.size() > kRemembered) sent_.pop_front();
  lock.unlock();
  call(answer, std::move(error));
}

Replies::Answer Replies::claim(Reply& reply) {
  timers_.cancel(reply.timer);
  return std::exchange(reply.answer, nullptr);
}

void Replies::call(const Answer& answer, Result<std::string> result) {
  if (!answer) return;
  const CallMark host_runs(nullptr);
  try {
    answer(std::move(result));
  } catch (const std::exception& e) {
    log_.error("plugin.answer_failed", Json::object({{"plugin", plugin_}, {"error", e.what()}}));
  }
}

void Replies::take(Reply& reply, Result<std::string> result) {
  if (reply.sent.exchange(true)) {
    log_.error("plugin.replied_twice", Json::object({{"plugin", plugin_}}));
    return;
  }
  Answer answer;
  {
    const std::lock_guard lock(mutex_);
    answer = claim(reply);
    if (!answer)
      log_.warning("plugin.answered_late",
                   Json::object({{"plugin", plugin_}, {"call", reply.call}}));
    auto node = open_.extract(&reply);
    sent_.push_back(std::move(node.mapped()));
    if (sent_.size() > kRemembered) sent_.pop_front();
  }
  call(answer, std::move(result));
}

// The reply stays until the plugin sends it.
void Replies::expire(Reply* raw, std::chrono::milliseconds deadline) {
  Answer answer;
  std::string call_name;
  {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(raw);
    if (found == open_.end()) return;
    call_name = found->second->call;
    answer = claim(*found->second);
  }
  if (!answer) return;
  log_.error("plugin.no_answer",
             Json::object({{"plugin", plugin_}, {"call", call_name}, {"ms", deadline.count()}}));
  call(answer, Error{Code::timeout,
                     "the plugin " + plugin_ + " did not answer " + call_name + " within " +
                         seconds(deadline),
                     {}});
}

std::size_t Replies::abandon() {
  std::vector<Answer> answers;
  std::size_t left = 0;
  {
    const std::lock_guard lock(mutex_);
    left = open_.size();
    for (const auto& [raw, reply] : open_) answers.push_back(claim(*reply));
    // The plugin's own answers may still come, when it is destroyed: they count for nothing.
    for (auto& [raw, reply] : open_) {
      reply->sent = true;
      sent_.push_back(std::move(reply));
    }
    open_.clear();
  }
  for (const Answer& answer : answers)
    call(answer, Error{Code::unavailable, "the plugin was stopped", {}});
  return left;
}

}  // namespace hosting
