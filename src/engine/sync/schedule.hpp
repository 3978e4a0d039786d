// Decides how long to wait until a pair of calendars is polled again. Used by the plugin's
// background run after each cycle. Pure: the caller measures the times and schedules the run.
#pragma once

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"

namespace gcal::sync {

// none: this calendar never notifies (Google's holiday calendars).
// unconfirmed: it should, but no channel is open or none of its notifications ever arrived.
// active: notifications arrive; polling continues at a lower rate as a fallback.
enum class Push { none, unconfirmed, active };

struct Activity {
  Push push = Push::unconfirmed;
  bool page_open = false;             // the user has a page of the CRM open
  base::Milliseconds idle{0};         // since something last changed on either side
  unsigned failures = 0;              // consecutive failed cycles, the last one included
  base::Milliseconds retry_after{0};  // the wait that the last failure asked for
};

// The wait until the next poll. While the page is open: one minute. Without push: one hour.
// Otherwise as long as nothing has changed, within 5 minutes to 1 hour, or 30 minutes to 6 hours
// with active push. After failures: 30 s, doubled with each further one up to 1 hour, but at least
// retry_after.
base::Milliseconds next_poll_delay(const Activity& activity);

// `wait`, extended by a random part of up to a tenth, so that accounts that started together do not
// poll together. Never shorter than `wait`; 0 for a negative one.
base::Milliseconds with_jitter(base::Milliseconds wait, base::Random& random);

}  // namespace gcal::sync
