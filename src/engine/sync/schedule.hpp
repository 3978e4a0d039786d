// Decides when a pair of calendars is looked at again though nobody asked. Used by the plugin's
// background run after each cycle. Pure: never reads a clock, never schedules anything itself.
#pragma once

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"

namespace gcal::sync {

// none: this calendar never notifies (holidays). silent: it should, but no channel stands or none
// of its messages ever arrived. working: messages arrive; polling is only the net below them.
enum class Push { none, silent, working };

struct Activity {
  Push push = Push::silent;
  bool opened = false;                // a person has its calendar page open
  base::Milliseconds idle{0};         // since something last changed on either side
  unsigned failures = 0;              // cycles that failed in a row, the last one included
  base::Milliseconds retry_after{0};  // what the last failure asked for
};

// The wait until the next look. Five minutes by default, growing with idleness up to an hour (six
// hours where messages arrive); hourly where none can come; within a minute while a person watches;
// after failures 30 s doubling up to an hour, and never before the time that was asked for.
base::Milliseconds next_look(const Activity& activity);

// The same wait, up to a tenth longer: accounts that started together do not stay together. Never
// shorter.
base::Milliseconds spread(base::Milliseconds wait, base::Random& random);

}  // namespace gcal::sync
