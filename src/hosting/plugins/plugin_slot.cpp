#include "src/hosting/plugins/plugin_slot.hpp"

#include <algorithm>
#include <utility>

namespace hosting {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;

constexpr std::size_t kMaxHeld = 10'000;     // requests; beyond, the caller has to repeat
constexpr std::size_t kMaxChanges = 10'000;  // beyond, they are lost, as hints may be
constexpr int kMaxAttempts = 5;

Error exchanged() {
  return {Code::unavailable, "the plugin is being stopped or exchanged: repeat later", {}};
}

}  // namespace

std::shared_ptr<LoadedPlugin> PluginSlot::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

bool PluginSlot::is_holding() const {
  const std::lock_guard lock(mutex_);
  return holding_;
}

bool PluginSlot::is_taken() const {
  const std::lock_guard lock(mutex_);
  return current_ || holding_;
}

PluginInfo PluginSlot::info() const {
  std::shared_ptr<LoadedPlugin> version;
  PluginInfo info;
  {
    const std::lock_guard lock(mutex_);
    info = info_;
    version = current_;
  }
  if (info.state != "running" || !version) return info;
  if (const auto call = version->blocked_in(); !call.empty()) {
    info.state = "stuck";
    info.reason = "its " + call + " has not returned for 10 s";
  }
  return info;
}

Error PluginSlot::not_running() const {
  const PluginInfo now = info();
  return {
      Code::unavailable,
      "the plugin " + now.id + " is not running" + (now.reason.empty() ? "" : ": " + now.reason),
      {}};
}

void PluginSlot::change_info(const std::function<void(PluginInfo&)>& change) {
  const std::lock_guard lock(mutex_);
  change(info_);
}

void PluginSlot::ask(Forward forward, PluginAnswer answer) {
  auto request = std::make_shared<Request>();
  request->forward = std::move(forward);
  request->answer = std::move(answer);
  request->expires = Clock::now() + hold_deadline_;
  pass_on(request);
}

void PluginSlot::pass_on(const SharedRequest& request) {
  std::shared_ptr<LoadedPlugin> version;
  bool is_full = false;
  {
    const std::lock_guard lock(mutex_);
    if (holding_) {
      is_full = held_.size() >= kMaxHeld;
      if (!is_full) {
        // It may have been on its way for long before it came back.
        request->expires = std::max(request->expires, Clock::now() + hold_deadline_);
        held_.push_back(request);
        return;
      }
    }
    version = current_;
    request->epoch = epoch_;
  }
  if (is_full) return request->answer(exchanged());
  if (!version) return request->answer(not_running());
  call(*version, request);
}

void PluginSlot::call(LoadedPlugin& version, const SharedRequest& request) {
  ++request->attempts;
  PluginAnswer answer = [self = shared_from_this(), request](Result<std::string> result) {
    const bool came_back = !result && (result.error().code == Code::unavailable ||
                                       result.error().code == Code::cancelled);
    if (came_back && request->attempts < kMaxAttempts && self->was_exchanged_since(request->epoch))
      return self->pass_on(request);
    request->answer(std::move(result));
  };
  if (request->forward(version, answer)) return;
  answer(exchanged());
}

bool PluginSlot::was_exchanged_since(std::uint64_t epoch) const {
  const std::lock_guard lock(mutex_);
  return holding_ || epoch_ != epoch;
}

void PluginSlot::hint(const Change& change) {
  std::shared_ptr<LoadedPlugin> version;
  {
    const std::lock_guard lock(mutex_);
    if (holding_) {
      if (changes_.size() < kMaxChanges) changes_.push_back(change);
      return;
    }
    version = current_;
  }
  if (version) version->hint(change);
}

void PluginSlot::expire() {
  std::vector<SharedRequest> late;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    std::erase_if(held_, [&](const SharedRequest& request) {
      if (request->expires > now) return false;
      late.push_back(request);
      return true;
    });
  }
  for (const SharedRequest& request : late) request->answer(exchanged());
}

void PluginSlot::hold() {
  const std::lock_guard lock(mutex_);
  holding_ = true;
  ++epoch_;
}

void PluginSlot::go_on(std::shared_ptr<LoadedPlugin> version) {
  std::deque<SharedRequest> requests;
  std::vector<Change> changes;
  {
    const std::lock_guard lock(mutex_);
    current_ = version;
    holding_ = false;
    requests.swap(held_);
    changes.swap(changes_);
  }
  if (version)
    for (const Change& change : changes) version->hint(change);
  for (const SharedRequest& request : requests) pass_on(request);
}

}  // namespace hosting
