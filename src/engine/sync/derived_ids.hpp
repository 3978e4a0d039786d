// Ids of created objects, derived from their link: a repeated creation meets the object of the
// first attempt instead of making a second one. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// The id at the remote side. Link ids are lower-case base32hex, so it satisfies Google's rule for
// event ids (5 to 1024 characters of base32hex). `incarnation` counts re-creations: Google never
// frees the id of a deleted event.
inline std::string derived_remote_id(const std::string& link_id, std::uint32_t incarnation) {
  return incarnation == 0 ? link_id : link_id + "i" + std::to_string(incarnation);
}

// The id in the CRM.
inline std::string derived_crm_id(const std::string& link_id, std::uint32_t incarnation) {
  return incarnation == 0 ? "g" + link_id : "g" + link_id + "i" + std::to_string(incarnation);
}

inline std::string derived_id(SideName side, const Link& link) {
  return side == SideName::crm ? derived_crm_id(link.id, link.incarnation)
                               : derived_remote_id(link.id, link.incarnation);
}

}  // namespace gcal::sync
