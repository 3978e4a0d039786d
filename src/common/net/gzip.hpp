// gzip (RFC 1952) for HTTP bodies. Used by http_client and http_server.
// Inflating never produces more than the limit it was given, whatever the input claims.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "src/common/base/result.hpp"

namespace gcal::net {

std::string gzip(std::string_view plain);
// Errors: invalid (no gzip, truncated, trailing bytes, wrong checksum, more than `limit` bytes).
Result<std::string> gunzip(std::string_view packed, std::size_t limit);

}  // namespace gcal::net
