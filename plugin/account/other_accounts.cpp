#include "plugin/account/other_accounts.hpp"

#include <algorithm>
#include <tuple>

#include "plugin/account/run_requests.hpp"

namespace gcal::plugin {
namespace {

using sync::Pair;
using sync::PairState;

// An account of the same user that can reach the calendar, with its pair.
struct Sharing {
  Account account;
  Pair pair;
};

bool has_chosen(const Account& account, const std::string& remote_calendar) {
  return std::ranges::find(account.config.visible, remote_calendar,
                           &settings::RemoteCalendar::id) != account.config.visible.end();
}

Task<std::vector<Sharing>> sharing(PluginContext& context, store::SqlJournal& journal,
                                   const Account& account, std::string remote_calendar) {
  std::vector<Sharing> found;
  CO_TRY(std::vector<Pair> pairs, co_await journal.pairs_of_remote_calendar(remote_calendar));
  for (Pair& pair : pairs) {
    if (pair.account == account.id || pair.state == PairState::draft) continue;
    Result<Account> other = co_await context.host.account(pair.account);
    if (!other && other.error().code == Code::not_found) continue;
    if (!other) co_return std::move(other).error();
    if (other->user == account.user) found.push_back({*std::move(other), std::move(pair)});
  }
  co_return found;
}

// The account with the smallest rank shows the calendar.
auto rank(const Account& account, const Pair& pair) {
  return std::tuple(account.config.default_calendar != pair.remote_calendar,
                    pair.state != PairState::live || pair.returning, account.id);
}

}  // namespace

Task<> take_default(PluginContext& context, store::SqlJournal& journal, const Account& account,
                    std::string crm_calendar) {
  CO_TRY(const HostUser user, co_await context.host.user(account.user));
  if (user.default_calendar == crm_calendar) co_return Result<>{};
  CO_TRY(const std::optional<Pair> before,
         co_await journal.pair_of_crm_calendar(user.default_calendar));
  CO_TRY_VOID(co_await context.host.set_default_calendar(account.user, std::move(crm_calendar)));
  if (before && before->account != account.id)
    CO_TRY_VOID(co_await context.host.schedule(account_key(before->account), 0));
  co_return Result<>{};
}

Task<bool> shown_by_another(PluginContext& context, store::SqlJournal& journal,
                            const Account& account, const Pair& pair) {
  CO_TRY(const std::vector<Sharing> others,
         co_await sharing(context, journal, account, pair.remote_calendar));
  // Copies that are left behind are never shown beside those of a connected account.
  const bool left = account.state == "disconnected" || pair.state == PairState::gone;
  co_return std::ranges::any_of(others, [&](const Sharing& other) {
    return other.account.state != "disconnected" && other.pair.state != PairState::gone &&
           has_chosen(other.account, pair.remote_calendar) &&
           (left || rank(other.account, other.pair) < rank(account, pair));
  });
}

Task<> wake_sharing_accounts(PluginContext& context, store::SqlJournal& journal,
                             const Account& account, const Pair& pair) {
  CO_TRY(const std::vector<Sharing> others,
         co_await sharing(context, journal, account, pair.remote_calendar));
  for (const Sharing& other : others)
    if (other.account.state == "active" && has_chosen(other.account, pair.remote_calendar))
      CO_TRY_VOID(co_await context.host.schedule(account_key(other.account.id), 0));
  co_return Result<>{};
}

}  // namespace gcal::plugin
