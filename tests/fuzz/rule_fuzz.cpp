// Recurrence lines, one per line: checks and expands them, and checks the bounds.
#include <sstream>

#include "src/emulator/model/recurrence.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream text(std::string(reinterpret_cast<const char*>(data), size));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line) && lines.size() < 8;) lines.push_back(line);
  for (const bool all_day : {false, true}) {
    emulator::EventTime start;
    start.all_day = all_day;
    start.date = "2026-03-01";
    start.zone = all_day ? "" : "Europe/Berlin";
    start.at = emulator::midnight(start.date, "Europe/Berlin");
    if (!emulator::check_recurrence(lines, start)) continue;
    const auto starts = emulator::expand(lines, start, "Europe/Berlin", start.at,
                                         start.at + std::chrono::hours{24 * 400}, 1'000);
    if (starts.size() > 1'000) __builtin_trap();
    for (std::size_t i = 1; i < starts.size(); ++i)
      if (starts[i].at <= starts[i - 1].at) __builtin_trap();
    (void)emulator::last_start(lines, start, "Europe/Berlin");
  }
  return 0;
}
