// The engine's journal as plain maps; every commit is a point of the fault plan. The simulation and
// the unit tests use it. It must return exactly what store::SqlJournal returns, which
// tests/unit/engine/store checks.
#pragma once

#include <map>
#include <tuple>

#include "src/engine/sync/ports.hpp"
#include "tests/support/fault_plan.hpp"

namespace gcal::support {

class MemoryJournal final : public sync::Journal {
 public:
  explicit MemoryJournal(FaultPlan& faults) : faults_(faults) {}

  Task<> commit(sync::WriteBatch batch) override;
  Task<std::vector<sync::Pair>> pairs(std::string account) override;
  Task<std::vector<sync::Intent>> intents(std::string pair) override;
  Task<sync::OpenWork> open_work(std::string pair) override;
  Task<bool> has_changes(std::string pair) override;
  Task<std::vector<sync::Split>> splits(std::string pair) override;
  Task<std::vector<sync::HeldItem>> held_items(std::string pair) override;
  Task<std::vector<sync::Link>> links_by_side_id(std::string pair, sync::SideName side,
                                                 std::vector<std::string> ids) override;
  Task<std::vector<sync::Link>> links_by_id(std::vector<std::string> ids) override;
  Task<std::vector<sync::Link>> links(std::string pair, std::string after,
                                      std::size_t limit) override;
  Task<std::vector<sync::PendingChange>> pending_changes(std::string pair, sync::SideName side,
                                                         std::vector<std::string> ids) override;
  Task<std::vector<sync::LinkWithChanges>> links_with_changes(std::string pair, std::string after,
                                                              std::size_t limit) override;
  Task<std::vector<sync::PendingChange>> unlinked_changes(std::string pair, sync::SideName side,
                                                          std::string after,
                                                          std::size_t limit) override;
  Task<std::vector<sync::Link>> links_missing_from_listing(std::string pair, sync::SideName side,
                                                           std::uint64_t generation,
                                                           std::string after,
                                                           std::size_t limit) override;
  Task<std::map<std::string, sync::RemoteItem>> remote_items(std::string pair,
                                                             std::vector<std::string> ids) override;
  Task<std::map<std::string, sync::RemoteItem>> remote_items_by_crm_id(
      std::string account, std::vector<std::string> crm_ids) override;
  Task<std::size_t> count_links(std::string pair) override;
  Task<sync::PendingDeletions> pending_deletions(std::string pair) override;
  Task<std::vector<sync::Link>> links_by_address(std::string account,
                                                 std::vector<std::string> addresses) override;
  Task<std::vector<sync::Invitation>> invitations(std::string uid) override;
  Task<std::vector<std::string>> uids_to_tell(std::string pair) override;

  const std::vector<sync::Invitation>& all_invitations() const { return invitations_; }
  const std::map<std::string, sync::Link>& links() const { return links_; }
  const std::vector<sync::HistoryEntry>& history() const { return history_; }
  const std::map<std::tuple<std::string, sync::SideName, std::string>, sync::HeldItem>& held()
      const {
    return held_;
  }
  std::size_t intents_open() const { return intents_.size(); }
  std::size_t splits_open() const { return splits_.size(); }
  std::size_t remote_items_stored() const { return remote_items_.size(); }

 private:
  using Key = std::tuple<std::string, sync::SideName, std::string>;

  const sync::Link* link_of(const std::string& pair, sync::SideName side,
                            const std::string& id) const;
  void store(sync::WriteBatch batch);
  void store_remote_items(const sync::WriteBatch& batch);

  FaultPlan& faults_;
  std::map<std::string, sync::Pair> pairs_;
  std::map<std::string, sync::Link> links_;
  std::map<std::pair<std::string, std::string>, sync::RemoteItem> remote_items_;
  std::map<Key, sync::PendingChange> changes_;
  std::map<std::string, sync::Intent> intents_;
  std::map<std::pair<std::string, std::string>, sync::Split> splits_;  // by (pair, heir)
  std::map<Key, sync::HeldItem> held_;
  std::vector<sync::HistoryEntry> history_;
  std::vector<sync::Invitation> invitations_;  // in the order of their making
};

}  // namespace gcal::support
