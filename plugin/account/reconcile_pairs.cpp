#include "plugin/account/reconcile_pairs.hpp"

#include <algorithm>

#include "plugin/account/other_accounts.hpp"
#include "src/common/base/id.hpp"
#include "src/common/base/mutant.hpp"

namespace gcal::plugin {
namespace {

using settings::RemoteCalendar;
using sync::Pair;
using sync::PairMode;
using sync::PairState;

constexpr const char* kDefaultColor = "#4285f4";  // if Google gives none

bool is_color(const std::string& text) {
  return text.size() == 7 && text[0] == '#' &&
         text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
}

// The calendar that has the display name of the account: the default, else the primary, else the
// first.
const RemoteCalendar* named(const settings::AccountConfig& config) {
  const auto find = [&](const auto& wanted) -> const RemoteCalendar* {
    const auto found = std::ranges::find_if(config.visible, wanted);
    return found == config.visible.end() ? nullptr : &*found;
  };
  if (const RemoteCalendar* chosen =
          find([&](const RemoteCalendar& one) { return one.id == config.default_calendar; }))
    return chosen;
  if (const RemoteCalendar* primary = find([](const RemoteCalendar& one) { return one.primary; }))
    return primary;
  return config.visible.empty() ? nullptr : &config.visible.front();
}

const char* state_text(PairState state) {
  return state == PairState::gone ? "gone" : state == PairState::hidden ? "hidden" : "live";
}

bool equal(const HostCalendar& a, const HostCalendar& b) {
  return a.name == b.name && a.color == b.color && a.role == b.role && a.mode == b.mode;
}

Pair* pair_of(std::vector<Pair>& pairs, const std::string& remote_calendar) {
  const auto found = std::ranges::find(pairs, remote_calendar, &Pair::remote_calendar);
  return found == pairs.end() ? nullptr : &*found;
}

}  // namespace

bool is_raised(const settings::AccountConfig& config, const std::string& remote_calendar) {
  return std::ranges::find(config.two_way, remote_calendar) != config.two_way.end() &&
         std::ranges::find(config.visible, remote_calendar, &RemoteCalendar::id) !=
             config.visible.end();
}

PairMode mode_for(const settings::AccountConfig& config, const RemoteCalendar& remote) {
  const bool edited = remote.id == config.default_calendar || is_raised(config, remote.id);
  return edited && remote.writable() ? PairMode::two_way : PairMode::view_only;
}

HostCalendar calendar_for(const Account& account, const RemoteCalendar& remote) {
  HostCalendar calendar;
  calendar.account = account.id;
  calendar.remote_calendar = remote.id;
  calendar.name = named(account.config) == &remote && !account.config.name.empty()
                      ? account.config.name
                  : remote.name.empty() ? remote.id
                                        : remote.name;
  calendar.color = is_color(remote.color) ? remote.color : kDefaultColor;
  calendar.role = remote.role == "owner" || remote.role == "writer" ? remote.role
                  : remote.role == "freeBusyReader"                 ? "free_busy"
                                                                    : "reader";
  calendar.mode = mode_for(account.config, remote) == PairMode::two_way ? "two_way" : "view_only";
  return calendar;
}

namespace {

// One reconciliation; the functions are its steps, in this order. `pairs_` is the journal's state
// at first and becomes the desired state.
class Reconciliation {
 public:
  Reconciliation(PluginContext& context, store::SqlJournal& journal, const Account& account,
                 std::vector<HostCalendar> calendars, const ReadFirst& read_first)
      : context_(context),
        journal_(journal),
        account_(account),
        config_(account.config),
        read_first_(read_first),
        calendars_(std::move(calendars)) {}

  Task<ReconciledPairs> run() {
    CO_TRY(stored_, co_await journal_.pairs(account_.id));
    pairs_ = stored_;
    CO_TRY_VOID(co_await pair_visible_calendars());
    CO_TRY_VOID(co_await apply_default());
    CO_TRY_VOID(co_await hide_other_calendars());
    CO_TRY_VOID(co_await store_changed_pairs());
    co_return partitioned();
  }

