// Decides whether a listing has another page. Used by google_side and calendar_list. The page token
// alone decides, never the number of items: an empty page may be followed by others (P-05).
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "src/common/base/result.hpp"

namespace gcal::google {

class Paging {
 public:
  // true: `token` (the answer's nextPageToken, "" if absent) leads to another page. Errors:
  // unavailable if a token repeats or the listing exceeds the maximum number of pages.
  Result<bool> more(const std::string& token) {
    if (token.empty()) return false;
    if (seen_.size() >= kMaxPages || !seen_.insert(token).second)
      return Error{
          Code::unavailable, "Google's listing goes in circles; it will be read again", {}};
    return true;
  }

 private:
  static constexpr std::size_t kMaxPages = 10'000;
  std::set<std::string> seen_;
};

}  // namespace gcal::google
