#include "plugin/account/held_decisions.hpp"

#include <vector>

#include "src/engine/store/held_decisions.hpp"
#include "src/engine/store/journal.hpp"

namespace gcal::plugin {

Task<> record_held_decision(PluginContext& context, std::string account,
                            sync::HeldDecision decision) {
  std::function<Result<>()> write = [&context, &account, decision] {
    return context.database.transact(store::Mode::write, 0, [&](store::Connection& connection) {
      return store::decide_held(connection, account, decision);
    });
  };
  co_return co_await context.blocking.run<void>(std::move(write));
}

Task<> apply_held_decisions(PluginContext& context, std::string account, std::int64_t fence) {
  using Decisions = std::vector<store::HeldDecision>;
  std::function<Result<Decisions>()> read = [&context, &account]() -> Result<Decisions> {
    Decisions found;
    const auto work = [&](store::Connection& connection) -> Result<> {
      TRY(found, store::held_decisions(connection, account));
      return {};
    };
    TRY_VOID(context.database.transact(store::Mode::read, 0, work));
    return found;
  };
  CO_TRY(const Decisions decisions, co_await context.blocking.run<Decisions>(std::move(read)));
  if (decisions.empty()) co_return Result<>{};

  store::SqlJournal journal(context.database, context.blocking, context.random, fence);
  for (const sync::HeldDecision decision : {sync::HeldDecision::remove, sync::HeldDecision::keep}) {
    std::vector<std::string> ids;
    for (const store::HeldDecision& one : decisions)
      if (one.decision == decision) ids.push_back(one.link);
    CO_TRY(std::vector<sync::Link> links, co_await journal.links_by_id(std::move(ids)));
    CO_TRY_VOID(co_await sync::resolve_held_deletions(journal, std::move(links), decision));
  }
  std::function<Result<>()> erase = [&context, &decisions, fence] {
    return context.database.transact(store::Mode::write, fence,
                                     [&](store::Connection& connection) -> Result<> {
                                       for (const store::HeldDecision& one : decisions)
                                         TRY_VOID(store::erase_held_decision(connection, one.link));
                                       return {};
                                     });
  };
  co_return co_await context.blocking.run<void>(std::move(erase));
}

}  // namespace gcal::plugin
