#include "src/engine/sync/removal.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "src/common/base/id.hpp"
#include "src/engine/sync/link_state.hpp"
#include "src/engine/sync/merge.hpp"
#include "src/engine/sync/private_events.hpp"
#include "src/engine/sync/refusal.hpp"

namespace gcal::sync {
namespace {

constexpr std::size_t kPage = 100;

// The links of one page with what is pending on `side`.
void attach(std::vector<LinkWithChanges>& links, SideName side,
            std::vector<PendingChange> changes) {
  std::map<std::string, PendingChange> by_id;
  for (PendingChange& change : changes) {
    std::string id = change.item.id;
    by_id.emplace(std::move(id), std::move(change));
  }
  for (LinkWithChanges& linked : links)
    if (const auto found = by_id.find(linked.link.side[side].id); found != by_id.end())
      linked.change[side] = std::move(found->second);
}

Task<std::vector<LinkWithChanges>> attach_changes(Journal& journal, std::string pair,
                                                  std::vector<Link> links) {
  PerSide<std::vector<std::string>> ids;
  std::vector<LinkWithChanges> found;
  for (Link& link : links) {
    for (const SideName side : kBothSides)
      if (!link.side[side].id.empty()) ids[side].push_back(link.side[side].id);
    found.push_back({std::move(link), {}});
  }
  for (const SideName side : kBothSides) {
    CO_TRY(std::vector<PendingChange> changes,
           co_await journal.pending_changes(pair, side, std::move(ids[side])));
    attach(found, side, std::move(changes));
  }
  co_return found;
}

bool chosen(const RemovalChoice& choice, Removable what) {
  return (what == Removable::copy && choice.copies) ||
         (what == Removable::remote_event && choice.remote_events);
}

SideName side_of(Removable what) {
  return what == Removable::copy ? SideName::crm : SideName::remote;
}

}  // namespace

Removable removable(const LinkWithChanges& linked) {
  const Series* there = current(linked, SideName::remote);
  if (!there) return Removable::nothing;
  if (created_by_crm(linked.link.side.remote.id, *there)) {
    const bool original = current(linked, SideName::crm) || is_deleted(linked.change.crm);
    return original ? Removable::remote_event : Removable::nothing;
  }
  const bool known = linked.link.side.crm.has_base && !linked.change.crm;
  if (!known || linked.link.held_reason == kRetired) return Removable::nothing;
  return Removable::copy;
}

bool has_guests_to_notify(const Series& series, base::Instant now) {
  return !calendar::plan_mails(&series, nullptr, {}, now).empty();
}

Task<> count_removable(Journal& journal, std::string pair, base::Instant now,
                       RemovalCounts& counts) {
  std::string after;
  for (;;) {
    CO_TRY(std::vector<Link> page, co_await journal.links(pair, after, kPage));
    if (page.empty()) co_return Result<>{};
    after = page.back().id;
    CO_TRY(const std::vector<LinkWithChanges> links,
           co_await attach_changes(journal, pair, std::move(page)));
    for (const LinkWithChanges& linked : links) {
      const Removable what = removable(linked);
      if (what == Removable::copy) ++counts.copies;
      if (what != Removable::remote_event) continue;
      ++counts.remote_events;
      if (has_guests_to_notify(*current(linked, SideName::remote), now)) ++counts.with_guests;
    }
  }
}

Task<Removal::Report> Removal::run(Pair& pair) {
  pair_ = &pair;
  report_ = {};
  stopped_ = {};
  std::string after;
  for (;;) {
    CO_TRY(std::vector<Link> page, co_await journal_.links(pair.id, after, kPage));
    if (page.empty()) co_return report_;
    after = page.back().id;
    CO_TRY_VOID(co_await remove_page(std::move(page)));
  }
}

Task<> Removal::remove_page(std::vector<Link> page) {
  CO_TRY(std::vector<LinkWithChanges> links,
         co_await attach_changes(journal_, pair_->id, std::move(page)));
  PerSide<std::vector<LinkWithChanges>> wanted;
  for (LinkWithChanges& linked : links) {
    const Removable what = removable(linked);
    if (chosen(choice_, what)) wanted[side_of(what)].push_back(std::move(linked));
  }
  for (const SideName side : kBothSides)
    if (!wanted[side].empty()) CO_TRY_VOID(co_await erase(side, std::move(wanted[side])));
  co_return Result<>{};
}

Task<> Removal::erase(SideName side, std::vector<LinkWithChanges> links) {
  if (stopped_[side]) co_return Result<>{};
  // If the calendar returns, it is listed from the beginning: what lost its link is new then.
  if (!pair_->cursor.crm.empty() || !pair_->cursor.remote.empty()) {
    pair_->cursor = {};
    WriteBatch begin;
    begin.pairs.push_back(*pair_);
    CO_TRY_VOID(co_await journal_.commit(std::move(begin)));
  }
  const std::size_t limit = std::max<std::size_t>(1, sides_[side]->batch_limit());
  for (std::size_t begin = 0; begin < links.size(); begin += limit) {
    std::vector<Operation> operations;
    for (std::size_t i = begin; i < std::min(begin + limit, links.size()); ++i) {
      Operation erase;
      erase.kind = Operation::Kind::erase;
      erase.op_id = base::new_id(random_);
      erase.link_id = links[i].link.id;
      erase.id = links[i].link.side[side].id;
      erase.if_version = current_version(links[i], side);
      erase.before = *current(links[i], side);
      if (side == SideName::remote && choice_.notify_guests)
        erase.mails = calendar::plan_mails(&erase.before, nullptr, {}, clock_.now());
      if (!erase.mails.empty()) erase.notify = Notify::google;
      operations.push_back(std::move(erase));
    }
    CO_TRY(std::vector<Result<Written>> results, co_await sides_[side]->apply(operations));
    WriteBatch batch;
    std::vector<std::string> settled;
    for (std::size_t i = 0; i < std::min(results.size(), operations.size()); ++i) {
      if (results[i]) settled.push_back(operations[i].op_id);
      CO_TRY_VOID(co_await settle(side, links[begin + i], std::move(operations[i]),
                                  std::move(results[i]), batch));
    }
    if (!batch.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
    if (!settled.empty()) CO_TRY_VOID(co_await sides_[side]->settle(std::move(settled)));
    if (results.size() == operations.size()) continue;
    // The side stopped, and the last answer says why. It would answer the next ones alike.
    stopped_[side] = true;
    if (!report_.retry)
      report_.retry = Error{Code::unavailable, "the calendar takes no more writes now", {}};
    co_return Result<>{};
  }
  co_return Result<>{};
}

Task<> Removal::settle(SideName side, const LinkWithChanges& linked, Operation operation,
                       Result<Written> result, WriteBatch& batch) {
  if (result || is_absent(result.error())) {
    store_erased(batch, side, linked);
    co_return Result<>{};
  }
  switch (reaction_to(result.error())) {
    case Reaction::stop_run:
      if (!batch.empty()) CO_TRY_VOID(co_await journal_.commit(std::exchange(batch, {})));
      co_return std::move(result).error();
    case Reaction::read_again:
      co_return co_await erase_again(side, linked, std::move(operation), batch);
    case Reaction::suspect:
    case Reaction::count:
    case Reaction::stop_creations: report_.retry = std::move(result).error(); break;
    case Reaction::ask_for_right:
    case Reaction::hold: ++report_.left; break;
  }
  co_return Result<>{};
}

// The object changed since both sides agreed. An edit outweighs its removal; an answer of a guest
// does not.
Task<> Removal::erase_again(SideName side, const LinkWithChanges& linked, Operation operation,
                            WriteBatch& batch) {
  Result<FeedItem> found = co_await sides_[side]->get(operation.id);
  if (!found && !is_absent(found.error())) {
    if (reaction_to(found.error()) == Reaction::stop_run) co_return std::move(found).error();
    report_.retry = std::move(found).error();
    co_return Result<>{};
  }
  if (!found || found->kind == FeedItem::Kind::deleted) {
    store_erased(batch, side, linked);
    co_return Result<>{};
  }
  if (outweighs_deletion(operation.before, found->series)) {
    ++report_.left;
    co_return Result<>{};
  }
  operation.op_id = base::new_id(random_);
  operation.if_version = found->version;
  std::vector<Operation> one{std::move(operation)};
  CO_TRY(std::vector<Result<Written>> results, co_await sides_[side]->apply(std::move(one)));
  if (!results.empty() && (results.front() || is_absent(results.front().error())))
    store_erased(batch, side, linked);
  else
    report_.retry = Error{Code::unavailable, "an appointment is edited while it is removed", {}};
  co_return Result<>{};
}

void Removal::store_erased(WriteBatch& batch, SideName side, const LinkWithChanges& linked) {
  for (const SideName each : kBothSides)
    if (linked.change[each])
      batch.delete_changes.push_back({pair_->id, each, linked.change[each]->item.id});
  batch.history.push_back({pair_->id, linked.link.id, clock_.now(), "deleted", side,
                           "history.removed", *current(linked, side)});
  batch.delete_links.push_back(linked.link.id);
  ++report_.erased[side];
}

}  // namespace gcal::sync
