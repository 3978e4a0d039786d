// The deciding half of a cycle: the order of its steps, the deletion guard, and what a plan needs
// besides writes. cycle_reading.cpp, cycle_matching.cpp and cycle_writing.cpp have the rest.
#include "src/engine/sync/cycle.hpp"

#include <algorithm>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/sync/link_state.hpp"

namespace gcal::sync {
namespace {

constexpr std::size_t kRounds = 6;  // a link needs at most two writes; more only after conflicts
constexpr std::size_t kPage = 500;
// With so many reported deletions, check that the calendar itself still exists.
constexpr std::size_t kSuspiciousDeletions = 10;
// So many deletions may rest on absence without the user's confirmation.
constexpr std::size_t kMaxUnconfirmedDeletions = 20;

// Reading failed in a way that a calendar does which was deleted, or is no longer shared. A refusal
// of the account says nothing about the calendar.
bool may_be_gone(const Error& error) {
  return error.code == Code::not_found ||
         (error.code == Code::denied &&
          (error.scope == Scope::item || error.scope == Scope::calendar));
}

// A new rule may make the remote side reset its changed dates. What its users did to them is safe
// once the CRM has it.
bool may_reset_news(const LinkWithChanges& linked, const Plan& plan) {
  const Series* const in_crm = current(linked, SideName::crm);
  const Series* const at_remote = current(linked, SideName::remote);
  if (plan.action.crm != Plan::Action::put || plan.action.remote != Plan::Action::put || !in_crm ||
      !at_remote)
    return false;
  return !calendar::equal_rule(*at_remote, plan.series.remote) &&
         in_crm->occurrences != plan.series.crm.occurrences;
}

}  // namespace

Task<CycleReport> Cycle::run(Pair& pair) {
  pair_ = &pair;
  report_ = {};
  initial_sync_ = pair.synced_at == base::Instant{} || pair.returning;
  taking_in_.reset();
  mails_left_ = options_.mail_budget;
  next_mail_.reset();
  changed_ = false;
  waiting_.clear();
  alone_in_crm_ = false;
  missed_at_remote_ = false;
  recheck_deletion_guard_ = true;
  calendar_confirmed_ = false;
  conflicts_of_.clear();
  closed_ = {};
  closed_.creations = clock_.now() < options_.no_creations_before;
  right_.reset();
  answered_ = false;
  CO_TRY(OpenWork open, co_await journal_.open_work(pair.id));
  note_held(std::move(open.held));

  CO_TRY_VOID(co_await resolve_intents(std::move(open.intents)));
  // A returning calendar is read at the remote side first: only what still exists there is restored
  // in the CRM and joined with its retired links.
  const bool returning = pair.returning;
  if (!returning) CO_TRY_VOID(co_await read_changes(SideName::crm));
  if (report_.calendar_gone) {
    CO_TRY_VOID(co_await mark_calendar_gone());
    co_return report_;
  }
  if (options_.read_remote || returning) {
    CO_TRY_VOID(co_await read_remote());
    if (report_.calendar_gone) co_return report_;
  }
  if (returning) CO_TRY_VOID(co_await restore_copies());
  CO_TRY_VOID(co_await read_held());
  CO_TRY_VOID(co_await follow_crm());
  if (options_.after_read) CO_TRY_VOID(co_await options_.after_read());
  CO_TRY(const bool any, co_await journal_.has_changes(pair.id));
  if (any) CO_TRY_VOID(co_await carry_out_changes());
  if (report_.calendar_gone) co_return report_;
  CO_TRY_VOID(co_await release_settled());
  report_.next_try = held_.next_try();
  report_.left_due = !held_.due().empty();
  if (next_mail_) report_.next_try = std::min(report_.next_try.value_or(*next_mail_), *next_mail_);
  // A pass that found nothing new stores nothing: an idle account costs no write.
  if (initial_sync_ || changed_) {
    pair.synced_at = clock_.now();
    WriteBatch end;
    end.pairs.push_back(pair);
    CO_TRY_VOID(co_await journal_.commit(std::move(end)));
  }
  co_return report_;
}

Task<> Cycle::carry_out_changes() {
  CO_TRY_VOID(co_await match_unlinked());
  // A split that fails must not keep the CRM from what is new at the remote side.
  const Result<> splits = co_await end_splits();
  if (!splits && splits.error().code != Code::unavailable) co_return splits.error();
  if (report_.calendar_gone) co_return Result<>{};
  report_.unfinished = true;
  for (std::size_t i = 0; i < kRounds && report_.unfinished; ++i) {
    CO_TRY(report_.unfinished, co_await plan_and_apply());
    if (report_.calendar_gone) co_return Result<>{};
  }
  co_return splits;
}

Task<std::size_t> Cycle::preview(Pair& pair) {
  pair_ = &pair;
  CO_TRY(std::vector<HeldItem> held, co_await journal_.held_items(pair.id));
  note_held(std::move(held));
  CO_TRY_VOID(co_await read_changes(SideName::remote));
  std::size_t count = 0;
  std::string after;
  for (;;) {
    CO_TRY(const std::vector<PendingChange> page,
           co_await journal_.unlinked_changes(pair.id, SideName::remote, after, kPage));
    if (page.empty()) co_return count;
    count += page.size();
    after = page.back().item.id;
  }
}

void Cycle::add_history(WriteBatch& batch, const std::string& link, SideName side, std::string what,
                        std::string detail, std::optional<Series> copy) {
  batch.history.push_back(
      {pair_->id, link, clock_.now(), std::move(what), side, std::move(detail), std::move(copy)});
}

// The deletion guard, run before deletions are written. Many deletions that rest on absence wait
// for the user: the worst incidents of sync engines began with an empty list. Counts come from the
// journal, so the guard gives the same answer after a crash.
Task<> Cycle::check_deletion_guard() {
  recheck_deletion_guard_ = false;
  CO_TRY(const PendingDeletions pending, co_await journal_.pending_deletions(pair_->id));
  hold_inferred_deletions_ = false;
  if (pending.reported_by_remote == 0 && pending.inferred() == 0) co_return Result<>{};
  CO_TRY(const std::size_t links, co_await journal_.count_links(pair_->id));
  hold_inferred_deletions_ = pending.inferred() > std::max(kMaxUnconfirmedDeletions, links / 10);
  // Neither absence nor a burst of cancellations proves anything while the calendar itself may have
  // vanished.
  const bool doubtful =
      pending.inferred_at_remote > 0 ||
      pending.reported_by_remote >=
          std::min(kSuspiciousDeletions, std::max<std::size_t>(2, (links + 1) / 2));
  if (!doubtful || calendar_confirmed_) co_return Result<>{};
  CO_TRY(calendar_confirmed_, co_await sides_.remote->exists());
  if (!calendar_confirmed_) CO_TRY_VOID(co_await mark_calendar_gone());
  co_return Result<>{};
}

// The calendar was deleted or access to it was lost: its copies stay as they are, and nothing more
// is written.
Task<> Cycle::mark_calendar_gone() {
  WriteBatch batch;
  std::string after;
  for (;;) {
    CO_TRY(std::vector<LinkWithChanges> page,
           co_await journal_.links_with_changes(pair_->id, after, kPage));
    if (page.empty()) break;
    after = page.back().link.id;
    for (LinkWithChanges& linked : page)
      if (is_deleted(linked.change.remote))
        batch.delete_changes.push_back({pair_->id, SideName::remote, linked.link.side.remote.id});
  }
  pair_->state = PairState::gone;
  pair_->draining = false;
  // If the calendar comes back, it is listed from the beginning and adopted by its links.
  pair_->cursor.remote.clear();
  pair_->returning = true;
  batch.pairs.push_back(*pair_);
  add_history(batch, {}, SideName::remote, "calendar_gone", "history.calendar_gone");
  report_.calendar_gone = true;
  co_return co_await journal_.commit(std::move(batch));
}

Task<> Cycle::read_remote() {
  const Result<> read = co_await read_changes(SideName::remote);
  if (read || !may_be_gone(read.error())) co_return read;
  CO_TRY(const bool exists, co_await sides_.remote->exists());
  if (exists) co_return read.error();
  co_return co_await mark_calendar_gone();
}

// An event that a write did not find may have moved to another calendar. Before an edit of it
// outweighs its deletion, the caller sees what is new at the remote side.
Task<> Cycle::follow_remote() {
  if (!std::exchange(missed_at_remote_, false)) co_return Result<>{};
  CO_TRY_VOID(co_await read_remote());
  if (report_.calendar_gone || !options_.after_read) co_return Result<>{};
  CO_TRY_VOID(co_await options_.after_read());
  co_return co_await match_unlinked();
}

// An appointment was read by its id, because a write met another version. What its user did may be
// an act on several appointments, such as a split: the feed tells of all of them.
Task<> Cycle::follow_crm() {
  if (!std::exchange(alone_in_crm_, false)) co_return Result<>{};
  co_return co_await read_changes(SideName::crm);
}

// First whatever the CRM takes, so that no failure of a write to the remote side delays it; then
// the remote side.
Task<bool> Cycle::plan_and_apply() {
  CO_TRY_VOID(co_await follow_remote());
  if (report_.calendar_gone) co_return false;
  remote_wanted_ = false;
  CO_TRY(bool any, co_await apply_pages(SideName::crm));
  if (alone_in_crm_) {
    CO_TRY_VOID(co_await follow_crm());
    CO_TRY_VOID(co_await match_unlinked());
    const Result<> splits = co_await end_splits();
    if (!splits && splits.error().code != Code::unavailable) co_return splits.error();
    if (!splits) report_.error = splits.error();
  }
  if (remote_wanted_ && !report_.calendar_gone) {
    CO_TRY(const bool more, co_await apply_pages(SideName::remote));
    any |= more;
  }
  co_return any && !report_.calendar_gone;
}

Task<bool> Cycle::apply_pages(SideName side) {
  bool any = false;
  std::string after;
  for (;;) {
    if (recheck_deletion_guard_) CO_TRY_VOID(co_await check_deletion_guard());
    if (report_.calendar_gone) co_return false;
    CO_TRY(std::vector<LinkWithChanges> page,
           co_await journal_.links_with_changes(pair_->id, after, kPage));
    if (page.empty()) co_return any;
    after = page.back().link.id;
    CO_TRY(const bool done, co_await apply_plans(side, std::move(page)));
    any |= done;
    if (side == SideName::remote && closed_.all) co_return any;
  }
}

// The account's, unless the user has decided about this link.
ConflictPolicy Cycle::policy_for(const Link& link) const {
  const auto decided = options_.decided_conflicts.find(link.id);
  return decided == options_.decided_conflicts.end() ? options_.conflict_policy : decided->second;
}

// Whether a write of the plan to `side` is tried now. While it is not known whether the last remote
// write of a link arrived, neither side is written: what arrived would count as an edit of the
// remote side, undo a later deletion in the CRM and win a conflict against a later edit there.
bool Cycle::may_write(SideName side, const Link& link, const Plan& plan) const {
  if (plan.action[side] == Plan::Action::nothing) return false;
  if (held_.waits(side, link.side[side].id)) return false;
  if (open_intents_.contains(link.id) &&
      !(side == SideName::crm && base::mutant("open_intent_is_ignored")))
    return false;
  if (side == SideName::crm) return true;
  return !closed_.all && !(plan.create.remote && closed_.creations) &&
         !waiting_.contains(link.side.crm.id);
}

// The plans of a page that write to `side`. A link that needs both is written at the remote side
// first, and the CRM follows in the next round, planned from what is then true; unless that write
// might make the remote side forget what the CRM does not have yet. If the remote side does not
// take the write now, the CRM gets what it may have at once: a refusal in one direction does not
// stop the other.
Task<bool> Cycle::apply_plans(SideName side, std::vector<LinkWithChanges> page) {
  WriteBatch batch;
  Writes changes;
  Writes creations;  // apart, because a side may refuse to create and take everything else
  for (LinkWithChanges& linked : page) {
    Plan decided = plan(linked, pair_->mode, policy_for(linked.link));
    const bool erases =
        decided.action.crm == Plan::Action::erase || decided.action.remote == Plan::Action::erase;
    if (erases && decided.inferred && hold_inferred_deletions_) decided.hold = kHeldInferred;
    if (decided.hold) {
      hold(batch, std::move(linked), decided.hold);
      continue;
    }
    if (decided.remove_link) {
      remove_link(batch, linked);
      continue;
    }
    if (decided.rebase_only) {
      rebase(batch, std::move(linked));
      continue;
    }
    plan_mails(linked, decided);
    bool remote = may_write(SideName::remote, linked.link, decided) &&
                  may_mail(batch, linked, decided, side == SideName::remote);
    if (remote && !options_.remote_writable && !right_) {
      const Result<bool> right = co_await right_to_write();
      if (!right && reaction_to(right.error()) == Reaction::stop_run) co_return right.error();
      if (!right) report_.error = right.error();
      closed_.all = !right || !*right;
      remote = !closed_.all;
    }
    remote_wanted_ |= remote;
    const bool both_wait =
        base::mutant("refusal_stops_both_ways") && decided.action.remote != Plan::Action::nothing;
    const bool crm_first = may_write(SideName::crm, linked.link, decided) &&
                           may_reset_news(linked, decided) && !base::mutant("rule_before_dates");
    const SideName first = (remote && !crm_first) || both_wait ? SideName::remote : SideName::crm;
    if (first != side || !may_write(side, linked.link, decided)) continue;
    Writes& writes = decided.create[side] ? creations : changes;
    writes.links.push_back(std::move(linked));
    writes.plans.push_back(std::move(decided));
  }
  if (!batch.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  const bool any = !changes.links.empty() || !creations.links.empty();
  changed_ |= any;
  CO_TRY_VOID(co_await write_all(side, std::move(changes)));
  CO_TRY_VOID(co_await write_all(side, std::move(creations)));
  co_return any;
}

Task<> Cycle::write_all(SideName side, Writes writes) {
  auto& [links, plans] = writes;
  const std::size_t limit = std::max<std::size_t>(1, sides_[side]->batch_limit());
  for (std::size_t begin = 0; begin < links.size(); begin += limit) {
    // What the last batch has learnt counts for the next one.
    if (side == SideName::remote &&
        (closed_.all || (closed_.creations && plans[begin].create.remote)))
      break;
    const auto first = static_cast<std::ptrdiff_t>(begin);
    const auto last = static_cast<std::ptrdiff_t>(std::min(begin + limit, links.size()));
    std::vector<LinkWithChanges> some(std::make_move_iterator(links.begin() + first),
                                      std::make_move_iterator(links.begin() + last));
    std::vector<Plan> decided(std::make_move_iterator(plans.begin() + first),
                              std::make_move_iterator(plans.begin() + last));
    CO_TRY_VOID(co_await write(side, std::move(some), std::move(decided)));
  }
  co_return Result<>{};
}

void Cycle::hold(WriteBatch& batch, LinkWithChanges linked, const char* reason) {
  linked.link.held_reason = reason;
  add_history(batch, linked.link.id,
              is_deleted(linked.change.crm) ? SideName::crm : SideName::remote, "held", reason);
  batch.links.push_back(std::move(linked.link));
  ++report_.held;
}

// Deleted on both sides, or our own deletion whose answer was lost. The copy that can be restored
// is the last agreed content.
void Cycle::remove_link(WriteBatch& batch, const LinkWithChanges& linked) {
  const PerSide<SideState>& sides = linked.link.side;
  const SideState& state = sides.crm.has_base ? sides.crm : sides.remote;
  if (state.has_base)
    add_history(batch, linked.link.id, SideName::remote, "deleted", "history.deleted", state.base);
  for (const SideName side : kBothSides)
    if (linked.change[side])
      batch.delete_changes.push_back({pair_->id, side, linked.change[side]->item.id});
  batch.delete_links.push_back(linked.link.id);
}

// Both sides hold what they should: the pending changes become the bases.
void Cycle::rebase(WriteBatch& batch, LinkWithChanges linked) {
  for (const SideName side : kBothSides) {
    SideState& state = linked.link.side[side];
    if (std::optional<PendingChange>& change = linked.change[side]) {
      batch.delete_changes.push_back({pair_->id, side, state.id});
      state.version = change->item.version;
      state.base = std::move(change->item.series);
    }
    state.has_base = true;
  }
  batch.links.push_back(std::move(linked.link));
}

}  // namespace gcal::sync
