// The CRM's end of a pair: a sync::Side over the host's crm.events service. Built for one calendar
// and one run; its blocking calls go through the store's worker. It also links appointments with
// leads and contacts, because a put carries the linked records.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host_api/cpp/host.hpp"
#include "src/common/base/json.hpp"
#include "src/engine/store/blocking_executor.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

// Finds the records that belong to the guests of an appointment: every lead and contact that holds
// a guest's address. Never creates one. Own addresses, rooms and the organiser's calendar are no
// guests.
class RecordMatcher {
 public:
  RecordMatcher(crm::Contacts contacts, std::string user, std::vector<std::string> own_addresses)
      : contacts_(contacts), user_(std::move(user)), own_(std::move(own_addresses)) {}

  // One look-up for all series together. Answers, in order, {"leads": [...], "contacts": [...]} for
  // each. Blocks: store pool only.
  Result<std::vector<base::Json>> match(const std::vector<const calendar::Series*>& series) const;

 private:
  crm::Contacts contacts_;
  std::string user_;
  std::vector<std::string> own_;
};

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
  Task<std::vector<Result<sync::Written>>> apply(std::vector<sync::Operation> operations) override;
  Task<> settle(std::vector<std::string> op_ids) override;
  Task<bool> exists() override;
  std::size_t batch_limit() const override { return 500; }

 private:
  Result<sync::ChangesPage> read_changes(const std::string& cursor) const;
  Result<sync::FeedItem> read_one(const std::string& id) const;
  Result<std::vector<Result<sync::Written>>> write(
      const std::vector<sync::Operation>& operations) const;

  crm::Events events_;
  RecordMatcher matcher_;
  std::string calendar_;
  std::int64_t fence_;
  store::BlockingExecutor& blocking_;
};

}  // namespace gcal::plugin
