// An iCalendar file.
#include "tests/emulator/load/world.hpp"
#include "tests/emulator/test/in_process.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  emulator::InProcess google;
  (void)emulator::load_ics(google.emulator.google(), "anna@example.com", "x.ics", std::string(reinterpret_cast<const char*>(data), size), false);
  return 0;
}
