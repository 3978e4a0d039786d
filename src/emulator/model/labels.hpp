// The event labels of a calendar: names and colours that its events point to. Used by the
// calendars' writes and by those of events. Pure.
#pragma once

#include <string>

#include "src/common/base/random.hpp"
#include "src/emulator/model/event.hpp"

namespace emulator {

// The labels as they are stored: checked, those without an id get one. `properties` is
// labelProperties of a body. Errors as in Google's bodies.
Outcome<Json> read_labels(const Json& properties, gcal::base::Random& random);
bool has_label(const Json& labels, const std::string& id);

}  // namespace emulator
