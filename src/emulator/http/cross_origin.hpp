// Cross-origin requests of pages in a browser (the Fetch standard, CORS): what Google's API allows
// them. Used by Emulator. Pure.
#pragma once

#include "src/emulator/http/message.hpp"

namespace emulator {

// A preflight (OPTIONS), which has no authorization, to a path that pages may call. nullopt for
// every other request.
std::optional<Response> answer_preflight(const Request& request);

// Lets the page that sent the request read the answer, where Google does.
void allow_origin(const Request& request, Response& response);

// `origin` is the Origin header, which a browser sends with each request of a page of another
// origin; `own` is how the client reaches the emulator.
bool is_other_origin(std::string_view origin, std::string_view own);

}  // namespace emulator
