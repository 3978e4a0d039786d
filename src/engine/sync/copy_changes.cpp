#include "src/engine/sync/copy_changes.hpp"

#include <algorithm>
#include <map>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/sync/link_state.hpp"

namespace gcal::sync {
namespace {

constexpr std::size_t kPage = 500;

bool same_content(const Series& a, const Series& b) {
  return calendar::changed(a, b).none();
}

// What happens to the link of a copy: the remote side must hold its original, or have held it.
enum class Original { exists, deleted, never };

Original original_of(const Link& link, const std::optional<PendingChange>& remote) {
  if (remote) return is_deleted(remote) ? Original::deleted : Original::exists;
  return link.side.remote.has_base ? Original::exists : Original::never;
}

std::map<std::string, PendingChange> by_id(std::vector<PendingChange> changes) {
  std::map<std::string, PendingChange> found;
  for (PendingChange& change : changes) {
    std::string id = change.item.id;
    found.emplace(std::move(id), std::move(change));
  }
  return found;
}

std::optional<PendingChange> take(std::map<std::string, PendingChange>& changes,
                                  const std::string& id) {
  const auto found = changes.find(id);
  if (found == changes.end()) return std::nullopt;
  return std::move(found->second);
}

}  // namespace

bool CopyChange::edited() const {
  return !found || !same_content(known(), found->series);
}

Task<> CopyChanges::begin() {
  after_.clear();
  new_.clear();
  changed_.clear();
  std::string position = pair_.cursor.crm;
  bool listing = position.empty();
  for (;;) {
    Result<ChangesPage> page = co_await crm_.changes(position);
    if (!page && page.error().code == Code::gone && !listing) {
      position.clear();
      new_.clear();
      listing = true;
      continue;
    }
    if (!page) co_return std::move(page).error();
    CO_TRY_VOID(co_await add_new(std::move(page->items)));
    position = page->next;
    if (!page->more) co_return Result<>{};
  }
}

Task<> CopyChanges::add_new(std::vector<FeedItem> items) {
  std::vector<std::string> ids;
  for (const FeedItem& item : items)
    if (item.kind == FeedItem::Kind::full) ids.push_back(item.id);
  if (ids.empty()) co_return Result<>{};
  CO_TRY(const std::vector<Link> links,
         co_await journal_.links_by_side_id(pair_.id, SideName::crm, ids));
  CO_TRY(const std::vector<PendingChange> earlier,
         co_await journal_.pending_changes(pair_.id, SideName::crm, std::move(ids)));
  std::set<std::string> known;
  for (const Link& link : links) known.insert(link.side.crm.id);
  for (const PendingChange& change : earlier) known.insert(change.item.id);
  for (FeedItem& item : items)
    if (item.kind == FeedItem::Kind::full && !known.contains(item.id))
      new_.push_back(std::move(item));
  co_return Result<>{};
}

Task<CopyChanges::Page> CopyChanges::next() {
  Page page;
  CO_TRY(std::vector<Link> links, co_await journal_.links(pair_.id, after_, kPage));
  if (links.empty()) {
    page.done = true;
    co_return page;
  }
  after_ = links.back().id;
  PerSide<std::vector<std::string>> ids;
  for (const Link& link : links)
    for (const SideName side : kBothSides) ids[side].push_back(link.side[side].id);
  CO_TRY(std::vector<PendingChange> in_crm,
         co_await journal_.pending_changes(pair_.id, SideName::crm, ids.crm));
  CO_TRY(std::vector<PendingChange> at_remote,
         co_await journal_.pending_changes(pair_.id, SideName::remote, std::move(ids.remote)));
  CO_TRY(std::vector<FeedItem> items, co_await crm_.get_many(std::move(ids.crm)));
  PerSide<std::map<std::string, PendingChange>> pending{by_id(std::move(in_crm)),
                                                        by_id(std::move(at_remote))};
  std::map<std::string, FeedItem> held;
  for (FeedItem& item : items) {
    std::string id = item.id;
    held.emplace(std::move(id), std::move(item));
  }

  for (Link& link : links) {
    if (link.held_reason == kRetired) continue;
    const auto found = held.find(link.side.crm.id);
    if (found == held.end()) continue;  // it exists and cannot be read
    const Original original = original_of(link, take(pending.remote, link.side.remote.id));
    if (original == Original::never) continue;  // the user's own, not a copy
    CopyChange change;
    change.pending = take(pending.crm, link.side.crm.id);
    change.link = std::move(link);
    // A deletion from the time before is not carried over either: nothing is deleted at the remote
    // side when a calendar returns.
    if (is_deleted(change.pending)) change.pending.reset();
    if (!change.pending && !change.link.side.crm.has_base) continue;  // not copied yet
    if (found->second.kind == FeedItem::Kind::full) {
      change.found = std::move(found->second);
      if (!change.edited() && change.known().facts == change.found->series.facts) continue;
    } else {
      // An edit from before may outweigh the deletion at the remote side: it needs its copy.
      if (original == Original::deleted && !change.pending) continue;
      if (base::mutant("missing_copy_is_a_deletion")) continue;
      change.found = take_twin(change.known());
    }
    changed_.insert(change.link.side.crm.id);
    page.changes.push_back(std::move(change));
  }
  co_return page;
}

// A copy that was deleted and brought back by the CRM's undo has another id.
std::optional<FeedItem> CopyChanges::take_twin(const Series& known) {
  const auto twin = std::ranges::find_if(
      new_, [&](const FeedItem& item) { return same_content(item.series, known); });
  if (twin == new_.end()) return std::nullopt;
  FeedItem taken = std::move(*twin);
  new_.erase(twin);
  return taken;
}

std::vector<FeedItem> CopyChanges::take_leftovers() {
  std::vector<FeedItem> leftovers;
  for (std::size_t found = 1; found > 0;) {  // what was split off may have been split again
    const auto rest = std::stable_partition(new_.begin(), new_.end(), [this](const FeedItem& item) {
      return !changed_.contains(item.split_of);
    });
    found = static_cast<std::size_t>(new_.end() - rest);
    for (auto item = rest; item != new_.end(); ++item) {
      changed_.insert(item->id);
      leftovers.push_back(std::move(*item));
    }
    new_.erase(rest, new_.end());
  }
  return leftovers;
}

}  // namespace gcal::sync
