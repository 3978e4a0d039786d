#include "tests/support/memory_journal.hpp"

#include <algorithm>
#include <set>

#include "src/engine/calendar/people.hpp"

namespace gcal::support {

using namespace gcal::sync;

void MemoryJournal::store_remote_items(const WriteBatch& batch) {
  for (const RemoteItemMove& move : batch.remote_item_moves) {
    remote_items_.erase({move.pair, move.to});
    auto moved = remote_items_.extract({move.pair, move.from});
    if (moved.empty()) continue;
    moved.key() = {move.pair, move.to};
    remote_items_.insert(std::move(moved));
  }
  for (const ReportedRemoteItem& reported : batch.remote_items) {
    const std::pair key{reported.pair, reported.id};
    const auto known = remote_items_.find(key);
    const auto stored = known == remote_items_.end() ? std::nullopt : std::optional(known->second);
    if (std::optional<RemoteItem> now = updated(stored, reported.item))
      remote_items_.insert_or_assign(key, *std::move(now));
    else
      remote_items_.erase(key);
  }
}

void MemoryJournal::store(WriteBatch batch) {
  for (Pair& pair : batch.pairs) {
    const auto known = pairs_.find(pair.id);
    if (known != pairs_.end()) pair.dirty = known->second.dirty;
    pairs_.insert_or_assign(pair.id, std::move(pair));
  }
  for (const CoveredMarks& covered : batch.clear_dirty)
    if (const auto pair = pairs_.find(covered.pair);
        pair != pairs_.end() && pair->second.dirty == covered.dirty)
      pair->second.dirty = 0;
  for (Link& link : batch.links) links_.insert_or_assign(link.id, std::move(link));
  for (const RecordRename& rename : batch.record_renames)
    for (auto& [id, link] : links_)
      if (link.side.crm.id == rename.from && link.held_reason == kRetired)
        link.side.crm.id = rename.to;
  for (const std::string& id : batch.delete_links) {
    if (const auto link = links_.find(id); link != links_.end())
      remote_items_.erase({link->second.pair, link->second.side.remote.id});
    links_.erase(id);
    std::erase_if(held_, [&](const auto& entry) { return entry.second.link == id; });
  }
  store_remote_items(batch);
  for (PendingChange& change : batch.changes) {
    Key key{change.pair, change.side, change.item.id};
    changes_.insert_or_assign(std::move(key), std::move(change));
  }
  for (const ChangeKey& key : batch.delete_changes) changes_.erase({key.pair, key.side, key.id});
  for (const std::string& pair : batch.clear_acts)
    for (auto& [key, change] : changes_)
      if (change.pair == pair) change.acted_at = {};
  for (Intent& intent : batch.intents) intents_.insert_or_assign(intent.op_id, std::move(intent));
  for (const std::string& id : batch.delete_intents) intents_.erase(id);
  for (Split& split : batch.splits) {
    std::pair key(split.pair, split.heir);
    splits_.insert_or_assign(std::move(key), std::move(split));
  }
  for (const Split& split : batch.delete_splits) splits_.erase({split.pair, split.heir});
  for (HeldItem& item : batch.held) {
    Key key{item.pair, item.side, item.id};
    held_.insert_or_assign(std::move(key), std::move(item));
  }
  for (const ChangeKey& key : batch.release_held) held_.erase({key.pair, key.side, key.id});
  for (HistoryEntry& entry : batch.history) history_.push_back(std::move(entry));
  for (Invitation& row : batch.invitations) {
    const auto known = std::ranges::find(invitations_, row.id, &Invitation::id);
    if (known != invitations_.end())
      *known = std::move(row);
    else
      invitations_.push_back(std::move(row));
  }
}

Task<> MemoryJournal::commit(WriteBatch batch) {
  const auto effect = [&]() -> Result<> {
    store(std::move(batch));
    return {};
  };
  co_return with_fault(faults_, "journal.commit", effect);
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

Task<OpenWork> MemoryJournal::open_work(std::string pair) {
  OpenWork found;
  CO_TRY(found.held, co_await held_items(pair));
  CO_TRY(found.intents, co_await intents(pair));
  co_return found;
}

Task<bool> MemoryJournal::has_changes(std::string pair) {
  CO_TRY(const std::vector<Split> open, co_await splits(pair));
  bool any = !open.empty();
  for (const auto& [key, change] : changes_) any |= change.pair == pair;
  co_return any;
}

Task<std::vector<Split>> MemoryJournal::splits(std::string pair) {
  std::vector<Split> found;
  for (const auto& [key, split] : splits_)
    if (split.pair == pair) found.push_back(split);
  co_return found;
}

Task<std::vector<HeldItem>> MemoryJournal::held_items(std::string pair) {
  std::vector<HeldItem> found;
  for (const auto& [key, item] : held_)
    if (item.pair == pair) found.push_back(item);
  co_return found;
}

const Link* MemoryJournal::link_of(const std::string& pair, SideName side,
                                   const std::string& id) const {
  for (const auto& [link_id, link] : links_)
    if (link.pair == pair && link.side[side].id == id) return &link;
  return nullptr;
}

Task<std::vector<Link>> MemoryJournal::links_by_side_id(std::string pair, SideName side,
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

Task<std::vector<Link>> MemoryJournal::links(std::string pair, std::string after,
                                             std::size_t limit) {
  std::vector<Link> found;
  for (auto link = links_.upper_bound(after); link != links_.end() && found.size() < limit; ++link)
    if (link->second.pair == pair) found.push_back(link->second);
  co_return found;
}

Task<std::vector<PendingChange>> MemoryJournal::pending_changes(std::string pair, SideName side,
                                                                std::vector<std::string> ids) {
  std::vector<PendingChange> found;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const std::string& id : ids)
    if (const auto change = changes_.find({pair, side, id}); change != changes_.end())
      found.push_back(change->second);
  co_return found;
}

Task<std::vector<LinkWithChanges>> MemoryJournal::links_with_changes(std::string pair,
                                                                     std::string after,
                                                                     std::size_t limit) {
  std::vector<LinkWithChanges> found;
  for (auto link = links_.upper_bound(after); link != links_.end() && found.size() < limit;
       ++link) {
    if (link->second.pair != pair || !link->second.held_reason.empty()) continue;
    LinkWithChanges linked{link->second, {}};
    for (const SideName side : kBothSides)
      if (const auto change = changes_.find({pair, side, link->second.side[side].id});
          change != changes_.end())
        linked.change[side] = change->second;
    if (linked.change.crm || linked.change.remote) found.push_back(std::move(linked));
  }
  co_return found;
}

Task<std::vector<PendingChange>> MemoryJournal::unlinked_changes(std::string pair, SideName side,
                                                                 std::string after,
                                                                 std::size_t limit) {
  std::vector<PendingChange> found;
  for (auto change = changes_.upper_bound({pair, side, after});
       change != changes_.end() && found.size() < limit; ++change) {
    const auto& [in_pair, on_side, id] = change->first;
    if (in_pair != pair || on_side != side) break;
    if (!link_of(pair, side, id)) found.push_back(change->second);
  }
  co_return found;
}

Task<std::vector<Link>> MemoryJournal::links_missing_from_listing(std::string pair, SideName side,
                                                                  std::uint64_t generation,
                                                                  std::string after,
                                                                  std::size_t limit) {
  std::vector<Link> found;
  for (auto link = links_.upper_bound(after); link != links_.end() && found.size() < limit;
       ++link) {
    if (link->second.pair != pair || link->second.generation[side] >= generation) continue;
    const SideState& state = link->second.side[side];
    const auto change = changes_.find({pair, side, state.id});
    const bool exists = change != changes_.end() ? change->second.item.kind == FeedItem::Kind::full
                                                 : state.has_base;
    if (exists) found.push_back(link->second);
  }
  co_return found;
}

Task<std::map<std::string, RemoteItem>> MemoryJournal::remote_items(std::string pair,
                                                                    std::vector<std::string> ids) {
  std::map<std::string, RemoteItem> found;
  for (const std::string& id : ids)
    if (const auto item = remote_items_.find({pair, id}); item != remote_items_.end())
      found.emplace(id, item->second);
  co_return found;
}

Task<std::map<std::string, RemoteItem>> MemoryJournal::remote_items_by_crm_id(
    std::string account, std::vector<std::string> crm_ids) {
  std::map<std::string, RemoteItem> found;
  for (const std::string& crm_id : crm_ids)
    for (const auto& [id, link] : links_) {
      const auto pair = pairs_.find(link.pair);
      const auto item = remote_items_.find({link.pair, link.side.remote.id});
      if (link.side.crm.id == crm_id && item != remote_items_.end() && pair != pairs_.end() &&
          pair->second.account == account)
        found.insert_or_assign(crm_id, item->second);
    }
  co_return found;
}

Task<std::size_t> MemoryJournal::count_links(std::string pair) {
  co_return static_cast<std::size_t>(std::count_if(
      links_.begin(), links_.end(), [&](const auto& entry) { return entry.second.pair == pair; }));
}

Task<PendingDeletions> MemoryJournal::pending_deletions(std::string pair) {
  PendingDeletions pending;
  for (const auto& [key, change] : changes_) {
    if (change.pair != pair || change.item.kind != FeedItem::Kind::deleted) continue;
    const Link* link = link_of(pair, change.side, change.item.id);
    if (!link || !link->held_reason.empty()) continue;
    if (change.side == SideName::crm)
      pending.inferred_in_crm += change.inferred ? 1 : 0;
    else
      ++(change.inferred ? pending.inferred_at_remote : pending.reported_by_remote);
  }
  co_return pending;
}

Task<std::vector<Link>> MemoryJournal::links_by_address(std::string account,
                                                        std::vector<std::string> addresses) {
  std::vector<Link> found;
  for (const auto& [id, link] : links_) {
    const auto pair = pairs_.find(link.pair);
    if (pair == pairs_.end() || pair->second.account != account) continue;
    auto people = calendar::addresses_to_match(link.side.crm.base, {});
    people.addresses.merge(people.mailboxes);
    const auto& held = people.addresses;
    if (std::any_of(addresses.begin(), addresses.end(),
                    [&](const std::string& address) { return held.contains(address); }))
      found.push_back(link);
  }
  co_return found;
}

Task<std::vector<Invitation>> MemoryJournal::invitations(std::string uid) {
  std::vector<Invitation> found;
  for (const Invitation& row : invitations_)
    if (row.uid == uid) found.push_back(row);
  co_return found;
}

Task<std::vector<std::string>> MemoryJournal::uids_to_tell(std::string pair) {
  std::set<std::string> uids;
  for (const Invitation& row : invitations_) {
    const bool open =
        row.state == Invitation::State::waiting || row.state == Invitation::State::ready;
    const bool being_written = std::ranges::any_of(intents_, [&](const auto& entry) {
      return entry.second.pair == pair && entry.second.link == row.link;
    });
    if (row.pair == pair && open && !being_written) uids.insert(row.uid);
  }
  co_return std::vector<std::string>(uids.begin(), uids.end());
}

}  // namespace gcal::support
