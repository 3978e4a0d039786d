// What may be sent to Google and when: a port. Requests are paced so that the quotas of a user and
// of the project are not met, instead of being refused. One object serves all accounts of a
// process. Used by PacedHttp; implemented by TokenBuckets.
#pragma once

#include <chrono>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/task.hpp"

namespace gcal::google {

// Whom a request serves: a user who waits, a notification, a poll, an import. While there is not
// enough for all, the first come first.
enum class Priority { user, push, poll, backfill };

// A pause that Google asks for is waited for in place up to this; a longer one ends the run.
inline constexpr base::Milliseconds kLongestPause = std::chrono::minutes{1};

class Budget {
 public:
  virtual ~Budget() = default;
  // Waits until `user` may spend `units`, and spends them. Errors: cancelled; unavailable with the
  // rest of the pause that Google asked for, if that is longer than kLongestPause.
  virtual Task<> take(std::string user, unsigned units, Priority priority) = 0;
  // Google refused a request of `user` for its pace, and asked to wait (0: it did not say).
  virtual void refused(const std::string& user, base::Milliseconds wait) = 0;
};

}  // namespace gcal::google
