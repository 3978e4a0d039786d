// Follows page tokens: the one rule for when a listing has another page. Used by google_side and
// calendar_list. Never looks at the number of items: an empty page may be followed by others.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "src/common/base/result.hpp"

namespace gcal::google {

class Paging {
 public:
  // true: `token` (nextPageToken, "" when absent) leads to another page. Errors: unavailable (a
  // token came twice, or there is no end).
  Result<bool> more(const std::string& token) {
    if (token.empty()) return false;
    if (seen_.size() >= kMost || !seen_.insert(token).second)
      return Error{
          Code::unavailable, "Google's listing goes in circles; it will be read again", {}};
    return true;
  }

 private:
  static constexpr std::size_t kMost = 10'000;
  std::set<std::string> seen_;
};

}  // namespace gcal::google
