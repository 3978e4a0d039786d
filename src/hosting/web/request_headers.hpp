// The header fields of a vendor's request by name. Used by the files of this folder. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/common/icalendar/ascii.hpp"
#include "src/hosting/crm_hosting/web.hpp"

namespace hosting {

// The first of that name, in any case; "" when absent.
inline std::string_view header(const std::vector<crm_hosting::Header>& headers,
                               std::string_view name) {
  const std::string wanted = gcal::icalendar::lower(name);
  for (const auto& [known, value] : headers)
    if (gcal::icalendar::lower(known) == wanted) return value;
  return {};
}

}  // namespace hosting
