// The content of a small file, read in one go. Used by the programs for files of their own and of
// their operators. A file that others may exchange or that may be of any size is read by who knows
// its bounds (src/hosting/plugins/package.cpp).
#pragma once

#include <filesystem>
#include <string>

#include "src/common/base/result.hpp"

namespace gcal::base {

// The bytes of the file as they are. not_found: there is none; unavailable: it cannot be read to
// its end, or is a folder. The message names the file and the reason. [any thread, blocks]
Result<std::string> read_whole_file(const std::filesystem::path& path);

}  // namespace gcal::base
