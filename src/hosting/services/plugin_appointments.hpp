// The appointments as plugins read and write them (host_api/services/events.h): a change feed, and
// batches of conditional writes. Used by the tables of crm.events/0 and crm.contacts/0. It must
// never show a plugin a calendar that it has no part in, nor perform an operation twice.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/hosting/services/documents.hpp"
#include "src/hosting/services/host_context.hpp"

namespace hosting {

class PluginAppointments {
 public:
  // Both outlive the object.
  PluginAppointments(HostContext& context, CrmPort& crm) : context_(context), crm_(crm) {}

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
                                             const std::vector<Operation>& operations);
  // Forgets the results of operations: the plugin has recorded them.
  Result<> acknowledge(std::string_view plugin, const std::vector<std::string>& op_ids);
  // crm.contacts/0 changes: commit-ordered, each record once per page. Errors as of changes.
  Result<RecordChanges> record_changes(std::string_view cursor, std::uint32_t limit) const;

  // Once a day: forgets what is older than 90 days.
  Result<> purge();
  // For a restored backup, and for tests: invalidates every cursor.
  Result<> new_epoch();

 private:
  struct Batch;
  Result<FeedPage> first_reading(CrmTransaction& transaction, const std::string& calendar,
                                 FeedPosition position, std::uint32_t limit) const;
  Result<FeedPage> later_reading(CrmTransaction& transaction, const std::string& calendar,
                                 const FeedPosition& position, std::uint32_t limit) const;
  Result<std::map<std::string, EventDocument>> load(CrmTransaction& transaction,
                                                    const std::vector<std::string>& ids) const;
  // Reads at once what the operations will ask for one by one.
  Result<> read_ahead(Batch& batch, std::span<const Operation> operations) const;
  // The document of an operation, as it is now in the transaction; nullopt: there is none.
  Result<std::optional<EventDocument>> document_of(Batch& batch, const std::string& id) const;
  Result<> store_answers(Batch& batch) const;
  Result<OperationResult> perform(Batch& batch, const Operation& operation);
  Result<OperationResult> execute(Batch& batch, const Operation& operation);
  Result<OperationResult> save(Batch& batch, const Operation& operation,
                               const EventDocument* before, std::string_view calendar);

  HostContext& context_;
  CrmPort& crm_;
};

}  // namespace hosting
