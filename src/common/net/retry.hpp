// The one place that repeats requests: exponential waits with full jitter, Retry-After respected.
// Used by the clients of oauth and google. Never repeats what may have taken place unless the
// caller says that a repetition is harmless.
#pragma once

#include <string_view>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/common/net/http.hpp"

namespace gcal::net {

struct RetryPolicy {
  int attempts = 4;
  base::Milliseconds first{
      500};  // the first wait is uniform in [0, first), the next in [0, 2 first) ...
  base::Milliseconds cap{32'000};
  base::Milliseconds longest_answer{
      60'000};  // a Retry-After beyond this is not waited for here: the caller gets it
};

// Waiting as a port, so that a test takes no time.
class Pause {
 public:
  virtual ~Pause() = default;
  virtual Task<> wait(base::Milliseconds time) = 0;
};

// On the timer of the coroutine's executor. [loop thread]
class TimerPause final : public Pause {
 public:
  Task<> wait(base::Milliseconds time) override;
};

// "120" or an HTTP date; 0 for nonsense, at most a day. Pure.
base::Milliseconds retry_after(std::string_view header, base::Instant now);

// The wait before attempt `attempt` (1 = the first repetition). Pure but for the draw.
base::Milliseconds back_off(const RetryPolicy& policy, int attempt, base::Random& random);

struct RetryTools {
  base::Random& random;
  const base::Clock& clock;
  Pause& pause;
};

// Sends, and sends again while the answer is 429 or 5xx or nothing came. A request that is not
// `idempotent` is repeated only when nothing was sent or the server said 429 or 503, which mean
// that it did not begin. Answers the last outcome as it was.
Task<HttpResponse> send_with_retry(HttpClient& client, HttpRequest request, HttpLimits limits,
                                   RetryPolicy policy, bool idempotent, RetryTools tools);

}  // namespace gcal::net
