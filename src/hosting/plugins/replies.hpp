// The open requests of one plugin: each caller gets exactly one answer, within a deadline, however
// often or late the plugin sends. Used by LoadedPlugin. It must never leave a caller without an
// answer, nor free a reply that the plugin may still send.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "host_api/crm_plugin.h"
#include "src/common/base/log.hpp"
#include "src/common/base/result.hpp"
#include "src/hosting/plugins/timers.hpp"

namespace hosting {

class Replies {
 public:
  using Answer = std::function<void(gcal::Result<std::string>)>;

  // log and timers outlive the object, and the object outlives the plugin's last send. The timers
  // are stopped before it goes.
  Replies(std::string plugin, gcal::base::Log& log, Timers& timers);
  ~Replies();
  Replies(const Replies&) = delete;
  Replies& operator=(const Replies&) = delete;

  // For one request. `answer` is called by the thread that sends, by the timers when the deadline
  // has passed (timeout, names plugin and call), or by abandon. nullptr: the plugin owes too many
  // answers; `answer` was called with unavailable. [any thread]
  crm_reply* open(std::string call, std::chrono::milliseconds deadline, Answer answer);
  // Does the caller still wait? [any thread]
  bool is_awaited(crm_reply* reply);
  // For a reply that the plugin has not been given, or that it cannot send any more because its
  // function threw: answers and forgets it.
  void refuse(crm_reply* reply, gcal::Error error);
  // The plugin is gone: answers every open request unavailable. How many the plugin has not
  // answered: one that keeps the contract leaves none.
  std::size_t abandon();

 private:
  struct Reply;
  void take(Reply& reply, gcal::Result<std::string> result);
  gcal::Error failure(const std::string& call, gcal::Code code, std::string_view body) const;
  void expire(Reply* reply, std::chrono::milliseconds deadline);
  // The answer to be called; nothing when the caller has its answer.
  Answer claim(Reply& reply);  // [under the mutex]
  void call(const Answer& answer, gcal::Result<std::string> result);

  const std::string plugin_;
  gcal::base::Log& log_;
  Timers& timers_;
  std::mutex mutex_;
  std::unordered_map<crm_reply*, std::unique_ptr<Reply>> open_;  // not sent yet
  std::deque<std::unique_ptr<Reply>>
      sent_;  // the newest: a second send finds a flag here, not freed memory
};

}  // namespace hosting
