// Expands a series into the days on which it happens, in the event's zone. Used by
// the calendar page, the cards and edit. It must never run without bounds: rules are hostile input.
// Pure: the same document and range give the same answer.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "src/common/icalendar/recurrence_text.hpp"
#include "src/host/crm/event_view.hpp"

namespace host {

struct Instance {
  EventTime original_start;  // names the occurrence, wherever it was moved to
  EventTime start, end;
  bool exception = false;               // has content of its own
  const EventFields* fields = nullptr;  // of the view that was expanded; lives as long as the view
};

struct ExpansionLimits {
  std::size_t instances = 20'000;  // answered
  std::size_t steps = 200'000;     // of the rules, whether in the range or not
  // Starts of rules in one day (UTC); 0: all. For views: a rule that repeats below an hour shows
  // the first ones of each day.
  std::size_t per_day = 0;
  std::size_t* steps_left = nullptr;  // set to what is left of `steps`
};

// Occurrences that touch [start, end), in order of their start. An all-day occurrence touches the
// days of `zone`, the viewer's.
std::vector<Instance> expand(const EventView& event, std::chrono::sys_seconds start,
                             std::chrono::sys_seconds end, std::string_view zone = "UTC",
                             const ExpansionLimits& limits = {});

// First start and last end over all occurrences, with a day of slack for all-day events; last is
// empty for a series without end. Conservative: the span may be longer than the series, never
// shorter.
struct Span {
  std::chrono::sys_seconds first{};
  std::optional<std::chrono::sys_seconds> last;
};
Span span_of(const EventView& event);

// Is there an occurrence of the rule (moved, changed or cancelled ones included) with this original
// start?
bool has_occurrence(const EventView& event, const EventTime& original_start);

// How many starts lie before the cut: of the whole series (cancelled ones count, EXDATE ones do
// not), or of one rule line alone (all count).
std::size_t starts_before(const EventView& event, const EventTime& cut);
std::size_t rule_starts_before(const EventView& event, const gcal::icalendar::RecurrenceLine& rule,
                               const EventTime& cut);

// The last start before the cut that one rule line alone names, and whether it names the cut.
struct RuleAround {
  std::optional<std::chrono::sys_seconds> before;
  bool at_cut = false;
};
RuleAround rule_around(const EventView& event, const gcal::icalendar::RecurrenceLine& rule,
                       const EventTime& cut);

// ok when every RRULE, RDATE, EXDATE line can be expanded; the message names the line's property
// and what is wrong.
Result<> check_recurrence(const std::vector<std::string>& lines, const EventTime& start);

}  // namespace host
