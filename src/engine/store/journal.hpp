// The engine's memory in SQL: sync::Journal over the plugin's database. Built for one run of an
// account, with that run's fence, so that a paused old run can no longer write. It must answer
// exactly as the simulation's journal in memory does.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "src/common/base/random.hpp"
#include "src/engine/store/database.hpp"
#include "src/engine/store/worker.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::store {

class SqlJournal final : public sync::Journal {
 public:
  // All references outlive the object. random names the rows of the history.
  SqlJournal(Database& database, Worker& worker, base::Random& random, std::int64_t fence)
      : database_(database), worker_(worker), random_(random), fence_(fence) {}

  Task<> commit(sync::Commit commit) override;
  Task<std::vector<sync::Pair>> pairs(std::string account) override;
  Task<std::vector<sync::Intent>> intents(std::string pair) override;
  Task<std::vector<sync::Link>> links_by_end(std::string pair, sync::SideName side,
                                             std::vector<std::string> ids) override;
  Task<std::vector<sync::Link>> links_by_id(std::vector<std::string> ids) override;
  Task<std::vector<sync::Link>> links_by_ical_uid(std::string pair,
                                                  std::vector<std::string> uids) override;
  Task<std::vector<sync::Observed>> observed(std::string pair, sync::SideName side,
                                             std::vector<std::string> ids) override;
  Task<std::vector<sync::LinkView>> work(std::string pair, std::string after,
                                         std::size_t limit) override;
  Task<std::vector<sync::Observed>> unlinked(std::string pair, sync::SideName side,
                                             std::string after, std::size_t limit) override;
  Task<std::vector<sync::Link>> unseen(std::string pair, sync::SideName side,
                                       std::uint64_t generation, std::string after,
                                       std::size_t limit) override;
  Task<std::size_t> count_links(std::string pair) override;
  Task<sync::PendingDeletions> pending_deletions(std::string pair) override;
  Task<std::vector<sync::Link>> links_by_address(std::string account,
                                                 std::vector<std::string> addresses) override;

  // Beyond the engine's needs, for the screen, for moves between calendars and for upkeep.
  Task<std::vector<sync::Link>> links(std::string pair, std::string after,
                                      std::size_t limit);  // all, ordered by id
  Task<std::map<std::string, std::size_t>> held_reasons(
      std::string account);  // how many links are held, by reason
  Task<std::size_t> count_unlinked(std::string pair, sync::SideName side);
  Task<std::vector<sync::Link>> held(std::string account);  // links with a held_reason
  Task<> erase_pairs(std::vector<std::string> ids);         // with everything that belongs to them
  Task<> prune_history(base::Instant older_than);

 private:
  template <class T>
  Task<T> read(std::function<Result<>(Connection&, T&)> query);
  Task<> write(Database::Work work);

  Database& database_;
  Worker& worker_;
  base::Random& random_;
  std::int64_t fence_;
};

}  // namespace gcal::store
