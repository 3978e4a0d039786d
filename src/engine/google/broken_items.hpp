// Keeps one event that is not valid JSON, and that repaired_json does not make so, from making its
// whole page unreadable (P-06). Used by the client when an answer cannot be parsed. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gcal::google {

// `body` with each element of its member `items` that cannot be parsed replaced by an object with
// nothing but its ids, which the reader of events reports as unreadable. `body` itself if it is
// not an object with whole items, or an element's id cannot be found.
std::string without_broken_items(std::string_view body);

}  // namespace gcal::google
