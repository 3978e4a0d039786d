// Notices that a package was installed: its signature file, or without one its manifest, is another
// file than before, because an installation renames it into place last. Used by Plugins.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <vector>

#include "src/common/base/result.hpp"

namespace hosting {

// The packages in `folder`, sorted: each sub-folder whose name does not begin with a dot.
// unavailable: it cannot be read.
gcal::Result<std::vector<std::filesystem::path>> find_packages(const std::filesystem::path& folder);

class PackageWatch {
 public:
  // Is the package another one than at the last call for it? The first call answers true.
  bool has_changed(const std::filesystem::path& package);

 private:
  struct Mark {
    std::uint64_t device = 0, file = 0;
    std::int64_t size = -1;  // -1: there is no such file
    std::int64_t seconds = 0, nanoseconds = 0;
    // When it was renamed last, too: the file of a package that is installed again may have
    // content, time and even the number of the file that is there before the one it replaces.
    std::int64_t changed_seconds = 0, changed_nanoseconds = 0;
    friend bool operator==(const Mark&, const Mark&) = default;
  };
  static Mark mark_of(const std::filesystem::path& file);

  std::map<std::filesystem::path, Mark> seen_;
};

}  // namespace hosting
