// A package on disk: its folder is checked against its manifest and copied, so that what was
// checked is what runs. Used by Plugins. It must never run anything of a package, and never follow
// a link out of it.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "src/common/base/json.hpp"
#include "src/hosting/plugins/manifest.hpp"

namespace hosting {

// The manifest of a package, parsed and as text.
struct ReadManifest {
  Manifest manifest;
  std::string text;
};

// Reads `folder`/<name of the folder>.json. Every message of this header is a sentence for the
// administrator; invalid: the package is at fault, unavailable or denied: the disk is.
gcal::Result<ReadManifest> read_manifest(const std::filesystem::path& folder);

struct Package {
  Manifest manifest;
  std::filesystem::path library;                    // the private copy
  std::map<std::string, gcal::base::Json> strings;  // language -> texts by key
};

// Checks the folder against its manifest and copies it to run/<id>/<version>-<hash8>/, readable by
// this user alone. The checksums are those of the bytes that were copied. Older copies of the
// plugin are removed: it must not be loaded.
gcal::Result<Package> stage_package(const std::filesystem::path& folder, ReadManifest read,
                                    const std::filesystem::path& run);

}  // namespace hosting
