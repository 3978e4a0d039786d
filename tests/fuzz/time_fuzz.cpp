// A time of RFC 3339, and a date: what is accepted is written and read again as the same.
#include <cstdint>

#include "src/common/icalendar/rfc3339.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gcal::icalendar;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto time = parse_rfc3339(text)) {
    const auto again = parse_rfc3339(format_rfc3339(*time, "UTC"));
    if (!again || *again != *time) __builtin_trap();
  }
  if (const auto date = parse_date(text)) {
    const auto again = parse_date(format_date(*date));
    if (!date->ok() || !again || *again != *date) __builtin_trap();
  }
  (void)parse_local(text, "Europe/Berlin");
  return 0;
}
