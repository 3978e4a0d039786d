// Which dates a series has, so that the merge can say whether a date that one side changed exists
// under the other side's new rule (decision 0026). Rules of whole days only, walked without a
// library. Pure. It must never guess: what it cannot read has no answer.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/icalendar/recurrence_text.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::calendar {

// The recurrence lines of a series with all times as instants: two lists that name the same dates
// in different notations compare equal.
struct RuleDates {
  struct Rule {
    bool excludes = false;              // EXRULE
    icalendar::RuleParts parts;         // sorted, defaults left out, without UNTIL
    std::optional<OriginalStart> last;  // UNTIL: the last start that still belongs to the rule

    friend bool operator==(const Rule&, const Rule&) = default;
  };

  std::vector<Rule> rules;
  std::set<OriginalStart> dates;     // RDATE
  std::set<OriginalStart> excluded;  // EXDATE

  // nullopt: a line that is not understood, an unknown zone.
  static std::optional<RuleDates> of(const Series& series);

  friend bool operator==(const RuleDates&, const RuleDates&) = default;
};

// Those of `candidates` at which the series has an occurrence, changed and cancelled ones included.
// nullopt: the rule repeats within a day, has parts below a day, or is not understood.
std::optional<std::set<OriginalStart>> existing_dates(const Series& series,
                                                      const std::set<OriginalStart>& candidates);

// Whether no date that follows the rule begins after `instant`; dates with an exception of their
// own do not count. false: the rule has no end, or it is not known.
bool has_no_date_after(const Series& series, std::chrono::sys_seconds instant);

// Whether the rule of `after` only ends earlier than that of `before`, with an UNTIL: then it has
// no date that `before` lacks. false: it differs in more, or it is not known.
bool only_ends_earlier(const Series& before, const Series& after);

// The recurrence lines of `series` without these dates in its RDATE lines. A line that is not
// understood stays as it is.
std::vector<std::string> without_listed_dates(const Series& series,
                                              const std::set<OriginalStart>& dates);

// Removes cancelled exceptions at dates that the series does not have: they say nothing. Google
// keeps them after a change of the rule.
void drop_void_cancellations(Series& series);

}  // namespace gcal::calendar
