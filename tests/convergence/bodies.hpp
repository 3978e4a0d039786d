// The bodies of the requests: random titles, times, rules and guests. Used by the acts.
#pragma once

#include <string>
#include <vector>

#include "tests/convergence/world.hpp"

namespace convergence {

// Titles consist of two words, places of one; no word is part of another or of an address, so
// that searches can be judged.
std::string random_title(Draw& draw);
std::string random_place(Draw& draw);

struct Times {
  Moment start;
  Seconds length = 0;
};
Times random_times(const World& world, Draw& draw, bool all_day);
// "start":{...},"end":{...}
std::string times_members(const Times& times);
std::string random_rule(Draw& draw, const Moment& start);  // one RRULE line

std::string main_series_body(const World& world, Draw& draw);
// A single event or a series of the calendar, with some guests.
std::string event_body(const World& world, Draw& draw, int calendar, bool series);
// A list of attendees: `people` without the calendar's own address.
std::string attendees_json(const std::vector<std::string>& emails);
std::vector<std::string> random_guests(const World& world, Draw& draw, int calendar);
std::string acl_body(const std::string& email, const std::string& role);

}  // namespace convergence
