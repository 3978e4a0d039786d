#include "src/hosting/web/decoded_path.hpp"

#include "src/common/net/url.hpp"

namespace hosting {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;

// What RFC 3986 allows in a segment without an escape, besides the unreserved characters. Clients
// escape these or leave them.
constexpr std::string_view kEither = "!$&'()*+,;=:@";

// Is the segment the one spelling of its text? Characters of kEither have two, which all read
// alike.
bool is_canonical(std::string_view segment, std::string_view decoded) {
  if (decoded == "." || decoded == "..") return false;
  if (decoded.find_first_of("/\\") != std::string_view::npos) return false;
  std::string spelled;
  for (const char c : segment)
    spelled += kEither.find(c) == std::string_view::npos ? std::string(1, c)
                                                         : gcal::net::percent_encode({&c, 1});
  return spelled == gcal::net::percent_encode(decoded);
}

}  // namespace

Result<std::vector<std::string>> decoded_path(std::string_view path) {
  const Error unknown{Code::not_found, "there is no such path", {}};
  if (!path.starts_with('/') || (path.size() > 1 && path.ends_with('/'))) return unknown;
  std::vector<std::string> out;
  for (const std::string_view segment : gcal::net::path_segments(path)) {
    TRY(std::string text, gcal::net::percent_decode(segment));
    if (!is_canonical(segment, text)) return unknown;
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace hosting
