// What a program makes of a series whose time or rule changes: exceptions move along, and those at
// dates that the new rule lacks go. Pure; used by the acts of the simulated users.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "src/engine/calendar/event.hpp"

namespace gcal::simulation {

inline std::chrono::sys_days day_of(const calendar::Series& series) {  // in Berlin's winter
  return std::chrono::floor<std::chrono::days>(
      calendar::OriginalStart::of(series.master.start).instant + std::chrono::hours{1});
}

inline void keep_dates(calendar::Series& series, const std::set<int>& weeks) {
  std::set<calendar::OriginalStart> dates;
  calendar::OriginalStart start = calendar::OriginalStart::of(series.master.start);
  for (const int week : weeks)
    dates.insert({start.all_day, start.instant + std::chrono::weeks{week}});
  std::erase_if(series.occurrences, [&](const auto& each) { return !dates.contains(each.first); });
}

template <class Change>
void change_times(calendar::Series& series, const Change& change) {
  for (calendar::EventTime* time : {&series.master.start, &series.master.end}) change(*time);
  std::map<calendar::OriginalStart, calendar::Occurrence> moved;
  for (auto& [start, exception] : series.occurrences) {
    calendar::EventTime original = calendar::ZonedTime{start.instant, "UTC"};
    if (start.all_day)
      original = calendar::Date{std::chrono::floor<std::chrono::days>(start.instant)};
    change(original);
    if (!exception.cancelled) {
      change(exception.event.start);
      change(exception.event.end);
    }
    moved.emplace(calendar::OriginalStart::of(original), exception);
  }
  series.occurrences = std::move(moved);
}

// A series of days moves by whole days only, and so do its dates.
inline void move_series(calendar::Series& series, std::chrono::minutes by) {
  if (std::holds_alternative<calendar::Date>(series.master.start))
    by = std::chrono::floor<std::chrono::days>(by);
  change_times(series, [&](calendar::EventTime& time) {
    if (auto* zoned = std::get_if<calendar::ZonedTime>(&time))
      zoned->instant += by;
    else
      time = calendar::Date{std::chrono::sys_days{std::get<calendar::Date>(time)} +
                            std::chrono::floor<std::chrono::days>(by)};
  });
}

// From times to days or back.
inline void change_kind(calendar::Series& series) {
  const bool to_days = std::holds_alternative<calendar::ZonedTime>(series.master.start);
  const auto ends_after = [&](calendar::Event& event) {
    auto* start = std::get_if<calendar::Date>(&event.start);
    if (start) event.end = calendar::Date{std::chrono::sys_days{*start} + std::chrono::days{1}};
  };
  change_times(series, [&](calendar::EventTime& time) {
    const calendar::OriginalStart was = calendar::OriginalStart::of(time);
    if (to_days)
      time = calendar::Date{std::chrono::floor<std::chrono::days>(was.instant)};
    else
      time = calendar::ZonedTime{was.instant + std::chrono::hours{9}, "UTC"};
  });
  ends_after(series.master);
  for (auto& [start, exception] : series.occurrences)
    if (!exception.cancelled) ends_after(exception.event);
}

}  // namespace gcal::simulation