 private:
  Task<> pair_visible_calendars();
  Task<> hide_other_calendars();
  Task<> apply_default();
  bool is_writable(const Pair& pair) const;
  Task<> store_changed_pairs();
  ReconciledPairs partitioned();
  const HostCalendar* host_calendar(const std::string& remote_calendar) const {
    const auto found =
        std::ranges::find(calendars_, remote_calendar, &HostCalendar::remote_calendar);
    return found == calendars_.end() ? nullptr : &*found;
  }

  PluginContext& context_;
  store::SqlJournal& journal_;
  const Account& account_;
  const settings::AccountConfig& config_;
  const ReadFirst& read_first_;
  const std::vector<HostCalendar> calendars_;
  std::vector<Pair> stored_;
  std::vector<Pair> pairs_;
};

// Every visible calendar has a live pair and a calendar in the CRM with the current properties.
Task<> Reconciliation::pair_visible_calendars() {
  for (const RemoteCalendar& remote : config_.visible) {
    Pair* pair = pair_of(pairs_, remote.id);
    if (!pair) {
      Pair fresh;
      fresh.id = base::new_id(context_.random);
      fresh.account = account_.id;
      fresh.remote_calendar = remote.id;
      pair = &pairs_.emplace_back(std::move(fresh));
    }
    pair->identity = config_.sub;
    pair->is_primary = remote.primary;
    const HostCalendar wanted = calendar_for(account_, remote);
    const HostCalendar* present = host_calendar(remote.id);
    // While the CRM's calendar was gone, its copies belonged to the user.
    if (present && present->state == "gone" && pair->state == PairState::live)
      pair->returning = true;
    CO_TRY(const bool elsewhere, co_await shown_by_another(context_, journal_, account_, *pair));
    if (pair->state != PairState::gone)
      pair->state = elsewhere ? PairState::hidden : PairState::live;
    if (present && equal(*present, wanted)) {
      pair->crm_calendar = present->id;
    } else {
      CO_TRY(pair->crm_calendar, co_await context_.host.put_calendar(wanted));
    }
    const std::string state = elsewhere ? "hidden" : state_text(pair->state);
    if ((present ? present->state : "live") != state)
      CO_TRY_VOID(co_await context_.host.set_calendar_state(pair->crm_calendar, state));
    // Google may not answer for hours, and the user does not wait for it. A calendar that returns
    // is read when its copies are restored.
    if (mode_for(config_, remote) == PairMode::two_way && pair->state == PairState::live &&
        !pair->returning && pair->cursor.crm.empty())
      CO_TRY_VOID(co_await read_first_(*pair));
  }
  co_return Result<>{};
}

// Calendars that are not chosen are hidden (PD-05), a previous default only when everything in it
// has been written; drafts of a set-up that did not choose them in the end are erased.
Task<> Reconciliation::hide_other_calendars() {
  std::vector<std::string> unwanted_drafts;
  for (Pair& pair : pairs_) {
    const bool visible = std::ranges::find(config_.visible, pair.remote_calendar,
                                           &RemoteCalendar::id) != config_.visible.end();
    if (visible) continue;
    if (pair.state == PairState::draft) {
      unwanted_drafts.push_back(pair.id);
      continue;
    }
    if (pair.draining) continue;
    // A calendar that is gone keeps its copies visible, whatever is chosen among the others (S-30).
    if (pair.state == PairState::live) pair.state = PairState::hidden;
    const HostCalendar* present = host_calendar(pair.remote_calendar);
    if (present && present->state != state_text(pair.state) && present->state != "hidden")
      CO_TRY_VOID(co_await context_.host.set_calendar_state(present->id, state_text(pair.state)));
  }
  if (!unwanted_drafts.empty()) {
    std::erase_if(pairs_, [](const Pair& pair) { return pair.state == PairState::draft; });
    CO_TRY_VOID(co_await journal_.erase_pairs(std::move(unwanted_drafts)));
  }
  co_return Result<>{};
}

// A default differs from the journal's only after the user chose another one. It is then applied
// once: the user's default calendar in the CRM is set, and the previous one is drained. Afterwards
// a role that Google lowers or restores, or a calendar that disappears or returns, changes neither:
// meanwhile the CRM stores new appointments in the user's own calendar.
Task<> Reconciliation::apply_default() {
  Pair* chosen =
      config_.default_calendar.empty() ? nullptr : pair_of(pairs_, config_.default_calendar);
  bool changed = false;
  for (Pair& pair : pairs_) {
    if (!pair.is_default || &pair == chosen) continue;
    pair.is_default = false;
    pair.draining = pair.state == PairState::live && !base::mutant("default_is_not_drained");
    changed = true;
  }
  // One that cannot be written yet is applied when it can.
  if (chosen && !chosen->is_default && is_writable(*chosen) && chosen->state == PairState::live) {
    chosen->is_default = true;
    chosen->draining = false;
    // Existing appointments are exported by the next cycle without notifying.
    chosen->synced_at = {};
    CO_TRY_VOID(co_await take_default(context_, journal_, account_, chosen->crm_calendar));
    CO_TRY_VOID(co_await wake_sharing_accounts(context_, journal_, account_, *chosen));
  } else if (!chosen && changed) {
    // Back to the CRM's own calendar, unless the user's default is a calendar of another account.
    // The host names the user's own calendar already while the default cannot be written.
    CO_TRY(const HostUser user, co_await context_.host.user(account_.user));
    CO_TRY(const std::optional<Pair> present,
           co_await journal_.pair_of_crm_calendar(user.default_calendar));
    const std::string no_calendar;
    if (!present || present->account == account_.id)
      CO_TRY_VOID(co_await context_.host.set_default_calendar(account_.user, no_calendar));
  }
  for (Pair& pair : pairs_) {
    const bool edited =
        pair.is_default || pair.draining || is_raised(config_, pair.remote_calendar);
    // One that was edited until now is written once more, by the cycle of this run.
    const bool pending = pair.mode == PairMode::two_way && pair.state == PairState::live;
    pair.mode = edited || pending ? PairMode::two_way : PairMode::view_only;
  }
  co_return Result<>{};
}

bool Reconciliation::is_writable(const Pair& pair) const {
  const auto remote = std::ranges::find(config_.visible, pair.remote_calendar, &RemoteCalendar::id);
  return remote != config_.visible.end() && remote->writable();
}

Task<> Reconciliation::store_changed_pairs() {
  sync::WriteBatch batch;
  std::vector<const Pair*> no_longer_shown;
  for (Pair& pair : pairs_) {
    if (pair.state == PairState::hidden) pair.returning = true;
    const auto before = std::ranges::find(stored_, pair.id, &Pair::id);
    if (before == stored_.end() || !(*before == pair)) batch.pairs.push_back(pair);
    // What was done while nothing of it was carried over is no act whose guests are notified.
    if (before != stored_.end() && before->mode == PairMode::view_only &&
        pair.mode == PairMode::two_way)
      batch.clear_acts.push_back(pair.id);
    // Another account may show the calendar now.
    if (before != stored_.end() && before->state == PairState::live &&
        pair.state != PairState::live)
      no_longer_shown.push_back(&pair);
  }
  if (!batch.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  for (const Pair* pair : no_longer_shown)
    CO_TRY_VOID(co_await wake_sharing_accounts(context_, journal_, account_, *pair));
  co_return Result<>{};
}

ReconciledPairs Reconciliation::partitioned() {
  ReconciledPairs reconciled;
  for (Pair& pair : pairs_) {
    if (pair.state == PairState::gone)
      reconciled.gone.push_back(std::move(pair));
    else if (pair.state == PairState::live)
      reconciled.live.push_back(std::move(pair));
  }
  // Appointments move from the draining ones to the default, which must be read before.
  const auto order = [](const Pair& pair) { return pair.is_default ? 0 : pair.draining ? 1 : 2; };
  std::stable_sort(reconciled.live.begin(), reconciled.live.end(),
                   [&](const Pair& a, const Pair& b) { return order(a) < order(b); });
  return reconciled;
}

}  // namespace

Task<ReconciledPairs> reconcile_pairs(PluginContext& context, store::SqlJournal& journal,
                                      const Account& account, std::vector<HostCalendar> calendars,
                                      const ReadFirst& read_first) {
  Reconciliation reconciliation(context, journal, account, std::move(calendars), read_first);
  co_return co_await reconciliation.run();
}

}  // namespace gcal::plugin
