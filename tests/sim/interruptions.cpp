// The acts that interrupt the connection of a pair: the service refuses the account, the calendar,
// one appointment or new ones, and takes them again; the calendar is no longer shared and returns;
// the user disconnects the account, edits copies and connects it again. What is expected: nothing
// is lost or doubled, a refusal of the account or the calendar holds no appointment, and what a
// user does to copies meanwhile is not carried over (decision 0034).
#include "tests/sim/random_faults.hpp"
#include "tests/sim/world.hpp"
#include "tests/support/run_task.hpp"

namespace gcal::simulation {

using namespace gcal::sync;

namespace {

constexpr int kAttempts = 3;

}  // namespace

std::optional<Pair> World::stored_pair() {
  Result<std::vector<Pair>> stored = support::run_task(loop_, journal_.pairs(pair_.account));
  if (!stored || stored->empty()) return std::nullopt;
  return std::move(stored->front());
}

// From the moment at which the engine stops following the copies until all are restored.
bool World::is_away() {
  if (disconnected_) return true;
  const std::optional<Pair> pair = stored_pair();
  return pair && (pair->state == PairState::gone || pair->returning);
}

bool World::is_left_out(SideName side, const std::string& token) {
  if (side != SideName::crm || !acts(token).at_remote()) return false;
  if (view_only()) return true;
  const bool away = in_cycle_ ? away_in_cycle_ || refusals_.gone : is_away();
  if (!away) return false;
  // What is no copy any more, because its original is gone, is the user's own again.
  if (!in_cycle_ && titles(token).remote) return true;
  acts(token).excuse();
  return false;
}

void World::interrupt() {
  if (calm_) return;
  if (disconnected_ || refusals_.any()) {
    if (random_.below(2) == 0) end_interruption();
    return;
  }
  switch (random_.below(6)) {
    case 0: refusals_.account = true; return note("google refuses the account");
    case 1: refusals_.creations = true; return note("google refuses new appointments");
    case 2: refusals_.role = true; return note("google takes the right to write");
    case 3: {
      const std::vector<std::string> tokens = tokens_in_crm();
      if (tokens.empty()) return;
      refusals_.token = tokens[random_.below(tokens.size())];
      item_refused_ = true;
      return note("google refuses " + refusals_.token);
    }
    case 4: refusals_.gone = true; return note("google shares the calendar no more");
    default: disconnect();
  }
}

void World::disconnect() {
  const std::optional<Pair> pair = stored_pair();
  if (!pair || pair->state != PairState::live) return;
  note("user disconnects the account");
  for (int i = 0; !pair->returning; ++i) {
    faults.decide = i < kAttempts ? random_faults(fault_random_, 6) : no_fault;
    start_process();
    Pair leaving = stored_pair().value_or(*pair);
    Cycle cycle(crm_, remote(), journal_, clock_, engine_random_, {});
    const Result<> left = support::run_task(loop_, cycle.leave(leaving));
    if (left) break;
    if (i >= kAttempts) return violation("the account cannot be left: " + left.error().message);
  }
  faults.decide = no_fault;
  start_process();
  disconnected_ = true;
  for (auto& [token, acts] : acts_) {
    const Titles now = titles(token);
    acts.left(now.remote.has_value(), now.crm.has_value());
  }
}

// The account is connected again, or its calendar list has the calendar again.
void World::come_back() {
  std::optional<Pair> pair = stored_pair();
  if (!pair || (!disconnected_ && pair->state != PairState::gone)) return;
  pair->state = PairState::live;
  pair->returning = true;
  faults.decide = no_fault;
  start_process();
  WriteBatch batch;
  batch.pairs.push_back(*std::move(pair));
  (void)support::run_task(loop_, journal_.commit(std::move(batch)));
  disconnected_ = false;
}

void World::end_interruption() {
  if (disconnected_) note("user connects the account again");
  if (refusals_.account) note("google takes the account again");
  if (refusals_.creations) note("google takes new appointments again");
  if (refusals_.role) note("google gives the right to write back");
  if (refusals_.gone) note("google shares the calendar again");
  if (!refusals_.token.empty()) note("google no longer refuses " + refusals_.token);
  refusals_ = {};
  come_back();
}

}  // namespace gcal::simulation
