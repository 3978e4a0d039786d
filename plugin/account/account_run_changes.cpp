// The parts of a run that bring an account from one state into another: disconnecting and
// returning, another default calendar, another address of the Google account. Each is repeated by
// the next run until it is complete: what is left to do follows from the pairs in the journal. Also
// what they and account_run need to reach the sides of a pair.
#include <algorithm>

#include "plugin/account/account_run.hpp"
#include "plugin/account/disconnect_removal.hpp"
#include "plugin/account/follow_moves.hpp"
#include "plugin/account/move_appointments.hpp"
#include "plugin/account/other_accounts.hpp"
#include "plugin/account/retired_grants.hpp"
#include "plugin/account/shown_remote.hpp"
#include "plugin/adapters/crm_side.hpp"
#include "plugin/adapters/no_side.hpp"
#include "src/common/base/mutant.hpp"
#include "src/engine/google/google_side.hpp"

namespace gcal::plugin {
namespace {

using settings::RemoteCalendar;
using sync::Pair;
using sync::PairState;

// A previous default is left when two cycles around the move have found nothing more in it.
constexpr int kMaxMoves = 3;

}  // namespace

// cancelled: the account was paused, disconnected or removed since the run began.
Task<> AccountRun::may_write() {
  const Result<Account> now = co_await context_.host.account(id_);
  if (!now && now.error().code != Code::not_found) co_return now.error();
  if (!now || now->state != "active")
    co_return Error{Code::cancelled, "the account was paused or disconnected during the run", {}};
  co_return Result<>{};
}

std::string AccountRun::time_zone_of(const Pair& pair) const {
  for (const settings::RemoteCalendar& remote : account_.config.visible)
    if (remote.id == pair.remote_calendar && !remote.time_zone.empty()) return remote.time_zone;
  return "UTC";
}

CrmSide AccountRun::crm_side(const Pair& pair) const {
  const std::vector<std::string> own{account_.config.email};
  RecordMatcher matcher(context_.host.services().contacts, account_.user, own);
  return {context_.host.services().events, std::move(matcher), pair.crm_calendar, fence_,
          context_.blocking};
}

// For what moves between two calendars: `pair` is another one than that of the cycle.
Task<> AccountRun::read_remote(google::Client& client, Pair& pair) {
  ShownRemote google(context_, client, account_, pair, request_id(pair), time_zone_of(pair),
                     keeps_tasks(pair));
  CrmSide crm = crm_side(pair);
  sync::Cycle cycle(crm, google.side(), journal_, context_.clock, context_.random, {});
  if (pair.returning) co_return co_await cycle.come_back(pair);
  CO_TRY_VOID(co_await cycle.preview(pair));
  co_return Result<>{};
}

// What moved at Google between `pair` and another calendar moves in the CRM.
Task<> AccountRun::follow_moves_of(google::Client& client, const Pair& pair) {
  const ReadRemote read = [this, &client](Pair& other) { return read_remote(client, other); };
  CO_TRY(const std::set<std::string> taken,
         co_await follow_moves(context_, journal_, pair, pairs_.live, read, fence_));
  for (const std::string& id : taken) memory_.pairs[id].due_at = context_.clock.now();
  co_return Result<>{};
}

// From now on nothing that the user does to the copies is carried over. `read`: what they did until
// now is stored as pending, for the return of the calendar.
Task<> AccountRun::leave(Pair& pair, bool read) {
  // Its primary calendar is recognised by that when the account returns with another address.
  const auto chosen =
      std::ranges::find(account_.config.visible, pair.remote_calendar, &RemoteCalendar::id);
  if (chosen != account_.config.visible.end()) pair.is_primary = chosen->primary;
  if (!read) {
    pair.returning = true;
    sync::WriteBatch batch;
    batch.pairs.push_back(pair);
    co_return co_await journal_.commit(std::move(batch));
  }
  CrmSide crm = crm_side(pair);
  NoSide google;
  sync::Cycle cycle(crm, google, journal_, context_.clock, context_.random, {});
  co_return co_await cycle.leave(pair);
}

Task<ReconciledPairs> AccountRun::reconcile() {
  CO_TRY(std::vector<HostCalendar> calendars, co_await context_.host.calendars(id_));
  co_return co_await reconcile(std::move(calendars));
}

Task<ReconciledPairs> AccountRun::reconcile(std::vector<HostCalendar> calendars) {
  // A set-up adds its default calendar before its end is shown, so that what the user makes then is
  // in it. A calendar that is here without a set-up is one whose journal was lost.
  const sync::CountAs what =
      account_.config.draft.empty() ? sync::CountAs::existing : sync::CountAs::acts;
  const ReadFirst read = [this, what](Pair& pair) { return take_in(pair, what); };
  co_return co_await reconcile_pairs(context_, journal_, account_, std::move(calendars), read);
}

Task<> AccountRun::take_in(Pair& pair, sync::CountAs what) {
  CrmSide crm = crm_side(pair);
  NoSide google;
  sync::Cycle cycle(crm, google, journal_, context_.clock, context_.random, {});
  co_return co_await cycle.take_in(pair, what);
}

// The account was disconnected: its calendars are marked as gone and the copies stay with the user
// (PD-14). A calendar that another account of the user shows is hidden instead, so that its
// appointments do not appear twice.
Task<> AccountRun::on_disconnected() {
  CO_TRY(std::vector<Pair> pairs, co_await journal_.pairs(id_));
  CO_TRY(const std::vector<HostCalendar> calendars, co_await context_.host.calendars(id_));
  for (Pair& pair : pairs) {
    const auto calendar = std::ranges::find(calendars, pair.crm_calendar, &HostCalendar::id);
    if (pair.state == PairState::live && !pair.returning) {
      // Earlier versions marked the calendar only. What is new since then was done to copies.
      const bool left_before = calendar != calendars.end() && calendar->state == "gone";
      CO_TRY_VOID(co_await leave(pair, !left_before));
    }
    if (calendar == calendars.end() || calendar->state != "live") continue;
    CO_TRY(const bool elsewhere, co_await shown_by_another(context_, journal_, account_, pair));
    CO_TRY_VOID(
        co_await context_.host.set_calendar_state(calendar->id, elsewhere ? "hidden" : "gone"));
    CO_TRY_VOID(co_await wake_sharing_accounts(context_, journal_, account_, pair));
  }
  const unsigned failed_leavings = memory_.failed_leavings;
  memory_ = {};
  memory_.failed_leavings = failed_leavings;
  co_return Result<>{};
}

// What the user chose to remove on disconnecting, before the grant is revoked (PD-14).
Task<bool> AccountRun::remove_chosen() {
  CO_TRY(const RemovalOutcome removed,
         co_await carry_out_removal(context_, journal_, account_, fence_));
  if (!removed.ended) leave_later(removed.retry_after);
  co_return removed.ended;
}

// Google did not answer: the run is repeated later.
void AccountRun::leave_later(base::Milliseconds retry_after) {
  ++memory_.failed_leavings;
  const sync::Activity activity{
      sync::Push::unconfirmed, false, {}, memory_.failed_leavings, retry_after};
  leave_again_ =
      context_.clock.now() + sync::with_jitter(sync::next_poll_delay(activity), context_.random);
  outcome_.next = leave_again_;
}

// Without an answer of Google the run is repeated later; the account's state does not depend on it.
Task<> AccountRun::revoke_retired(bool connected) {
  memory_.check_retired = false;  // set again by the page if a grant is retired meanwhile
  const Result<> revoked = co_await revoke_retired_grants(context_, journal_, id_, connected);
  if (!revoked) memory_.check_retired = true;
  if (revoked) {
    memory_.failed_leavings = 0;
    co_return Result<>{};
  }
  if (revoked.error().code == Code::cancelled) co_return revoked;
  context_.log.warning("grant.not_revoked_yet",
                       base::Json::object({{"reason", revoked.error().message}}));
  leave_later(revoked.error().retry_after);
  co_return Result<>{};
}

// The account was connected again. What the user did to its copies in the meantime is not carried
// over, whether or not a run took notice that the account was disconnected.
Task<> AccountRun::mark_returning() {
  CO_TRY(const std::vector<Pair> pairs, co_await journal_.pairs(id_));
  sync::WriteBatch batch;
  for (Pair pair : pairs) {
    if (pair.state == PairState::draft) continue;
    // The user has just chosen it from the list that Google gave.
    const bool chosen = std::ranges::find(account_.config.visible, pair.remote_calendar,
                                          &RemoteCalendar::id) != account_.config.visible.end();
    if (chosen) pair.state = PairState::live;
    // The default of the new set-up is applied, whatever the user's default was in between.
    if (pair.remote_calendar == account_.config.default_calendar) pair.is_default = false;
    pair.returning = !base::mutant("copies_follow_their_user");
    batch.pairs.push_back(std::move(pair));
  }
  if (batch.empty()) co_return Result<>{};
  co_return co_await journal_.commit(std::move(batch));
}

// The account's address changed, and with it the id of its primary calendar. Pair, links and the
// CRM's calendar keep the id under which it was first seen.
Task<> AccountRun::recognise_primary() {
  const auto chosen = std::ranges::find_if(account_.config.visible, &RemoteCalendar::primary);
  if (chosen == account_.config.visible.end()) co_return Result<>{};
  CO_TRY(const std::vector<Pair> pairs, co_await journal_.pairs(id_));
  const auto known = std::ranges::find_if(
      pairs, [](const Pair& pair) { return pair.is_primary && pair.state != PairState::draft; });
  if (known == pairs.end() || known->remote_calendar == chosen->id) co_return Result<>{};
  settings::ConfigEdit rename = [today = chosen->id,
                                 kept = known->remote_calendar](settings::AccountConfig& config) {
    std::erase_if(config.visible, [&](const RemoteCalendar& one) { return one.id == kept; });
    for (RemoteCalendar& one : config.visible)
      if (one.id == today) one.id = kept;
    for (std::string* id : {&config.default_calendar, &config.copy_guest_events_into})
      if (*id == today) *id = kept;
  };
  CO_TRY(account_, co_await context_.host.edit_config(id_, std::move(rename)));
  co_return Result<>{};
}

// `pair` was the default calendar and a cycle has just written what was pending. Its own
// appointments move to the present default, and the pair becomes view-only (PD-10).
Task<> AccountRun::leave_old_default(Pair& pair) {
  CO_TRY_VOID(co_await may_write());
  NewHome home;
  const auto now = std::ranges::find_if(pairs_.live, &Pair::is_default);
  if (now != pairs_.live.end()) {
    now->synced_at = {};
    sync::WriteBatch batch;
    batch.pairs.push_back(*now);
    CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
    home = {now->crm_calendar, true,
            account_.config.copy_guest_events_into == now->remote_calendar};
  } else if (account_.config.default_calendar.empty()) {
    CO_TRY(home.crm_calendar, co_await context_.host.own_calendar(account_.user));
  } else {
    co_return Result<>{};  // the new default is not there at present
  }
  for (int i = 0; i < kMaxMoves; ++i) {
    NewHome to = home;
    CO_TRY(const std::size_t moved,
           co_await move_own_appointments(context_, journal_, pair, std::move(to), fence_));
    if (moved > 0 && now != pairs_.live.end())
      CO_TRY_VOID(co_await take_in(*now, sync::CountAs::existing));
    // What the user did in the meantime.
    CO_TRY(const sync::CycleReport report, co_await sync_pair(pair, false));
    if (report.calendar_gone || report.unfinished) co_return Result<>{};
    if (moved > 0 || report.writes() > 0) continue;
    co_return co_await make_view_only(pair);
  }
  co_return Result<>{};
}

}  // namespace gcal::plugin
