// Google's partial responses: the query parameter `fields`. Used by the Calendar API. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "src/common/base/json.hpp"

namespace emulator {

// `kind,items(id,etag)`: the members that the mask names; nullopt when the text is not a mask.
std::optional<gcal::base::Json> apply_field_mask(const gcal::base::Json& value,
                                                 std::string_view mask);
// Whether the text is a mask that selects only members of `members`, which is a mask itself that
// names every member, with `*` for any name. An empty `members` allows all.
bool is_field_mask(std::string_view mask, std::string_view members);

}  // namespace emulator
