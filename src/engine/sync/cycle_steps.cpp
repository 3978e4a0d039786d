// What takes several requests or several writes (decision 0031): a put that an earlier pass left
// unfinished, and splits of series. Both are ended before anything else is written.
#include <map>
#include <optional>

#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/link_state.hpp"
#include "src/engine/sync/merge_base.hpp"
#include "src/engine/sync/splits.hpp"

namespace gcal::sync {
namespace {

constexpr std::size_t kRounds = 6;  // one for each series of a chain of splits, and one to see it

}  // namespace

Task<LinkWithChanges> Cycle::with_changes(Link link) {
  LinkWithChanges linked{std::move(link), {}};
  for (const SideName side : kBothSides) {
    std::vector<std::string> id{linked.link.side[side].id};
    if (id.front().empty()) continue;
    CO_TRY(std::vector<PendingChange> change,
           co_await journal_.pending_changes(pair_->id, side, std::move(id)));
    if (!change.empty()) linked.change[side] = std::move(change.front());
  }
  co_return linked;
}

// Sends what is left of a put, under the version that the last answer left. It mails whom the
// requests that were answered did not.
Task<> Cycle::resume(const Intent& intent, const Link& link) {
  std::vector<LinkWithChanges> links;
  CO_TRY(LinkWithChanges linked, co_await with_changes(link));
  links.push_back(std::move(linked));
  std::vector<Operation> operations{intent.operation};
  changed_ = true;
  co_return co_await send(SideName::remote, std::move(operations), std::move(links),
                          std::vector<Plan>(1));
}

// A put of several requests of which the last answer was lost: what is left is sent. Reading alone
// would not do: what the put had merged from this side may be gone from it, because a new rule can
// make the side reset its exceptions. Returns false if there is nothing to continue; then the
// planner decides from what was read.
Task<bool> Cycle::continue_put(const Intent& intent, const Link& link, const FeedItem& found) {
  if (pair_->mode != PairMode::two_way || !link.held_reason.empty()) co_return false;
  if (intent.operation.steps > 0 && found.version == intent.operation.if_version) {
    CO_TRY_VOID(co_await resume(intent, link));
    co_return true;
  }
  std::optional<Series> wanted = left_of_put(intent.operation, found.series);
  if (!wanted) co_return false;
  CO_TRY(LinkWithChanges linked, co_await with_changes(link));
  Written answer;
  answer.id = found.id;
  answer.version = found.version;
  answer.series = found.series;
  answer.remote_item = found.remote_item;
  answer.rest = intent.operation;
  answer.rest->before = found.series;
  answer.rest->series = *std::move(wanted);
  answer.rest->if_version = found.version;
  Intent left = intent;
  WriteBatch batch;
  store_step(batch, SideName::remote, left.operation, linked, std::move(answer), Arrival::read);
  CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  CO_TRY_VOID(co_await resume(left, linked.link));
  co_return true;
}

// Splits that have not ended: creates the heirs, then shortens the origins. An origin whose heir is
// refused or fails keeps its dates at the remote side.
Task<> Cycle::end_splits() {
  for (std::size_t i = 0; i < kRounds; ++i) {
    CO_TRY(std::vector<LinkWithChanges> members, co_await review_splits());
    if (members.empty()) break;
    if (recheck_deletion_guard_) CO_TRY_VOID(co_await check_deletion_guard());
    if (report_.calendar_gone) break;
    const Result<bool> any = co_await apply_plans(SideName::remote, std::move(members));
    if (!any) closed_.all = true;  // refused for the account: no more writes in this pass
    if (!any) co_return any.error();
    if (!*any) break;
  }
  co_return Result<>{};
}

// Removes splits that have ended, notes which origins wait, and returns the links of the others
// that have something to do.
Task<std::vector<LinkWithChanges>> Cycle::review_splits() {
  waiting_.clear();
  std::vector<LinkWithChanges> busy;
  CO_TRY(const std::vector<Split> splits, co_await journal_.splits(pair_->id));
  if (splits.empty()) co_return busy;
  std::vector<std::string> ids;
  for (const Split& split : splits) {
    ids.push_back(split.heir);
    ids.push_back(split.origin);
  }
  std::map<std::string, SplitMember> members;
  CO_TRY(const std::vector<PendingChange> changes,
         co_await journal_.pending_changes(pair_->id, SideName::crm, ids));
  for (const PendingChange& change : changes)
    if (change.item.kind != FeedItem::Kind::deleted) members[change.item.id].pending = true;
  CO_TRY(std::vector<Link> links,
         co_await journal_.links_by_side_id(pair_->id, SideName::crm, std::move(ids)));
  for (Link& link : links) {
    CO_TRY(LinkWithChanges linked, co_await with_changes(std::move(link)));
    const bool agreed = linked.link.side.remote.has_base;
    if (agreed) members[linked.link.side.crm.id].agreed = true;
    if (agreed && linked.change.crm) members[linked.link.side.crm.id].pending = true;
    if (linked.link.held_reason.empty() && (linked.change.crm || linked.change.remote))
      busy.push_back(std::move(linked));
  }
  SplitReview reviewed = review(splits, members);
  waiting_ = std::move(reviewed.waiting);
  if (!reviewed.ended.empty()) {
    WriteBatch batch;
    batch.delete_splits = std::move(reviewed.ended);
    CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  }
  co_return busy;
}

}  // namespace gcal::sync
