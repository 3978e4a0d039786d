// The matching step of a cycle: every series without a link gets one, either together with the same
// appointment on the other side or alone.
#include <algorithm>
#include <map>
#include <utility>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/derived_ids.hpp"
#include "src/engine/sync/feed_item.hpp"
#include "src/engine/sync/link_state.hpp"
#include "src/engine/sync/match.hpp"

namespace gcal::sync {
namespace {

constexpr std::size_t kPage = 500;

using StartAndTitle = std::pair<OriginalStart, std::string>;

StartAndTitle start_and_title(const Series& series) {
  return {OriginalStart::of(series.master.start), series.master.summary};
}

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
  CO_TRY(const std::set<std::string> taken_back, co_await take_back_deletions(matcher.unmatched()));
  WriteBatch batch;
  for (const std::string& crm_id : matcher.unmatched()) {
    if (taken_back.contains(crm_id)) continue;
    Link link = new_link(*pair_, ids_.next(clock_.now(), random_));
    link.side.crm.id = crm_id;
    link.side.remote.id = derived_remote_id(link.id, 0);
    batch.links.push_back(std::move(link));
  }
  if (!batch.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  co_return Result<>{};
}

// A deletion in the CRM that its user took back before it was carried out: the appointment is there
// again, under another id and without what only the remote side knows of it. Its link goes on.
// Returns the ids of those among `unmatched` that have a link now.
Task<std::set<std::string>> Cycle::take_back_deletions(std::vector<std::string> unmatched) {
  std::set<std::string> taken;
  if (unmatched.empty() || initial_sync_) co_return taken;
  std::vector<LinkWithChanges> deleted;
  for (std::string after;;) {
    CO_TRY(std::vector<LinkWithChanges> page,
           co_await journal_.links_with_changes(pair_->id, after, kPage));
    if (page.empty()) break;
    after = page.back().link.id;
    for (LinkWithChanges& linked : page)
      if (is_deleted(linked.change.crm) && !linked.change.crm->inferred && !linked.change.remote &&
          linked.link.side.crm.has_base && linked.link.side.remote.has_base &&
          !open_intents_.contains(linked.link.id))
        deleted.push_back(std::move(linked));
  }
  if (deleted.empty()) co_return taken;
  CO_TRY(const std::vector<PendingChange> changes,
         co_await journal_.pending_changes(pair_->id, SideName::crm, std::move(unmatched)));
  // By start and title, so that many deletions beside many new appointments stay cheap.
  std::multimap<StartAndTitle, const PendingChange*> created;
  for (const PendingChange& change : changes)
    created.emplace(start_and_title(change.item.series), &change);
  WriteBatch batch;
  for (LinkWithChanges& linked : deleted) {
    Link& link = linked.link;
    const auto [first, last] = created.equal_range(start_and_title(link.side.crm.base));
    const auto twin = std::find_if(first, last, [&](const auto& entry) {
      return calendar::changed(link.side.crm.base, entry.second->item.series).none();
    });
    if (twin == last) continue;
    batch.delete_changes.push_back({pair_->id, SideName::crm, link.side.crm.id});
    link.side.crm.id = twin->second->item.id;
    taken.insert(link.side.crm.id);
    created.erase(twin);
    link.generation.crm = pair_->generation.crm;
    // The facts of the remote side are news for the new appointment.
    SideState& remote = link.side.remote;
    batch.changes.push_back({pair_->id, SideName::remote,
                             full_item(remote.id, remote.version, remote.base),
                             link.generation.remote, false});
    remote.base.facts = {};
    batch.links.push_back(std::move(link));
  }
  if (!batch.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  co_return taken;
}

Task<> Cycle::match_remote_page(const std::vector<PendingChange>& page, Matcher& matcher,
                                WriteBatch& outdated) {
  WriteBatch batch;
  for (const PendingChange& change : page) {
    if (change.generation < pair_->generation.remote && !base::mutant("unlisted_is_imported")) {
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
