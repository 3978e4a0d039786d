// The place of one plugin in the host: which version runs there, and what waits while it starts or
// is exchanged. Used by Plugins. It must never lose a request, nor give one to a version that has
// quiesced: what arrives meanwhile, or is sent back unanswered, goes to the next version.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "src/hosting/plugins/loaded_plugin.hpp"
#include "src/hosting/plugins/plugins.hpp"

namespace hosting {

class PluginSlot : public std::enable_shared_from_this<PluginSlot> {
 public:
  // Calls the plugin; false: its gate is closed, and the answer was not touched.
  using Forward = std::function<bool(LoadedPlugin&, PluginAnswer&)>;
  using Clock = std::chrono::steady_clock;

  PluginSlot(std::filesystem::path folder, std::chrono::milliseconds hold_deadline)
      : folder_(std::move(folder)), hold_deadline_(hold_deadline) {}

  const std::filesystem::path& folder() const { return folder_; }  // of the package

  // Forwards to the version that runs; while none may be called, keeps the request for the next
  // one, and answers unavailable after the deadline. A request that a version answers unavailable
  // or cancelled because it was exchanged is repeated on the next one. [any thread]
  void ask(Forward forward, PluginAnswer answer);
  // Passes a change on; what arrives while no version may be called is delivered afterwards. [any]
  void hint(const Change& change);
  // Answers the requests that waited too long. [any thread]
  void expire();

  std::shared_ptr<LoadedPlugin> current() const;  // nullptr: nothing runs. [any thread]

  // From now on requests and changes wait. [thread of the exchange]
  void hold();
  // The version that answers from now on, with its gate open, or nullptr. What waited goes there.
  void go_on(std::shared_ptr<LoadedPlugin> version);

  bool is_holding() const;
  // Runs, or is about to: a version that starts becomes the current one in one step. [any thread]
  bool is_taken() const;

  // What the page shows. [any thread]
  PluginInfo info() const;
  void change_info(const std::function<void(PluginInfo&)>& change);

 private:
  struct Request {
    Forward forward;
    PluginAnswer answer;
    std::uint64_t epoch = 0;  // of the exchanges that had begun when it was passed on
    int attempts = 0;
    Clock::time_point expires;
  };
  using SharedRequest = std::shared_ptr<Request>;

  void pass_on(const SharedRequest& request);
  void call(LoadedPlugin& version, const SharedRequest& request);
  bool was_exchanged_since(std::uint64_t epoch) const;
  gcal::Error not_running() const;

  const std::filesystem::path folder_;
  const std::chrono::milliseconds hold_deadline_;
  mutable std::mutex mutex_;  // guards all below
  std::shared_ptr<LoadedPlugin> current_;
  bool holding_ = false;
  std::uint64_t epoch_ = 0;
  std::deque<SharedRequest> held_;
  std::vector<Change> changes_;
  PluginInfo info_;
};

}  // namespace hosting
