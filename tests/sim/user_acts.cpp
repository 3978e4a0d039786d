#include "tests/sim/user_acts.hpp"

namespace gcal::simulation {

using sync::kBothSides;
using sync::other;
using sync::PerSide;
using sync::SideName;

namespace {

constexpr const char* kTitle = "title";
constexpr const char* kCancelled = "cancelled";
constexpr const char* kDate = "date ";  // what the name of a single date begins with

}  // namespace

void UserActs::created(SideName side, const Values& values) {
  for (const auto& [name, value] : values) registers_[name].set(side, value);
  title_[side] = values.at(kTitle);
  unseen_[side] = unsettled_[side] = open_ = true;
  at_remote_ = side == SideName::remote;
}

void UserActs::edited(SideName side, const Values& values,
                      const PerSide<std::optional<std::string>>& titles, bool writing) {
  shown(titles);
  open_ = true;
  unsettled_[side] = true;
  for (const auto& [name, value] : values) {
    Register& known = registers_[name];
    // A changed date of Google's that reached the CRM in between has the value of the series that
    // was changed first: once it is changed again, that value is the date's own.
    if (side == SideName::crm && known.is_set_by(side) && !name.starts_with(kDate))
      cancelled_may_return_ = true;
    known.set(side, value);
  }
  if (side == SideName::remote && (writing || disturbed_) && may_reset_dates()) {
    cancelled_may_return_ = true;
    for (const auto& [name, value] : values)
      if (name.starts_with(kDate)) doubt(name);
  }
  // Users deleted it, and one edits what is still here or a run had just made again.
  dead_.reset();
  const auto title = values.find(kTitle);
  if (title == values.end()) return;
  title_[side] = title->second;
  unseen_[side] = true;
  // A running cycle may have read the title that the other side's user gave before deleting, and
  // decides between the two titles before it learns of the deletion: the loser is in the history.
  const SideName there = other(side);
  if (gone_[there] && !titles[there] && !disturbed_ && !(writing && unseen_[there]))
    outweighed_ = true;
}

// The title that the other side's user gave last, and that this user has not seen, outweighs the
// deletion; anything else that both sides have not agreed on may. While a cycle runs, the conflict
// of two titles may have been decided already: then the other user's one is in the history.
void UserActs::deleted(SideName side, const PerSide<std::optional<std::string>>& titles,
                       bool writing) {
  shown(titles);
  open_ = true;
  const SideName there = other(side);
  retracted_ |= unseen_[side] || disturbed_;
  outweighed_ = titles[there] && unseen_[there] && *titles[there] == title_[there] && !disturbed_ &&
                !(writing && unseen_[side]);
  const bool both = gone_[there] && !titles[there];
  if (both || (!unsettled_[there] && !writing)) dead_ = side;
  deleted_[side] = gone_[side] = true;
}

void UserActs::left(bool at_remote, bool in_crm) {
  at_remote_ |= at_remote;
  if (!at_remote || in_crm || !gone_.crm) return;
  if (disturbed_) return excuse();
  // What was edited before the deletion has not been carried over.
  for (const auto& [name, one] : registers_) doubt(name);
  deleted_.crm = gone_.crm = outweighed_ = false;
  if (dead_ == SideName::crm) dead_.reset();
}

void UserActs::disturbed() {
  disturbed_ |= open_;
  retracted_ |= disturbed_ && (gone_.crm || gone_.remote);
  if (!disturbed_) return;
  // A move and other lines of the rule, of two users, may be a conflict after a lost answer.
  for (const char* const name : {"start", "rule"}) doubt(name);
  cancelled_may_return_ |= may_reset_dates();
  // Both users gave a series one value: what Google's dates show of it is known to both sides only
  // when the CRM has it at a date that its user changed before. Until then it counts as an edit.
  for (const auto& [name, one] : registers_)
    cancelled_may_return_ |= one.is_set_by_both() && !name.starts_with(kDate);
  // Two appointments that are matched are merged without a base, a schedule as a whole.
  if (!agreed_once_)
    for (const auto& [name, one] : registers_)
      if (name != kTitle) doubt(name);
}

bool UserActs::may_reset_dates() const {
  for (const char* const name : {"start", "rule"})
    if (const auto known = registers_.find(name);
        known != registers_.end() && known->second.is_set_by(SideName::crm))
      return true;
  return false;
}

void UserActs::shown(const PerSide<std::optional<std::string>>& titles) {
  for (const SideName side : kBothSides) {
    if (titles[side]) gone_[side] = false;
    if (titles[other(side)] && *titles[other(side)] == title_[side]) unseen_[side] = false;
  }
  at_remote_ |= titles.remote.has_value();
}

void UserActs::agreed(const Values& values) {
  for (const auto& [name, value] : values) registers_[name].agree(value);
  doubted_.clear();
  agreed_once_ = true;
  unseen_ = unsettled_ = gone_ = {};
  outweighed_ = open_ = disturbed_ = cancelled_may_return_ = false;
}

std::vector<std::string> UserActs::judge(const std::optional<Values>& values) const {
  std::vector<std::string> wrong;
  if (split_ || excused_) return wrong;
  const bool deleted = deleted_.crm || deleted_.remote;
  if (!values) {
    if (!deleted) wrong.emplace_back("vanished though no user deleted it");
    if (outweighed_) wrong.emplace_back("was deleted though the other side's user edited it");
    return wrong;
  }
  if (dead_) wrong.emplace_back("came back from the dead");
  // Titles are unique, so the one that remains is the last one given on either side.
  const std::string& title = values->at(kTitle);
  if (deleted) {
    if (!retracted_ && title != title_.crm && title != title_.remote)
      wrong.push_back("lost its last titles: " + title);
    return wrong;
  }
  for (const auto& [name, one] : registers_)
    if (const auto value = values->find(name);
        value != values->end() && !doubted_.contains(name) && !one.allows(value->second) &&
        !(cancelled_may_return_ && one.expected() == kCancelled))
      wrong.push_back("has the " + name + " " + value->second + ", expected " + one.expected());
  return wrong;
}

}  // namespace gcal::simulation
