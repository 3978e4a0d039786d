// The appointments as plugins read and write them (host_api/services/events.h): a change feed, and
// batches of conditional writes. Used by CrmAdapter. It must never show a plugin a calendar that it
// has no part in, nor perform an operation twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/host/crm/appointment_store.hpp"

namespace host {

using hosting::EventDocument;
using hosting::FeedEntry;
using hosting::FeedPage;
using hosting::FenceCheck;
using hosting::Operation;
using hosting::OperationResult;

class AppointmentFeed {
 public:
  // All references outlive the object.
  AppointmentFeed(Database& database, AppointmentStore& store, const gcal::base::Clock& clock,
                  gcal::base::Random& random)
      : database_(database), store_(store), clock_(clock), random_(random) {}

  // All functions: [any thread, blocks]. A calendar or appointment that the plugin may not see is
  // not_found.

  // The next page of a calendar's changes, in commit order. cursor "": from the beginning, without
  // deletions. invalid: limit is not 1 to 2500; gone: the cursor is foreign or too old.
  Result<FeedPage> changes(std::string_view plugin, std::string_view calendar,
                           std::string_view cursor, std::uint32_t limit) const;
  // The documents with these ids, at most 500; those the plugin may not see are left out.
  Result<std::vector<EventDocument>> get(std::string_view plugin,
                                         const std::vector<std::string>& ids) const;
  // Performs the operations in one transaction, each for itself. An op_id that was performed before
  // gets the result of then. fence 0: none. conflict: the fence is stale, nothing was written.
  Result<std::vector<OperationResult>> apply(std::string_view plugin, std::int64_t fence,
                                             const std::vector<Operation>& operations,
                                             const FenceCheck& fence_is_current);
  // Forgets the results of operations: the plugin has recorded them.
  Result<> acknowledge(std::string_view plugin, const std::vector<std::string>& op_ids);

  // Once a day: forgets tombstones older than 90 days, in the feeds of appointments and records.
  Result<> purge();
  // For tests and a restored backup: invalidates every cursor.
  Result<> new_epoch();

 private:
  Result<OperationResult> perform(Connection& c, std::string_view plugin,
                                  const Operation& operation);
  Result<OperationResult> execute(Connection& c, std::string_view plugin,
                                  const Operation& operation);
  Result<OperationResult> create(Connection& c, std::string_view plugin,
                                 const Operation& operation);
  Result<OperationResult> link(Connection& c, std::string_view plugin, const Operation& operation,
                               const StoredAppointment& stored);
  Result<OperationResult> move(Connection& c, std::string_view plugin, const Operation& operation,
                               const StoredAppointment& stored);
  Result<OperationResult> replace(Connection& c, std::string_view plugin,
                                  const Operation& operation, const StoredAppointment& stored);

  Database& database_;
  AppointmentStore& store_;
  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
};

}  // namespace host
