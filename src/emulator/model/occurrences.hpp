// The occurrences that series generate, and to which part of a split series an id belongs. Used by
// the lists, busy times and GoogleModel::locate. Reads the calendar only.
//
// "This and following" splits a series into parts "abc" and "abc_R20260410T080000". The ids of
// their instances do not name the part: "abc_20260417T080000Z". When the rule of an older part is
// extended again, both parts may have a start in common, and one id can only be one event. Google
// does not document which. Here the id is that of the stored exception with this id; without one,
// of the latest part that has the start (a guess).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "src/emulator/model/calendar.hpp"
#include "src/emulator/model/event_window.hpp"

namespace emulator {

// Deleted by itself or with its series.
bool is_deleted(const Calendar& calendar, const EventHead& event);

// Whether the stored exception is what its id shows: it was not reset, and it did not go with its
// series or, without a series, by itself.
bool keeps_its_id(const Calendar& calendar, const StoredEvent& exception);

// The parts of a split series in the order in which they own a start that they have in common:
// living ones first, among them the latest.
std::vector<StoredEvent*> parts_by_ownership(const Calendar& calendar, const std::string& base_id);

// The ids which the rules of two living parts of a split series give, at most for two years.
std::set<std::string> ids_of_two_parts(const Calendar& calendar, const std::string& base_id);

// The starts of one part of a split series, in a range of time, whose ids are not its own.
class ForeignStarts {
 public:
  ForeignStarts(const Calendar& calendar, const Event& series, SysSeconds from, SysSeconds until,
                std::size_t limit);
  bool contains(const EventTime& original) const;

 private:
  const Calendar& calendar_;
  const Event& series_;
  bool split_ = false;
  std::set<SysSeconds> of_later_parts_;
};

// Calls visit(original start) for each instance of the series which starts in the window, has no
// stored exception and has its id for itself. At most `limit` starts are expanded.
template <class Visit>
void for_each_generated_instance(const Calendar& calendar, const Event& series, SysSeconds from,
                                 SysSeconds until, std::size_t limit, Visit visit) {
  const ForeignStarts foreign(calendar, series, from, until, limit);
  for (const EventTime& original : expand(series.recurrence(), series.start, calendar.zone, from,
                                          until, limit, calendar.expansion)) {
    const StoredEvent* exception = calendar.exception_at(series.id, original.at);
    if ((exception && !exception->id_only) || foreign.contains(original)) continue;
    visit(original);
  }
}

// The same for the instances of which a list with this window shows a part.
template <class Visit>
void for_each_instance_in_window(const Calendar& calendar, const Event& series,
                                 const EventWindow& window, Visit visit) {
  for_each_generated_instance(
      calendar, series, window.expansion_begin(series.start, series.end),
      window.expansion_end(series.start), kMaxInstances, [&](const EventTime& original) {
        const EventTime end = instance_end(series.start, series.end, original, calendar.zone);
        if (window.contains(original.at, end.at.time_since_epoch().count())) visit(original);
      });
}

}  // namespace emulator
