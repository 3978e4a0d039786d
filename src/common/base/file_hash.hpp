// The digest of a file of any size, read piece by piece.
#pragma once

#include <filesystem>
#include <string>

#include "src/common/base/result.hpp"

namespace gcal::base {

// SHA-256 in lower-case hex. unavailable: the file cannot be read to its end. [any thread, blocks]
Result<std::string> sha256_of_file(const std::filesystem::path& path);

}  // namespace gcal::base
