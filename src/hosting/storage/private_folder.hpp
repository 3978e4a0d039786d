// The folder of a program's own files, which other users of the machine may not enter.
#pragma once

#include <filesystem>

#include "src/common/base/result.hpp"

namespace hosting {

// Creates the folder when it is missing, and closes it to others in any case. denied: the message
// names the folder and the reason. [any thread, blocks]
gcal::Result<> make_private_folder(const std::filesystem::path& folder);

}  // namespace hosting
