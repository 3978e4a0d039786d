#include "plugin/account/account_run.hpp"

#include <algorithm>

#include "plugin/account/default_calendar.hpp"
#include "plugin/account/disconnect_removal.hpp"
#include "plugin/account/guarded_side.hpp"
#include "plugin/account/health_rows.hpp"
#include "plugin/account/move_appointments.hpp"
#include "plugin/account/other_accounts.hpp"
#include "plugin/account/policies.hpp"
#include "plugin/account/progress_side.hpp"
#include "plugin/account/refusals.hpp"
#include "plugin/account/run_schedule.hpp"
#include "plugin/account/shown_remote.hpp"
#include "plugin/adapters/crm_side.hpp"
#include "plugin/adapters/key_value_store.hpp"
#include "plugin/adapters/pair_channels.hpp"
#include "plugin/adapters/remote_calendars.hpp"
#include "src/common/base/milliseconds.hpp"
#include "src/common/icalendar/address.hpp"
#include "src/engine/google/google_side.hpp"
#include "src/engine/google/push_channels.hpp"

namespace gcal::plugin {
namespace {

using base::Instant;
using base::Json;
using base::Milliseconds;
using sync::Pair;
using sync::PairState;
using sync::SideName;

constexpr Milliseconds kDay = std::chrono::hours{24};
constexpr Milliseconds kLongestPoll = std::chrono::hours{7};
// How long a deleted appointment can be restored (PD-01).
constexpr Milliseconds kHistoryRetention = std::chrono::days{30};
// How long it is known what a guest was informed (PD-06).
constexpr Milliseconds kInvitationRetention = std::chrono::days{90};
// This many deletions in one cycle are reported on the accounts page.
constexpr std::size_t kBulkDeletion = 10;
// Progress is published only from this many writes on; fewer take no visible time.
constexpr std::size_t kMinProgressWrites = 100;

int severity(const Error& error) {
  switch (error.code) {
    case Code::needs_auth: return 3;
    case Code::unavailable:
    case Code::timeout: return 1;
    default: return 2;
  }
}

}  // namespace

Task<RunOutcome> AccountRun::run() {
  CO_TRY_VOID(co_await run_in_state());
  if (mails_at_) outcome_.next = std::min(*mails_at_, outcome_.next.value_or(*mails_at_));
  co_return outcome_;
}

Task<> AccountRun::run_in_state() {
  Result<AccountAndMailer> asked = co_await context_.host.account_and_mailer(id_);
  if (!asked && asked.error().code == Code::not_found) {
    // The account was removed, or its set-up was discarded.
    CO_TRY_VOID(co_await revoke_retired(false));
    co_return Result<>{};
  }
  if (!asked) co_return std::move(asked).error();
  note_mailer(*asked);
  account_ = std::move(asked->account);
  read_all_ = std::exchange(memory_.read_all, false);
  send_now_ = std::exchange(memory_.send_mails, false);
  CO_TRY_VOID(co_await tell_guests());  // what an earlier run left, whatever becomes of this one
  if (account_.state == "disconnected") {
    CO_TRY_VOID(co_await on_disconnected());
    // The flow has retired the grant, unless the host disconnected the account by itself.
    CO_TRY_VOID(co_await context_.vault.retire_grant(id_, SecretVault::Which::kept));
    CO_TRY(const bool removed, co_await remove_chosen());
    if (removed) CO_TRY_VOID(co_await revoke_retired(false));
    co_return Result<>{};
  }
  if (memory_.check_retired) CO_TRY_VOID(co_await revoke_retired(true));
  if (account_.state == "paused") {
    memory_.pairs.clear();  // after resuming, every calendar is read in the first run
    CO_TRY_VOID(co_await publish_health(context_, account_));
    co_return Result<>{};
  }

  const Result<> synced = co_await sync_account();
  if (!synced && synced.error().code == Code::cancelled) {
    const Result<> active = co_await may_write();
    // The change of the state requests the run that follows from it.
    if (!active && active.error().code == Code::cancelled) co_return Result<>{};
  }
  if (!synced && (synced.error().code == Code::conflict || synced.error().code == Code::cancelled))
    co_return synced.error();
  if (!synced) {
    context_.log.warning("account.run_failed",
                         Json::object({{"account", id_}, {"reason", synced.error().message}}));
    note_error(synced.error());
  }
  if (journal_.wrote()) CO_TRY_VOID(co_await tell_guests());
  note_outcome(memory_, outcome_.error.has_value(), outcome_.changed > 0, context_.clock.now());
  // What the user asked for is not given up with the run.
  if (outcome_.error && read_all_)
    for (auto& [pair, known] : memory_.pairs) known.due_at = context_.clock.now();
  // The user must reconnect the account first; that flow then requests a run (P-16). Any other
  // refusal may pass, so it is tried again.
  const bool rejected = outcome_.error && outcome_.error->code == Code::needs_auth;
  if (rejected) memory_.pairs.clear();
  if (!rejected || (access_ && !access_->dead())) outcome_.next = next_run();
  memory_.next_run = outcome_.next.value_or(Instant{});
  RunResult result{pairs_.live, read_at_, complete_, outcome_.error, memory_.next_run};
  CO_TRY_VOID(co_await end_run(context_, account_, std::move(result), memory_, fence_));
  if (leave_again_) outcome_.next = std::min(*leave_again_, outcome_.next.value_or(*leave_again_));
  co_return Result<>{};
}

Task<> AccountRun::sync_account() {
  CO_TRY_VOID(co_await recognise_primary());
  CO_TRY_VOID(co_await adopt_draft());
  CO_TRY(account_, co_await take_crm_default(context_, account_));
  if (std::exchange(memory_.check_held_decisions, false)) {
    Result<DecidedConflicts> applied = co_await apply_held_decisions(context_, id_, fence_);
    if (!applied || !applied->empty()) memory_.check_held_decisions = true;
    CO_TRY(decided_conflicts_, std::move(applied));
  }
  CO_TRY(std::vector<HostCalendar> calendars, co_await context_.host.calendars(id_));
  CO_TRY(account_, co_await follow_default(context_, journal_, account_, calendars));
  CO_TRY(pairs_, co_await reconcile(std::move(calendars)));
  CO_TRY_VOID(co_await export_existing());
  CO_TRY_VOID(co_await end_set_up());
  CO_TRY_VOID(co_await apply_private_policy());
  CO_TRY(access_, co_await context_.google.of(id_));
  if (access_->dead())
    co_return Error{
        Code::needs_auth, "Google no longer accepts the access; connect the account again", {}};
  CO_TRY_VOID(co_await run_daily_maintenance(access_->client()));

  // Before the calendars are read: what changes between a read and the opening of the channel would
  // be announced by neither.
  std::set<std::string> announced;
  for (const Pair& pair : pairs_.live) {
    CO_TRY_VOID(co_await maintain_push_channel(access_->client(), pair, true));
    announced.insert(pair.id);
  }
  CO_TRY_VOID(co_await sync_live_pairs());
  // Until the cycles have carried them out, decisions are applied again by each run.
  if (!decided_conflicts_.empty() && !outcome_.error)
    CO_TRY_VOID(co_await forget_conflict_decisions(context_, decided_conflicts_, fence_));
  const auto is_left = [&](const Pair& pair) {
    return pair.state != PairState::live || !announced.contains(pair.id);
  };
  CO_TRY(std::vector<Pair> pairs, co_await journal_.pairs(id_));
  if (!reread_list_ && std::ranges::none_of(pairs, is_left)) co_return Result<>{};
  CO_TRY_VOID(co_await may_write());
  // A right was lost or is back: the config gets the calendar's new role.
  if (reread_list_) {
    CO_TRY_VOID(co_await refresh_calendar_list(access_->client()));
    CO_TRY(pairs, co_await journal_.pairs(id_));
  }
  for (const Pair& pair : pairs)
    if (is_left(pair))
      CO_TRY_VOID(
          co_await maintain_push_channel(access_->client(), pair, pair.state == PairState::live));
  co_return Result<>{};
}

// Synchronises each pair; the failure of one calendar does not affect the others.
Task<> AccountRun::sync_live_pairs() {
  const bool moving = std::ranges::any_of(pairs_.live, &Pair::draining);
  bool default_read = true;
  bool moved = false;
  for (Pair& pair : pairs_.live) {
    // Before appointments move, both calendars are read.
    const bool read = moving && (pair.draining || pair.is_default);
    CO_TRY(const std::optional<sync::CycleReport> report, co_await try_sync_pair(pair, read));
    // A write that is tried again within the hour is not left behind in the old calendar.
    const bool waits =
        report &&
        (report->left_due ||
         (report->next_try && *report->next_try - context_.clock.now() <= std::chrono::hours{1}));
    const bool complete =
        report && !report->unfinished && !report->calendar_gone && !report->error && !waits;
    if (pair.is_default) default_read = complete;
    if (complete) CO_TRY_VOID(co_await lower_to_view_only(pair));
    if (!pair.draining || !complete || !default_read) continue;
    const Result<> left = co_await leave_old_default(pair);
    if (!left) {
      CO_TRY_VOID(note_failure(pair, left.error()));
      continue;
    }
    moved |= !pair.draining;
  }
  if (!moved) co_return Result<>{};
  // What was moved is exported now, and a previous default that is no longer visible is hidden.
  CO_TRY(pairs_, co_await reconcile());
  for (Pair& pair : pairs_.live)
    if (pair.is_default) CO_TRY_VOID(co_await try_sync_pair(pair, false));
  co_return Result<>{};
}

Task<std::optional<sync::CycleReport>> AccountRun::try_sync_pair(Pair& pair, bool read) {
  Result<sync::CycleReport> report = co_await sync_pair(pair, read);
  if (report) co_return std::optional(*std::move(report));
  CO_TRY_VOID(note_failure(pair, report.error()));
  co_return std::optional<sync::CycleReport>();
}

// Returns the error if the rest of the run is pointless.
Result<> AccountRun::note_failure(const Pair& pair, const Error& error) {
  if (ends_run(error)) return error;
  context_.log.warning("pair.failed", Json::object({{"pair", pair.id}, {"reason", error.message}}));
  note_error(error);
  return {};
}

// The account's page shows the most severe error of a run.
void AccountRun::note_error(const Error& error) {
  if (!outcome_.error || severity(*outcome_.error) < severity(error)) outcome_.error = error;
}

// Takes over the grant that was stored under the set-up's id. That is usually the account's id too.
// If the same Google account was connected before, it keeps its old id, links and cursors, and only
// the grant is new (PD-14).
Task<> AccountRun::adopt_draft() {
  const std::string draft = account_.config.draft;
  if (draft.empty()) co_return Result<>{};
  if (draft != id_) {
    Result<StoredGrant> grant = co_await context_.vault.grant(draft, SecretVault::Which::kept);
    if (grant) {
      CO_TRY_VOID(
          co_await context_.vault.store_grant(id_, SecretVault::Which::kept, *std::move(grant)));
      context_.google.forget(id_);
      CO_TRY_VOID(co_await context_.vault.erase_grant(draft, SecretVault::Which::kept));
      context_.google.forget(draft);
    } else if (!is_missing(grant.error().code)) {
      co_return std::move(grant).error();
    }
    CO_TRY_VOID(co_await record_removal(context_, id_, {}, fence_));  // nothing more is removed
    CO_TRY_VOID(co_await mark_returning());
    CO_TRY(const std::vector<Pair> drafts, co_await journal_.pairs(draft));
    std::vector<std::string> ids;
    for (const Pair& pair : drafts) ids.push_back(pair.id);
    if (!ids.empty()) CO_TRY_VOID(co_await journal_.erase_pairs(std::move(ids)));
  }
  co_return Result<>{};
}

// The calendars of the set-up are in the journal, and their first reading is stored.
Task<> AccountRun::end_set_up() {
  if (account_.config.draft.empty()) co_return Result<>{};
  settings::ConfigEdit ended = [draft = account_.config.draft](settings::AccountConfig& config) {
    if (config.draft == draft) config.draft.clear();
  };
  CO_TRY(account_, co_await context_.host.edit_config(id_, std::move(ended)));
  co_return Result<>{};
}

// PD-09, runs once after set-up: moves the user's existing CRM appointments into the calendar they
// chose. The next cycle exports them without notifying guests, because they are read as what
// existed.
Task<> AccountRun::export_existing() {
  if (account_.config.export_existing == settings::ExportExisting::none) co_return Result<>{};
  if (!pairs_.live.empty() && pairs_.live.front().is_default) {
    Pair& default_pair = pairs_.live.front();  // is_default comes first
    CO_TRY_VOID(co_await move_existing_appointments(context_, account_.user,
                                                    account_.config.export_existing,
                                                    default_pair.crm_calendar, fence_));
    CO_TRY_VOID(co_await take_in(default_pair, sync::CountAs::existing));
    default_pair.synced_at = {};
    sync::WriteBatch batch;
    batch.pairs.push_back(default_pair);
    CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  }
  settings::ConfigEdit exported = [done = account_.config](settings::AccountConfig& config) {
    if (config.export_existing == done.export_existing &&
        config.default_calendar == done.default_calendar)
      config.export_existing = settings::ExportExisting::none;
  };
  CO_TRY(account_, co_await context_.host.edit_config(id_, std::move(exported)));
  co_return Result<>{};
}

// Once a day, and while a calendar is missing also on request and after the user saved the options:
// refreshes the calendar list and prunes the history.
Task<> AccountRun::run_daily_maintenance(google::Client& client) {
  KeyValueStore values(context_.database, context_.blocking, fence_);
  if (memory_.upkeep.empty()) {
    CO_TRY(memory_.upkeep, co_await values.get("upkeep:" + id_));
  }
  const std::string last = memory_.upkeep;
  const Instant now = context_.clock.now();
  const bool missing = !pairs_.gone.empty();
  // With the poll after a day, so that it needs no access token of its own.
  const bool polls =
      std::ranges::any_of(pairs_.live, [this](const Pair& pair) { return must_read_google(pair); });
  const Milliseconds longest = polls ? kDay : kDay + kLongestPoll;
  const bool day_passed =
      last.empty() ||
      now - Instant{Milliseconds{std::strtoll(last.c_str(), nullptr, 10)}} >= longest;
  const std::string chosen = settings::to_json(account_.config).dump();
  bool changed = false;
  if (missing) {
    CO_TRY(const std::string before, co_await values.get("config:" + id_));
    changed = before != chosen;
  }
  if (!day_passed && !(missing && (read_all_ || changed))) co_return Result<>{};
  // The set-up has just read the calendar list of a new account.
  if (!last.empty() || missing) CO_TRY_VOID(co_await refresh_calendar_list(client));
  if (changed) CO_TRY_VOID(co_await values.put("config:" + id_, chosen));
  CO_TRY_VOID(co_await list_tasks_again());
  CO_TRY_VOID(co_await journal_.prune_history(now - kHistoryRetention));
  CO_TRY_VOID(
      co_await journal_.prune_invitations(now - kHistoryRetention, now - kInvitationRetention));
  memory_.upkeep = std::to_string(base::milliseconds(now));
  co_return co_await values.put("upkeep:" + id_, memory_.upkeep);
}

// Updates names, colours and roles from Google, and detects calendars that disappeared or returned.
Task<> AccountRun::refresh_calendar_list(google::Client& client) {
  CO_TRY(std::vector<settings::RemoteCalendar> listed, co_await read_remote_calendars(client));
  const auto find = [&listed](const std::string& id) {
    const auto found = std::ranges::find(listed, id, &settings::RemoteCalendar::id);
    return found == listed.end() ? nullptr : &*found;
  };
  std::string address;  // of the account, today
  if (const auto primary = std::ranges::find_if(listed, &settings::RemoteCalendar::primary);
      primary != listed.end())
    address = primary->id;
  settings::name_primary_as(account_.config.visible, listed);
  settings::ConfigEdit refresh = [&find, &address](settings::AccountConfig& config) {
    if (!address.empty()) config.email = address;
    for (settings::RemoteCalendar& known : config.visible)
      if (const settings::RemoteCalendar* current = find(known.id)) known = *current;
  };
  const std::string before = account_.revision;
  CO_TRY(account_, co_await context_.host.edit_config(id_, std::move(refresh)));
  const bool changed = account_.revision != before;
  sync::WriteBatch batch;
  CO_TRY_VOID(co_await mark_unlisted_gone(client, listed, batch));
  for (Pair pair : pairs_.gone) {
    if (!find(pair.remote_calendar)) continue;
    pair.state = PairState::live;
    batch.pairs.push_back(std::move(pair));
  }
  const bool pairs_changed = !batch.empty();
  if (pairs_changed) CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  if (changed || pairs_changed) {
    CO_TRY(pairs_, co_await reconcile());
  }
  co_return Result<>{};
}

// Marks calendars as gone that the account has unsubscribed or lost access to (PD-04). A calendar
// that is only hidden in Google's list is not listed either, so each is checked with a request.
Task<> AccountRun::mark_unlisted_gone(google::Client& client,
                                      const std::vector<settings::RemoteCalendar>& listed,
                                      sync::WriteBatch& batch) {
  for (Pair& pair : pairs_.live) {
    if (std::ranges::find(listed, pair.remote_calendar, &settings::RemoteCalendar::id) !=
        listed.end())
      continue;
    google::GoogleSide side(client, context_.log, request_id(pair), "UTC");
    CO_TRY(const bool exists, co_await side.exists());
    if (exists) continue;
    pair.state = PairState::gone;
    pair.draining = false;
    pair.returning = true;
    // When it returns, it is listed completely and adopted through its links.
    pair.cursor[SideName::remote].clear();
    batch.pairs.push_back(pair);
  }
  co_return Result<>{};
}

bool AccountRun::must_read_google(const Pair& pair) const {
  const auto known = memory_.pairs.find(pair.id);
  if (read_all_ || known == memory_.pairs.end()) return true;
  return must_read(pair, known->second, context_.clock.now());
}

Task<sync::CycleReport> AccountRun::sync_pair(Pair& pair, bool read) {
  const bool initial_sync = pair.synced_at == Instant{};
  const bool read_google = read || must_read_google(pair);
  const bool notified = pair.dirty > 0;
  bool writable = true;
  for (const settings::RemoteCalendar& remote : account_.config.visible)
    if (remote.id == pair.remote_calendar) writable = remote.writable();
  google::Client& client =
      access_->client(priority_of(read_all_, initial_sync, notified, read_google));
  ShownRemote google(context_, client, account_, pair, request_id(pair), time_zone_of(pair),
                     keeps_tasks(pair));
  CrmSide crm = crm_side(pair);

  Progress progress;
  if (initial_sync) {
    CO_TRY(progress.total, co_await journal_.count_unlinked_changes(pair.id, SideName::remote));
    CO_TRY_VOID(co_await publish_health(context_, account_, progress));
  }
  const ProgressSide::OnProgress on_progress = [this, &progress,
                                                initial_sync](std::size_t written) -> Task<> {
    progress.done += written;
    progress.total = std::max(progress.total, progress.done);
    if (!initial_sync && progress.done < kMinProgressWrites) co_return Result<>{};
    co_return co_await publish_health(context_, account_, progress);
  };
  const GuardedSide::MayWrite may_write = [this] { return this->may_write(); };
  GuardedSide guarded_crm(crm, may_write);
  GuardedSide guarded_google(google.side(), may_write);
  ProgressSide crm_end(guarded_crm, on_progress);
  ProgressSide google_end(guarded_google, on_progress);
  sync::CycleOptions options = options_after_refusals(memory_.pairs[pair.id], writable, read_all_);
  options.read_remote = read_google;
  options.own_addresses = {icalendar::normalised_address(account_.config.email)};
  options.mail_delay = context_.site.undo_time;
  options.mailer = mailer_of(pair);
  options.send_now = send_now_;
  options.after_read = [this, &client, &pair] { return follow_moves_of(client, pair); };
  options.conflict_policy = policy_of(account_.config.conflicts);
  options.decided_conflicts = decided_conflicts_;
  sync::Cycle cycle(crm_end, google_end, journal_, context_.clock, context_.random, options);
  Result<sync::CycleReport> report = co_await cycle.run(pair);
  remember_cycle(report, pair.id, {notified, read_google});
  if (report) CO_TRY_VOID(co_await handle_report(*report, pair, initial_sync, read_google));
  co_return report;
}

// What follows from a cycle: the time of the next poll, the notice of a bulk deletion, a calendar
// that is gone.
Task<> AccountRun::handle_report(const sync::CycleReport& report, Pair& pair, bool initial_sync,
                                 bool read_google) {
  PairMemory& memory = memory_.pairs[pair.id];
  outcome_.changed += report.writes();
  const Instant now = context_.clock.now();
  if (report.writes() > 0) {
    memory.changed_at = now;
    context_.log.info(
        "pair.synchronised",
        Json::object(
            {{"pair", pair.id},
             {"crm", report.created.crm + report.updated.crm + report.erased.crm},
             {"google", report.created.remote + report.updated.remote + report.erased.remote},
             {"conflicts", report.conflicts}}));
  }
  remember_refusals(report, memory);
  reread_list_ |= report.right_is_lost || report.right_is_back;
  if (read_google) memory.read_at = now;
  const sync::Activity activity{
      memory.push, page_open(memory_, now), now - memory.changed_at, 0, {}};
  memory.unfinished = report.unfinished ? memory.unfinished + 1 : 0;
  if (report.unfinished)  // like a failed run: two programs that undo each other never finish
    memory.due_at = now + sync::next_poll_delay({.failures = memory.unfinished});
  else if (read_google)
    memory.due_at = now + sync::with_jitter(sync::next_poll_delay(activity), context_.random);
  else if (initial_sync)
    memory.due_at = now + kFirstPollAfterSetup;
  if (report.erased[SideName::crm] >= kBulkDeletion && !private_policy_changed_ &&
      !keeps_tasks(pair))
    CO_TRY_VOID(co_await record_bulk_deletion(report.erased[SideName::crm]));
  if (report.error && sync::reaction_to(*report.error) != sync::Reaction::stop_creations)
    note_error(*report.error);
  if (report.calendar_gone) {
    pairs_.gone.push_back(pair);
    CO_TRY_VOID(co_await context_.host.set_calendar_state(pair.crm_calendar, "gone"));
    CO_TRY_VOID(co_await wake_sharing_accounts(context_, journal_, account_, pair));
  }
  co_return Result<>{};
}

Task<> AccountRun::maintain_push_channel(google::Client& client, const Pair& pair, bool wanted) {
  PairMemory& memory = memory_.pairs[pair.id];
  const Instant now = context_.clock.now();
  // Nothing to do before the time that the last report named.
  if (wanted && memory.channel_check_at > now && memory.push == sync::Push::active)
    co_return Result<>{};
  PairChannels channels(context_.database, context_.blocking, pair.id);
  google::ChannelRequest request{request_id(pair), context_.site.webhook_address(), wanted,
                                 memory.channel_not_before};
  CO_TRY(const google::ChannelReport report,
         co_await google::maintain_channels(client, channels, std::move(request), context_.clock,
                                            context_.random));
  memory.channel_not_before = report.not_before;
  memory.channel_check_at = report.next_check;
  const bool refused_permanently = !report.open && report.not_before - now > kDay;
  memory.push = report.confirmed      ? sync::Push::active
                : refused_permanently ? sync::Push::none
                                      : sync::Push::unconfirmed;
  // If it is wanted again, it is read in the next run.
  if (!wanted) memory_.pairs[pair.id] = {.channel_not_before = report.not_before};
  if (report.error)
    context_.log.warning("channel.trouble",
                         Json::object({{"pair", pair.id}, {"reason", report.error->message}}));
  co_return Result<>{};
}

}  // namespace gcal::plugin
