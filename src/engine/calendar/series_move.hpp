// What a change of a series' start means for its dates: each date moves by the same time on the
// wall clock. Used by the merge to find a changed occurrence again under another rule. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/common/icalendar/zone.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::calendar {

// The occurrence at `original_start` as the rule defines it: the master's content at that time.
Event occurrence_by_rule(const Event& master, const OriginalStart& original_start);

// `start` as a time of an event: a day, or that instant in the zone of `event`, otherwise UTC.
EventTime time_of(const OriginalStart& start, const Event& event);

// What the series shows on one of its dates; nullopt: it is cancelled there.
std::optional<Event> shown_on(const Series& series, const OriginalStart& start);

// Whether an occurrence with a time of its own followed the move of its series: it is as far from
// where the rule puts it as it was. `from`, `to`: before and after; each beside what the rule says.
bool moved_along(const Event& from, const Event& from_by_rule, const Event& to,
                 const Event& to_by_rule);

class SeriesMove {
 public:
  // All dates move as the start does. nullopt: an unknown zone.
  static std::optional<SeriesMove> between(const EventTime& from, const EventTime& to);
  // The days stay, only the time of day and the zone change.
  static std::optional<SeriesMove> of_time_of_day(const EventTime& from, const EventTime& to);

  OriginalStart operator()(const OriginalStart& start) const;
  SeriesMove inverse() const;
  // Whether neither the day of the start nor between days and times changes.
  bool keeps_day() const;

 private:
  struct Clock {
    bool all_day = false;
    std::optional<icalendar::Zone> zone;
    std::string zone_name;
    std::chrono::local_seconds start;
  };
  static std::optional<Clock> clock_of(const EventTime& start);

  SeriesMove(Clock from, Clock to) : from_(std::move(from)), to_(std::move(to)) {}

  Clock from_, to_;
};

// Whether `after` has the rule of `before`, moved together with the start: the same lines, or lines
// whose weekdays, UNTIL and dates moved by as much.
bool same_rule_moved(const Series& before, const Series& after);

// The lines for a series whose start moves within its day: UNTIL moves as much. nullopt: lines that
// name single dates, or a rule that is not understood.
std::optional<std::vector<std::string>> moved_within_day(const Series& series,
                                                         const SeriesMove& move);

// How the dates of a series correspond to those of the same series under another rule.
class DateMap {
 public:
  // `starts`: the dates of `from` that will be asked for.
  DateMap(const Series& from, const Series& to, const std::set<OriginalStart>& starts);

  // The date of `to` that `start`, one of `starts`, became; nullopt: `to` has no such date.
  std::optional<OriginalStart> forward(const OriginalStart& start) const;
  // The date of `from` that a date of `to` was.
  OriginalStart back(const OriginalStart& start) const;

 private:
  std::optional<SeriesMove> move_;  // nullopt: dates keep their instants
  std::map<OriginalStart, OriginalStart> forward_;
};

}  // namespace gcal::calendar
