// The matching step of a cycle: every series without a link gets one, either together with the same
// appointment on the other side or alone.
#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/derived_ids.hpp"
#include "src/engine/sync/match.hpp"

namespace gcal::sync {
namespace {

constexpr std::size_t kPage = 500;

Link new_link(const Pair& pair, std::string id) {
  Link link;
  link.id = std::move(id);
  link.pair = pair.id;
  link.generation = pair.generation;
  return link;
}

}  // namespace

Task<> Cycle::match_unlinked() {
  Matcher matcher;
  WriteBatch outdated;  // seen before the last full listing and not in it: no longer there
  std::string after;
  for (;;) {
    CO_TRY(const std::vector<PendingChange> page,
           co_await journal_.unlinked_changes(pair_->id, SideName::crm, after, kPage));
    if (page.empty()) break;
    after = page.back().item.id;
    for (const PendingChange& change : page) {
      if (change.generation < pair_->generation.crm)
        outdated.delete_changes.push_back({pair_->id, SideName::crm, change.item.id});
      else
        matcher.add_crm(change.item.id, change.item.series);
    }
  }

  for (after.clear(); matcher.has_uids();) {
    CO_TRY(const std::vector<PendingChange> page,
           co_await journal_.unlinked_changes(pair_->id, SideName::remote, after, kPage));
    if (page.empty()) break;
    after = page.back().item.id;
    for (const PendingChange& change : page) matcher.count_remote(change.item.series);
  }

  after.clear();
  for (;;) {
    CO_TRY(const std::vector<PendingChange> page,
           co_await journal_.unlinked_changes(pair_->id, SideName::remote, after, kPage));
    if (page.empty()) break;
    after = page.back().item.id;
    CO_TRY_VOID(co_await match_remote_page(page, matcher, outdated));
  }
  if (!outdated.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(outdated)));

  if (pair_->mode != PairMode::two_way) co_return Result<>{};
  WriteBatch batch;
  for (const std::string& crm_id : matcher.unmatched()) {
    Link link = new_link(*pair_, ids_.next(clock_.now(), random_));
    link.side.crm.id = crm_id;
    link.side.remote.id = derived_remote_id(link.id, 0);
    batch.links.push_back(std::move(link));
  }
  if (!batch.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  co_return Result<>{};
}

Task<> Cycle::match_remote_page(const std::vector<PendingChange>& page, Matcher& matcher,
                                WriteBatch& outdated) {
  WriteBatch batch;
  for (const PendingChange& change : page) {
    if (change.generation < pair_->generation.remote) {
      outdated.delete_changes.push_back({pair_->id, SideName::remote, change.item.id});
      keep_remote_item(outdated, SideName::remote, change.item.id, RemoteItem{{}, {}, true});
      continue;
    }
    const std::string crm_id = matcher.take_match(change.item.series);
    Link link = new_link(*pair_, ids_.next(clock_.now(), random_));
    link.side.remote.id = change.item.id;
    link.side.crm.id = crm_id.empty() ? derived_crm_id(link.id, 0) : crm_id;
    batch.links.push_back(std::move(link));
  }
  if (!batch.empty()) co_return co_await journal_.commit(std::move(batch));
  co_return Result<>{};
}

}  // namespace gcal::sync
