#include "tests/sim/simulation.hpp"

namespace gcal::simulation {
namespace {

constexpr std::string_view kBoth[]{
    "act during a cycle",
    "act: crm changes one of",
    "act: crm creates",
    "act: crm deletes",
    "act: crm describes",
    "act: crm moves",
    "act: crm renames",
    "act: crm toggles",
    "act: google creates",
    "act: google deletes",
    "act: google gives the right to write back",
    "act: google no longer refuses",
    "act: google refuses",
    "act: google refuses new appointments",
    "act: google refuses the account",
    "act: google shares the calendar again",
    "act: google shares the calendar no more",
    "act: google takes new appointments again",
    "act: google takes the account again",
    "act: google takes the right to write",
    "act: user connects the account again",
    "act: user disconnects the account",
    "cycle: fails",
    "cycle: of a view-only pair",
    "cycle: quiet",
    "cycle: restores copies",
    "cycle: the calendar is gone",
    "cycle: the first fails",
    "cycle: the right is back",
    "cycle: the right is lost",
    "cycle: writes",
    "fault: crash after crm.apply",
    "fault: crash after journal.commit",
    "fault: crash after side.changes",
    "fault: crash before crm.apply",
    "fault: crash before journal.commit",
    "fault: crash before side.changes",
    "fault: error after crm.apply",
    "fault: error after journal.commit",
    "fault: error after side.changes",
    "fault: error before crm.apply",
    "fault: error before journal.commit",
    "fault: error before side.changes",
    "held: held.denied",
    "held: held.failing",
};
constexpr std::string_view kMemory[]{
    "act: crm no longer repeats",
    "act: crm repeats",
    "act: crm takes back the last edit of",
    "act: google changes one of",
    "act: google describes",
    "act: google expires its cursors",
    "act: google moves",
    "act: google no longer repeats",
    "act: google renames",
    "act: google repeats",
    "act: google takes back the last edit of",
    "act: google toggles",
    "fault: crash after remote.write",
    "fault: crash before remote.write",
    "fault: error after remote.write",
    "fault: error before remote.write",
};
constexpr std::string_view kEmulator[]{
    "act: crm changes the guests of",
    "act: crm splits",
    "act: google edits",
    "act: google ends",
    "act: google expires its sync tokens",
    "act: google is cleared",
    "act: google splits",
    "fault: crash after google.http",
    "fault: crash before google.http",
    "fault: error after google.http",
    "fault: error before google.http",
};

}  // namespace

std::vector<std::string_view> marks(bool emulator) {
  std::vector<std::string_view> all(std::begin(kBoth), std::end(kBoth));
  if (emulator)
    all.insert(all.end(), std::begin(kEmulator), std::end(kEmulator));
  else
    all.insert(all.end(), std::begin(kMemory), std::end(kMemory));
  return all;
}

}  // namespace gcal::simulation
