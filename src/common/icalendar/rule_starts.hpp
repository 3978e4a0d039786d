// The starts that one rule of FREQ=DAILY or longer names, in order, on the wall clock. libical
// iterates; where libical 3.0 is known to be wrong, the days are walked here. Used by the two that
// expand rules, the reference host and the emulator. It must never look for ever: a rule that names
// nothing ends.
#pragma once

#include <memory>

struct icalrecurrencetype;
struct icaltimetype;

namespace gcal::expansion {

// True for what libical 3.0 gets wrong: BYSETPOS in a week or a day (ignored), several BYSETPOS
// (their doubles counted), weeks that begin on another day than Monday with an INTERVAL (counted
// from the wrong week), the last days of a month in FREQ=DAILY (ignored), BYWEEKNO (days around the
// turn of the year lost).
bool libical_errs(const icalrecurrencetype& rule);

class RuleStarts {
 public:
  // COUNT and UNTIL of `rule` hold, UNTIL on the wall clock of `start`. [one thread at a time]
  RuleStarts(const icalrecurrencetype& rule, const icaltimetype& start);
  ~RuleStarts();
  RuleStarts(const RuleStarts&) = delete;
  RuleStarts& operator=(const RuleStarts&) = delete;

  icaltimetype next();  // the null time at the end
  // Leaves out what comes before `time`, if that is cheap: earlier ones may still come. Not for a
  // rule with COUNT. False: nothing comes any more.
  bool skip_to(const icaltimetype& time);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gcal::expansion
