// The members of a resource as a field mask, from the schemas. Used by CalendarApi: `fields` may
// select these and no others. Pure.
#pragma once

#include <string>
#include <string_view>

namespace emulator {

// "kind,items(id,start(date))" for a schema of schemas.hpp, `*` for any name; "" for no schema.
std::string response_members(std::string_view schema);

}  // namespace emulator
