// E-mail addresses as hosts and plugins compare them. Pure. It must never decide whether an
// address can be delivered to.
#pragma once

#include <string>
#include <string_view>

namespace hosting {

// Trimmed and in lower case: how addresses are compared everywhere. "" when it is no address.
std::string normalised_address(std::string_view text);

}  // namespace hosting
