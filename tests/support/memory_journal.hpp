// The engine's memory as plain maps, with a fault before or after every commit. The simulation and
// the unit tests run on it; it must answer exactly as store::SqlJournal does.
#pragma once

#include <map>
#include <tuple>

#include "src/engine/sync/ports.hpp"
#include "tests/support/faults.hpp"

namespace gcal::support {

class MemoryJournal final : public sync::Journal {
 public:
  explicit MemoryJournal(Weather& weather) : weather_(weather) {}

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

  const std::map<std::string, sync::Link>& links() const { return links_; }
  const std::vector<sync::HistoryEntry>& history() const { return history_; }
  std::size_t intents_open() const { return intents_.size(); }

 private:
  using SeenKey = std::tuple<std::string, sync::SideName, std::string>;

  const sync::Link* link_of(const std::string& pair, sync::SideName side,
                            const std::string& id) const;
  void store(sync::Commit commit);

  Weather& weather_;
  std::map<std::string, sync::Pair> pairs_;
  std::map<std::string, sync::Link> links_;
  std::map<SeenKey, sync::Observed> observed_;
  std::map<std::string, sync::Intent> intents_;
  std::vector<sync::HistoryEntry> history_;
};

}  // namespace gcal::support
