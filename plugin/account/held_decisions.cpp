#include "plugin/account/held_decisions.hpp"

#include <vector>

#include "plugin/account/conflict_question.hpp"
#include "src/engine/store/held_decisions.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/sync/held_deletions.hpp"
#include "src/engine/sync/link_state.hpp"

namespace gcal::plugin {
namespace {

using store::Decision;

Task<> write(PluginContext& context, std::int64_t fence,
             std::function<Result<>(store::Connection&)> work) {
  std::function<Result<>()> job = [&context, fence, &work] {
    return context.database.transact(store::Mode::write, fence, work);
  };
  co_return co_await context.blocking.run<void>(std::move(job));
}

template <class T>
Task<T> read(PluginContext& context, std::function<Result<T>(store::Connection&)> query) {
  std::function<Result<T>()> job = [&context, &query]() -> Result<T> {
    T found{};
    const auto work = [&](store::Connection& connection) -> Result<> {
      TRY(found, query(connection));
      return {};
    };
    TRY_VOID(context.database.transact(store::Mode::read, 0, work));
    return found;
  };
  co_return co_await context.blocking.run<T>(std::move(job));
}

// What the user is asked about: the title on which both sides agreed last, and what differs.
Task<> describe(PluginContext& context, settings::HeldConflicts& conflicts) {
  store::SqlJournal journal(context.database, context.blocking, context.random, 0);
  std::vector<std::string> ids{conflicts.link};
  CO_TRY(std::vector<sync::Link> links, co_await journal.links_by_id(std::move(ids)));
  if (links.empty()) co_return Result<>{};
  conflicts.title = links.front().side.crm.base.master.summary;
  sync::LinkWithChanges linked{std::move(links.front()), {}};
  for (const sync::SideName side : sync::kBothSides) {
    std::vector<std::string> id{linked.link.side[side].id};
    CO_TRY(std::vector<sync::PendingChange> change,
           co_await journal.pending_changes(linked.link.pair, side, std::move(id)));
    if (!change.empty()) linked.change[side] = std::move(change.front());
  }
  conflicts.differences = differences(linked);
  co_return Result<>{};
}

Task<> release(store::SqlJournal& journal, std::vector<std::string> ids) {
  CO_TRY(std::vector<sync::Link> links, co_await journal.links_by_id(std::move(ids)));
  sync::WriteBatch batch;
  for (sync::Link& link : links) {
    if (link.held_reason != sync::kHeldConflict) continue;
    link.held_reason.clear();
    batch.links.push_back(std::move(link));
  }
  if (batch.empty()) co_return Result<>{};
  co_return co_await journal.commit(std::move(batch));
}

Task<> forget(PluginContext& context, std::vector<std::string> links, std::int64_t fence) {
  if (links.empty()) co_return Result<>{};
  std::function<Result<>(store::Connection&)> erase =
      [&links](store::Connection& connection) -> Result<> {
    for (const std::string& link : links) TRY_VOID(store::erase_held_decision(connection, link));
    return {};
  };
  co_return co_await write(context, fence, std::move(erase));
}

}  // namespace

Task<> record_deletion_decision(PluginContext& context, std::string account, bool apply) {
  std::function<Result<>(store::Connection&)> decide = [&account,
                                                        apply](store::Connection& connection) {
    return store::decide_held(connection, account, apply ? Decision::remove : Decision::keep);
  };
  co_return co_await write(context, 0, std::move(decide));
}

Task<> record_conflict_decision(PluginContext& context, std::string account, std::string link,
                                bool take_crm) {
  std::function<Result<>(store::Connection&)> decide = [&](store::Connection& connection) {
    return store::decide_conflict(connection, account, link,
                                  take_crm ? Decision::take_crm : Decision::take_remote);
  };
  co_return co_await write(context, 0, std::move(decide));
}

Task<settings::HeldConflicts> held_conflicts(PluginContext& context, std::string account) {
  std::function<Result<store::OpenConflicts>(store::Connection&)> query =
      [&account](store::Connection& connection) {
        return store::open_conflicts(connection, account);
      };
  CO_TRY(const store::OpenConflicts open,
         co_await read<store::OpenConflicts>(context, std::move(query)));
  settings::HeldConflicts conflicts;
  conflicts.count = open.count;
  conflicts.link = open.first;
  if (open.count == 0) co_return conflicts;
  CO_TRY_VOID(co_await describe(context, conflicts));
  co_return conflicts;
}

Task<DecidedConflicts> apply_held_decisions(PluginContext& context, std::string account,
                                            std::int64_t fence) {
  using Decisions = std::vector<store::HeldDecision>;
  std::function<Result<Decisions>(store::Connection&)> query =
      [&account](store::Connection& connection) {
        return store::held_decisions(connection, account);
      };
  CO_TRY(const Decisions decisions, co_await read<Decisions>(context, std::move(query)));
  DecidedConflicts decided;
  if (decisions.empty()) co_return decided;

  const auto of = [&decisions](Decision decision) {
    std::vector<std::string> ids;
    for (const store::HeldDecision& one : decisions)
      if (one.decision == decision) ids.push_back(one.link);
    return ids;
  };
  store::SqlJournal journal(context.database, context.blocking, context.random, fence);
  std::vector<std::string> done;
  for (const Decision decision : {Decision::remove, Decision::keep}) {
    const std::vector<std::string> ids = of(decision);
    done.insert(done.end(), ids.begin(), ids.end());
    CO_TRY(std::vector<sync::Link> links, co_await journal.links_by_id(ids));
    CO_TRY_VOID(co_await sync::resolve_held_deletions(
        journal, std::move(links),
        decision == Decision::remove ? sync::HeldDecision::remove : sync::HeldDecision::keep));
  }
  CO_TRY_VOID(co_await forget(context, std::move(done), fence));
  for (const Decision decision : {Decision::take_remote, Decision::take_crm}) {
    const std::vector<std::string> ids = of(decision);
    for (const std::string& id : ids)
      decided.emplace(id, decision == Decision::take_crm ? sync::ConflictPolicy::crm_wins
                                                         : sync::ConflictPolicy::remote_wins);
    CO_TRY_VOID(co_await release(journal, ids));
  }
  co_return decided;
}

Task<> forget_conflict_decisions(PluginContext& context, DecidedConflicts decided,
                                 std::int64_t fence) {
  std::vector<std::string> links;
  for (const auto& [link, policy] : decided) links.push_back(link);
  co_return co_await forget(context, std::move(links), fence);
}

}  // namespace gcal::plugin
