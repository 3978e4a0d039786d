#include "src/engine/sync/held.hpp"

namespace gcal::sync {

Task<> decide_held(Journal& journal, std::vector<Link> held, HeldDecision decision) {
  Commit commit;
  for (Link& link : held) {
    if (link.held_reason != kHeldInferred) continue;
    for (const SideName side : {SideName::crm, SideName::google}) {
      std::vector<std::string> id{link.end[static_cast<std::size_t>(side)].id};
      if (decision == HeldDecision::keep) {
        commit.dropped_observed.push_back({link.pair, side, std::move(id.front())});
        continue;
      }
      CO_TRY(std::vector<Observed> seen, co_await journal.observed(link.pair, side, std::move(id)));
      for (Observed& one : seen) {
        if (!one.inferred) continue;
        one.inferred = false;  // it rests on a person's word now: the brake does not hold it again
        commit.observed.push_back(std::move(one));
      }
    }
    if (decision == HeldDecision::keep) {
      commit.dropped_links.push_back(link.id);
    } else {
      link.held_reason.clear();
      commit.links.push_back(std::move(link));
    }
  }
  if (commit.empty()) co_return Result<>{};
  co_return co_await journal.commit(std::move(commit));
}

}  // namespace gcal::sync
