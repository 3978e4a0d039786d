// The event labels of a calendar: the names and colours that its events refer to by id. Used by
// writes of calendars and of events. Pure.
#pragma once

#include <string>

#include "src/common/base/random.hpp"
#include "src/emulator/model/event.hpp"

namespace emulator {

// The labels as they are stored; those without an id get one. `properties` is the labelProperties
// of a body. Errors: parseError, required, invalid.
Outcome<Json> read_labels(const Json& properties, gcal::base::Random& random);
bool has_label(const Json& labels, const std::string& id);

}  // namespace emulator
