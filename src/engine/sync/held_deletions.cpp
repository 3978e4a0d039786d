#include "src/engine/sync/held_deletions.hpp"

namespace gcal::sync {

Task<> resolve_held_deletions(Journal& journal, std::vector<Link> held, HeldDecision decision) {
  WriteBatch batch;
  for (Link& link : held) {
    if (link.held_reason != kHeldInferred) continue;
    for (const SideName side : kBothSides) {
      std::vector<std::string> id{link.side[side].id};
      if (decision == HeldDecision::keep) {
        batch.delete_changes.push_back({link.pair, side, std::move(id.front())});
        continue;
      }
      CO_TRY(std::vector<PendingChange> changes,
             co_await journal.pending_changes(link.pair, side, std::move(id)));
      for (PendingChange& change : changes) {
        if (!change.inferred) continue;
        change.inferred = false;  // decided by the user: the deletion guard must not hold it again
        batch.changes.push_back(std::move(change));
      }
    }
    if (decision == HeldDecision::keep) {
      batch.delete_links.push_back(link.id);
    } else {
      link.held_reason.clear();
      batch.links.push_back(std::move(link));
    }
  }
  if (batch.empty()) co_return Result<>{};
  co_return co_await journal.commit(std::move(batch));
}

}  // namespace gcal::sync
