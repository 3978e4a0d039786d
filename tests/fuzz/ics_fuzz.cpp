// An iCalendar file.
#include "src/emulator/load/world.hpp"
#include "src/emulator/model/google_model.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/seeded_random.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gcal::support::ManualClock clock;
  gcal::support::SeededRandom random(1);
  emulator::GoogleModel google(clock, random);
  google.add_account("anna@example.com", "Anna");
  (void)emulator::load_ics(google, "anna@example.com", "x.ics",
                           std::string(reinterpret_cast<const char*>(data), size), false);
  return 0;
}
