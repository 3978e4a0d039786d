// Which versions of a plugin ran on this host, so that an older one is not installed by mistake or
// by an attacker. Used by Plugins. One small file per plugin in the data folder; losing it forgets
// the rule, not the data.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "src/common/base/result.hpp"

namespace hosting {

// A version and the SHA-256 of its manifest, which covers every byte of the package.
struct PackageVersion {
  std::string version, hash;
  friend bool operator==(const PackageVersion&, const PackageVersion&) = default;
};

struct VersionRecord {
  PackageVersion newest;    // that ran here; version "": none yet
  bool is_healthy = false;  // the newest ran for a while without a failure
  PackageVersion before;    // the last one that was healthy before the newest; the way back
};

// -1, 0 or 1. Both are MAJOR.MINOR.PATCH of digits.
int compare_versions(std::string_view a, std::string_view b);

// May `candidate` run? denied: it is older than what ran, and not the way back. Pure.
gcal::Result<> check_not_older(const VersionRecord& record, const PackageVersion& candidate);
// The record after `started` began to run. Pure.
VersionRecord after_start(VersionRecord record, const PackageVersion& started);

// In file `folder`/<plugin>.version.json. A file that is damaged is reported, not forgotten.
gcal::Result<VersionRecord> read_version_record(const std::filesystem::path& folder,
                                                const std::string& plugin);
gcal::Result<> write_version_record(const std::filesystem::path& folder, const std::string& plugin,
                                    const VersionRecord& record);

}  // namespace hosting
