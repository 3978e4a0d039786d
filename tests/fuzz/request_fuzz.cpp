// One HTTP request: "METHOD target\nheaders\n\nbody" as text, to the emulator in process.
#include "tests/unit/emulator/in_process.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static emulator::InProcess google;
  static int inputs = 0;
  if (++inputs % 100 == 0) google.reset();  // inputs build on those before, up to 100
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.find('\n'), space = text.find(' ');
  if (line == std::string::npos || space > line) return 0;
  const std::string target = text.substr(space + 1, line - space - 1);
  if (target.starts_with("/_emulator")) return 0;  // the controls are trusted
  (void)google.call(text.substr(0, space), target, text.substr(line + 1));
  return 0;
}
