// A generated calendar of any size, as a file for google_emulator --load. Used by bench_emulator.
// The same seed gives the same events on every machine.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

inline constexpr const char* kEmail = "anna@example.com";

std::string event_id(std::size_t number);
// A body for events.insert as in an office calendar: a title, a description of about 100
// characters, a location, two attendees, reminders and an extended property; one of 25 is a weekly
// series.
std::string event_body(std::size_t number, std::uint64_t seed);
bool write_world(const std::string& path, std::size_t events, std::uint64_t seed);

}  // namespace bench
