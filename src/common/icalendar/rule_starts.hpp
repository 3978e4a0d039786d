// The starts that one recurrence rule names, in order, on the wall clock. libical iterates; where
// libical 3.0 is known to be wrong or needlessly slow, DayWalk does. Used by the two that expand
// rules, the host and the emulator; the only header in front of libical's rules. It must never run
// without end: rules are hostile input, and one that names nothing ends.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "src/common/base/result.hpp"
#include "src/common/icalendar/day_walk.hpp"
#include "src/common/icalendar/recurrence_text.hpp"

struct icalrecurrencetype;

namespace gcal::icalendar {

// An RRULE or EXRULE that libical accepts and that it can walk in bounded time. UNTIL is not part
// of it: what a UNTIL means depends on the start, so the caller reads it.
class RecurrenceRule {
 public:
  // Only the effective parts count; `all_day`: those of a series of days. Errors: invalid (not a
  // rule, another calendar than the Gregorian, COUNT with UNTIL, COUNT or INTERVAL below 1, BY
  // parts below FREQ=DAILY, an ordinal of BYDAY beyond the month or the year). [any thread]
  static Result<RecurrenceRule> parse(const RecurrenceLine& line, bool all_day = false);
  RecurrenceRule(RecurrenceRule&&) noexcept;
  RecurrenceRule& operator=(RecurrenceRule&&) noexcept;
  ~RecurrenceRule();

  bool has_count() const;
  // Does it repeat within a day: FREQ=HOURLY and shorter?
  bool is_within_day() const;

 private:
  friend class RuleStarts;
  RecurrenceRule(std::unique_ptr<icalrecurrencetype> rule, DayRule::Skip skip);
  std::unique_ptr<icalrecurrencetype> rule_;
  DayRule::Skip skip_;
};

class RuleStarts {
 public:
  // `start` is DTSTART on the wall clock of its zone, at midnight when `all_day`; starts after
  // `until`, on the same clock, do not come. COUNT counts from the first start that the rule names.
  // [one thread at a time]
  RuleStarts(const RecurrenceRule& rule, std::chrono::local_seconds start, bool all_day,
             std::optional<std::chrono::local_seconds> until = std::nullopt);
  ~RuleStarts();
  RuleStarts(const RuleStarts&) = delete;
  RuleStarts& operator=(const RuleStarts&) = delete;

  // The next start; nothing at the end.
  std::optional<std::chrono::local_seconds> next();
  // Leaves out what comes before `time` where that is cheap: earlier starts may still come. Not for
  // a rule with COUNT. False: nothing comes any more.
  bool skip_to(std::chrono::local_seconds time);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gcal::icalendar
