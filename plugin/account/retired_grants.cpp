#include "plugin/account/retired_grants.hpp"

#include <algorithm>

#include "plugin/adapters/pair_channels.hpp"
#include "src/engine/google/push_channels.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

// A channel that cannot be stopped expires by itself; until then its notifications are rejected as
// unknown.
Task<> stop_channels(PluginContext& context, store::SqlJournal& journal, std::string account,
                     StoredGrant grant) {
  CO_TRY(const std::vector<sync::Pair> pairs, co_await journal.pairs(std::move(account)));
  std::shared_ptr<GoogleAccess> access;
  for (const sync::Pair& pair : pairs) {
    PairChannels channels(context.database, context.blocking, pair.id);
    CO_TRY(const std::vector<google::Channel> open, co_await channels.channels());
    if (open.empty()) continue;
    if (!access) {
      CO_TRY(access, co_await context.google.with_grant(grant));
    }
    google::ChannelRequest unwanted{pair.remote_calendar, {}, false, {}};
    const Result<google::ChannelReport> report = co_await google::maintain_channels(
        access->client(), channels, std::move(unwanted), context.clock, context.random);
    if (!report) co_return report.error();
  }
  co_return Result<>{};
}

Task<bool> is_in_use(PluginContext& context, std::string sub) {
  CO_TRY(const std::vector<Account> accounts, co_await context.host.accounts());
  const bool connected = std::ranges::any_of(accounts, [&](const Account& one) {
    return one.state != "disconnected" && one.config.sub == sub;
  });
  if (connected) co_return true;
  co_return co_await context.vault.has_consent(std::move(sub));
}

bool answered(const Error& error) {
  return error.code != Code::unavailable && error.code != Code::timeout &&
         error.code != Code::cancelled;
}

}  // namespace

Task<> revoke_retired_grants(PluginContext& context, store::SqlJournal& journal,
                             std::string account, bool connected) {
  CO_TRY(const std::vector<StoredGrant> grants, co_await context.vault.retired_grants(account));
  for (const StoredGrant& grant : grants) {
    if (!connected) {
      const Result<> stopped = co_await stop_channels(context, journal, account, grant);
      if (!stopped)
        context.log.warning("channel.not_stopped",
                            Json::object({{"reason", stopped.error().message}}));
    }
    CO_TRY(const bool in_use, co_await is_in_use(context, grant.sub));
    if (!in_use) {
      const Result<> revoked = co_await context.google.tokens().revoke(grant.refresh_token);
      if (!revoked && !answered(revoked.error())) co_return revoked.error();
      if (!revoked)  // Google refuses the request itself: a repetition would be refused too
        context.log.warning("grant.not_revoked",
                            Json::object({{"reason", revoked.error().message}}));
      CO_TRY_VOID(co_await context.vault.prune_consents(grant.sub));
    }
    CO_TRY_VOID(co_await context.vault.erase_retired_grant(account, grant.refresh_token));
  }
  co_return Result<>{};
}

}  // namespace gcal::plugin
