// The discovery document of the Calendar API, generated from the tables by which CalendarApi serves
// it (methods.hpp, schemas.hpp). Google's clients for Python and their like read it before their
// first call. Pure.
#pragma once

#include "src/emulator/http/message.hpp"

namespace emulator {

bool is_discovery(std::string_view path);
// The document, or the list of the APIs; 404 for any other API or version. The addresses in it are
// those under which the client has reached the emulator.
Response discovery(const Request& request);

}  // namespace emulator
