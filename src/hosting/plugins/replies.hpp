// The open requests of one plugin: each reply object answers exactly once, however often the plugin
// sends. Used by LoadedPlugin. It must never leave a caller without an answer, nor believe a plugin
// that sends twice.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "host_api/crm_plugin.h"
#include "src/common/base/log.hpp"
#include "src/common/base/result.hpp"

namespace hosting {

class Replies {
 public:
  using Answer = std::function<void(gcal::Result<std::string>)>;

  // log outlives the object, and the object outlives the plugin's last send.
  Replies(std::string plugin, gcal::base::Log& log);
  ~Replies();
  Replies(const Replies&) = delete;
  Replies& operator=(const Replies&) = delete;

  // For one request. `answer` is called by the thread that sends, or by abandon. [any thread]
  crm_reply* open(Answer answer);
  // The plugin is gone: answers every open request unavailable. How many there were: a plugin that
  // keeps the contract leaves none.
  std::size_t abandon();

 private:
  struct Reply;
  void take(Reply& reply, gcal::Result<std::string> result);

  const std::string plugin_;
  gcal::base::Log& log_;
  std::mutex mutex_;
  std::unordered_map<Reply*, std::unique_ptr<Reply>> open_;
  std::deque<std::unique_ptr<Reply>>
      answered_;  // the newest: a second send finds a flag here, not freed memory
};

}  // namespace hosting
