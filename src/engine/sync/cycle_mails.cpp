// Who is mailed about a write to the remote side: what is an act of a user, when it may leave, and
// what needs the user's consent. The recipients are those of calendar::plan_mails.
#include <set>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/plan_mails.hpp"
#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/link_state.hpp"

namespace gcal::sync {
namespace {

constexpr std::size_t kPage = 500;

std::size_t recipients(const std::vector<calendar::Mail>& mails) {
  std::set<std::string> guests;
  for (const calendar::Mail& mail : mails) guests.insert(mail.guest);
  return guests.size();
}

}  // namespace

// When the user acted who brought about what `item` says; `known`: what was pending before.
base::Instant Cycle::acted_at(SideName side, const std::optional<PendingChange>& known,
                              const FeedItem& item, const Link* link, bool listing) const {
  const bool agreed = link && link->side.crm.has_base;
  if (side == SideName::remote || listing || (existing_ && !agreed)) return {};
  if (known && !agreed && known->acted_at == base::Instant{}) return {};
  if (known && known->item.version == item.version && known->item.kind == item.kind)
    return known->acted_at;
  return clock_.now();
}

// The mails of the plan's write to the remote side. An act whose guests were mailed already has
// none: what follows is a repetition.
void Cycle::plan_mails(const LinkWithChanges& linked, Plan& plan) const {
  const std::optional<PendingChange>& change = linked.change.crm;
  const bool acted = change && change->acted_at != base::Instant{};
  if (!acted && !base::mutant("echo_mails_guests")) return;
  if (!plan.notify_guests || plan.action.remote == Plan::Action::nothing) return;
  const Version& act = current_version(linked, SideName::crm);
  if (!act.empty() && act == linked.link.notified) return;
  const bool erases = plan.action.remote == Plan::Action::erase;
  plan.mails = calendar::plan_mails(
      plan.create.remote ? nullptr : current(linked, SideName::remote),
      erases ? nullptr : &plan.series.remote, options_.own_addresses, clock_.now());
}

Task<std::size_t> Cycle::count_mails(Pair& pair) {
  pair_ = &pair;
  std::size_t guests = 0;
  if (pair.returning) co_return guests;  // what is pending is no act when its calendar returns
  std::string after;
  for (;;) {
    CO_TRY(const std::vector<LinkWithChanges> page,
           co_await journal_.links_with_changes(pair.id, after, kPage));
    if (page.empty()) co_return guests;
    after = page.back().link.id;
    for (const LinkWithChanges& linked : page) {
      Plan decided = plan(linked, pair.mode, policy_for(linked.link));
      plan_mails(linked, decided);
      guests += recipients(decided.mails);
    }
  }
}

// Whether the write may be made now as far as its mails are concerned. A write cannot be mailed
// afterwards, because a service mails only what a write changes: so it waits while its act can be
// undone, and until the user agrees if it would mail too many. `writes`: it is made if so, and its
// mails count.
bool Cycle::may_mail(WriteBatch& batch, const LinkWithChanges& linked, const Plan& plan,
                     bool writes) {
  if (plan.mails.empty()) return true;
  const std::string& id = linked.link.side.remote.id;
  const HeldItem* held = held_.find(SideName::remote, id);
  if (held && held->reason == kMailsAllowed) return true;
  const base::Instant now = clock_.now();
  const base::Instant acted = linked.change.crm ? linked.change.crm->acted_at : base::Instant{};
  // A clock that was set back makes nothing wait longer.
  if (const base::Instant due = acted + options_.mail_delay;
      !options_.send_now && acted <= now && now < due) {
    next_mail_ = std::min(next_mail_.value_or(due), due);
    return false;
  }
  const std::size_t guests = recipients(plan.mails);
  if (guests > mails_left_ || (held && held->reason == kHeldMails)) {
    hold_item(batch, SideName::remote, id, linked.link.id, kHeldMails, false,
              Error{Code::denied, std::to_string(guests) + " guests would be mailed", {}});
    return false;
  }
  if (writes) mails_left_ -= guests;
  return true;
}

}  // namespace gcal::sync
