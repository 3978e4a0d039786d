// A recurrence rule in words: "jeden Montag", "alle 2 Wochen am Montag und Mittwoch". Pure. It must
// never say what the rule does not mean: for what it cannot say it says nothing.
#pragma once

#include <optional>
#include <string>

#include "src/engine/calendar/event.hpp"
#include "src/engine/invitations/invitation.hpp"

namespace gcal::invitations {

// Of a series with one rule and nothing beside it but EXDATE; nullopt: another series, or a rule
// that has no words.
std::optional<std::string> spoken_rule(const calendar::Series& series, Language language);

// COUNT as "6 Termine" | "6 dates"; "" without one.
std::string spoken_count(const calendar::Series& series, Language language);

// Does Outlook show the series? Not without a rule, and not with two weekdays counted in a month.
bool outlook_shows(const calendar::Series& series);

}  // namespace gcal::invitations
