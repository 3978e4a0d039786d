// The CRM's side of a pair: implements sync::Side over the host's crm.events/0. Created for one
// calendar and one run, whose fence every write carries. Each put also contains the matching leads
// and contacts. Runs on the loop thread; the host is called on the store thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host_api/cpp/host.hpp"
#include "plugin/adapters/record_matcher.hpp"
#include "src/engine/store/blocking_executor.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

// Objects passed by reference must outlive it. Errors: those of crm.events/0. [loop thread]
class CrmSide final : public sync::Side {
 public:
  CrmSide(crm::Events events, RecordMatcher matcher, std::string calendar, std::int64_t fence,
          store::BlockingExecutor& blocking)
      : events_(events),
        matcher_(std::move(matcher)),
        calendar_(std::move(calendar)),
        fence_(fence),
        blocking_(blocking) {}

  Task<sync::ChangesPage> changes(std::string cursor) override;
  Task<sync::FeedItem> get(std::string id) override;
  Task<std::vector<sync::FeedItem>> get_many(std::vector<std::string> ids) override;
  Task<std::vector<Result<sync::Written>>> apply(std::vector<sync::Operation> operations) override;
  Task<> settle(std::vector<std::string> op_ids) override;
  Task<bool> exists() override;
  Task<bool> writable() override { co_return true; }  // its calendars are the plugin's own
  std::size_t batch_limit() const override { return 500; }

 private:
  Result<sync::ChangesPage> read_changes(const std::string& cursor) const;
  Result<sync::FeedItem> read_one(const std::string& id) const;
  Result<std::vector<sync::FeedItem>> read_many(const std::vector<std::string>& ids) const;
  Result<std::vector<Result<sync::Written>>> write(const std::vector<sync::Operation>& operations);

  crm::Events events_;
  RecordMatcher matcher_;
  std::string calendar_;
  std::int64_t fence_;
  store::BlockingExecutor& blocking_;
  std::map<std::string, std::string> sent_as_;  // the host's op_id of the engine's, until settled
};

}  // namespace gcal::plugin
