#include "src/engine/sync/refusal.hpp"

#include <algorithm>

#include "src/common/base/mutant.hpp"

namespace gcal::sync {

Reaction reaction_to(const Error& error) {
  if (error.code == Code::cancelled || error.code == Code::needs_auth ||
      error.scope == Scope::account)
    return Reaction::stop_run;
  if (error.scope == Scope::unclear) return Reaction::suspect;
  if (error.scope == Scope::creations) return Reaction::stop_creations;
  if (error.code == Code::denied && error.scope == Scope::calendar &&
      !base::mutant("lost_right_holds_items"))
    return Reaction::ask_for_right;
  switch (error.code) {
    case Code::denied:
    case Code::invalid: return Reaction::hold;
    case Code::conflict:
    case Code::not_found:
    case Code::gone: return Reaction::read_again;
    default: return Reaction::count;
  }
}

bool had_no_effect(const Error& error) {
  switch (reaction_to(error)) {
    case Reaction::count: return false;
    case Reaction::stop_run: return error.code != Code::cancelled && error.code != Code::timeout;
    default: return true;
  }
}

base::Milliseconds wait_after(const std::string& reason, bool may_pass, std::uint32_t attempts,
                              base::Milliseconds retry_after) {
  constexpr base::Milliseconds kDay = std::chrono::hours{24};
  constexpr base::Milliseconds kHour = std::chrono::hours{1};
  constexpr std::uint32_t kManyAttempts = 10;
  if (!may_pass && reason != kHeldFailing) return std::max(kDay, retry_after);
  if (attempts >= kManyAttempts) return std::max(kDay, retry_after);
  const base::Milliseconds doubled = std::chrono::minutes{1} * (1 << (std::max(attempts, 1u) - 1));
  return std::max(std::min(doubled, kHour), retry_after);
}

HeldItems::HeldItems(std::vector<HeldItem> items, base::Instant now, const std::string& version,
                     bool again) {
  for (HeldItem& item : items) {
    const bool due = item.next_try <= now && !base::mutant("held_for_ever");
    if (again || due || item.version != version) item.next_try = {};
    std::pair<SideName, std::string> key{item.side, item.id};
    items_.insert_or_assign(std::move(key), std::move(item));
  }
}

const HeldItem* HeldItems::find(SideName side, const std::string& id) const {
  const auto found = items_.find({side, id});
  return found == items_.end() ? nullptr : &found->second;
}

bool HeldItems::waits(SideName side, const std::string& id) const {
  const HeldItem* item = find(side, id);
  return item && item->reason != kHeldUnreadable && item->next_try != base::Instant{};
}

std::vector<HeldItem> HeldItems::due() const {
  std::vector<HeldItem> found;
  for (const auto& [key, item] : items_)
    if (item.next_try == base::Instant{}) found.push_back(item);
  return found;
}

void HeldItems::put(HeldItem item) {
  std::pair<SideName, std::string> key{item.side, item.id};
  items_.insert_or_assign(std::move(key), std::move(item));
}

bool HeldItems::remove(SideName side, const std::string& id) {
  return items_.erase({side, id}) > 0;
}

void HeldItems::make_due(SideName side, const std::string& reason) {
  for (auto& [key, item] : items_)
    if (item.side == side && item.reason == reason) item.next_try = {};
}

std::optional<base::Instant> HeldItems::next_try() const {
  std::optional<base::Instant> next;
  for (const auto& [key, item] : items_)
    if (item.next_try != base::Instant{})
      next = std::min(next.value_or(item.next_try), item.next_try);
  return next;
}

}  // namespace gcal::sync
