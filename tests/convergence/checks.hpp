// What must hold between the calendars at any time, judged by the lists alone: guests' copies show
// what the organizer's event shows, the occurrences are those that rules and exceptions give,
// free/busy is what the events say, and the other lists agree with them. Each check reports what it
// finds to World::violation().
#pragma once

#include <array>

#include "tests/convergence/sync_client.hpp"
#include "tests/convergence/world.hpp"

namespace convergence {

// One list of each calendar, as its owner gets it.
using Lists = std::array<Items, kCalendars>;
Lists all_lists(World& world, const ListForm& form);
inline constexpr ListForm kDefaultForm{};
inline constexpr ListForm kSingleEvents{.single_events = true};

// `whole` are lists of the default form, `single` those with singleEvents.
void check_copies(World& world, const Lists& single);
void check_expansion(World& world, const Lists& whole, const Lists& single);
void check_free_busy(World& world, const Lists& single);
void check_instances(World& world, const Lists& whole, const Lists& single, Draw& draw);
void check_searches(World& world, const Lists& whole, const Lists& single, Draw& draw);

}  // namespace convergence
