// The resources of the Calendar API as data: each member with its type. Used by the discovery
// document. Which members of an event may be written says model/event_members.hpp; the tests
// compare both with what the server answers.
#pragma once

#include <span>
#include <string_view>

namespace emulator {

struct Property {
  // "Event", or the place of an object that is described where it occurs: "Event.creator".
  std::string_view schema;
  std::string_view name;
  // string, boolean, integer (int32), int64, date, date-time, any; object, whose members follow
  // under "schema.name"; a schema. [T] is an array, {T} a map from any key.
  std::string_view type;
  std::string_view fallback = {};  // the documented default
};

// In the order of the schemas.
std::span<const Property> schema_properties();

}  // namespace emulator
