// A package on disk: its folder is checked against its manifest and copied, so that what was
// checked is what runs. Used by Plugins. It must never run anything of a package, and never follow
// a link out of it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "src/common/base/json.hpp"
#include "src/hosting/plugins/manifest.hpp"

namespace hosting {

// What says what a package is: its manifest and its signature, as they are in the folder.
struct PackageText {
  std::string manifest;
  std::optional<std::string> signature;  // nothing without a signature file
};

// Reads `folder`/<name of the folder>.json and .sig. Every message of this header is a sentence for
// the administrator; invalid: the package is at fault, unavailable or denied: the disk is.
gcal::Result<PackageText> read_package_text(const std::filesystem::path& folder);

// The manifest of that text; the message names the file.
gcal::Result<Manifest> manifest_of(const std::filesystem::path& folder, const PackageText& text);

// SHA-256 of the manifest in hex: it covers every byte of the package.
std::string package_hash(const PackageText& text);

struct Package {
  Manifest manifest;
  std::string hash;                                 // package_hash
  std::filesystem::path copy;                       // the private folder
  std::filesystem::path library;                    // in the copy
  std::map<std::string, gcal::base::Json> strings;  // language -> texts by key; see read_texts
};

// Checks the folder against its manifest and copies it to run/<id>/<version>-<hash8>/, readable by
// this user alone. Sizes and checksums are those of the bytes that were copied. `in_use` is the
// copy that a running version was loaded from; all other copies of the plugin are removed. invalid:
// the files are not what the manifest says.
gcal::Result<Package> stage_package(const std::filesystem::path& folder, const PackageText& text,
                                    Manifest manifest, const std::filesystem::path& run,
                                    const std::filesystem::path& in_use = {});
// Fills `strings` from the copy. invalid: what the maker wrote there are no texts.
gcal::Result<> read_texts(Package& package);

}  // namespace hosting
