#include "plugin/account/follow_config.hpp"

#include <algorithm>

#include "plugin/account/move_appointments.hpp"
#include "src/common/base/id.hpp"

namespace gcal::plugin {
namespace {

using settings::RemoteCalendar;
using sync::Pair;
using sync::PairMode;
using sync::PairState;

constexpr const char* kColor = "#4285f4";  // where Google names none

bool is_color(const std::string& text) {
  return text.size() == 7 && text[0] == '#' &&
         text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
}

// Which calendar carries the name that the person gave: the default, else the primary, else the
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

PairMode mode_for(const settings::AccountConfig& config, const RemoteCalendar& remote) {
  return remote.id == config.default_calendar && remote.writable() ? PairMode::two_way
                                                                   : PairMode::view_only;
}

HostCalendar calendar_for(const Account& account, const RemoteCalendar& remote) {
  HostCalendar calendar;
  calendar.account = account.id;
  calendar.remote_id = remote.id;
  calendar.name = named(account.config) == &remote && !account.config.name.empty()
                      ? account.config.name
                  : remote.name.empty() ? remote.id
                                        : remote.name;
  calendar.color = is_color(remote.color) ? remote.color : kColor;
  calendar.role = remote.role == "owner" || remote.role == "writer" ? remote.role
                  : remote.role == "freeBusyReader"                 ? "free_busy"
                                                                    : "reader";
  calendar.mode = mode_for(account.config, remote) == PairMode::two_way ? "two_way" : "view_only";
  return calendar;
}

Task<Followed> follow_config(Parts& parts, store::SqlJournal& journal, const Account& account,
                             std::int64_t fence) {
  const settings::AccountConfig& config = account.config;
  CO_TRY(const std::vector<Pair> stored, co_await journal.pairs(account.id));
  CO_TRY(const std::vector<HostCalendar> known, co_await parts.host.calendars(account.id));
  const auto host_calendar = [&](const std::string& remote_id) -> const HostCalendar* {
    const auto found = std::ranges::find(known, remote_id, &HostCalendar::remote_id);
    return found == known.end() ? nullptr : &*found;
  };

  std::vector<Pair> pairs = stored;
  for (const RemoteCalendar& remote : config.visible) {
    Pair* pair = pair_of(pairs, remote.id);
    if (!pair) {
      Pair fresh;
      fresh.id = base::new_id(parts.random);
      fresh.account = account.id;
      fresh.remote_calendar = remote.id;
      pair = &pairs.emplace_back(std::move(fresh));
    }
    pair->identity = config.sub;
    if (pair->state == PairState::draft || pair->state == PairState::hidden)
      pair->state = PairState::live;
    const HostCalendar wanted = calendar_for(account, remote);
    const HostCalendar* present = host_calendar(remote.id);
    if (present && equal(*present, wanted)) {
      pair->crm_calendar = present->id;
    } else {
      CO_TRY(pair->crm_calendar, co_await parts.host.put_calendar(wanted));
    }
    if ((present ? present->state : "live") != state_text(pair->state))
      CO_TRY_VOID(
          co_await parts.host.set_calendar_state(pair->crm_calendar, state_text(pair->state)));
  }

  std::vector<std::string> unwanted;  // drafts of calendars that were not made visible in the end
  for (Pair& pair : pairs) {
    const bool visible = std::ranges::find(config.visible, pair.remote_calendar,
                                           &RemoteCalendar::id) != config.visible.end();
    if (visible) continue;
    if (pair.state == PairState::draft) {
      unwanted.push_back(pair.id);
      continue;
    }
    // A vanished calendar keeps its copies in sight, whatever is ticked among those that are left
    // (S-30).
    if (pair.state == PairState::live) pair.state = PairState::hidden;
    pair.mode = PairMode::view_only;
    const HostCalendar* present = host_calendar(pair.remote_calendar);
    if (present && present->state != state_text(pair.state))
      CO_TRY_VOID(co_await parts.host.set_calendar_state(present->id, state_text(pair.state)));
  }
  if (!unwanted.empty()) {
    std::erase_if(pairs, [](const Pair& pair) { return pair.state == PairState::draft; });
    CO_TRY_VOID(co_await journal.erase_pairs(std::move(unwanted)));
  }

  // What the journal calls two-way is the default as it was; the difference to the config is a
  // change that is still to be carried out.
  const auto old_default = std::ranges::find(stored, PairMode::two_way, &Pair::mode);
  Pair* new_default =
      config.default_calendar.empty() ? nullptr : pair_of(pairs, config.default_calendar);
  const auto chosen =
      std::ranges::find(config.visible, config.default_calendar, &RemoteCalendar::id);
  if (new_default &&
      (chosen == config.visible.end() || mode_for(config, *chosen) != PairMode::two_way))
    new_default = nullptr;
  const std::string old_id = old_default == stored.end() ? std::string() : old_default->id;
  const std::string new_id = new_default ? new_default->id : std::string();
  if (old_id != new_id) {
    const bool guests_too = new_default && config.guests_too == config.default_calendar;
    if (new_default && old_default != stored.end() && old_default->state == PairState::live)
      CO_TRY_VOID(co_await copy_to_new_default(parts, journal, *old_default, *new_default,
                                               guests_too, fence));
    if (new_default) {
      if (new_default->state == PairState::live)
        CO_TRY_VOID(
            co_await parts.host.set_default_calendar(account.user, new_default->crm_calendar));
    } else {
      // Back to the CRM's own calendar, unless the user's appointments go to another account by
      // now.
      CO_TRY(const HostUser user, co_await parts.host.user(account.user));
      const std::string no_calendar;
      const bool ours =
          std::ranges::find(pairs, user.default_calendar, &Pair::crm_calendar) != pairs.end();
      if (ours) CO_TRY_VOID(co_await parts.host.set_default_calendar(account.user, no_calendar));
    }
  }
  for (Pair& pair : pairs) pair.mode = pair.id == new_id ? PairMode::two_way : PairMode::view_only;
  // What stood in the CRM before is no act of a person now: the first pass over it mails nobody.
  if (new_default && old_id != new_id) new_default->synced_at = {};

  sync::WriteBatch batch;
  for (const Pair& pair : pairs) {
    const auto before = std::ranges::find(stored, pair.id, &Pair::id);
    if (before == stored.end() || !(*before == pair)) batch.pairs.push_back(pair);
  }
  if (!batch.empty()) CO_TRY_VOID(co_await journal.commit(std::move(batch)));

  Followed followed;
  for (Pair& pair : pairs) {
    if (pair.state == PairState::gone)
      followed.gone.push_back(std::move(pair));
    else if (pair.state == PairState::live)
      followed.live.push_back(std::move(pair));
  }
  std::ranges::stable_partition(followed.live,
                                [](const Pair& pair) { return pair.mode == PairMode::two_way; });
  co_return followed;
}

}  // namespace gcal::plugin
