// The reading half of a cycle: the intents that an earlier pass left open, and what both sides hold
// now.
#include <algorithm>
#include <map>
#include <set>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/sync/complete_guests.hpp"
#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/feed_item.hpp"
#include "src/engine/sync/link_state.hpp"
#include "src/engine/sync/merge_base.hpp"

namespace gcal::sync {
namespace {

constexpr std::size_t kPage = 500;
constexpr std::size_t kMaxPages = 10'000;
// A remote cursor lives for weeks; how many is not documented.
constexpr base::Milliseconds kCursorRefresh = std::chrono::hours{24};

// What the side was last known to hold; nullptr: nothing.
const Series* known_series(const std::optional<PendingChange>& known, const Link* link,
                           SideName side) {
  if (known) return is_deleted(known) ? nullptr : &known->item.series;
  return link && link->side[side].has_base ? &link->side[side].base : nullptr;
}

struct LinkUpdate {
  bool touched = false;  // the link's row changed
  bool pending = true;   // the side holds something that its base does not
};

// Updates `link` after `side` was seen to hold `series`. `news`: it held something else before.
// `listed`: the generation of the full listing that contained it.
LinkUpdate update_link(Link& link, SideName side, const Version& version, const Series& series,
                       bool news, std::optional<std::uint64_t> listed) {
  LinkUpdate update;
  SideState& state = link.side[side];
  if (listed) {
    link.generation[side] = *listed;
    update.touched = true;
  }
  // A conflict waits for its user's decision, and a repetition of what is known is none. Another
  // edit is: there may be nothing left to decide.
  const bool decided = link.held_reason == kHeldConflict && news;
  if (link.held_reason == kHeldUnreadable || decided) {
    link.held_reason.clear();
    update.touched = true;
  }
  if (!differs_from_base(state, series)) {
    update.pending = false;
    update.touched |= state.version != version;
    state.version = version;
    return update;
  }
  // The user edited it again: a link that was held gets another try.
  if (!link.held_reason.empty() && link.held_reason != kRetired &&
      link.held_reason != kHeldConflict) {
    link.held_reason.clear();
    update.touched = true;
  }
  return update;
}

// What the user is to decide about a link is decided when either side reports more: an explicit
// deletion, or the object that was missing.
bool waits_for_the_user(const Link& link) {
  return link.held_reason == kHeldInferred || link.held_reason == kHeldForeign ||
         link.held_reason == kHeldConflict;
}

// The id of the link that has this object; "" if none has.
std::string link_at(const std::vector<Link>& links, SideName side, const std::string& id) {
  const auto found =
      std::ranges::find_if(links, [&](const Link& link) { return link.side[side].id == id; });
  return found == links.end() ? std::string() : found->id;
}

// What a feed brought is what was known: an echo, or a repetition.
bool is_news(const Series* known, const Series& series) {
  return !known || calendar::changed(*known, series).any();
}

}  // namespace

// What came of an open intent is not known yet, so neither is what both sides agree on.
void Cycle::note_intents(const std::vector<Intent>& intents) {
  open_intents_.clear();
  for (const Intent& intent : intents) open_intents_.insert(intent.link);
}

Task<> Cycle::load_intents() {
  CO_TRY(const std::vector<Intent> intents, co_await journal_.intents(pair_->id));
  note_intents(intents);
  co_return Result<>{};
}

Task<> Cycle::resolve_intents(std::vector<Intent> intents) {
  note_intents(intents);
  for (Intent& intent : intents) {
    if (base::mutant("intent_not_resolved")) continue;
    CO_TRY_VOID(co_await resolve_intent(std::move(intent)));
    if (report_.calendar_gone) co_return Result<>{};
  }
  co_return Result<>{};
}

// A write was begun and its result never stored. What the remote side holds now shows whether it
// took effect.
Task<> Cycle::resolve_intent(Intent intent) {
  constexpr SideName side = SideName::remote;
  WriteBatch batch;
  batch.delete_intents.push_back(intent.op_id);
  std::vector<std::string> link_id{intent.link};
  CO_TRY(std::vector<Link> links, co_await journal_.links_by_id(std::move(link_id)));
  if (!links.empty()) {
    Link& link = links.front();
    const SideState& state = link.side[side];
    if (held_.waits(side, state.id)) co_return Result<>{};
    Result<FeedItem> found = co_await sides_[side]->get(state.id);
    const bool absent = !found && is_absent(found.error());
    if (!found && is_unreadable(found.error())) {
      hold_unreadable(batch, link, side, found.error().message);
      // Whom the CRM has to mail is known when it can be read again.
      if (intent.operation.notify == Notify::crm)
        batch.delete_intents.clear();
      else
        open_intents_.erase(link.id);
      co_return co_await journal_.commit(std::move(batch));
    }
    if (!found && !absent) {
      batch.delete_intents.clear();
      const Result<> blamed =
          co_await blame(batch, side, state.id, link.id, kHeldFailing, found.error());
      if (!batch.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
      co_return blamed;
    }
    answered_ = true;
    // While the calendar is gone, nothing is known of what was in it: the intent stays open.
    if (absent && !calendar_confirmed_) {
      CO_TRY(calendar_confirmed_, co_await sides_[side]->exists());
      report_.calendar_gone = !calendar_confirmed_;
      if (report_.calendar_gone) co_return Result<>{};
    }
    open_intents_.erase(link.id);  // what came of it is known; a rest that fails opens it again
    const bool creating =
        intent.operation.kind == Operation::Kind::put && intent.operation.id.empty();
    if (found && found->kind == FeedItem::Kind::full) {
      CO_TRY(const bool continued, co_await continue_put(intent, link, *found));
      if (continued) co_return Result<>{};
      complete_guests(found->series, state.has_base ? &state.base : &intent.operation.series);
      keep_remote_item(batch, side, state.id, found->remote_item);
      if (intent.operation.kind == Operation::Kind::put) {
        const bool arrived = found->version != intent.operation.if_version &&
                             holds_first_step(intent.operation, found->series);
        if (arrived && intent.operation.notify == Notify::google)
          note_notified(link, intent.operation, mails_left(intent.operation, found->series));
        if (arrived) tell_of_arrival(batch, intent.operation, link, found->series);
        CO_TRY(const LinkWithChanges linked, co_await with_changes(link));
        adopt_sent_values(link, side, intent.operation, found->series,
                          current(linked, other(side)));
      }
      batch.changes.push_back({pair_->id, side, *std::move(found), link.generation[side], false});
      batch.links.push_back(link);
    } else if (!(creating && absent)) {
      // It does not exist: erased as wanted, or by the user after our write. The planner decides.
      if (creating) adopt_sent_values(link, side, intent.operation, intent.operation.series);
      if (intent.operation.kind == Operation::Kind::erase &&
          !base::mutant("lost_deletion_tells_nobody"))
        tell_guests(batch, intent.operation, &link, &intent.operation.before, nullptr);
      FeedItem deleted;
      deleted.id = state.id;
      deleted.kind = FeedItem::Kind::deleted;
      batch.changes.push_back({pair_->id, side, std::move(deleted), link.generation[side], absent});
      batch.links.push_back(link);
    }
  } else if (intent.operation.kind == Operation::Kind::erase) {
    // Both sides were seen without it meanwhile.
    tell_guests(batch, intent.operation, nullptr, &intent.operation.before, nullptr);
  }
  co_return co_await journal_.commit(std::move(batch));
}

// A series that exists and cannot be read is not deleted and must not stop the others: its link is
// held until it can be read again.
void Cycle::hold_unreadable(WriteBatch& batch, Link& link, SideName side,
                            const std::string& reason) {
  link.generation[side] = pair_->generation[side];
  if (link.held_reason.empty()) link.held_reason = kHeldUnreadable;
  hold_item(batch, side, link.side[side].id, link.id, kHeldUnreadable, false,
            Error{Code::invalid, reason, {}});
  batch.links.push_back(link);
}

Task<> Cycle::read_changes(SideName side) {
  std::string position = pair_->cursor[side];
  bool listing = position.empty();
  if (listing) CO_TRY_VOID(co_await begin_listing(side));
  std::set<std::string> positions;
  bool news = listing;
  for (std::size_t pages = 0;; ++pages) {
    Result<ChangesPage> page = co_await sides_[side]->changes(position);
    if (!page && page.error().code == Code::gone && !listing) {
      if (base::mutant("expired_cursor_is_empty")) co_return Result<>{};
      // The cursor expired: list everything under a new generation, once.
      position.clear();
      positions.clear();
      listing = news = true;
      CO_TRY_VOID(co_await begin_listing(side));
      continue;
    }
    if (!page) co_return std::move(page).error();
    answered_ |= side == SideName::remote;
    if (page->more && (pages >= kMaxPages || !positions.insert(page->next).second))
      co_return Error{Code::unavailable, "the listing goes in circles; it will be read again", {}};
    news |= !page->items.empty() || !page->unreadable.empty();
    if (base::mutant("cursor_before_items") && !page->more) {
      pair_->cursor[side] = page->next;
      WriteBatch early;
      early.pairs.push_back(*pair_);
      CO_TRY_VOID(co_await journal_.commit(std::move(early)));
    }
    CO_TRY_VOID(co_await store_page(side, std::move(page->items), listing));
    CO_TRY_VOID(co_await store_unreadable(side, std::move(page->unreadable)));
    position = page->next;
    if (!page->more || base::mutant("first_page_only")) break;
  }
  if (listing && !base::mutant("absence_not_confirmed")) CO_TRY_VOID(co_await confirm_absent(side));
  // Google returns a new token with every read. If the read brought nothing, the token is only
  // stored before the old one grows too old.
  if (pair_->cursor[side] != position && !news)
    news = clock_.now() - pair_->synced_at > kCursorRefresh;
  const std::int64_t marks = side == SideName::remote ? pair_->dirty : 0;
  if (news || marks > 0) {
    changed_ |= news;
    pair_->cursor[side] = position;
    WriteBatch batch;
    batch.pairs.push_back(*pair_);  // last: a stored cursor implies that its items are stored
    if (marks > 0) batch.clear_dirty.push_back({pair_->id, std::exchange(pair_->dirty, 0)});
    CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  }
  co_return Result<>{};
}

// The new generation is stored before the first page, so that what an interrupted listing contained
// does not count for the next one.
Task<> Cycle::begin_listing(SideName side) {
  pair_->cursor[side].clear();
  if (!base::mutant("listings_are_not_counted")) ++pair_->generation[side];
  if (base::mutant("begun_listing_is_not_stored")) co_return Result<>{};
  WriteBatch batch;
  batch.pairs.push_back(*pair_);
  co_return co_await journal_.commit(std::move(batch));
}

// Each is kept with its reason and read again by its id, also if it is new and has no link.
Task<> Cycle::store_unreadable(SideName side, std::vector<Unreadable> unreadable) {
  if (unreadable.empty()) co_return Result<>{};
  std::map<std::string, Unreadable> by_id;
  std::vector<std::string> ids;
  for (Unreadable& one : unreadable) {
    ids.push_back(one.id);
    by_id[one.id] = std::move(one);
  }
  CO_TRY(std::vector<Link> links,
         co_await journal_.links_by_side_id(pair_->id, side, std::move(ids)));
  WriteBatch batch;
  for (Link& link : links) {
    const auto one = by_id.find(link.side[side].id);
    // A request that failed says nothing about the content: the link goes on.
    if (one == by_id.end() || one->second.failed) continue;
    hold_unreadable(batch, link, side, one->second.reason);
    by_id.erase(one);
  }
  for (const auto& [id, one] : by_id)
    hold_item(batch, side, id, link_at(links, side, id), kHeldUnreadable, one.failed,
              Error{Code::invalid, one.reason, {}});
  co_return co_await journal_.commit(std::move(batch));
}

Task<> Cycle::store_page(SideName side, std::vector<FeedItem> items, bool listing) {
  if (items.empty()) co_return Result<>{};
  std::vector<std::string> ids;
  for (const FeedItem& item : items) ids.push_back(item.id);
  CO_TRY(std::vector<Link> links, co_await journal_.links_by_side_id(pair_->id, side, ids));
  CO_TRY(std::vector<PendingChange> earlier,
         co_await journal_.pending_changes(pair_->id, side, ids));
  std::map<std::string, Link> link_of;
  for (Link& link : links) link_of.emplace(link.side[side].id, std::move(link));
  // What is pending for each id after this page; nullopt: nothing.
  std::map<std::string, std::optional<PendingChange>> pending;
  for (PendingChange& change : earlier) pending[change.item.id] = std::move(change);
  std::set<std::string> touched_links;
  WriteBatch batch;

  std::vector<Split> splits;
  const std::uint64_t generation = pair_->generation[side];
  for (FeedItem& item : items) {
    const auto linked = link_of.find(item.id);
    Link* link = linked == link_of.end() ? nullptr : &linked->second;
    std::optional<PendingChange>& known = pending[item.id];
    if (item.kind == FeedItem::Kind::deleted) {
      release_item(batch, side, item.id);
      if (link) {
        release_writes(batch, *link);
        if (link->held_reason == kHeldUnreadable || waits_for_the_user(*link)) {
          link->held_reason.clear();
          touched_links.insert(item.id);
        }
      }
      const base::Instant acted = acted_at(side, known, item, link, listing);
      if (link)
        known = PendingChange{pair_->id, side, std::move(item), generation, false, acted};
      else if (std::exchange(known, {}))  // never linked: nothing depends on it
        keep_remote_item(batch, side, item.id, RemoteItem{{}, {}, true});
      continue;
    }
    // A listing contains every exception of a series: those that are not in it no longer exist.
    const bool replaces = listing && item.kind == FeedItem::Kind::partial && item.has_master &&
                          !base::mutant("listing_keeps_exceptions");
    const Series* before = known_series(known, link, side);
    std::optional<Series> series = apply_partial(replaces ? nullptr : before, item);
    if (!series) {
      Result<FeedItem> whole = co_await sides_[side]->get(item.id);
      if (!whole && is_unreadable(whole.error())) continue;  // reported as unreadable itself
      if (!whole && !is_absent(whole.error())) {
        const std::string link_id = link ? link->id : std::string();
        CO_TRY_VOID(co_await blame(batch, side, item.id, link_id, kHeldUnreadable, whole.error()));
        continue;
      }
      // Its master is deleted or not visible to this account.
      if (!whole || whole->kind == FeedItem::Kind::deleted) continue;
      item.version = whole->version;
      item.remote_item = std::move(whole->remote_item);
      series = std::move(whole->series);
    }
    complete_guests(*series, before);
    if (const HeldItem* held = held_.find(side, item.id); held && held->reason == kHeldUnreadable)
      release_item(batch, side, item.id);
    const bool news = is_news(before, *series);
    if (link && news) release_writes(batch, *link);
    // Of a series that was never seen before, nothing is stored that could be outdated.
    if (!item.remote_item.blank() || before || link)
      keep_remote_item(batch, side, item.id, std::move(item.remote_item));
    if (link) {
      if (link->held_reason == kRetired && side == SideName::crm &&
          pair_->mode == PairMode::two_way && !base::mutant("retired_links_stay_retired")) {
        CO_TRY_VOID(co_await adopt_retired(batch, *link));
        touched_links.insert(link->side[side].id);
      }
      if (link->held_reason == kHeldInferred && is_deleted(known)) {  // it is there again
        link->held_reason.clear();
        touched_links.insert(link->side[side].id);
      }
      if (side == SideName::crm) {
        CO_TRY(const bool agreed, co_await agree(batch, *link, *series, !before));
        if (agreed) touched_links.insert(item.id);
      }
      const LinkUpdate update = update_link(*link, side, item.version, *series, news,
                                            listing ? std::optional(generation) : std::nullopt);
      if (update.touched) touched_links.insert(link->side[side].id);
      // Where a write may have arrived, the base may be about to change: what the CRM holds stays
      // news although it is what both sides agreed on before.
      const bool settled =
          !update.pending && (side == SideName::remote || !open_intents_.contains(link->id) ||
                              base::mutant("edit_taken_back_is_no_news"));
      if (settled) {
        known.reset();
        continue;
      }
    }
    // A new series with dates that another one gave up: both are written as one operation.
    if (!item.split_of.empty() && pair_->mode == PairMode::two_way &&
        (!link || !link->side[side].has_base))
      splits.push_back({pair_->id, item.id, std::move(item.split_of)});
    const base::Instant acted = acted_at(side, known, item, link, listing);
    FeedItem full;
    full.id = item.id;
    full.version = std::move(item.version);
    full.by_google = item.by_google;
    full.series = *std::move(series);
    known = PendingChange{pair_->id, side, std::move(full), generation, false, acted};
  }

  if (!base::mutant("split_is_not_recorded")) batch.splits = std::move(splits);
  for (auto& [id, change] : pending) {
    if (change)
      batch.changes.push_back(*std::move(change));
    else
      batch.delete_changes.push_back({pair_->id, side, id});
  }
  for (const std::string& id : touched_links) batch.links.push_back(std::move(link_of.at(id)));
  co_return co_await journal_.commit(std::move(batch));
}

// The CRM holds what the remote side reported earlier: the engine wrote it and its result was never
// stored, or a user made the same edit. Without this, the echo would count as the user's edit, and
// win a conflict, and outweigh a deletion that the remote side reports next. `first_seen`: an
// appointment under the id of its link that no pass has seen was created by one. Returns whether
// the link changed.
Task<bool> Cycle::agree(WriteBatch& batch, Link& link, const Series& in_crm, bool first_seen) {
  const bool created = first_seen && !link.side.crm.has_base;
  if (!created && (!link.side.crm.has_base || !differs_from_base(link.side.crm, in_crm)))
    co_return false;
  std::vector<std::string> id{link.side.remote.id};
  CO_TRY(const std::vector<PendingChange> pending,
         co_await journal_.pending_changes(pair_->id, SideName::remote, std::move(id)));
  if (pending.empty() || pending.front().item.kind == FeedItem::Kind::deleted) co_return false;
  const FeedItem& remote = pending.front().item;
  if (created) {
    Operation put;
    put.series = remote.series;
    adopt_sent_values(link, SideName::crm, put, in_crm);
  } else if (!adopt_equal_values(link, {&in_crm, &remote.series})) {
    co_return false;
  }
  if (!differs_from_base(link.side.remote, remote.series)) {
    link.side.remote.version = remote.version;
    batch.delete_changes.push_back({pair_->id, SideName::remote, remote.id});
  }
  co_return true;
}

// After a full listing: each linked series that was not in it is read by its id. Only what the side
// itself reports as absent or deleted becomes a pending deletion, marked as inferred.
Task<> Cycle::confirm_absent(SideName side) {
  std::string after;
  for (;;) {
    CO_TRY(std::vector<Link> missing, co_await journal_.links_missing_from_listing(
                                          pair_->id, side, pair_->generation[side], after, kPage));
    if (missing.empty()) co_return Result<>{};
    after = missing.back().id;
    WriteBatch batch;
    for (Link& link : missing) {
      SideState& state = link.side[side];
      Result<FeedItem> found = co_await sides_[side]->get(state.id);
      if (!found && is_unreadable(found.error())) {
        hold_unreadable(batch, link, side, found.error().message);
        continue;
      }
      if (!found && !is_absent(found.error())) {
        // Read again later: what failed is not absent.
        CO_TRY_VOID(co_await blame(batch, side, state.id, link.id, kHeldUnreadable, found.error()));
        continue;
      }
      PendingChange change{pair_->id, side, {}, pair_->generation[side], true};
      if (found && found->kind == FeedItem::Kind::full) {
        complete_guests(found->series, state.has_base ? &state.base : nullptr);
        keep_remote_item(batch, side, state.id, found->remote_item);
        link.generation[side] = pair_->generation[side];
        if (link.held_reason == kHeldInferred) {
          CO_TRY(const LinkWithChanges known, co_await with_changes(link));
          if (is_deleted(known.change[side])) link.held_reason.clear();
        }
        if (!differs_from_base(state, found->series)) {
          state.version = found->version;
          batch.delete_changes.push_back({pair_->id, side, state.id});
          batch.links.push_back(std::move(link));
          continue;
        }
        change.item = *std::move(found);
        change.inferred = false;
        batch.links.push_back(std::move(link));
      } else {
        change.item.id = state.id;
        change.item.kind = FeedItem::Kind::deleted;
        // Only this side held it, or there is nothing to choose from any more.
        if (link.held_reason == kHeldForeign || link.held_reason == kHeldConflict) {
          link.held_reason.clear();
          batch.links.push_back(std::move(link));
        }
      }
      batch.changes.push_back(std::move(change));
    }
    if (!batch.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  }
}

}  // namespace gcal::sync
