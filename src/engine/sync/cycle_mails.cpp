// Who is mailed about a write to the remote side: what is an act of a user, when it may leave, and
// what needs the user's consent. The recipients are those of calendar::plan_mails.
#include <algorithm>
#include <set>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/plan_mails.hpp"
#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/invitations.hpp"
#include "src/engine/sync/link_state.hpp"
#include "src/engine/sync/merge_base.hpp"

namespace gcal::sync {
namespace {

constexpr std::size_t kPage = 500;
// The CRM does not mail more guests than that of one act.
constexpr std::size_t kMostGuestsOfTheCrm = 500;

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
  const bool existed =
      (listing && taking_in_ != CountAs::acts) || (taking_in_ == CountAs::existing && !agreed);
  if (side == SideName::remote || existed) return {};
  if (known && !agreed && known->acted_at == base::Instant{}) return {};
  // What was to be informed before still is; this adds nothing.
  if (item.silent) return known ? known->acted_at : base::Instant{};
  if (known && known->item.version == item.version && known->item.kind == item.kind)
    return known->acted_at;
  return clock_.now();
}

// The mails of the plan's write to the remote side. Of an act whose guests were mailed already,
// what follows is a repetition: it mails only those whom a refused request left out.
void Cycle::plan_mails(const LinkWithChanges& linked, Plan& plan) const {
  const std::optional<PendingChange>& change = linked.change.crm;
  const bool acted = change && change->acted_at != base::Instant{};
  if (options_.mailer == Notify::none && !(change && change->item.by_google)) return;
  if (!acted && !base::mutant("echo_mails_guests")) return;
  if (!plan.notify_guests || plan.action.remote == Plan::Action::nothing) return;
  const Version& act = current_version(linked, SideName::crm);
  const bool repeated = !act.empty() && act == linked.link.notified;
  const std::vector<calendar::Mail>& left = linked.link.not_mailed;
  if (repeated && left.empty()) return;
  const bool erases = plan.action.remote == Plan::Action::erase;
  plan.mails = calendar::plan_mails(
      plan.create.remote ? nullptr : current(linked, SideName::remote),
      erases ? nullptr : &plan.series.remote, options_.own_addresses, clock_.now());
  if (!repeated) return;
  std::erase_if(plan.mails, [&](const calendar::Mail& mail) {
    return std::ranges::none_of(left, [&](const calendar::Mail& each) {
      return each.guest == mail.guest && each.scope == mail.scope;
    });
  });
}

// Who mails the guests of a write that is planned now: the remote service if the user wants that
// for this act, otherwise as the account has it. A meeting of another organiser and what is
// too large for the CRM are the remote service's.
Notify Cycle::mailer_of(const LinkWithChanges& linked, const Plan& plan) const {
  if (plan.mails.empty()) return Notify::none;
  if (const std::optional<PendingChange>& change = linked.change.crm;
      change && change->item.by_google)
    return Notify::google;
  if (options_.mailer != Notify::crm) return options_.mailer;
  const Series* held = plan.create.remote ? nullptr : current(linked, SideName::remote);
  const calendar::Facts& facts = held ? held->facts : plan.series.remote.facts;
  const bool ours = facts.organized_by_self && recipients(plan.mails) <= kMostGuestsOfTheCrm;
  return ours ? Notify::crm : Notify::google;
}

// Adds a row for each guest whom `operation` concerns: the remote side held `before` and holds
// `after`; null: nothing. Called wherever it becomes known what came of an intent, in the commit
// that drops the intent or stores its next request. No one else makes rows.
void Cycle::tell_guests(WriteBatch& batch, const Operation& operation, const Link* link,
                        const Series* before, const Series* after) {
  if (operation.notify != Notify::crm || base::mutant("rows_are_forgotten")) return;
  std::set<std::string> guests;
  for (const calendar::Mail& mail : operation.mails) guests.insert(mail.guest);
  const base::Instant now = clock_.now();
  for (const calendar::Mail& mail :
       calendar::plan_mails(before, after, options_.own_addresses, now)) {
    if (!guests.contains(mail.guest) || mail.kind == calendar::Mail::Kind::answer) continue;
    batch.invitations.push_back(
        invitation_of(operation, link, mail, {before, after, now, pair_->id}));
  }
}

// The outcome of a put was unknown and the remote side was read: it holds `found`. Guests are
// informed what arrived and is still so. What is left is planned again.
void Cycle::tell_of_arrival(WriteBatch& batch, const Operation& operation, Link& link,
                            const Series& found) {
  if (operation.notify != Notify::crm || operation.kind != Operation::Kind::put) return;
  const std::optional<Series> arrived = arrived_part(operation, found);
  if (!arrived || base::mutant("arrival_tells_nobody")) return;
  const Series* const before = operation.id.empty() ? nullptr : &operation.before;
  tell_guests(batch, operation, &link, before, &*arrived);
  for (Invitation& row : batch.invitations)
    if (row.link == link.id && row.after) row.after = found;  // what else is true now belongs to it
  if (calendar::plan_mails(&*arrived, &operation.series, options_.own_addresses, clock_.now())
          .empty())
    note_notified(link, operation);
}

// A guest who is invited again after a cancellation of the CRM, from whatever calendar it came,
// knows a higher SEQUENCE than the remote service. It is raised there too, so that none of its own
// mails is older.
Task<> Cycle::raise_sequences(std::vector<Operation>& operations) {
  for (Operation& operation : operations) {
    const std::string& uid = operation.before.facts.ical_uid;
    const bool invites = std::ranges::any_of(operation.mails, [](const calendar::Mail& mail) {
      return mail.kind == calendar::Mail::Kind::invite;
    });
    if (!invites || operation.kind != Operation::Kind::put || operation.id.empty() || uid.empty())
      continue;
    CO_TRY(const std::vector<Invitation> told, co_await journal_.invitations(uid));
    const std::int64_t highest = highest_cancelled(told, operation.mails);
    if (highest > operation.before.facts.sequence) operation.sequence = highest;
  }
  co_return Result<>{};
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
// afterwards by a service that mails only what a write changes: so it waits while its act can be
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
  // The CRM's mails wait for the undo themselves. A deletion waits in any case: the remote service
  // cannot take it back.
  const bool waits =
      mailer_of(linked, plan) == Notify::google || plan.action.remote == Plan::Action::erase;
  // A clock that was set back makes nothing wait longer.
  if (const base::Instant due = acted + options_.mail_delay;
      waits && !options_.send_now && acted <= now && now < due) {
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
