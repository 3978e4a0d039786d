// Links appointments with leads and contacts again after those changed (decision 7): a new lead
// with a guest's address gets the earlier appointments on its card. One run for all accounts. It
// must never create a record, and writes only links that differ.
#pragma once

#include <cstdint>

#include "plugin/parts.hpp"

namespace gcal::plugin {

// Follows the host's feed of records from where the last run stopped. Answers the number of
// appointments whose links changed.
Task<std::size_t> match_again(Parts& parts, std::int64_t fence);

}  // namespace gcal::plugin
