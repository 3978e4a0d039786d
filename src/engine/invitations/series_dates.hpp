// The dates of a series that a message names: the next ones and the last one. Rules of whole days
// within ten years; for others there is no answer. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "src/engine/calendar/event.hpp"

namespace gcal::invitations {

// What the series shows on its first `count` dates that end after `from`, in their order. Empty
// where the rule is not understood.
std::vector<calendar::Event> next_dates(const calendar::Series& series,
                                        std::chrono::sys_seconds from, std::size_t count);

// The last date of the rule, for "endet am"; nullopt: none, or it is not known.
std::optional<calendar::OriginalStart> last_start(const calendar::Series& series);

// When the appointment with all its dates has ended; nullopt: never, or it is not known.
std::optional<std::chrono::sys_seconds> end_of(const calendar::Series& series);

}  // namespace gcal::invitations
