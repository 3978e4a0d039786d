// The passwords that guessing begins with. Used by Passwords. Pure.
#pragma once

#include <string_view>

namespace host {

// Is it one of the 3,000 most frequent ones that are long enough for this CRM, in any case of its
// letters? (ASVS 5.0 6.2.4)
bool is_common_password(std::string_view password);

}  // namespace host
