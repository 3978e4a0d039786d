// The reading half of a cycle: what an earlier pass left open, and what the sides hold now. The
// deciding and writing half is in cycle.cpp.
#include <map>
#include <set>

#include "src/engine/sync/agree.hpp"
#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/observe.hpp"

namespace gcal::sync {
namespace {

constexpr std::size_t kPage = 500;
constexpr std::size_t kMaxPages = 10'000;
constexpr base::Milliseconds kTokenLife =
    std::chrono::hours{24};  // Google's tokens live for weeks; nobody promises how many

}  // namespace

Task<> Cycle::resolve_intents() {
  CO_TRY(std::vector<Intent> intents, co_await journal_.intents(pair_->id));
  for (Intent& intent : intents) CO_TRY_VOID(co_await absorb(std::move(intent)));
  co_return Result<>{};
}

// A write was begun and its answer never stored. What the side holds now tells whether it took
// place.
Task<> Cycle::absorb(Intent intent) {
  Commit commit;
  commit.dropped_intents.push_back(intent.op_id);
  std::vector<std::string> link_id{intent.link};
  CO_TRY(std::vector<Link> links, co_await journal_.links_by_id(std::move(link_id)));
  if (!links.empty()) {
    Link& link = links.front();
    End& end = link.end[at(intent.side)];
    Result<Observation> found = co_await side(intent.side).get(end.id);
    const bool never = !found && is_absent(found.error());
    if (!found && is_unreadable(found.error())) {
      hold_unreadable(commit, link, intent.side, found.error().message);
      co_return co_await journal_.commit(std::move(commit));
    }
    if (!found && !never) co_return found.error();
    const bool creating =
        intent.operation.kind == Operation::Kind::put && intent.operation.id.empty();
    if (found && found->kind == Observation::Kind::whole) {
      if (intent.operation.kind == Operation::Kind::put)
        absorb_sent(link, intent.side, intent.operation, found->series);
      commit.observed.push_back(
          {pair_->id, intent.side, *std::move(found), link.generation[at(intent.side)], false});
      commit.links.push_back(link);
    } else if (!(creating && never)) {
      // It is not there: erased as wanted, or by a person after we wrote it. The planner decides
      // from that.
      if (creating) absorb_sent(link, intent.side, intent.operation, intent.operation.series);
      Observation gone;
      gone.id = end.id;
      gone.kind = Observation::Kind::gone;
      commit.observed.push_back(
          {pair_->id, intent.side, std::move(gone), link.generation[at(intent.side)], never});
      commit.links.push_back(link);
    }
  }
  co_return co_await journal_.commit(std::move(commit));
}

// What stands there and cannot be read is no deletion and must not stop the others: it waits until
// it can be read again.
void Cycle::hold_unreadable(Commit& commit, Link& link, SideName name, const std::string& reason) {
  link.generation[at(name)] = pair_->generation[at(name)];
  if (link.held_reason.empty()) {
    link.held_reason = kHeldUnreadable;
    record(commit, link.id, name, "quarantined", reason);
    ++report_.quarantined;
  }
  commit.links.push_back(link);
}

Task<> Cycle::observe(SideName name) {
  std::string position = cursor(name);
  bool listing = position.empty();
  if (listing) CO_TRY_VOID(co_await begin_listing(name));
  std::set<std::string> positions;
  bool news = listing;
  for (std::size_t pages = 0;; ++pages) {
    Result<ChangesPage> page = co_await side(name).changes(position);
    if (!page && page.error().code == Code::gone && !listing) {
      // The cursor expired: list everything under a new generation, once.
      position.clear();
      positions.clear();
      listing = news = true;
      CO_TRY_VOID(co_await begin_listing(name));
      continue;
    }
    if (!page) co_return std::move(page).error();
    if (page->more && (pages >= kMaxPages || !positions.insert(page->next).second))
      co_return Error{Code::unavailable, "the listing goes in circles; it will be read again", {}};
    news |= !page->items.empty() || !page->unreadable.empty();
    CO_TRY_VOID(co_await store_page(name, std::move(page->items), listing));
    CO_TRY_VOID(co_await store_unreadable(name, std::move(page->unreadable)));
    position = page->next;
    if (!page->more) break;
  }
  if (listing) CO_TRY_VOID(co_await confirm_absent(name));
  // Google hands out another token with every answer. One that brought nothing is only worth a
  // write before the old one grows too old.
  if (cursor(name) != position && !news) news = clock_.now() - pair_->synced_at > kTokenLife;
  if (news) {
    changed_ = true;
    cursor(name) = position;
    Commit commit;
    commit.pairs.push_back(
        *pair_);  // last, so that a cursor never stands for effects that were not stored
    CO_TRY_VOID(co_await journal_.commit(std::move(commit)));
  }
  co_return Result<>{};
}

// The new generation is stored before the first page: what an interrupted listing saw must not pass
// for seen in the next one.
Task<> Cycle::begin_listing(SideName name) {
  cursor(name).clear();
  ++pair_->generation[at(name)];
  Commit commit;
  commit.pairs.push_back(*pair_);
  co_return co_await journal_.commit(std::move(commit));
}

Task<> Cycle::store_unreadable(SideName name, std::vector<Unreadable> unreadable) {
  if (unreadable.empty()) co_return Result<>{};
  std::map<std::string, std::string> reason_of;
  std::vector<std::string> ids;
  for (Unreadable& one : unreadable) {
    ids.push_back(one.id);
    reason_of[one.id] = std::move(one.reason);
  }
  CO_TRY(std::vector<Link> links, co_await journal_.links_by_end(pair_->id, name, std::move(ids)));
  Commit commit;
  for (Link& link : links) {
    const auto reason = reason_of.find(link.end[at(name)].id);
    if (reason == reason_of.end()) continue;
    hold_unreadable(commit, link, name, reason->second);
    reason_of.erase(reason);
  }
  for (const auto& [id, reason] : reason_of) {
    record(commit, {}, name, "quarantined", reason);
    ++report_.quarantined;
  }
  co_return co_await journal_.commit(std::move(commit));
}

Task<> Cycle::store_page(SideName name, std::vector<Observation> items, bool listing) {
  if (items.empty()) co_return Result<>{};
  std::vector<std::string> ids;
  for (const Observation& item : items) ids.push_back(item.id);
  CO_TRY(std::vector<Link> links, co_await journal_.links_by_end(pair_->id, name, ids));
  CO_TRY(std::vector<Observed> earlier, co_await journal_.observed(pair_->id, name, ids));
  std::map<std::string, Link> link_of;
  for (Link& link : links) link_of.emplace(link.end[at(name)].id, std::move(link));
  std::map<std::string, std::optional<Observed>>
      seen;  // the state of each id as this page leaves it
  for (Observed& one : earlier) seen[one.observation.id] = std::move(one);
  std::set<std::string> touched_links;

  const std::uint64_t generation = pair_->generation[at(name)];
  for (Observation& item : items) {
    const auto linked = link_of.find(item.id);
    Link* link = linked == link_of.end() ? nullptr : &linked->second;
    std::optional<Observed>& known = seen[item.id];
    if (item.kind == Observation::Kind::gone) {
      if (link)
        known = Observed{pair_->id, name, std::move(item), generation, false};
      else
        known.reset();  // never linked: nothing of ours depends on it
      continue;
    }
    const Series* base = nullptr;
    if (known && known->observation.kind == Observation::Kind::whole)
      base = &known->observation.series;
    else if (link && link->end[at(name)].agreed &&
             !(known && known->observation.kind == Observation::Kind::gone))
      base = &link->end[at(name)].series;
    // A listing names every exception of a series: those that it does not name are no more.
    if (listing && item.kind == Observation::Kind::fragment && item.has_master) base = nullptr;
    std::optional<Series> series = fold(base, item);
    if (!series) {
      Result<Observation> whole = co_await side(name).get(item.id);
      if (!whole && is_unreadable(whole.error())) continue;  // its own page says so
      if (!whole && !is_absent(whole.error())) co_return std::move(whole).error();
      if (!whole || whole->kind == Observation::Kind::gone)
        continue;  // its master is gone or not ours to see
      item.version = whole->version;
      series = std::move(whole->series);
    }
    if (link) {
      End& end = link->end[at(name)];
      if (listing) {
        link->generation[at(name)] = generation;
        touched_links.insert(link->end[at(name)].id);
      }
      if (link->held_reason == kHeldUnreadable) {
        link->held_reason.clear();
        touched_links.insert(end.id);
      }
      if (!is_news(end, *series)) {
        if (end.version != item.version) {
          end.version = item.version;
          touched_links.insert(end.id);
        }
        known.reset();
        continue;
      }
      // Someone looked at it again: what was put aside because the other side refused it gets
      // another chance.
      if (!link->held_reason.empty() && link->held_reason != kRetired) {
        link->held_reason.clear();
        touched_links.insert(end.id);
      }
    }
    Observation whole;
    whole.id = item.id;
    whole.version = std::move(item.version);
    whole.series = *std::move(series);
    known = Observed{pair_->id, name, std::move(whole), generation, false};
  }

  Commit commit;
  for (auto& [id, state] : seen) {
    if (state)
      commit.observed.push_back(*std::move(state));
    else
      commit.dropped_observed.push_back({pair_->id, name, id});
  }
  for (const std::string& id : touched_links) commit.links.push_back(std::move(link_of.at(id)));
  co_return co_await journal_.commit(std::move(commit));
}

Task<> Cycle::confirm_absent(SideName name) {
  std::string after;
  for (;;) {
    CO_TRY(std::vector<Link> absent,
           co_await journal_.unseen(pair_->id, name, pair_->generation[at(name)], after, kPage));
    if (absent.empty()) co_return Result<>{};
    after = absent.back().id;
    Commit commit;
    for (Link& link : absent) {
      End& end = link.end[at(name)];
      Result<Observation> found = co_await side(name).get(end.id);
      if (!found && is_unreadable(found.error())) {
        hold_unreadable(commit, link, name, found.error().message);
        continue;
      }
      if (!found && !is_absent(found.error())) co_return std::move(found).error();
      Observed observed{pair_->id, name, {}, pair_->generation[at(name)], true};
      if (found && found->kind == Observation::Kind::whole) {
        link.generation[at(name)] = pair_->generation[at(name)];
        if (!is_news(end, found->series)) {
          end.version = found->version;
          commit.dropped_observed.push_back({pair_->id, name, end.id});
          commit.links.push_back(std::move(link));
          continue;
        }
        observed.observation = *std::move(found);
        observed.inferred = false;
        commit.links.push_back(std::move(link));
      } else {
        observed.observation.id = end.id;
        observed.observation.kind = Observation::Kind::gone;
      }
      commit.observed.push_back(std::move(observed));
    }
    CO_TRY_VOID(co_await journal_.commit(std::move(commit)));
  }
}

}  // namespace gcal::sync
