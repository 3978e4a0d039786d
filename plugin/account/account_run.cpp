#include "plugin/account/account_run.hpp"

#include <algorithm>

#include "plugin/account/move_appointments.hpp"
#include "plugin/account/progress_side.hpp"
#include "plugin/adapters/bookmarks.hpp"
#include "plugin/adapters/channel_store.hpp"
#include "plugin/adapters/crm_side.hpp"
#include "src/engine/google/calendar_list.hpp"
#include "src/engine/google/google_side.hpp"
#include "src/engine/google/watch.hpp"

namespace gcal::plugin {
namespace {

using base::Instant;
using base::Json;
using base::Milliseconds;
using sync::Pair;
using sync::PairState;
using sync::SideName;

constexpr Milliseconds kDay = std::chrono::hours{24};
constexpr Milliseconds kAfterImport =
    std::chrono::minutes{1};  // what changed between the preview and the first notification
constexpr Milliseconds kHistory =
    std::chrono::days{30};  // a deleted appointment can be restored as long
constexpr Milliseconds kReturn =
    std::chrono::days{90};  // a vanished calendar that comes back is adopted as long
constexpr Milliseconds kShowCleared = std::chrono::days{7};
constexpr std::size_t kCleared = 10;        // so many deletions at once are worth a word
constexpr std::size_t kWorthShowing = 100;  // fewer writes are over before anybody looks

// After these nothing of this run makes sense any more.
bool ends_the_run(const Error& error) {
  return error.code == Code::needs_auth || error.code == Code::cancelled ||
         error.code == Code::conflict;
}

int weight(const Error& error) {
  switch (error.code) {
    case Code::needs_auth: return 3;
    case Code::unavailable:
    case Code::timeout: return 1;
    default: return 2;
  }
}

}  // namespace

Task<RunOutcome> AccountRun::run() {
  Result<Account> account = co_await parts_.host.account(id_);
  if (!account && account.error().code == Code::not_found)
    co_return outcome_;  // removed, or a set-up that was never finished
  if (!account) co_return std::move(account).error();
  account_ = *std::move(account);
  read_all_ = std::exchange(memory_.read_all, false);
  if (account_.state == "disconnected") {
    CO_TRY_VOID(co_await leave());
    co_return outcome_;
  }
  if (account_.state == "paused") {
    memory_.pairs.clear();  // resumed, every calendar is read at once
    CO_TRY_VOID(co_await show(std::nullopt));
    co_return outcome_;
  }

  const Result<> worked = co_await work();
  if (!worked && (worked.error().code == Code::conflict || worked.error().code == Code::cancelled))
    co_return worked.error();
  if (!worked && (!outcome_.error || weight(*outcome_.error) < weight(worked.error())))
    outcome_.error = worked.error();
  memory_.failures = outcome_.error ? memory_.failures + 1 : 0;
  CO_TRY_VOID(co_await show(std::nullopt));
  // A person must act first; the flow that connects the account anew asks for a run.
  if (outcome_.error && outcome_.error->code == Code::needs_auth)
    memory_.pairs.clear();
  else
    outcome_.next = next_run();
  memory_.next_run = outcome_.next.value_or(Instant{});
  co_return outcome_;
}

Task<> AccountRun::work() {
  CO_TRY_VOID(co_await adopt_draft());
  CO_TRY(followed_, co_await follow_config(parts_, journal_, account_, fence_));
  CO_TRY_VOID(co_await take_existing());
  CO_TRY(const std::shared_ptr<GoogleAccess> access, co_await parts_.google.of(id_));
  if (access->dead())
    co_return Error{
        Code::needs_auth, "Google no longer accepts the access; connect the account again", {}};
  CO_TRY_VOID(co_await upkeep(access->client()));

  for (Pair& pair : followed_.live) {
    const Result<> synced = co_await sync_pair(access->client(), pair);
    if (synced) continue;
    if (ends_the_run(synced.error())) co_return synced.error();
    // One calendar's trouble is not the others'.
    parts_.log.warning("pair.failed",
                       Json::object({{"pair", pair.id}, {"reason", synced.error().message}}));
    if (!outcome_.error || weight(*outcome_.error) < weight(synced.error()))
      outcome_.error = synced.error();
  }
  CO_TRY(const std::vector<Pair> pairs, co_await journal_.pairs(id_));
  for (const Pair& pair : pairs)
    CO_TRY_VOID(co_await tend(access->client(), pair, pair.state == PairState::live));
  co_return Result<>{};
}

// The set-up observed and consented under an id of its own. Mostly it is this account's; an account
// that was disconnected before keeps its old id, links and cursors, and takes over the new grant
// only.
Task<> AccountRun::adopt_draft() {
  const std::string draft = account_.config.draft;
  if (draft.empty()) co_return Result<>{};
  if (draft != id_) {
    Result<StoredGrant> grant = co_await parts_.vault.grant(draft, SecretVault::Which::kept);
    if (grant) {
      CO_TRY_VOID(
          co_await parts_.vault.store_grant(id_, SecretVault::Which::kept, *std::move(grant)));
      parts_.google.forget(id_);
      CO_TRY_VOID(co_await parts_.vault.erase_grant(draft, SecretVault::Which::kept));
      parts_.google.forget(draft);
    } else if (grant.error().code != Code::not_found) {
      co_return std::move(grant).error();
    }
    CO_TRY(const std::vector<Pair> drafts, co_await journal_.pairs(draft));
    std::vector<std::string> ids;
    for (const Pair& pair : drafts) ids.push_back(pair.id);
    if (!ids.empty()) CO_TRY_VOID(co_await journal_.erase_pairs(std::move(ids)));
  }
  account_.config.draft.clear();
  co_return co_await parts_.host.put_config(id_, account_.config);
}

// Decision 9, once: what stood in the CRM before goes where the person wanted it, and from there to
// Google without a mail.
Task<> AccountRun::take_existing() {
  if (account_.config.existing == settings::Existing::none) co_return Result<>{};
  if (!followed_.live.empty() && followed_.live.front().mode == sync::PairMode::two_way) {
    Pair& home = followed_.live.front();
    CO_TRY_VOID(co_await move_existing(parts_, account_.user, account_.config.existing,
                                       home.crm_calendar, fence_));
    home.synced_at = {};
    sync::WriteBatch batch;
    batch.pairs.push_back(home);
    CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  }
  account_.config.existing = settings::Existing::none;
  co_return co_await parts_.host.put_config(id_, account_.config);
}

// Once a day, and when a person asks while a calendar is missing: names, colours and roles as
// Google has them now, calendars that came back, old history.
Task<> AccountRun::upkeep(google::Client& client) {
  Bookmarks bookmarks(parts_.database, parts_.blocking, fence_);
  CO_TRY(const std::string last, co_await bookmarks.get("upkeep:" + id_));
  const Instant now = parts_.clock.now();
  const bool missing = !followed_.gone.empty();
  const bool due =
      last.empty() || now - Instant{Milliseconds{std::strtoll(last.c_str(), nullptr, 10)}} >= kDay;
  if (!due && !(missing && read_all_)) co_return Result<>{};
  // An account that was just set up has been read a moment ago.
  if (!last.empty() || missing) {
    CO_TRY(const std::vector<google::CalendarEntry> entries,
           co_await google::read_calendar_list(client));
    bool news = false;
    for (settings::RemoteCalendar& known : account_.config.visible) {
      const auto entry = std::ranges::find(entries, known.id, &google::CalendarEntry::id);
      if (entry == entries.end()) continue;
      const settings::RemoteCalendar fresh{entry->id,   entry->name,      entry->color,
                                           entry->role, entry->time_zone, entry->primary};
      news |= !(fresh == known);
      known = fresh;
    }
    sync::WriteBatch returned;
    CO_TRY_VOID(co_await miss_unlisted(client, entries, returned));
    for (Pair pair : followed_.gone) {
      const bool listed = std::ranges::find(entries, pair.remote_calendar,
                                            &google::CalendarEntry::id) != entries.end();
      if (!listed || now - pair.synced_at > kReturn) continue;
      pair.state = PairState::live;
      returned.pairs.push_back(std::move(pair));
    }
    if (news) CO_TRY_VOID(co_await parts_.host.put_config(id_, account_.config));
    const bool back = !returned.empty();
    if (back) CO_TRY_VOID(co_await journal_.commit(std::move(returned)));
    if (news || back) {
      CO_TRY(followed_, co_await follow_config(parts_, journal_, account_, fence_));
    }
  }
  CO_TRY_VOID(co_await journal_.prune_history(now - kHistory));
  co_return co_await bookmarks.put("upkeep:" + id_, std::to_string(now.time_since_epoch().count()));
}

// Unsubscribed, or a share that was taken back, while its events can still be read: as good as gone
// (decision 4). One that is merely hidden in Google's list is not listed either, so Google is
// asked.
Task<> AccountRun::miss_unlisted(google::Client& client,
                                 const std::vector<google::CalendarEntry>& entries,
                                 sync::WriteBatch& batch) {
  for (Pair& pair : followed_.live) {
    if (std::ranges::find(entries, pair.remote_calendar, &google::CalendarEntry::id) !=
        entries.end())
      continue;
    google::GoogleSide side(client, parts_.log, pair.remote_calendar, "UTC");
    CO_TRY(const bool there, co_await side.exists());
    if (there) continue;
    pair.state = PairState::gone;
    pair.cursor[SideName::remote]
        .clear();  // if it comes back, it is listed anew and adopted by its links
    batch.pairs.push_back(pair);
  }
  co_return Result<>{};
}

bool AccountRun::is_due(const Pair& pair) const {
  const auto known = memory_.pairs.find(pair.id);
  return read_all_ || pair.dirty || pair.cursor[SideName::remote].empty() ||
         known == memory_.pairs.end() || known->second.due_at <= parts_.clock.now();
}

Task<> AccountRun::sync_pair(google::Client& client, Pair& pair) {
  PairMemory& memory = memory_.pairs[pair.id];
  const bool first = pair.synced_at == Instant{};
  const bool read_google = is_due(pair);
  std::string time_zone = "UTC";
  for (const settings::RemoteCalendar& remote : account_.config.visible)
    if (remote.id == pair.remote_calendar && !remote.time_zone.empty())
      time_zone = remote.time_zone;

  google::GoogleSide google(client, parts_.log, pair.remote_calendar, time_zone);
  const std::vector<std::string> own{account_.config.email};
  RecordMatcher matcher(parts_.host.services().contacts, account_.user, own);
  CrmSide crm(parts_.host.services().events, std::move(matcher), pair.crm_calendar, fence_,
              parts_.blocking);

  Progress progress;
  if (first) {
    CO_TRY(progress.total, co_await journal_.count_unlinked_changes(pair.id, SideName::remote));
    CO_TRY_VOID(co_await show(progress));
  }
  const ProgressSide::Told told = [this, &progress, first](std::size_t written) -> Task<> {
    progress.done += written;
    progress.total = std::max(progress.total, progress.done);
    if (!first && progress.done < kWorthShowing) co_return Result<>{};
    co_return co_await show(progress);
  };
  ProgressSide crm_end(crm, told);
  ProgressSide google_end(google, told);
  sync::CycleOptions options;
  options.read_remote = read_google;
  sync::Cycle cycle(crm_end, google_end, journal_, parts_.clock, parts_.random, options);
  Result<sync::CycleReport> report = co_await cycle.run(pair);
  if (!report) co_return std::move(report).error();

  outcome_.changed += report->writes();
  const Instant now = parts_.clock.now();
  if (report->writes() > 0) {
    memory.changed_at = now;
    parts_.log.info(
        "pair.synchronised",
        Json::object(
            {{"pair", pair.id},
             {"crm", report->created.crm + report->updated.crm + report->erased.crm},
             {"google", report->created.remote + report->updated.remote + report->erased.remote},
             {"conflicts", report->conflicts}}));
  }
  const sync::Activity activity{memory.push, false, now - memory.changed_at, 0, {}};
  if (report->unfinished)
    memory.due_at = now;
  else if (read_google)
    memory.due_at = now + sync::with_jitter(sync::next_poll_delay(activity), parts_.random);
  else if (first)
    memory.due_at = now + kAfterImport;
  if (report->erased[SideName::crm] >= kCleared)
    CO_TRY_VOID(co_await note_cleared(report->erased[SideName::crm]));
  if (report->calendar_gone) {
    followed_.gone.push_back(pair);
    CO_TRY_VOID(co_await parts_.host.set_calendar_state(pair.crm_calendar, "gone"));
  }
  co_return Result<>{};
}

Task<> AccountRun::tend(google::Client& client, const Pair& pair, bool wanted) {
  PairMemory& memory = memory_.pairs[pair.id];
  const Instant now = parts_.clock.now();
  // Looked after a moment ago: nothing to do before the time it named. What is not wanted any more
  // is cheap to ask for.
  if (wanted && memory.watch_again > now && memory.push == sync::Push::active) co_return Result<>{};
  PairChannels channels(parts_.database, parts_.blocking, pair.id);
  google::Watch watch{pair.remote_calendar, parts_.site.webhook_address(), wanted,
                      memory.watch_not_before};
  CO_TRY(const google::WatchReport report,
         co_await google::tend_channels(client, channels, std::move(watch), parts_.clock,
                                        parts_.random));
  memory.watch_not_before = report.not_before;
  memory.watch_again = report.again;
  const bool refused_for_good = !report.open && report.not_before - now > kDay;
  memory.push = report.confirmed   ? sync::Push::active
                : refused_for_good ? sync::Push::none
                                   : sync::Push::unconfirmed;
  if (!wanted) memory_.pairs.erase(pair.id);  // wanted again, it is read at once
  if (report.trouble)
    parts_.log.warning("channel.trouble",
                       Json::object({{"pair", pair.id}, {"reason", report.trouble->message}}));
  co_return Result<>{};
}

// The account was disconnected: the copies stay with the user as his own. Its channels were stopped
// before the grant was given back.
Task<> AccountRun::leave() {
  CO_TRY(const std::vector<HostCalendar> calendars, co_await parts_.host.calendars(id_));
  for (const HostCalendar& calendar : calendars)
    if (calendar.state == "live")
      CO_TRY_VOID(co_await parts_.host.set_calendar_state(calendar.id, "gone"));
  memory_ = {};
  co_return Result<>{};
}

std::string AccountRun::name_of(const std::string& remote_calendar) const {
  for (const settings::RemoteCalendar& remote : account_.config.visible)
    if (remote.id == remote_calendar) return calendar_for(account_, remote).name;
  return remote_calendar;
}

Task<> AccountRun::note_cleared(std::size_t count) {
  Bookmarks bookmarks(parts_.database, parts_.blocking, fence_);
  const Json note =
      Json::object({{"count", count}, {"at", parts_.clock.now().time_since_epoch().count()}});
  co_return co_await bookmarks.put("cleared:" + id_, note.dump());
}

Task<> AccountRun::show(std::optional<Progress> progress) {
  HealthFacts facts;
  facts.account_state = account_.state;
  facts.config = &account_.config;
  facts.error = outcome_.error;
  facts.progress = progress;
  CO_TRY(const std::vector<Pair> pairs, co_await journal_.pairs(id_));
  for (const Pair& pair : pairs) {
    facts.synced_at = std::max(facts.synced_at, pair.synced_at);
    if (pair.state != PairState::gone) continue;
    if (pair.remote_calendar == account_.config.default_calendar)
      facts.default_gone = name_of(pair.remote_calendar);
    else
      facts.gone.push_back(name_of(pair.remote_calendar));
  }
  for (const settings::RemoteCalendar& remote : account_.config.visible)
    if (remote.id == account_.config.default_calendar && !remote.writable())
      facts.default_read_only = name_of(remote.id);
  CO_TRY(const auto held, co_await journal_.held_reasons(id_));
  for (const auto& [reason, count] : held) {
    if (reason == sync::kRetired) continue;
    (reason == sync::kHeldInferred ? facts.held : facts.quarantined) += count;
  }
  Bookmarks bookmarks(parts_.database, parts_.blocking, fence_);
  CO_TRY(const std::string cleared, co_await bookmarks.get("cleared:" + id_));
  if (const Result<Json> note = Json::parse(cleared.empty() ? "{}" : cleared);
      note && note->contains("at")) {
    const Instant at{Milliseconds{(*note)["at"].as_integer()}};
    if (parts_.clock.now() - at < kShowCleared)
      facts.cleared = static_cast<std::size_t>((*note)["count"].as_integer());
  }
  co_return co_await parts_.host.set_health(id_, health_of(facts));
}

Instant AccountRun::next_run() const {
  const Instant now = parts_.clock.now();
  if (outcome_.error) {
    const sync::Activity activity{
        sync::Push::unconfirmed, false, {}, memory_.failures, outcome_.error->retry_after};
    return now + sync::with_jitter(sync::next_poll_delay(activity), parts_.random);
  }
  Instant next = now + kDay;
  for (const Pair& pair : followed_.live) {
    const auto known = memory_.pairs.find(pair.id);
    if (pair.state != PairState::live || known == memory_.pairs.end()) continue;
    next = std::min(next, known->second.due_at);
    if (known->second.watch_again != Instant{}) next = std::min(next, known->second.watch_again);
  }
  return std::max(next, now);
}

}  // namespace gcal::plugin
