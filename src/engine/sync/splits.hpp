// "This and following" as one operation of two writes (decision 0031): which origins have to wait
// until their heir exists at the remote side, and which splits have ended. Pure; used by the cycle
// before it plans.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// A series of the CRM that takes part in a split.
struct SplitMember {
  bool agreed = false;   // it exists on both sides
  bool pending = false;  // the CRM holds something that the remote side does not know yet
};

struct SplitReview {
  std::set<std::string> waiting;  // nothing is written to the remote side for these
  std::vector<Split> ended;
};

// `members`: by id in the CRM; a series that is missing no longer exists there.
SplitReview review(const std::vector<Split>& splits,
                   const std::map<std::string, SplitMember>& members);

}  // namespace gcal::sync
