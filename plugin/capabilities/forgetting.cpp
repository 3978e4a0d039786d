#include "plugin/capabilities/forgetting.hpp"

#include <utility>
#include <vector>

#include "plugin/account/retired_grants.hpp"
#include "src/engine/store/journal.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

constexpr std::chrono::seconds kAfterTheRun{1};

}  // namespace

Task<> Forgetting::forget(std::string request, SharedReply reply) {
  reply->send(co_await forget_all(std::move(request)));
  co_return Result<>{};
}

Task<std::string> Forgetting::forget_all(std::string request) {
  CO_TRY(const Json document, Json::parse(request));
  const Json& accounts = document["accounts"];
  if (!accounts.is_array())
    co_return Error{Code::invalid, "accounts: a list of ids is expected", {}};
  if (runs_.is_busy())
    co_return Error{Code::unavailable, "an account is being synchronised", kAfterTheRun};
  for (const Json& id : accounts.items()) CO_TRY_VOID(co_await forget_account(id.as_string()));
  co_return std::string();
}

Task<> Forgetting::forget_account(std::string account) {
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  for (const SecretVault::Which which : {SecretVault::Which::kept, SecretVault::Which::offered})
    CO_TRY_VOID(co_await context_.vault.retire_grant(account, which));
  CO_TRY_VOID(co_await revoke_retired_grants(context_, journal, account, false));
  CO_TRY(const std::vector<sync::Pair> pairs, co_await journal.pairs(account));
  std::vector<std::string> ids;
  for (const sync::Pair& pair : pairs) ids.push_back(pair.id);
  if (!ids.empty()) CO_TRY_VOID(co_await journal.erase_pairs(std::move(ids)));
  context_.google.forget(account);
  co_return Result<>{};
}

}  // namespace gcal::plugin
