#include "tests/support/memory_journal.hpp"

#include <algorithm>

#include "src/engine/calendar/people.hpp"

namespace gcal::support {

using namespace gcal::sync;

void MemoryJournal::store(Commit commit) {
  for (Pair& pair : commit.pairs) {
    const auto known = pairs_.find(pair.id);
    if (known != pairs_.end()) pair.dirty = known->second.dirty;
    pairs_.insert_or_assign(pair.id, std::move(pair));
  }
  for (const std::string& id : commit.cleaned)
    if (const auto pair = pairs_.find(id); pair != pairs_.end()) pair->second.dirty = false;
  for (Link& link : commit.links) links_.insert_or_assign(link.id, std::move(link));
  for (const std::string& id : commit.dropped_links) links_.erase(id);
  for (Observed& seen : commit.observed) {
    SeenKey key{seen.pair, seen.side, seen.observation.id};
    observed_.insert_or_assign(std::move(key), std::move(seen));
  }
  for (const Commit::Seen& seen : commit.dropped_observed)
    observed_.erase({seen.pair, seen.side, seen.id});
  for (Intent& intent : commit.intents) intents_.insert_or_assign(intent.op_id, std::move(intent));
  for (const std::string& id : commit.dropped_intents) intents_.erase(id);
  for (HistoryEntry& entry : commit.history) history_.push_back(std::move(entry));
}

Task<> MemoryJournal::commit(Commit commit) {
  const auto effect = [&]() -> Result<> {
    store(std::move(commit));
    return {};
  };
  co_return under(weather_, "journal.commit", effect);
}

Task<std::vector<Pair>> MemoryJournal::pairs(std::string account) {
  std::vector<Pair> found;
  for (const auto& [id, pair] : pairs_)
    if (pair.account == account) found.push_back(pair);
  co_return found;
}

Task<std::vector<Intent>> MemoryJournal::intents(std::string pair) {
  std::vector<Intent> found;
  for (const auto& [id, intent] : intents_)
    if (intent.pair == pair) found.push_back(intent);
  co_return found;
}

const Link* MemoryJournal::link_of(const std::string& pair, SideName side,
                                   const std::string& id) const {
  for (const auto& [link_id, link] : links_)
    if (link.pair == pair && link.end[static_cast<std::size_t>(side)].id == id) return &link;
  return nullptr;
}

Task<std::vector<Link>> MemoryJournal::links_by_end(std::string pair, SideName side,
                                                    std::vector<std::string> ids) {
  std::vector<Link> found;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const std::string& id : ids)
    if (const Link* link = link_of(pair, side, id)) found.push_back(*link);
  co_return found;
}

Task<std::vector<Link>> MemoryJournal::links_by_id(std::vector<std::string> ids) {
  std::vector<Link> found;
  for (const std::string& id : ids)
    if (const auto link = links_.find(id); link != links_.end()) found.push_back(link->second);
  co_return found;
}

Task<std::vector<Link>> MemoryJournal::links_by_ical_uid(std::string pair,
                                                         std::vector<std::string> uids) {
  std::vector<Link> found;
  for (const auto& [id, link] : links_)
    if (link.pair == pair &&
        std::any_of(std::begin(link.end), std::end(link.end), [&](const End& end) {
          return end.agreed &&
                 std::find(uids.begin(), uids.end(), end.series.facts.ical_uid) != uids.end();
        }))
      found.push_back(link);
  co_return found;
}

Task<std::vector<Observed>> MemoryJournal::observed(std::string pair, SideName side,
                                                    std::vector<std::string> ids) {
  std::vector<Observed> found;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const std::string& id : ids)
    if (const auto seen = observed_.find({pair, side, id}); seen != observed_.end())
      found.push_back(seen->second);
  co_return found;
}

Task<std::vector<LinkView>> MemoryJournal::work(std::string pair, std::string after,
                                                std::size_t limit) {
  std::vector<LinkView> views;
  for (auto link = links_.upper_bound(after); link != links_.end() && views.size() < limit;
       ++link) {
    if (link->second.pair != pair || !link->second.held_reason.empty()) continue;
    LinkView view{link->second, {}};
    for (const SideName side : {SideName::crm, SideName::google})
      if (const auto seen =
              observed_.find({pair, side, link->second.end[static_cast<std::size_t>(side)].id});
          seen != observed_.end())
        view.seen[static_cast<std::size_t>(side)] = seen->second;
    if (view.seen[0] || view.seen[1]) views.push_back(std::move(view));
  }
  co_return views;
}

Task<std::vector<Observed>> MemoryJournal::unlinked(std::string pair, SideName side,
                                                    std::string after, std::size_t limit) {
  std::vector<Observed> found;
  for (auto seen = observed_.upper_bound({pair, side, after});
       seen != observed_.end() && found.size() < limit; ++seen) {
    if (std::get<0>(seen->first) != pair || std::get<1>(seen->first) != side) break;
    if (!link_of(pair, side, std::get<2>(seen->first))) found.push_back(seen->second);
  }
  co_return found;
}

Task<std::vector<Link>> MemoryJournal::unseen(std::string pair, SideName side,
                                              std::uint64_t generation, std::string after,
                                              std::size_t limit) {
  std::vector<Link> found;
  for (auto link = links_.upper_bound(after); link != links_.end() && found.size() < limit;
       ++link) {
    const auto s = static_cast<std::size_t>(side);
    if (link->second.pair != pair || link->second.generation[s] >= generation) continue;
    const auto seen = observed_.find({pair, side, link->second.end[s].id});
    const bool stands = seen != observed_.end()
                            ? seen->second.observation.kind == Observation::Kind::whole
                            : link->second.end[s].agreed;
    if (stands) found.push_back(link->second);
  }
  co_return found;
}

Task<std::size_t> MemoryJournal::count_links(std::string pair) {
  co_return static_cast<std::size_t>(std::count_if(
      links_.begin(), links_.end(), [&](const auto& entry) { return entry.second.pair == pair; }));
}

Task<PendingDeletions> MemoryJournal::pending_deletions(std::string pair) {
  PendingDeletions pending;
  for (const auto& [key, seen] : observed_) {
    if (seen.pair != pair || seen.observation.kind != Observation::Kind::gone) continue;
    const Link* link = link_of(pair, seen.side, seen.observation.id);
    if (!link || !link->held_reason.empty()) continue;
    if (seen.side == SideName::crm)
      pending.inferred_in_crm += seen.inferred ? 1 : 0;
    else
      ++(seen.inferred ? pending.inferred_at_google : pending.told_by_google);
  }
  co_return pending;
}

Task<std::vector<Link>> MemoryJournal::links_by_address(std::string account,
                                                        std::vector<std::string> addresses) {
  std::vector<Link> found;
  for (const auto& [id, link] : links_) {
    const auto pair = pairs_.find(link.pair);
    if (pair == pairs_.end() || pair->second.account != account) continue;
    const auto held = calendar::addresses_to_match(link.end[0].series, {}).addresses;
    if (std::any_of(addresses.begin(), addresses.end(),
                    [&](const std::string& address) { return held.contains(address); }))
      found.push_back(link);
  }
  co_return found;
}

}  // namespace gcal::support
