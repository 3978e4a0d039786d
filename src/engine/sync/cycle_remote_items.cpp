// What the remote side holds beyond the model: stored whenever the side reports it, handed back
// with each write.
#include <map>

#include "src/common/base/mutant.hpp"
#include "src/engine/sync/cycle.hpp"

namespace gcal::sync {

void Cycle::keep_remote_item(WriteBatch& batch, SideName side, const std::string& id,
                             RemoteItem item) {
  if (side == SideName::remote && !base::mutant("remote_item_is_not_kept"))
    batch.remote_items.push_back({pair_->id, id, std::move(item)});
}

// An appointment that is created at the remote side takes over what it had before, under the id
// that it is about to get: in another remote calendar of the account, or as dates of the series
// that it was split from.
Task<> Cycle::take_over_remote_items(WriteBatch& batch, const std::vector<LinkWithChanges>& links) {
  std::vector<std::string> ids;
  std::vector<std::string> crm_ids;
  for (const LinkWithChanges& linked : links) {
    const PerSide<SideState>& sides = linked.link.side;
    if (linked.link.incarnation > 0 || sides.remote.has_base || linked.change.remote) continue;
    ids.push_back(sides.remote.id);
    crm_ids.push_back(sides.crm.id);
  }
  if (ids.empty()) co_return Result<>{};
  CO_TRY(const std::vector<Split> splits, co_await journal_.splits(pair_->id));
  std::map<std::string, std::string> origin_of;
  for (const Split& split : splits) origin_of.emplace(split.heir, split.origin);
  for (std::string& id : crm_ids)
    if (const auto split = origin_of.find(id); split != origin_of.end()) id = split->second;
  CO_TRY(const auto stored, co_await journal_.remote_items(pair_->id, std::move(ids)));
  CO_TRY(const auto before,
         co_await journal_.remote_items_by_crm_id(pair_->account, std::move(crm_ids)));
  for (const LinkWithChanges& linked : links) {
    const PerSide<SideState>& sides = linked.link.side;
    const auto split = origin_of.find(sides.crm.id);
    const auto found = before.find(split == origin_of.end() ? sides.crm.id : split->second);
    if (found != before.end() && !stored.contains(sides.remote.id) &&
        !base::mutant("heir_takes_nothing_along"))
      keep_remote_item(batch, SideName::remote, sides.remote.id, found->second);
  }
  co_return Result<>{};
}

Task<> Cycle::attach_remote_items(std::vector<Operation>& operations,
                                  const std::vector<LinkWithChanges>& links) {
  std::vector<std::string> ids;
  for (const LinkWithChanges& linked : links) ids.push_back(linked.link.side.remote.id);
  CO_TRY(const auto stored, co_await journal_.remote_items(pair_->id, std::move(ids)));
  for (std::size_t i = 0; i < operations.size(); ++i)
    if (const auto found = stored.find(links[i].link.side.remote.id); found != stored.end())
      operations[i].remote_item = found->second;
  co_return Result<>{};
}

}  // namespace gcal::sync
