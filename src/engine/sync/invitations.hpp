// What the CRM's mailer tells guests, beyond the mails of single acts: how a row is made from a
// write, and how rows that have not left yet are joined (decision 0046). Pure. Used by the cycle,
// which makes rows, and by hand_over, which joins them and gives them to the mailer.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// What came of a request.
struct Told {
  const Series* before = nullptr;  // what the remote side held; null: nothing
  const Series* after = nullptr;   // what it holds now
  base::Instant at{};
  std::string pair;
};

// The row for one mail about a request of `operation`. The same request always makes the same id.
Invitation invitation_of(const Operation& operation, const Link* link, const calendar::Mail& mail,
                         const Told& told);

// Of `rows`, those of all pairs about one UID, leaves those of `pair`, and returns which of the
// others the mailer has had: the event was in another calendar before, or another account has the
// calendar too. A guest knows their SEQUENCE; what is not at the mailer yet is the other pair's.
std::vector<Invitation> take_told_elsewhere(std::vector<Invitation>& rows, const std::string& pair);

// The highest SEQUENCE with which one of the recipients of `mails` was informed that it is
// cancelled; 0: none was.
std::int64_t highest_cancelled(const std::vector<Invitation>& told,
                               const std::vector<calendar::Mail>& mails);

// Whether the row may still be joined with a newer one: the mailer has not tried to deliver it.
bool may_be_taken_back(const Invitation& row);

// Joins what one guest was not informed yet about one UID. `rows`: all rows of the UID in one pair,
// in the order of their making. `elsewhere`: as take_told_elsewhere returned them. `taken_back`:
// ids of those of the guest that the mailer had and gave back. Returns the rows that change:
// - What is left to tell is the difference between what the guest was informed last and what the
// remote
//   side holds now, as calendar::plan_mails sees it: the newest rows become `ready` with it.
// - Nothing left, as after an undo: all are withdrawn. The others are replaced.
// - What is over at `now` is not informed any more.
std::vector<Invitation> join(const std::vector<Invitation>& rows,
                             const std::vector<Invitation>& elsewhere, const std::string& guest,
                             const std::set<std::string>& taken_back,
                             const std::set<std::string>& own, base::Instant now);

// Whether a row that is ready is about something that is over at `now`.
bool is_too_late(const Invitation& row, const std::set<std::string>& own, base::Instant now);

}  // namespace gcal::sync
