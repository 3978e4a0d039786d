// Everything that is decided about a package before code of it runs: its signature, its manifest,
// its version and its files. Used by Plugins. It must never open a library.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "src/hosting/plugins/package.hpp"
#include "src/hosting/plugins/plugins.hpp"
#include "src/hosting/plugins/version_record.hpp"

namespace hosting {

// Whether a package of this id may be installed in its folder now.
using IdCheck = std::function<gcal::Result<>(const std::string& id)>;

// Checks `folder` and copies it below data/run. Fills in what is known of the package, also when
// it is refused. may_install: asked once the manifest is trusted and before anything below data/run
// changes, where the copy of another package with the same id may be in use. in_use: the copy that
// a running version of this folder was loaded from.
gcal::Result<Package> check_package(const std::filesystem::path& folder,
                                    const std::filesystem::path& data,
                                    const PluginsOptions& options, PluginInfo& info,
                                    const IdCheck& may_install,
                                    const std::filesystem::path& in_use = {});

// The version of a package, as it is remembered.
PackageVersion version_of(const Package& package);

// Remembers that the version runs, or that it was healthy for a while.
gcal::Result<> remember_start(const std::filesystem::path& data, const std::string& plugin,
                              const PackageVersion& version);
gcal::Result<> remember_health(const std::filesystem::path& data, const std::string& plugin,
                               const PackageVersion& version);

}  // namespace hosting
