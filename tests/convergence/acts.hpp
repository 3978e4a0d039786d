// What people do in a history: through the Calendar API, and on Google's page through the
// emulator's control. An act that finds no event to change does nothing and is counted so. Where
// it follows from the documentation that an act must succeed, and what it must show at once, it is
// checked here; what it means for others is checked in checks.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/convergence/world.hpp"

namespace convergence {

struct ActKind {
  const char* name;
  int weight;
  void (*perform)(World&, Draw&);
};

const std::vector<ActKind>& act_kinds();

// The acts of one group, each in a file of its own.
std::vector<ActKind> organizer_acts();
std::vector<ActKind> series_acts();
std::vector<ActKind> guest_acts();
std::vector<ActKind> calendar_acts();

// An event, or an occurrence of a series, as its actor sees it.
struct Target {
  int person = 0, calendar = 0;
  std::string id;
  std::string item;         // as the list or events.get shows it
  bool occurrence = false;  // chosen among the occurrences of a series
  KnownEvent known;
};

enum class Side { organizer, guest };
enum class Scope { whole, occurrence, either };
enum class Living { yes, no };

std::optional<Target> choose(World& world, Draw& draw, Side side, Scope scope,
                             Living living = Living::yes);

// Sends the request, once more when a fault hit it and the actor does not give up.
Answer act(World& world, Draw& draw, int person, const std::string& method, const std::string& path,
           const std::string& body);
Answer patch(World& world, Draw& draw, const Target& target, const std::string& body);
// Reports an answer other than 2xx to an act that the actor may do.
void expect_success(World& world, const char* what, const Target& target, const Answer& answer);

// The attendee's entry of an event; "" when there is none.
std::string_view attendee(std::string_view event, std::string_view email);

}  // namespace convergence
