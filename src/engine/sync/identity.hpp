// Names that derive from a link, so that a repeated creation meets the object of the first one
// instead of making a second. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace gcal::sync {

// Google's event id: lower-case base32hex, 5 to 1024 characters (Calendar API, Events: insert,
// `id`). The incarnation counts re-creations, because Google never frees the id of a deleted event.
inline std::string derived_google_id(const std::string& link_id, std::uint32_t incarnation) {
  return incarnation == 0 ? link_id : link_id + "i" + std::to_string(incarnation);
}

inline std::string derived_crm_id(const std::string& link_id, std::uint32_t incarnation) {
  return incarnation == 0 ? "g" + link_id : "g" + link_id + "i" + std::to_string(incarnation);
}

}  // namespace gcal::sync
