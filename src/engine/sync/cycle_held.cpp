// What a cycle holds: requests about one object that are refused or fail again and again, and
// objects that cannot be read. Each is stored with its reason and tried again (HeldItem); it stops
// neither the other direction of its link nor anything else.
#include "src/common/base/mutant.hpp"
#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/derived_ids.hpp"
#include "src/engine/sync/link_state.hpp"

namespace gcal::sync {
namespace {

// A creation whose id is taken and unknown at the same time so often gets another id. Earlier it
// could double an appointment that was created and is not readable yet.
constexpr std::uint32_t kAttemptsOfAnId = 3;
// So often an unexplained refusal ends the run before it is held against its object.
constexpr std::uint32_t kAttemptsOfASuspect = 3;
// So many conflicts of one link in a run are no race with a user any more.
constexpr std::size_t kConflictsInARun = 3;

}  // namespace

void Cycle::note_held(std::vector<HeldItem> items) {
  held_ = HeldItems(std::move(items), clock_.now(), options_.version, options_.try_held_again);
}

void Cycle::hold_item(WriteBatch& batch, SideName side, const std::string& id,
                      const std::string& link, const char* reason, bool may_pass,
                      const Error& error) {
  const HeldItem* known = held_.find(side, id);
  HeldItem item{pair_->id, side, id, link, reason, error.message, 1, {}, options_.version};
  if (known) item.attempts += known->attempts;
  item.next_try = clock_.now() + wait_after(reason, may_pass, item.attempts, error.retry_after);
  if (!may_pass && (!known || known->reason != reason)) {
    add_history(batch, link, side, "quarantined", error.message);
    ++report_.quarantined;
  }
  batch.held.push_back(item);
  held_.put(std::move(item));
}

void Cycle::release_item(WriteBatch& batch, SideName side, const std::string& id) {
  if (held_.remove(side, id)) batch.release_held.push_back({pair_->id, side, id});
}

// The content changed on either side: what was refused is another write now.
void Cycle::release_writes(WriteBatch& batch, const Link& link) {
  for (const SideName side : kBothSides)
    if (const HeldItem* item = held_.find(side, link.side[side].id);
        item && item->reason != kHeldUnreadable)
      release_item(batch, side, link.side[side].id);
}

// A write succeeded. If it had been refused, so may the others for the same reason: a right is
// back.
void Cycle::note_success(WriteBatch& batch, SideName side, const std::string& id) {
  const HeldItem* item = held_.find(side, id);
  if (!item) return;
  const std::string reason = item->reason;
  release_item(batch, side, id);
  if (reason == kHeldDenied) held_.make_due(side, reason);
}

// A request about one object failed without an explanation. It counts against the object only if
// the calendar answers another request of this run; otherwise the service is down, and the error
// ends the run. Errors: the one given, and those of Side::exists().
Task<> Cycle::blame(WriteBatch& batch, SideName side, const std::string& id,
                    const std::string& link, const char* reason, const Error& error) {
  const Reaction reaction = reaction_to(error);
  if (reaction == Reaction::stop_run) co_return error;
  if (side == SideName::remote && !answered_) {
    CO_TRY(answered_, co_await sides_.remote->exists());
    if (!answered_) co_return error;
  }
  if (reaction == Reaction::suspect) {
    const HeldItem* known = held_.find(side, id);
    const std::uint32_t attempts = known ? known->attempts + 1 : 1;
    if (attempts < kAttemptsOfASuspect) {
      // Not held: it is tried in each run, and the run ends with the error.
      WriteBatch counted;
      counted.held.push_back(
          {pair_->id, side, id, link, kHeldSuspect, error.message, attempts, {}, options_.version});
      held_.put(counted.held.back());
      CO_TRY_VOID(co_await journal_.commit(std::move(counted)));
      co_return error;
    }
  }
  hold_item(batch, side, id, link, reason, true, error);
  co_return Result<>{};
}

// What could not be read and is due is read by its id.
Task<> Cycle::read_held() {
  for (const HeldItem& item : held_.due()) {
    if (item.reason != kHeldUnreadable) continue;
    Result<FeedItem> found = co_await sides_[item.side]->get(item.id);
    alone_in_crm_ |= item.side == SideName::crm;
    if (found && found->kind == FeedItem::Kind::full) {
      std::vector<FeedItem> one;
      one.push_back(*std::move(found));
      CO_TRY_VOID(co_await store_page(item.side, std::move(one), false));
      changed_ = true;
      continue;
    }
    WriteBatch batch;
    if (found || is_absent(found.error())) {
      CO_TRY_VOID(co_await forget_unreadable(batch, item, !found));
    } else if (is_unreadable(found.error())) {
      hold_item(batch, item.side, item.id, item.link, kHeldUnreadable, false, found.error());
    } else {
      const Result<> blamed =
          co_await blame(batch, item.side, item.id, item.link, kHeldUnreadable, found.error());
      if (!batch.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
      if (!blamed) co_return blamed.error();
      continue;
    }
    CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  }
  co_return Result<>{};
}

// The object that could not be read does not exist any more. `absent`: the side does not know it;
// otherwise it says that it was deleted.
Task<> Cycle::forget_unreadable(WriteBatch& batch, const HeldItem& item, bool absent) {
  release_item(batch, item.side, item.id);
  std::vector<std::string> id{item.id};
  CO_TRY(std::vector<Link> links,
         co_await journal_.links_by_side_id(pair_->id, item.side, std::move(id)));
  for (Link& link : links) {
    FeedItem deleted;
    deleted.id = item.id;
    deleted.kind = FeedItem::Kind::deleted;
    batch.changes.push_back(
        {pair_->id, item.side, std::move(deleted), pair_->generation[item.side], absent});
    if (link.held_reason == kHeldUnreadable) link.held_reason.clear();
    batch.links.push_back(std::move(link));
    recheck_deletion_guard_ = true;
    changed_ = true;
  }
  co_return Result<>{};
}

// Whether this account may write to the remote calendar; asked at most once in a run.
Task<bool> Cycle::right_to_write() {
  if (right_) co_return *right_;
  CO_TRY(const bool writable, co_await sides_.remote->writable());
  answered_ = true;
  right_ = writable;
  (writable ? report_.right_is_back : report_.right_is_lost) = writable != options_.remote_writable;
  if (report_.right_is_back) held_.make_due(SideName::remote, kHeldDenied);
  co_return writable;
}

// The failed write of one operation, for every reaction but read_again. Returns whether the intent
// is answered. Errors end the run.
Task<bool> Cycle::store_refusal(WriteBatch& batch, SideName side, const Link& link,
                                const Error& error) {
  const std::string& id = link.side[side].id;
  const bool answered = had_no_effect(error) || base::mutant("no_answer_is_no_effect");
  Reaction reaction = reaction_to(error);
  if (reaction == Reaction::stop_creations) {
    closed_.creations = true;
    report_.no_creations_until = clock_.now() + error.retry_after;
    report_.error = error;
    co_return answered;
  }
  if (reaction == Reaction::ask_for_right) {
    const Result<bool> right = co_await right_to_write();
    if (!right && reaction_to(right.error()) == Reaction::stop_run) co_return right.error();
    if (!right || !*right) {
      closed_.all = true;
      if (!right) report_.error = right.error();
      co_return answered;
    }
    reaction = Reaction::hold;  // the calendar may be written: it is about this one
  }
  if (reaction == Reaction::hold) {
    hold_item(batch, side, id, link.id, error.code == Code::denied ? kHeldDenied : kHeldInvalid,
              false, error);
    if (base::mutant("refused_item_ends_the_run")) co_return error;
    co_return true;
  }
  CO_TRY_VOID(co_await blame(batch, side, id, link.id, kHeldFailing, error));
  co_return answered;
}

// A write that conflicts again and again waits.
void Cycle::hold_repeated_conflict(WriteBatch& batch, SideName side, const Link& link,
                                   const Error& error) {
  if (++conflicts_of_[link.id] >= kConflictsInARun)
    hold_item(batch, side, link.side[side].id, link.id, kHeldFailing, true, error);
}

// The side refuses an id as taken and does not know it. After some attempts in different runs the
// object gets another id.
void Cycle::hold_unusable_id(WriteBatch& batch, SideName side, Link& link, const Error& error) {
  const std::string id = link.side[side].id;
  hold_item(batch, side, id, link.id, kHeldFailing, true, error);
  if (held_.find(side, id)->attempts < kAttemptsOfAnId) return;
  release_item(batch, side, id);
  link.incarnation += kUnusableId;
  link.side[side].id = derived_id(side, link);
  if (side == SideName::crm) batch.record_renames.push_back({id, link.side.crm.id});
}

// At the end: what was due and was not tried has nothing to write any more.
Task<> Cycle::release_settled() {
  if (report_.unfinished) co_return Result<>{};
  WriteBatch batch;
  for (const HeldItem& item : held_.due()) {
    const bool not_tried = item.side == SideName::remote &&
                           (closed_.all || closed_.creations || open_intents_.contains(item.link));
    if (item.reason != kHeldUnreadable && !not_tried) release_item(batch, item.side, item.id);
  }
  if (!batch.empty()) co_return co_await journal_.commit(std::move(batch));
  co_return Result<>{};
}

}  // namespace gcal::sync
