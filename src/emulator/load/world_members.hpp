// The members that a world may have and their types, checked before it is loaded. Used by
// load_world(). Pure. The bodies of events are not checked here: storing them does it.
#pragma once

#include <string>
#include <vector>

#include "src/common/base/json.hpp"

namespace emulator {

// Each problem names its place: "accounts[0].calendars[1]: unknown member timeZone". Never holds a
// value of the world, which may be a token.
std::vector<std::string> check_members(const gcal::base::Json& world);

}  // namespace emulator
