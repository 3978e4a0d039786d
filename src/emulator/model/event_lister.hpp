// Decides for one events.list or events.instances request which events its answer has, in which
// order, and writes them as the reader may see them. Used by GoogleModel::list and ::instances.
// Reads the calendar only; must not outlive the calendar and the query.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/emulator/model/calendar.hpp"
#include "src/emulator/model/event_query.hpp"
#include "src/emulator/model/event_window.hpp"
#include "src/emulator/model/search_terms.hpp"

namespace emulator {

// One event of an answer: one of `stored`, `series` and `vanished`.
struct ListedEvent {
  std::int64_t key = 0;  // what a sorted answer is sorted by
  std::string id;        // of a sorted answer
  const StoredEvent* stored = nullptr;
  bool as_cancelled = false;            // `stored` has left the window, or went with its series
  std::shared_ptr<const Event> series;  // its instance at `original`
  EventTime original;
  std::shared_ptr<const EventHead> vanished;  // shown as cancelled

  bool is_cancelled() const { return vanished || as_cancelled || (stored && stored->cancelled); }
  // Of a cancelled one.
  const EventHead& head() const { return vanished ? *vanished : *stored; }
  bool operator<(const ListedEvent& other) const {
    return key != other.key ? key < other.key : id < other.id;
  }
};

class EventLister {
 public:
  // With `incremental`, only what changed after number `since` of the order of changes.
  EventLister(const Calendar& calendar, const ListQuery& query, std::string role, bool incremental,
              std::uint64_t since, std::int64_t now_seconds);

  // A master, an exception or a single event as a list in the order of changes shows it; nullopt
  // when it has no place there.
  std::optional<ListedEvent> listed(const StoredEvent& event) const;
  // Calls visit(StoredEvent) in the order of changes for every event behind the change number
  // `after` that the list may show, until visit() answers false.
  template <class Visit>
  void for_each_in_order(std::uint64_t after, Visit visit) const;
  // The whole answer of a sorted or expanded list.
  std::vector<ListedEvent> sorted() const;
  // The whole answer of events.instances, sorted by original start. `original_start` restricts it
  // to one instance; "" for all.
  std::vector<ListedEvent> instances_of(const Event& series,
                                        const std::string& original_start) const;

  void write(std::string& out, const ListedEvent& event) const;

 private:
  // The list shows nothing outside of its window, so that the index of spans knows what it may
  // show.
  bool is_within_window() const {
    return !lists_deletions() && (query_.time_min || query_.time_max);
  }
  Span span_of_window() const;
  bool matches(const StoredEvent& event) const;
  bool matches_fields(const Json& fields) const;
  bool lists_changes() const { return incremental_ || query_.updated_min; }
  bool lists_deletions() const { return lists_changes() || query_.show_deleted.value_or(false); }
  bool in_window(const StoredEvent& event) const {
    return window_.contains(event.start.at, event.last_end);
  }
  // Calls visit(StoredEvent) for every event that a sorted answer may show.
  template <class Visit>
  void for_each_candidate(Visit visit) const;
  std::vector<ListedEvent> as_stored() const;
  std::vector<ListedEvent> expanded() const;
  void add_instances(std::vector<ListedEvent>& events, const StoredEvent& series) const;
  void add_vanished(std::vector<ListedEvent>& events) const;
  // Drops the cancelled occurrences that their series, or another part of a split one, has: they
  // keep their ids. An answer to a sync token has them as they are there.
  void take_occurrences_of_other_parts(std::vector<ListedEvent>& events) const;
  ListedEvent with_key(const StoredEvent& event, bool deleted) const;
  std::int64_t key_of(const EventHead& event, SysSeconds start) const;
  std::int64_t key_of_deletion(const EventHead& event) const;
  EventView view_for(bool masked) const;
  void write(std::string& out, const StoredEvent& event) const;
  void write(std::string& out, const Event& event) const;
  void write_stub(std::string& out, const EventHead& event) const;

  const Calendar& calendar_;
  const ListQuery& query_;
  std::string role_;
  EventWindow window_;
  bool incremental_;
  std::uint64_t since_;
  SearchTerms terms_;  // of `q`
  bool reads_fields_ = false;
};

template <class Visit>
void EventLister::for_each_in_order(std::uint64_t after, Visit visit) const {
  const auto& changes = calendar_.changes();
  if (!is_within_window() || !query_.time_min || !query_.time_max) {
    for (auto at = changes.upper_bound(after); at != changes.end(); ++at)
      if (!visit(*at->second)) return;
    return;
  }
  std::vector<const StoredEvent*> near;
  calendar_.for_each_near(span_of_window(), [&](const StoredEvent& event) {
    if (event.change > after) near.push_back(&event);
  });
  std::sort(near.begin(), near.end(),
            [](const StoredEvent* a, const StoredEvent* b) { return a->change < b->change; });
  for (const StoredEvent* event : near)
    if (!visit(*event)) return;
}

}  // namespace emulator
