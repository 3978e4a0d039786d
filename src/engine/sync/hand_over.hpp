// Gives what the guests are to be informed to the CRM's mailer. Called by the plugin's runs, before
// and after their cycles, and by the simulation. What it does is stored before and after each call
// of the mailer, so that it may end at any point and be repeated: the mailer answers a repeated key
// alike. Thread: loop thread.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/task.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// The CRM's mailer, as crm.mailer/0 describes it. Errors of every function, for all of it:
// unavailable (there is none, or it is not ready: nothing is lost and the rows wait).
class Mailer {
 public:
  virtual ~Mailer() = default;

  // Stores messages. One answer for each, in order: an error with the code invalid means that it
  // can never be sent, any other that it may be tried again.
  virtual Task<std::vector<Result<>>> submit(std::vector<Invitation> messages) = 0;
  // Takes messages back that it never tried to deliver. One answer for each key: not_found, it
  // never had it; conflict, it has tried.
  virtual Task<std::vector<Result<>>> withdraw(std::vector<std::string> keys) = 0;
};

struct HandOverReport {
  std::size_t handed_over = 0;
  std::size_t refused = 0;
  std::size_t left = 0;  // messages that the mailer did not take now
};

// Hands over everything of one pair. `own`: the account's addresses, normalised. Errors: those of
// the journal and of the mailer.
Task<HandOverReport> hand_over(Journal& journal, Mailer& mailer, std::string pair,
                               std::set<std::string> own, base::Instant now);

}  // namespace gcal::sync
