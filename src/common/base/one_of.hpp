// Membership in a short list of words, as the checks of input need it. Pure; callable from every
// thread.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace gcal::base {

inline bool is_one_of(std::string_view value, std::initializer_list<std::string_view> allowed) {
  return std::ranges::find(allowed, value) != allowed.end();
}

}  // namespace gcal::base
