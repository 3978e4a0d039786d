// What a cycle does when a calendar is left, returns or becomes the default again: pending changes
// are stored, copies are restored, retired links are adopted.
#include "src/common/base/id.hpp"
#include "src/common/base/mutant.hpp"
#include "src/engine/sync/copy_changes.hpp"
#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/derived_ids.hpp"
#include "src/engine/sync/feed_item.hpp"
#include "src/engine/sync/link_state.hpp"

namespace gcal::sync {

Task<> Cycle::leave(Pair& pair) {
  pair_ = &pair;
  if (pair.returning || pair.state == PairState::draft) co_return Result<>{};
  CO_TRY_VOID(co_await load_intents());
  if (!base::mutant("leaving_reads_nothing")) CO_TRY_VOID(co_await read_changes(SideName::crm));
  CO_TRY_VOID(co_await match_unlinked());
  pair.returning = true;
  WriteBatch batch;
  batch.pairs.push_back(pair);
  co_return co_await journal_.commit(std::move(batch));
}

Task<> Cycle::come_back(Pair& pair) {
  pair_ = &pair;
  CO_TRY(OpenWork open, co_await journal_.open_work(pair.id));
  note_held(std::move(open.held));
  CO_TRY_VOID(co_await resolve_intents(std::move(open.intents)));
  CO_TRY_VOID(co_await read_changes(SideName::remote));
  co_return co_await restore_copies();
}

Task<> Cycle::take_in(Pair& pair, CountAs what) {
  pair_ = &pair;
  taking_in_ = what;
  CO_TRY_VOID(co_await load_intents());
  const Result<> read = co_await read_changes(SideName::crm);
  taking_in_.reset();
  co_return read;
}

// Brings the CRM's copies back to what the engine last knew of them: a changed copy gets its former
// content and a missing one is created. Then the cycle goes on as if it had never been interrupted.
// What the user did meanwhile goes to the history. Writes to the CRM only. It may end at any point:
// what is restored is no longer a change, and the mark is taken back last.
Task<> Cycle::restore_copies() {
  CopyChanges copies(*sides_.crm, journal_, *pair_);
  CO_TRY_VOID(co_await copies.begin());
  for (;;) {
    CO_TRY(CopyChanges::Page page, co_await copies.next());
    if (page.done || base::mutant("copies_are_not_restored")) break;
    if (!page.changes.empty()) CO_TRY_VOID(co_await restore(std::move(page.changes)));
  }
  CO_TRY_VOID(co_await remove_leftovers(copies.take_leftovers()));
  CO_TRY_VOID(co_await take_in(*pair_, CountAs::existing));
  pair_->returning = false;
  pair_->synced_at = {};
  WriteBatch batch;
  batch.pairs.push_back(*pair_);
  batch.clear_acts.push_back(pair_->id);  // also what was pending when the calendar was left
  co_return co_await journal_.commit(std::move(batch));
}

// A missing copy gets a new id, because a host may refuse that of a deleted appointment. Link and
// id are stored first, so that a repetition does not create a second one.
void Cycle::rename_copy(WriteBatch& batch, CopyChange& change) {
  SideState& state = change.link.side.crm;
  const std::string before = state.id;
  batch.delete_changes.push_back({pair_->id, SideName::crm, state.id});
  if (change.found) {
    state.id = change.found->id;
  } else {
    change.link.incarnation += base::mutant("restored_copy_keeps_id") ? 0 : 1;
    state.id = derived_id(SideName::crm, change.link);
  }
  batch.record_renames.push_back({before, state.id});
  if (change.pending) {
    change.pending->item.id = state.id;
    batch.changes.push_back(*change.pending);
  }
  batch.links.push_back(change.link);
}

Task<> Cycle::restore(std::vector<CopyChange> changes) {
  WriteBatch begin;
  std::vector<Operation> operations;
  for (CopyChange& change : changes) {
    if (!change.found || change.found->id != change.link.side.crm.id) rename_copy(begin, change);
    Operation put;
    put.op_id = base::new_id(random_);
    put.link_id = change.link.id;
    put.incarnation = change.link.incarnation;
    put.series = change.known();
    if (change.found) {
      put.id = change.found->id;
      put.if_version = change.found->version;
      put.before = change.found->series;
    }
    operations.push_back(std::move(put));
  }
  if (!begin.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(begin)));
  CO_TRY(const std::vector<Result<Written>> results, co_await sides_.crm->apply(operations));
  if (results.size() != operations.size())
    co_return Error{Code::internal, "a side answered another number of operations", {}};

