// What a user chose to remove when an account was disconnected (PD-14): the CRM's copies of remote
// events, or the remote events that the CRM created. A queue without a table of its own: an object
// that is gone takes its link with it, so what is left to do follows from the links, also after a
// crash. Used by the plugin's runs and by the page that shows the numbers. Thread: loop thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

struct RemovalChoice {
  bool copies = false;
  bool remote_events = false;
  bool notify_guests = false;  // of the remote events; only on the user's explicit yes

  friend bool operator==(const RemovalChoice&, const RemovalChoice&) = default;
};

// A link has at most one object that can be removed: the other one is the original.
enum class Removable { nothing, copy, remote_event };

// Nothing of it may be the only place of something: a copy whose original is gone, or with an edit
// that the remote side does not have, stays. Pure.
Removable removable(const LinkWithChanges& linked);
// Whether others than its user would notice that the event is gone: it has guests and is not
// over. Pure.
bool has_guests_to_notify(const Series& series, base::Instant now);

struct RemovalCounts {
  std::size_t copies = 0;
  std::size_t remote_events = 0;
  std::size_t with_guests = 0;  // of the remote events
};

// Adds the numbers of one pair. Errors: those of the journal.
Task<> count_removable(Journal& journal, std::string pair, base::Instant now,
                       RemovalCounts& counts);

class Removal {
 public:
  struct Report {
    PerSide<std::size_t> erased;
    std::size_t left = 0;        // edited since, or refused: they stay
    std::optional<Error> retry;  // what is left to do is to be tried again
  };

  // The references must outlive it.
  Removal(Side& crm, Side& remote, Journal& journal, const base::Clock& clock, base::Random& random,
          RemovalChoice choice)
      : sides_{&crm, &remote}, journal_(journal), clock_(clock), random_(random), choice_(choice) {}

  // Removes everything of the pair once. May be interrupted at any point and repeated. Errors:
  // those of the journal, and those that concern the whole account.
  Task<Report> run(Pair& pair);

 private:
  Task<> remove_page(std::vector<Link> links);
  Task<> erase(SideName side, std::vector<LinkWithChanges> links);
  Task<> settle(SideName side, const LinkWithChanges& linked, Operation operation,
                Result<Written> result, WriteBatch& batch);
  Task<> erase_again(SideName side, const LinkWithChanges& linked, Operation operation,
                     WriteBatch& batch);
  void store_erased(WriteBatch& batch, SideName side, const LinkWithChanges& linked);

  PerSide<Side*> sides_;
  Journal& journal_;
  const base::Clock& clock_;
  base::Random& random_;
  RemovalChoice choice_;
  Pair* pair_ = nullptr;
  Report report_;
  PerSide<bool> stopped_;  // takes no more writes now
};

}  // namespace gcal::sync
