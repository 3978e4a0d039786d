// Notices that a database was replaced by an older one, such as by a copied file: a file beside it
// remembers how far the change counter of its feeds was. Plugins whose cursors are ahead of the
// database would otherwise take what is counted a second time for what they have read, and miss it
// in silence. Used by Hosting for the database of a vendor, and by crm_host for its own.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "src/common/base/log.hpp"
#include "src/common/base/result.hpp"
#include "src/hosting/library/repeated.hpp"
#include "src/hosting/services/change_feed.hpp"

namespace hosting {

class RestoreGuard {
 public:
  // Of the guarded database. [any thread, may block]
  struct Feeds {
    std::function<gcal::Result<FeedMark>()> present;
    std::function<gcal::Result<>()> begin_epoch;  // all cursors are foreign from then on
  };
  // Begins a new epoch when the database is older than `file` says. From then on writes there how
  // far it is, after each interval and at its end: what was counted since the last time is not
  // noticed. Before plugins start; what feeds and log use outlives the object. Errors: those of the
  // feeds. [blocks]
  static gcal::Result<std::unique_ptr<RestoreGuard>> start(std::filesystem::path file, Feeds feeds,
                                                           std::chrono::milliseconds interval,
                                                           gcal::base::Log& log);
  ~RestoreGuard();
  RestoreGuard(const RestoreGuard&) = delete;
  RestoreGuard& operator=(const RestoreGuard&) = delete;

 private:
  RestoreGuard(std::filesystem::path file, Feeds feeds, gcal::base::Log& log)
      : file_(std::move(file)), feeds_(std::move(feeds)), log_(log) {}

  gcal::Result<> compare();
  void remember();

  const std::filesystem::path file_;
  const Feeds feeds_;
  gcal::base::Log& log_;
  FeedMark written_;
  std::optional<Repeated> remembering_;
};

}  // namespace hosting
