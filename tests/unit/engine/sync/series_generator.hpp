// Random series and random edits of them, for the property tests of the merge and the planner. All
// follow from the seed.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::sync::testing {

class SeriesGenerator {
 public:
  explicit SeriesGenerator(std::uint64_t seed) : random_(seed) {}

  calendar::Series series() {
    calendar::Series made;
    made.master.summary = text();
    made.master.description = text();
    made.master.start = calendar::ZonedTime{kStart, "UTC"};
    made.master.end = calendar::ZonedTime{kStart + std::chrono::hours{1}, "UTC"};
    if (chance(2)) made.recurrence = {"RRULE:FREQ=DAILY;COUNT=5"};
    for (int i = 0; i < 4; ++i)
      if (chance(3)) guest(made.master, i);
    if (made.recurring())
      for (int i = 0; i < kDates; ++i)
        if (chance(4)) occurrence(made, i);
    return made;
  }

  // `series` with some fields changed, as a user would change them.
  calendar::Series changed(calendar::Series series) {
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
      if (chance(4)) change(series, static_cast<calendar::Field>(i));
    return series;
  }

  // `series` with up to three of its dates changed.
  calendar::Series dates_changed(calendar::Series series) {
    for (std::uint64_t i = 1 + below(3); i > 0; --i)
      occurrence(series, static_cast<int>(below(kDates)));
    return series;
  }

  void change(calendar::Series& series, calendar::Field field) {
    if (field != calendar::Field::schedule) return change(series.master, field);
    if (series.recurring() && chance(2)) return occurrence(series, static_cast<int>(below(kDates)));
    if (series.recurring() && chance(2)) return change_rule(series);
    change(series.master, field);
  }

  // Moves the series, with its exceptions or without, or gives it other recurrence lines.
  void change_rule(calendar::Series& series) {
    static const std::vector<std::string> kRules{
        "RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=5",
        "RRULE:FREQ=DAILY;UNTIL=20270118T080000Z", "RRULE:FREQ=HOURLY;INTERVAL=24;COUNT=4"};
    if (chance(2)) {
      series.recurrence = {kRules[below(kRules.size())]};
      return;
    }
    const std::chrono::seconds by = std::chrono::minutes{15} * static_cast<int>(1 + below(8));
    shift(series.master, by);
    if (chance(2)) return;
    std::map<calendar::OriginalStart, calendar::Occurrence> moved;
    for (auto& [start, occurrence] : series.occurrences) {
      if (!occurrence.cancelled) shift(occurrence.event, by);
      moved.emplace(calendar::OriginalStart{start.all_day, start.instant + by}, occurrence);
    }
    series.occurrences = std::move(moved);
  }

  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
  bool chance(std::uint64_t one_in) { return random_.below(one_in) == 0; }

  static constexpr int kDates = 5;

 private:
  static constexpr std::chrono::sys_seconds kStart{std::chrono::seconds{1'800'000'000}};

  static void shift(calendar::Event& event, std::chrono::seconds by) {
    std::get<calendar::ZonedTime>(event.start).instant += by;
    std::get<calendar::ZonedTime>(event.end).instant += by;
  }

  std::string text() {
    return below(4) == 0 ? std::string() : "text " + std::to_string(below(1'000));
  }

  void change(calendar::Event& event, calendar::Field field) {
    using calendar::Field;
    switch (field) {
      case Field::summary: event.summary = text(); break;
      case Field::description: event.description = text(); break;
      case Field::location: event.location = text(); break;
      case Field::schedule:
        std::get<calendar::ZonedTime>(event.end).instant =
            std::get<calendar::ZonedTime>(event.start).instant + std::chrono::hours{1} +
            std::chrono::minutes{15} * static_cast<int>(below(4));
        break;
      case Field::status: event.status = static_cast<calendar::Status>(below(2)); break;
      case Field::transparency:
        event.transparency = static_cast<calendar::Transparency>(below(2));
        break;
      case Field::visibility: event.visibility = static_cast<calendar::Visibility>(below(4)); break;
      case Field::color: event.color = std::to_string(below(4)); break;
      case Field::attendees:
        if (!event.attendees.empty() && chance(2))
          event.attendees.erase(event.attendees.begin() +
                                static_cast<std::ptrdiff_t>(below(event.attendees.size())));
        else
          guest(event, static_cast<int>(4 + below(4)));
        break;
      case Field::reminders:
        event.reminders =
            std::vector{calendar::Reminder{"popup", static_cast<std::int32_t>(below(3))}};
        break;
    }
  }

  // Cancels or edits one date, or puts it back to what the rule says.
  void occurrence(calendar::Series& series, int number) {
    calendar::OriginalStart start = calendar::OriginalStart::of(series.master.start);
    start.instant += std::chrono::days{number};
    if (chance(5)) {
      series.occurrences.erase(start);
      return;
    }
    calendar::Occurrence& made = series.occurrences[start];
    if (made.cancelled || made.event.start == calendar::EventTime{})
      made.event = calendar::occurrence_by_rule(series.master, start);
    made.cancelled = chance(4);
    for (std::uint64_t i = 1 + below(2); i > 0; --i)
      change(made.event, static_cast<calendar::Field>(below(calendar::kFieldCount)));
  }

  static void guest(calendar::Event& event, int number) {
    calendar::Attendee made;
    made.email = "g" + std::to_string(number) + "@example.com";
    for (const calendar::Attendee& known : event.attendees)
      if (known.email == made.email) return;
    event.attendees.push_back(made);
  }

  support::SeededRandom random_;
};

}  // namespace gcal::sync::testing
