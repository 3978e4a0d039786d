#include "plugin/capabilities/background_runs.hpp"

#include <utility>

#include "plugin/account/account_run.hpp"
#include "plugin/account/relink_records.hpp"
#include "plugin/account/run_schedule.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

Result<std::string> done() {
  return std::string();
}

// A failed run is always reported as unavailable, so that the host repeats it with its back-off and
// a new fence. With another code the account would never run again.
Error repeat(const Error& error) {
  return Error{Code::unavailable, error.message, error.retry_after};
}

}  // namespace

void BackgroundRuns::run(std::string key, std::int64_t fence, SharedReply reply) {
  requests_.on_started(key);
  if (key == kRecordsKey)
    spawn_("relink records", run_records(fence, std::move(reply)));
  else if (key.starts_with(kAccountKey))
    spawn_("run account", run_account(key.substr(kAccountKey.size()), fence, std::move(reply)));
  else
    reply->send(Error{Code::not_found, "no work has this key", {}});
}

Task<> BackgroundRuns::run_account(std::string account, std::int64_t fence, SharedReply reply) {
  std::vector<SharedReply> asked;
  if (auto node = waiting_.extract(account)) asked = std::move(node.mapped());
  AccountRun run(context_, memory_[account], account, fence);
  begin_account();
  const Result<RunOutcome> outcome = co_await run.run();
  const Result<> ended = co_await end_account();
  if (!ended) {
    reply->send(repeat(ended.error()));
    co_return ended;
  }
  if (outcome && outcome->next) {
    const Result<> scheduled = co_await requests_.at(account_key(account), *outcome->next);
    if (!scheduled) {
      reply->send(repeat(scheduled.error()));
      co_return scheduled;
    }
  }
  const Result<std::string> answer =
      !outcome         ? Result<std::string>(outcome.error())
      : outcome->error ? Result<std::string>(*outcome->error)
                       : Result<std::string>(Json::object({{"changed", outcome->changed}}).dump());
  for (const SharedReply& one : asked) one->send(answer);
  if (outcome) {
    reply->send(done());
    co_return Result<>{};
  }
  reply->send(repeat(outcome.error()));
  co_return outcome.error();
}

Task<> BackgroundRuns::run_records(std::int64_t fence, SharedReply reply) {
  const bool alone = accounts_running_ == 0;
  std::function<bool()> all_known = [this, alone, begun = accounts_begun_] {
    return alone && accounts_begun_ == begun;
  };
  const Result<std::size_t> changed = co_await relink_records(context_, fence, all_known);
  records_again_ |= !all_known();
  if (changed && accounts_running_ == 0) {
    const Result<> requested = co_await end_of_accounts();
    if (!requested) {
      reply->send(repeat(requested.error()));
      co_return requested;
    }
  }
  if (changed) {
    reply->send(done());
    co_return Result<>{};
  }
  reply->send(repeat(changed.error()));
  co_return changed.error();
}

void BackgroundRuns::begin_account() {
  ++accounts_running_;
  ++accounts_begun_;
}

Task<> BackgroundRuns::end_account() {
  if (--accounts_running_ > 0) co_return Result<>{};
  co_return co_await end_of_accounts();
}

// No account's run is under way.
Task<> BackgroundRuns::end_of_accounts() {
  if (!std::exchange(records_again_, false)) co_return Result<>{};
  co_return co_await requests_.now(std::string(kRecordsKey));
}

Task<> BackgroundRuns::catch_up() {
  CO_TRY_VOID(co_await requests_.now(std::string(kRecordsKey)));
  CO_TRY(const std::vector<Account> accounts, co_await context_.host.accounts());
  // A disconnected account may still have a grant to revoke.
  for (const Account& account : accounts)
    if (account.state != "paused") CO_TRY_VOID(co_await requests_.now(account_key(account.id)));
  co_return Result<>{};
}

Task<> BackgroundRuns::run_and_answer(std::string account, SharedReply reply) {
  memory_[account].read_all = true;
  waiting_[account].push_back(reply);
  const Result<> requested = co_await requests_.now(account_key(account));
  if (!requested) {
    std::erase(waiting_[account], reply);
    reply->send(requested.error());
  }
  co_return requested;
}

Task<> BackgroundRuns::on_viewed(std::string account) {
  const auto run = note_viewed(memory_[account], context_.clock.now());
  if (!run) co_return Result<>{};
  co_return co_await requests_.at(account_key(account), *run);
}

}  // namespace gcal::plugin