  WriteBatch batch;
  std::vector<std::string> settled;
  std::optional<Error> stop;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    CopyChange& change = changes[i];
    const bool edited = change.edited();
    if (!results[i]) {
      if (is_unreadable(results[i].error()))
        CO_TRY_VOID(co_await hold_copy(batch, std::move(change), results[i].error()));
      else
        stop = results[i].error();
      continue;
    }
    settled.push_back(operations[i].op_id);
    (change.pending ? change.pending->item.version : change.link.side.crm.version) =
        results[i]->version;
    change.link.generation.crm = pair_->generation.crm;
    if (change.pending) batch.changes.push_back(std::move(*change.pending));
    if (!change.found)
      add_history(batch, change.link.id, SideName::crm, "created", "history.copy_restored");
    else if (edited)
      add_history(batch, change.link.id, SideName::crm, "conflict", "history.local_change",
                  std::move(change.found->series));
    ++(operations[i].id.empty() ? report_.created : report_.updated).crm;
    batch.links.push_back(std::move(change.link));
  }
  CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  if (!settled.empty()) CO_TRY_VOID(co_await sides_.crm->settle(std::move(settled)));
  if (!stop) co_return Result<>{};
  // Someone edits the copy at this moment. The next run restores it.
  if (stop->code == Code::conflict || is_absent(*stop))
    co_return Error{Code::unavailable, "appointments are edited while they are restored", {}};
  co_return *stop;
}

// The CRM refuses content that it held before. What it holds instead becomes the common base, so
// that it is no edit of the user, and what the remote side holds becomes news for the CRM: the
// planner writes it again when the held item is due. Until then nothing else follows from it.
Task<> Cycle::hold_copy(WriteBatch& batch, CopyChange change, const Error& error) {
  CO_TRY(LinkWithChanges linked, co_await with_changes(std::move(change.link)));
  Link& link = linked.link;
  hold_item(batch, SideName::crm, link.side.crm.id, link.id, kHeldInvalid, false, error);
  if (change.pending) {
    batch.delete_changes.push_back({pair_->id, SideName::crm, link.side.crm.id});
    add_history(batch, link.id, SideName::crm, "conflict", "history.local_change",
                std::move(change.pending->item.series));
  }
  if (!linked.change.remote && link.side.remote.has_base)
    batch.changes.push_back(
        {pair_->id, SideName::remote,
         full_item(link.side.remote.id, link.side.remote.version, link.side.remote.base),
         link.generation.remote, false});
  link.side.crm.has_base = link.side.remote.has_base = change.found.has_value();
  if (change.found) {
    link.side.crm.version = change.found->version;
    link.side.crm.base = link.side.remote.base = std::move(change.found->series);
    add_history(batch, link.id, SideName::crm, "conflict", "history.local_change",
                link.side.crm.base);
  }
  link.generation.crm = pair_->generation.crm;
  batch.links.push_back(std::move(link));
  co_return Result<>{};
}

Task<> Cycle::remove_leftovers(std::vector<FeedItem> leftovers) {
  std::vector<Operation> operations;
  WriteBatch batch;
  for (FeedItem& item : leftovers) {
    Operation erase;
    erase.kind = Operation::Kind::erase;
    erase.op_id = base::new_id(random_);
    erase.id = item.id;
    erase.if_version = item.version;
    operations.push_back(std::move(erase));
    add_history(batch, {}, SideName::crm, "deleted", "history.local_change",
                std::move(item.series));
  }
  if (operations.empty()) co_return Result<>{};
  // The history first: it holds the only copy afterwards.
  CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  std::vector<std::string> settled;
  for (const Operation& one : operations) settled.push_back(one.op_id);
  CO_TRY(const std::vector<Result<Written>> results, co_await sides_.crm->apply(operations));
  for (const Result<Written>& result : results)
    if (!result && !is_absent(result.error()))
      co_return Error{Code::unavailable, "appointments are edited while they are restored", {}};
  co_return co_await sides_.crm->settle(std::move(settled));
}

// The appointment of a retired link is in this pair's calendar again, so the link is its link: the
// bases still say what both sides held, and what either side did since is merged as usual. If the
// remote object was deleted meanwhile, that was the deletion of a leftover and not of the
// appointment, which is created again.
Task<> Cycle::adopt_retired(WriteBatch& batch, Link& link) {
  SideState& remote = link.side.remote;
  std::vector<std::string> id{remote.id};
  CO_TRY(const std::vector<PendingChange> changes,
         co_await journal_.pending_changes(pair_->id, SideName::remote, std::move(id)));
  link.held_reason.clear();
  const bool deleted =
      changes.empty() ? !remote.has_base : changes.front().item.kind == FeedItem::Kind::deleted;
  if (!deleted || base::mutant("deleted_leftover_deletes")) co_return Result<>{};
  batch.delete_changes.push_back({pair_->id, SideName::remote, remote.id});
  ++link.incarnation;
  remote = {};
  remote.id = derived_id(SideName::remote, link);
  link.side.crm.has_base = false;
  co_return Result<>{};
}

}  // namespace gcal::sync
