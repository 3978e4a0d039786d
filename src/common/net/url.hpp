// URLs and forms: parse, percent-encode, query strings. Pure. Used by every client and server of
// the project.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/common/base/result.hpp"

namespace gcal::net {

struct Url {
  std::string scheme;  // "https" | "http", lower case
  std::string host;    // lower case, without brackets
  std::uint16_t port = 0;
  std::string path;   // begins with '/'
  std::string query;  // without '?'

  std::string target() const;  // path and query
  std::string origin()
      const;  // scheme://host[:port], the port only when it is not the scheme's own
};

// Absolute http and https URLs without user-info and fragment; everything else is invalid.
Result<Url> parse_url(std::string_view text);
bool is_loopback(const Url& url);  // 127.0.0.0/8, ::1, localhost

std::string percent_encode(std::string_view text);          // all but RFC 3986 unreserved
Result<std::string> percent_decode(std::string_view text);  // refuses broken escapes and NUL
std::vector<std::string_view> path_segments(std::string_view path);  // "/a/b%2Fc" -> "a", "b%2Fc"

using Parameters = std::vector<std::pair<std::string, std::string>>;  // in order; a name may repeat
std::string form_encode(const Parameters& parameters);  // application/x-www-form-urlencoded
Result<Parameters> form_decode(std::string_view text);  // '+' is a space
std::string_view parameter(const Parameters& parameters,
                           std::string_view name);  // the first, "" when absent
std::size_t parameter_count(const Parameters& parameters, std::string_view name);

}  // namespace gcal::net
