#include "plugin/account/run_schedule.hpp"

#include <algorithm>

namespace gcal::plugin {
namespace {

using base::Instant;
using base::Milliseconds;

constexpr Milliseconds kDay = std::chrono::hours{24};
constexpr Milliseconds kHour = std::chrono::hours{1};
// Between a run and the next that it asks for itself.
constexpr Milliseconds kLeastWait = std::chrono::seconds{1};
constexpr Milliseconds kFirstQuiet{250};
constexpr Milliseconds kLongestQuiet = std::chrono::seconds{2};
constexpr Milliseconds kFirstWaitForAct = std::chrono::minutes{5};
// The host says once a minute that a page is open.
constexpr Milliseconds kPageStaysOpen = std::chrono::minutes{2};

}  // namespace

bool must_read(const sync::Pair& pair, const PairMemory& memory, Instant now) {
  if (pair.returning || pair.cursor.remote.empty() || memory.due_at <= now) return true;
  return pair.dirty > 0 && memory.quiet_until <= now;
}

google::Priority priority_of(bool asked, bool initial_sync, bool notified, bool read) {
  if (initial_sync) return google::Priority::backfill;
  if (asked || !read) return google::Priority::user;
  return notified ? google::Priority::push : google::Priority::poll;
}

void note_read(PairMemory& memory, bool notified, bool news, Instant now) {
  memory.empty_reads = notified && !news ? std::min(memory.empty_reads + 1, 10u) : 0;
  // The echo of an own write is one such notification, and delays nothing.
  memory.quiet_until =
      memory.empty_reads < 2
          ? Instant{}
          : now + std::min(kLongestQuiet, kFirstQuiet * (1 << (memory.empty_reads - 1)));
}

void note_outcome(AccountMemory& memory, bool failed, bool progress, Instant now) {
  const bool is_early = memory.failures > 0 && now < memory.next_run;
  if (!failed)
    memory.failures = 0;
  else if (progress)
    memory.failures = 1;
  else if (!is_early)
    memory.failures = std::min(memory.failures + 1, 1'000u);
}

Milliseconds wait_after_failure(const Error& error, unsigned failures) {
  const Milliseconds least =
      sync::next_poll_delay({.failures = failures, .retry_after = error.retry_after});
  if (error.code != Code::denied && error.code != Code::invalid && error.code != Code::needs_auth)
    return least;
  const Milliseconds doubled = kFirstWaitForAct * (1 << (std::clamp(failures, 1u, 5u) - 1));
  return std::max(least, std::min(doubled, kHour));
}

bool page_open(const AccountMemory& memory, Instant now) {
  return memory.viewed_at != Instant{} && now - memory.viewed_at < kPageStaysOpen;
}

std::optional<Instant> note_viewed(AccountMemory& memory, Instant now) {
  memory.viewed_at = now;
  if (memory.failures > 0) return std::nullopt;
  const Milliseconds wait = sync::next_poll_delay({.page_open = true});
  std::optional<Instant> first;
  for (auto& [id, pair] : memory.pairs) {
    if (pair.unfinished > 0) continue;  // waits as after a failure
    const Instant due = std::max(now, pair.read_at + wait);
    if (pair.due_at <= due) continue;
    pair.due_at = due;
    first = std::min(first.value_or(due), due);
  }
  if (!first || memory.next_run <= *first) return std::nullopt;
  return memory.next_run = *first;
}

Instant next_run_of(const std::vector<sync::Pair>& pairs, const AccountMemory& memory,
                    Instant now) {
  Instant next = now + kDay;
  for (const sync::Pair& pair : pairs) {
    const auto known = memory.pairs.find(pair.id);
    if (pair.state != sync::PairState::live || known == memory.pairs.end()) continue;
    const PairMemory& of = known->second;
    next = std::min(next, of.due_at);
    if (pair.dirty > 0) next = std::min(next, of.quiet_until);
    if (of.retry_at != Instant{}) next = std::min(next, of.retry_at);
    if (of.no_creations_before > now) next = std::min(next, of.no_creations_before);
    if (of.channel_check_at != Instant{}) next = std::min(next, of.channel_check_at);
  }
  return std::max(next, now + kLeastWait);
}

}  // namespace gcal::plugin
