// X-HTTP-Method-Override: for clients whose network lets only GET and POST pass, and for queries
// that are too long for a URL. Used by Emulator for requests and for the parts of a batch. Pure.
#pragma once

#include "src/emulator/http/message.hpp"

namespace emulator {

// Gives a POST to the Calendar API the method that its header names; scopes, quotas, faults and
// conditions see that one. With GET, a form in the body is the query: Google's client for Python
// sends it so when the URL would have more than 2048 characters.
void apply_method_override(Request& request);

}  // namespace emulator
