#include "tests/sim/simulation.hpp"

namespace gcal::simulation {
namespace {

constexpr std::string_view kBoth[]{
    "act: crm changes one of",
    "act: crm creates",
    "act: crm deletes",
    "act: crm describes",
    "act: crm moves",
    "act: crm renames",
    "act: crm toggles",
    "act: google creates",
    "act: google deletes",
    "cycle: fails",
    "cycle: quiet",
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
};
constexpr std::string_view kMemory[]{
    "act: google changes one of",
    "act: google describes",
    "act: google expires its cursors",
    "act: google moves",
    "act: google renames",
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
