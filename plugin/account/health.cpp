#include "plugin/account/health.hpp"

#include <algorithm>

#include "plugin/account/reconcile_pairs.hpp"
#include "src/common/base/milliseconds.hpp"

namespace gcal::plugin {
namespace {

using base::Instant;
using base::Json;
using base::Milliseconds;

// The longest waits between two reads (sync::next_poll_delay), their random part, and a while for
// the read itself.
constexpr Milliseconds kLateBehindPush = std::chrono::minutes{7 * 60};
constexpr Milliseconds kLate = std::chrono::minutes{75};
// What a run leaves is carried over by the next one, which follows at once or after a failure.
constexpr Milliseconds kShortWait = std::chrono::minutes{2};

struct Line {
  const char* state;
  std::string reason;
  Json args = Json::object();
  Instant until{};  // when what is waited for is expected
};

// What needs the user, by kind.
struct Counts {
  std::size_t mails = 0;  // changes that would mail many guests: they wait for the user's consent
  std::size_t refused = 0;
  std::size_t failing = 0;
  std::size_t unreadable = 0;
};

Counts counts_of(const std::vector<sync::HeldItem>& items) {
  Counts counts;
  for (const sync::HeldItem& item : items) {
    if (item.reason == sync::kHeldSuspect) continue;
    const bool mails = item.reason == sync::kHeldMails || item.reason == sync::kMailsAllowed;
    ++(mails                                  ? counts.mails
       : item.reason == sync::kHeldUnreadable ? counts.unreadable
       : item.reason == sync::kHeldFailing    ? counts.failing
                                              : counts.refused);
  }
  return counts;
}

std::size_t held(const HealthRows& rows, const char* reason) {
  const auto found = rows.held.find(reason);
  return found == rows.held.end() ? 0 : found->second;
}

std::string name_of(const Account& account, const std::string& remote_calendar) {
  for (const settings::RemoteCalendar& remote : account.config.visible)
    if (remote.id == remote_calendar) return calendar_for(account, remote).name;
  return remote_calendar;
}

// What the live calendars say together.
struct Calendars {
  Instant read_at{};      // of the one that was read the longest ago; {}: one was never read
  Instant read_before{};  // until then all of them are read in time
  Instant waiting_since{};
  Instant no_creations_before{};
  Instant push_until{};  // the first that ends; {}: at least one has no notifications
  std::string late;      // the name of one whose read is late
};

Calendars calendars_of(const HealthRows& rows, Instant now) {
  Calendars all;
  bool first = true;
  for (const sync::Pair& pair : rows.pairs) {
    if (pair.state != sync::PairState::live) continue;
    const CalendarState one = calendar_state(rows, pair, now);
    const auto earliest = [first](Instant& known, Instant instant) {
      known = first ? instant : std::min(known, instant);
    };
    earliest(all.read_at, one.read_at);
    earliest(all.read_before, one.read_before);
    earliest(all.push_until, one.push_until);
    first = false;
    if (one.read_before < now) all.late = name_of(rows.account, pair.remote_calendar);
    if (one.waiting_since != Instant{})
      all.waiting_since = all.waiting_since == Instant{}
                              ? one.waiting_since
                              : std::min(all.waiting_since, one.waiting_since);
    all.no_creations_before = std::max(all.no_creations_before, one.no_creations_before);
  }
  return all;
}

Line line_of_failure(const store::AccountStatus& run) {
  switch (run.code) {
    case Code::needs_auth: return {"needs_auth", "health.needs_auth"};
    case Code::unavailable:
    case Code::timeout:
      return {"waiting", run.detail.empty() ? "health.waiting" : run.detail, Json::object(),
              run.retry_at};
    default:
      // The detail says who must act.
      return {"attention", run.detail.empty() ? "health.failed" : run.detail,
              Json::object({{"message", run.message}}), run.retry_at};
  }
}

// The default calendar of the config, if it is gone or may not be written any more.
std::optional<Line> line_of_default(const HealthRows& rows) {
  const settings::AccountConfig& config = rows.account.config;
  const auto named = [&](const char* reason) {
    const std::string name = name_of(rows.account, config.default_calendar);
    return Line{"attention", reason, Json::object({{"name", name}})};
  };
  for (const sync::Pair& pair : rows.pairs)
    if (pair.state == sync::PairState::gone && pair.remote_calendar == config.default_calendar)
      return named("health.default_gone");
  for (const settings::RemoteCalendar& remote : config.visible)
    if (remote.id == config.default_calendar && !remote.writable())
      return named("health.default_read_only");
  return std::nullopt;
}

Line line_of(const HealthRows& rows, const Calendars& calendars, Instant now) {
  if (rows.account.state == "paused") return {"off", "health.off"};
  if (rows.progress) return {"working", "health.working"};
  if (rows.run.code != Code::ok) return line_of_failure(rows.run);
  if (std::optional<Line> of_default = line_of_default(rows)) return *std::move(of_default);
  // What does not succeed is the state, never "ok" with a note beside it.
  const auto counted = [](const char* state, const char* reason, std::size_t count) {
    return Line{state, reason, Json::object({{"count", count}})};
  };
  const Counts counts = counts_of(rows.items);
  if (counts.mails > 0) return counted("attention", "health.mails", counts.mails);
  if (counts.refused > 0) return counted("attention", "health.quarantined", counts.refused);
  if (counts.unreadable > 0) return counted("attention", "health.unreadable", counts.unreadable);
  for (const auto& [reason, key] : {std::pair{sync::kHeldInferred, "health.held"},
                                    std::pair{sync::kHeldConflict, "health.conflicts"}})
    if (const std::size_t count = held(rows, reason); count > 0)
      return counted("attention", key, count);
  if (calendars.no_creations_before > now)
    return {"waiting", "refusal.quota", Json::object(), calendars.no_creations_before};
  if (counts.failing > 0) return counted("waiting", "health.failing", counts.failing);
  if (!calendars.late.empty())
    return {"waiting", "health.late", Json::object({{"name", calendars.late}})};
  if (calendars.waiting_since != Instant{} && calendars.waiting_since + kShortWait < now)
    return {"waiting", "health.behind"};
  if (rows.account.config.default_calendar.empty()) return {"ok", "health.not_synchronised"};
  return {"ok", "health.ok"};
}

Json attention_of(const HealthRows& rows) {
  Json attention = Json::array();
  const auto add = [&](const char* key, Json args, const char* action) {
    Json item = Json::object({{"key", key}, {"args", std::move(args)}});
    if (action) item.set("action", action);
    attention.push(std::move(item));
  };
  const auto count = [&](const char* key, std::size_t number, const char* action = nullptr) {
    if (number > 0) add(key, Json::object({{"count", number}}), action);
  };
  const Counts counts = counts_of(rows.items);
  count("health.held", held(rows, sync::kHeldInferred), "options");
  count("health.conflicts", held(rows, sync::kHeldConflict), "options");
  count("health.mails", counts.mails, "options");
  count("health.quarantined", counts.refused, "options");
  count("health.unreadable", counts.unreadable, "options");
  count("health.failing", counts.failing);
  count("health.foreign", held(rows, sync::kHeldForeign));
  count("health.cleared", rows.bulk_deleted);
  for (const sync::Pair& pair : rows.pairs)
    if (pair.state == sync::PairState::gone &&
        pair.remote_calendar != rows.account.config.default_calendar)
      add("health.calendar_gone",
          Json::object({{"name", name_of(rows.account, pair.remote_calendar)}}), nullptr);
  return attention;
}

}  // namespace

CalendarState calendar_state(const HealthRows& rows, const sync::Pair& pair, Instant now) {
  CalendarState state;
  const auto read = std::ranges::find(rows.reads, pair.id, &store::PairStatus::pair);
  if (read != rows.reads.end()) {
    state.read_at = read->read_at;
    state.waiting_since = read->waiting_since;
    if (read->no_creations_before > now) state.no_creations_before = read->no_creations_before;
  }
  for (const store::Channel& channel : rows.channels)
    if (channel.pair == pair.id && channel.confirmed && channel.expires_at > now)
      state.push_until = std::max(state.push_until, channel.expires_at);
  const Milliseconds allowed = state.push_until == Instant{} ? kLate : kLateBehindPush;
  state.read_before = state.read_at == Instant{} ? Instant{} : state.read_at + allowed;
  return state;
}

Json health_of(const HealthRows& rows, Instant now) {
  const Calendars calendars = calendars_of(rows, now);
  Line line = line_of(rows, calendars, now);
  Instant synced_at{};
  for (const sync::Pair& pair : rows.pairs) synced_at = std::max(synced_at, pair.synced_at);
  Json health = Json::object(
      {{"state", line.state}, {"reason", line.reason}, {"args", std::move(line.args)}});
  if (rows.progress)
    health.set("progress",
               Json::object({{"done", rows.progress->done}, {"total", rows.progress->total}}));
  health.set("synced_at", base::milliseconds(synced_at));
  health.set("read_at", base::milliseconds(calendars.read_at));
  health.set("read_before", base::milliseconds(calendars.read_before));
  health.set("waiting_since", base::milliseconds(calendars.waiting_since));
  health.set("push_until", base::milliseconds(calendars.push_until));
  health.set("until", base::milliseconds(line.until));
  health.set("attention", attention_of(rows));
  return health;
}

}  // namespace gcal::plugin
