// The writing half of a cycle: operations are made from plans, sent, and their results stored. An
// intent is committed before each write to the remote side and removed with its result.
#include <algorithm>

#include "src/common/base/id.hpp"
#include "src/common/base/mutant.hpp"
#include "src/engine/sync/complete_guests.hpp"
#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/derived_ids.hpp"
#include "src/engine/sync/feed_item.hpp"
#include "src/engine/sync/link_state.hpp"
#include "src/engine/sync/merge_base.hpp"

namespace gcal::sync {
namespace {

// The side answered this one: it is not down.
bool answers(const Result<Written>& result) {
  if (result) return true;
  const Reaction reaction = reaction_to(result.error());
  return reaction == Reaction::hold || reaction == Reaction::read_again ||
         reaction == Reaction::ask_for_right || reaction == Reaction::stop_creations;
}

}  // namespace

Operation Cycle::operation_for(SideName side, Link& link, const LinkWithChanges& linked,
                               const Plan& plan) {
  const bool erase = plan.action[side] == Plan::Action::erase;
  SideState& state = link.side[side];
  Operation operation;
  operation.kind = erase ? Operation::Kind::erase : Operation::Kind::put;
  operation.op_id = base::new_id(random_);
  operation.link_id = link.id;
  if (plan.create[side]) {
    // The derived id was used before if an object existed here or was seen to be deleted: a
    // re-creation needs a new id.
    if (state.has_base || is_deleted(linked.change[side]))
      link.incarnation += base::mutant("recreation_keeps_id") ? 0 : 1;
    if (base::mutant("each_try_gets_an_id"))
      link.incarnation += static_cast<std::uint32_t>(1 + random_.below(1'000));
    state.id = derived_id(side, link);
    state.version.clear();
    state.has_base = false;
    // The new object has no history in common with the other side's yet.
    link.side[other(side)].has_base = false;
  } else {
    operation.id = state.id;
    if (!base::mutant("last_writer_wins")) operation.if_version = current_version(linked, side);
    if (const Series* held = current(linked, side)) operation.before = *held;
  }
  operation.incarnation = link.incarnation;
  if (!erase) operation.series = plan.series[side];
  if (side == SideName::remote && plan.notify_guests)
    operation.act = current_version(linked, SideName::crm);
  if (side == SideName::remote) operation.notify = mailer_of(linked, plan);
  if (operation.notify != Notify::none) operation.mails = plan.mails;
  return operation;
}

// An object is created, or created again, under a new id. The id is stored before it is used, so
// that a repetition uses the same one. The deletion of the old object is dealt with. What the other
// side holds becomes a pending change, because the common base is void.
void Cycle::begin_new_object(WriteBatch& batch, SideName side, LinkWithChanges& linked,
                             const Link& before) {
  batch.links.push_back(linked.link);
  const std::string& new_id = linked.link.side[side].id;
  if (side == SideName::remote && !before.side.remote.id.empty() &&
      before.side.remote.id != new_id && !base::mutant("recreation_forgets_its_item"))
    batch.remote_item_moves.push_back({pair_->id, before.side.remote.id, new_id});
  if (side == SideName::crm && !before.side.crm.id.empty() && before.side.crm.id != new_id)
    batch.record_renames.push_back({before.side.crm.id, new_id});
  if (is_deleted(linked.change[side])) {
    batch.delete_changes.push_back({pair_->id, side, linked.change[side]->item.id});
    linked.change[side].reset();
  }
  const SideName held = other(side);
  const SideState& state = before.side[held];
  if (linked.change[held] || !state.has_base || base::mutant("recreation_is_not_pending")) return;
  linked.change[held] =
      PendingChange{pair_->id, held, full_item(state.id, state.version, state.base),
                    linked.link.generation[held], false};
  batch.changes.push_back(*linked.change[held]);
}

Task<> Cycle::write(SideName side, std::vector<LinkWithChanges> links, std::vector<Plan> plans) {
  std::vector<Operation> operations;
  WriteBatch begin;
  for (std::size_t i = 0; i < links.size(); ++i) {
    Link& link = links[i].link;
    const Link before = link;
    operations.push_back(operation_for(side, link, links[i], plans[i]));
    if (link.side[side].id != before.side[side].id || link.incarnation != before.incarnation ||
        link.side.crm.has_base != before.side.crm.has_base)
      begin_new_object(begin, side, links[i], before);
  }
  if (side == SideName::remote) {
    CO_TRY_VOID(co_await raise_sequences(operations));
    for (const Operation& operation : operations)
      if (!(operation.id.empty() && base::mutant("creation_without_intent")) &&
          !(!operation.id.empty() && base::mutant("change_without_intent")))
        begin.intents.push_back({operation.op_id, pair_->id, operation.link_id, operation});
    CO_TRY_VOID(co_await take_over_remote_items(begin, links));
  }
  if (!begin.empty() && !base::mutant("each_try_gets_an_id"))
    CO_TRY_VOID(co_await journal_.commit(std::move(begin)));
  co_return co_await send(side, std::move(operations), std::move(links), std::move(plans));
}

// Sends operations whose intents are stored. Those of which something is left are sent again, until
// everything is written.
Task<> Cycle::send(SideName side, std::vector<Operation> operations,
                   std::vector<LinkWithChanges> links, std::vector<Plan> plans) {
  if (side == SideName::remote) CO_TRY_VOID(co_await attach_remote_items(operations, links));
  while (!operations.empty()) {
    CO_TRY(std::vector<Result<Written>> results, co_await sides_[side]->apply(operations));
    if (results.size() > operations.size())
      co_return Error{Code::internal, "a side answered another number of operations", {}};
    const bool any_answer = std::ranges::any_of(results, answers);
    if (side == SideName::remote) answered_ = any_answer;
    // Nothing of a whole batch was answered, although the calendar may still be read: no more
    // writes.
    const bool writes_fail = side == SideName::remote && !any_answer && results.size() > 1;
    if (writes_fail) report_.error = results.front().error();

    WriteBatch batch;
    std::vector<std::string> settled;
    std::optional<Error> stop;
    std::size_t left = 0;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const bool begun = i < results.size();
      if (begun && results[i] && results[i]->rest) {
        store_step(batch, side, operations[i], links[i], *std::move(results[i]), Arrival::answered);
        if (left != i) {
          operations[left] = std::move(operations[i]);
          links[left] = std::move(links[i]);
          plans[left] = std::move(plans[i]);
        }
        ++left;
        continue;
      }
      bool answered = operations[i].steps == 0;  // not begun: nothing happened
      if (begun) {
        if (results[i]) settled.push_back(operations[i].op_id);
        Result<bool> stored = co_await store_result(batch, side, operations[i], links[i], plans[i],
                                                    std::move(results[i]));
        if (!stored && !stop) stop = stored.error();
        answered = stored && *stored;
      }
      if (side != SideName::remote) continue;
      if (answered)
        batch.delete_intents.push_back(operations[i].op_id);
      else  // the intent stays and is resolved by reading
        open_intents_.insert(links[i].link.id);
    }
    if (!batch.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
    if (!settled.empty()) CO_TRY_VOID(co_await sides_[side]->settle(std::move(settled)));
    if (stop) co_return *stop;
    closed_.all |= writes_fail;
    operations.resize(left);
    links.resize(left);
    plans.resize(left);
  }
  co_return Result<>{};
}

// One request of a put was answered and others are left. What it wrote becomes part of the bases,
// and the intent now describes the rest, with the guests who were not notified by it.
void Cycle::store_step(WriteBatch& batch, SideName side, Operation& operation,
                       LinkWithChanges& linked, Written written, Arrival arrival) {
  Link& link = linked.link;
  Series known = operation.before;  // of the dates that are left, nothing was sent yet
  known.master = operation.series.master;
  complete_guests(written.series, &known);
  keep_remote_item(batch, side, written.id, std::move(written.remote_item));
  const Series* held = current(linked, other(side));
  adopt_sent_values(link, side, operation, written.series, held);
  if (operation.steps == 0 && arrival == Arrival::answered)
    settle_master(link, side, operation, written.series, held ? *held : operation.series);
  Operation rest = *std::move(written.rest);
  if (operation.notify == Notify::crm) {
    if (arrival == Arrival::answered)
      tell_guests(batch, operation, &link, operation.id.empty() ? nullptr : &operation.before,
                  &written.series);
    else
      tell_of_arrival(batch, operation, link, written.series);
    rest.mails = operation.mails;
  } else {
    rest.mails = mails_left(operation, rest.before);
    if (operation.mails.empty() || rest.mails.size() < operation.mails.size())
      note_notified(link, operation, rest.mails);
  }
  link.side[side].id = written.id;
  link.side[side].version = written.version;
  renew_pending(batch, side, linked, std::move(written));
  rest.notify = rest.mails.empty() ? Notify::none : operation.notify;
  rest.sequence = 0;
  rest.steps = operation.steps + 1;
  rest.created = operation.created || operation.id.empty();
  rest.sent = operation.sent;
  // How the side holds what was only read is known at the end.
  if (arrival == Arrival::read) rest.sent |= calendar::changed(operation.before, operation.series);
  operation = std::move(rest);
  batch.links.push_back(link);
  batch.intents.push_back({operation.op_id, pair_->id, link.id, operation});
}

// A request was answered: what the side was seen to hold before it is old. If the write ends here,
// the next plan must not take the old content for an edit of the side.
void Cycle::renew_pending(WriteBatch& batch, SideName side, LinkWithChanges& linked,
                          Written written) {
  std::optional<PendingChange>& change = linked.change[side];
  if (!change) return;
  if (!differs_from_base(linked.link.side[side], written.series)) {
    batch.delete_changes.push_back({pair_->id, side, change->item.id});
    change.reset();
    return;
  }
  change = PendingChange{
      pair_->id, side,
      full_item(std::move(written.id), std::move(written.version), std::move(written.series)),
      linked.link.generation[side], false};
  batch.changes.push_back(*change);
}

// Returns whether the outcome is known, so that the intent is answered. Errors end the run.
Task<bool> Cycle::store_result(WriteBatch& batch, SideName side, const Operation& operation,
                               const LinkWithChanges& linked, const Plan& plan,
                               Result<Written> result) {
  const std::string& link_id = linked.link.id;
  if (operation.kind == Operation::Kind::erase && (result || is_absent(result.error()))) {
    for (const SideName each : kBothSides)
      if (linked.change[each])
        batch.delete_changes.push_back({pair_->id, each, linked.change[each]->item.id});
    batch.delete_links.push_back(link_id);
    if (side == SideName::remote)
      tell_guests(batch, operation, &linked.link, &operation.before, nullptr);
    add_history(batch, link_id, side, "deleted",
                plan.inferred ? "history.deleted_by_absence" : "history.deleted",
                plan.discarded[side]);
    ++report_.erased[side];
    note_success(batch, side, linked.link.side[side].id);
    co_return true;
  }
  if (!result && reaction_to(result.error()) != Reaction::read_again) {
    const Error error = std::move(result).error();
    co_return co_await store_refusal(batch, side, linked.link, error);
  }
  if (!result) {
    CO_TRY_VOID(co_await store_conflict(batch, side, operation, linked, result.error()));
    co_return true;
  }
  complete_guests(result->series, &operation.series);
  keep_remote_item(batch, side, result->id, std::move(result->remote_item));
  store_written(batch, side, operation, linked, plan, *result);
  note_success(batch, side, linked.link.side[side].id);
  co_return true;
}

void Cycle::store_written(WriteBatch& batch, SideName side, const Operation& operation,
                          const LinkWithChanges& linked, const Plan& plan, const Written& written) {
  Link link = linked.link;
  const SideName held = other(side);
  const bool creating = operation.id.empty() || operation.created;
  const Series* other_series = current(linked, held);
  if (side == SideName::remote) {
    note_notified(link, operation);
    tell_guests(batch, operation, &link, operation.id.empty() ? nullptr : &operation.before,
                &written.series);
  }
  // The CRM's own version of an edit that the guests know already.
  if (side == SideName::crm && !link.notified.empty() && link.notified == operation.if_version)
    link.notified = written.version;
  update_bases(link, side, operation, written.series,
               other_series ? *other_series : operation.series);
  SideState& mine = link.side[side];
  SideState& theirs = link.side[held];
  mine.id = written.id;
  // What only the remote side can know of a new event (its UID, its page) must reach the CRM.
  if (creating && side == SideName::remote) mine.base.facts = theirs.base.facts;
  // If the side holds exactly its base now, nothing is pending on it.
  const base::Instant acted_at =
      side == SideName::crm && linked.change.crm ? linked.change.crm->acted_at : base::Instant{};
  if (!differs_from_base(mine, written.series) || base::mutant("answer_is_no_news")) {
    if (linked.change[side])
      batch.delete_changes.push_back({pair_->id, side, linked.change[side]->item.id});
  } else {
    batch.changes.push_back({pair_->id, side,
                             full_item(written.id, written.version, written.series),
                             link.generation[side], false, acted_at});
  }
  mine.version = written.version;
  if (const std::optional<PendingChange>& change = linked.change[held];
      change &&
      (!differs_from_base(theirs, change->item.series) || base::mutant("written_is_settled"))) {
    batch.delete_changes.push_back({pair_->id, held, change->item.id});
    theirs.version = change->item.version;
  }
  link.generation[side] = std::max(link.generation[side], pair_->generation[side]);
  const std::string link_id = link.id;
  batch.links.push_back(std::move(link));
  if (plan.conflicts.any()) {
    ++report_.conflicts;
    for (const SideName each : kBothSides)
      if (plan.discarded[each])
        add_history(batch, link_id, side, "conflict", "history.conflict", plan.discarded[each]);
  }
  add_history(batch, link_id, side, creating ? "created" : "updated",
              plan.edit_beat_delete ? "history.edit_beat_delete" : "history.synchronised");
  ++(creating ? report_.created : report_.updated)[side];
}

// The version was stale or the id is taken: read what the side holds now. The next round plans from
// that.
Task<> Cycle::store_conflict(WriteBatch& batch, SideName side, const Operation& operation,
                             const LinkWithChanges& linked, const Error& error) {
  Link link = linked.link;
  SideState& state = link.side[side];
  hold_repeated_conflict(batch, side, link, error);
  Result<FeedItem> found = co_await sides_[side]->get(state.id);
  alone_in_crm_ |= side == SideName::crm;
  const bool absent = (!found && is_absent(found.error())) || base::mutant("conflict_is_deletion");
  if (!found && is_unreadable(found.error())) {
    hold_unreadable(batch, link, side, found.error().message);
    co_return Result<>{};
  }
  if (!found && !absent)
    co_return co_await blame(batch, side, state.id, link.id, kHeldFailing, found.error());
  const bool creating = operation.id.empty() && operation.kind == Operation::Kind::put;
  if (creating && absent) {
    hold_unusable_id(batch, side, link, error);
    batch.links.push_back(std::move(link));
    co_return Result<>{};
  }
  PendingChange change{pair_->id, side, {}, pair_->generation[side], absent};
  if (absent) {
    recheck_deletion_guard_ = true;
    calendar_confirmed_ = false;  // the calendar may have vanished with everything in it
  }
  if (absent || found->kind == FeedItem::Kind::deleted) {
    missed_at_remote_ |= side == SideName::remote;
    if (creating) adopt_sent_values(link, side, operation, operation.series);
    change.item.id = state.id;
    change.item.kind = FeedItem::Kind::deleted;
  } else {
    complete_guests(found->series, creating ? &operation.series : current(linked, side));
    keep_remote_item(batch, side, state.id, found->remote_item);
    // An earlier attempt of ours had arrived.
    if (creating) adopt_sent_values(link, side, operation, found->series);
    if (side == SideName::remote) tell_of_arrival(batch, operation, link, found->series);
    change.item = *std::move(found);
    if (side == SideName::crm && !change.item.silent)
      change.acted_at = clock_.now();  // its user was faster
  }
  batch.links.push_back(std::move(link));
  batch.changes.push_back(std::move(change));
  co_return Result<>{};
}

}  // namespace gcal::sync
