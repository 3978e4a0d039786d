// What a list of changes (with syncToken or updatedMin) reports as cancelled although no deleted
// event is stored for it: occurrences that a series no longer has, because it was deleted, cut,
// moved or turned into a single event, and what has left the window of the list. Used by
// EventLister. It rests on Calendar::former_times_of(). Reads the calendar only.
//
// It may name an event that the client never got; to a client, that is a deletion of nothing. It
// never names one that the answer shows.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "src/emulator/model/calendar.hpp"
#include "src/emulator/model/event_window.hpp"

namespace emulator {

class VanishedEvents {
 public:
  // The client has seen the calendar as it was after the change number `since`, or later.
  VanishedEvents(const Calendar& calendar, const EventWindow& window, std::uint64_t since)
      : calendar_(calendar), window_(window), since_(since) {}

  // Whether an event outside of the window was in it. For lists of masters.
  bool has_left_window(const StoredEvent& event) const;

  // For lists of instances: adds what the changed event has been in them. The event itself, when it
  // is shown, must be dropped afterwards.
  void add(const StoredEvent& changed);
  void drop(const std::string& event_id) { vanished_.erase(event_id); }
  const std::map<std::string, EventHead>& all() const { return vanished_; }  // by id

 private:
  std::vector<FormerTimes> times_since(const StoredEvent& event) const;
  void add_head(const EventHead& event);
  void add_shown(const StoredEvent& event, const FormerTimes& times);
  bool slot_in_window(const StoredEvent& exception) const;

  const Calendar& calendar_;
  const EventWindow& window_;
  std::uint64_t since_;
  std::map<std::string, EventHead> vanished_;
};

struct PartOccurrence {
  std::shared_ptr<const Event> series;
  EventTime original;
};

// The occurrences that the rules of series give, by id, of split ones those of all parts: an
// occurrence keeps its id when it passes to another part, so what a changed part has no longer may
// be there. A lost exception may be listed without its series, which still has the occurrence: a
// stale token can lie between both.
std::unordered_map<std::string, PartOccurrence> occurrences_of_parts(
    const Calendar& calendar, const EventWindow& window, const std::set<std::string>& base_ids);

}  // namespace emulator
