// Decides for one events.list or events.instances request which events its answer has, in which
// order, and writes them as the reader may see them. Used by GoogleModel::list and ::instances.
// Reads the calendar only; must not outlive the calendar and the query.
#pragma once

#include <string>
#include <vector>

#include "src/emulator/model/calendar.hpp"
#include "src/emulator/model/event_query.hpp"

namespace emulator {

// One event of a sorted answer.
struct ListedEvent {
  std::int64_t key = 0;  // what the answer is sorted by
  std::string id;
  const StoredEvent* stored = nullptr;
  Event generated;    // an instance, when nothing is stored
  bool stub = false;  // the instance of a deleted series

  bool operator<(const ListedEvent& other) const {
    return key != other.key ? key < other.key : id < other.id;
  }
};

class EventLister {
 public:
  // With `incremental`, only what changed after number `since` of the order of changes.
  EventLister(const Calendar& calendar, const ListQuery& query, std::string role, bool incremental,
              std::uint64_t since, std::int64_t now_seconds);

  // Masters, exceptions and single events as they are stored.
  bool includes(const StoredEvent& event) const;
  bool in_window(SysSeconds start, std::int64_t end) const;

  // The whole answer of a sorted or expanded list.
  std::vector<ListedEvent> sorted() const;
  // The whole answer of events.instances, sorted by original start. `original_start` restricts it
  // to one instance; "" for all.
  std::vector<ListedEvent> instances_of(const Event& series,
                                        const std::string& original_start) const;

  void write(std::string& out, const StoredEvent& event) const;
  void write(std::string& out, const ListedEvent& event) const;

 private:
  bool matches(const StoredEvent& event) const;
  bool matches_fields(const Json& fields) const;
  bool lists_deletions() const;
  bool includes_when_expanded(const StoredEvent& event) const;
  void add_instances(std::vector<ListedEvent>& events, const StoredEvent& stored) const;
  SysSeconds expansion_begin(const Event& series) const;
  SysSeconds expansion_end(const Event& series) const;
  std::int64_t key_of(const EventHead& event) const;
  EventView view_for(bool masked) const;
  void write(std::string& out, const Event& event) const;
  void write_stub(std::string& out, const EventHead& event) const;

  const Calendar& calendar_;
  const ListQuery& query_;
  std::string role_;
  bool incremental_;
  std::uint64_t since_;
  std::int64_t now_;       // seconds
  std::string q_;          // in lower case
  std::string escaped_q_;  // q_ as JSON text has it
  bool reads_fields_ = false;
};

}  // namespace emulator
