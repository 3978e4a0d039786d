// What the engine does about a request that failed, and what it remembers of it between runs: which
// objects wait, in which direction, until when. Used by the cycle. Pure: values without I/O.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// The three kinds of refusal, account, calendar and item, and what is none.
enum class Reaction {
  stop_run,        // of the account: the run ends with the error, and nothing is held
  stop_creations,  // nothing more is created in this run; everything else goes on
  ask_for_right,   // of the calendar, if the right to write is lost; of the item otherwise
  hold,            // of the item: its write waits, the other direction and the others go on
  suspect,         // of the account, until the calendar answers other requests: then of the item
  read_again,      // the object changed or is absent
  count,           // outcome unknown: of the item, if the calendar answers another request
};

Reaction reaction_to(const Error& error);

// Whether the request that failed certainly had no effect.
bool had_no_effect(const Error& error);

// How long an object waits after its `attempts`-th failure: a day if it is refused or cannot be
// read; after a failure that may pass a minute, doubling up to an hour, and a day from the tenth
// on. Never less than the side asked for.
base::Milliseconds wait_after(const std::string& reason, bool may_pass, std::uint32_t attempts,
                              base::Milliseconds retry_after);

// The held items of one pair during a run. Changes are made here and stored by the caller.
class HeldItems {
 public:
  // again: every item is due, as a user asked for it. An item that another version tried is too.
  HeldItems() = default;
  HeldItems(std::vector<HeldItem> items, base::Instant now, const std::string& version, bool again);

  // Whether no write to the object is tried now.
  bool waits(SideName side, const std::string& id) const;
  const HeldItem* find(SideName side, const std::string& id) const;
  // Those to be tried in this run and not tried yet.
  std::vector<HeldItem> due() const;
  // Stores or replaces an item that was tried just now.
  void put(HeldItem item);
  bool remove(SideName side, const std::string& id);  // whether it was there
  // What was refused for the same reason as something that has just succeeded is due.
  void make_due(SideName side, const std::string& reason);
  // When the next one of those that are not due yet is; nullopt: there is none.
  std::optional<base::Instant> next_try() const;

 private:
  std::map<std::pair<SideName, std::string>, HeldItem> items_;  // due: next_try is 0
};

}  // namespace gcal::sync
