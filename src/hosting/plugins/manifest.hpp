// The manifest of a package: what a plugin is, needs, offers and mounts, read before a byte of its
// library runs. Used by package and loaded_plugin. It must never guess: a member that is missing or
// of another shape refuses the package and is named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/result.hpp"

namespace hosting {

struct ManifestRoute {
  std::string path;
  std::vector<std::string> methods;
  bool needs_session = true;
  std::size_t max_body = 0;
  std::string sender;  // the header that names who sends; "" without one
};

// An option that the administrator may set.
struct ManifestOption {
  std::string type;  // "text" | "integer" | "boolean" | "url" | "secret"
  bool required = false;
  std::optional<std::string> default_value;
};

struct PackageFile {
  std::string sha256;                // in lower-case hex
  std::optional<std::int64_t> size;  // in bytes; nothing when the manifest does not say
  friend bool operator==(const PackageFile&, const PackageFile&) = default;
};

struct Manifest {
  std::string id, version;
  std::int64_t abi_major = 0, abi_minor = 0;
  std::string name_key, add_key, icon, vendor;
  std::string library;
  std::vector<std::string> required, optional, provided, hooks;
  std::vector<ManifestRoute> routes;
  std::map<std::string, ManifestOption> options;  // by name
  std::map<std::string, PackageFile> files;       // by path below the package

  bool provides(std::string_view capability) const;
  bool wants_hook(std::string_view name) const;
};

// Pure. The message completes "the manifest ... is damaged: ".
gcal::Result<Manifest> parse_manifest(std::string_view text);

// Does this host speak the plugin's contract and offer what it needs? The message says what to do.
gcal::Result<> check_contract(const Manifest& manifest);

// Have the options that were set the types that the manifest declares, and are the required ones
// there? An empty value counts as not set; what the manifest does not declare is not looked at. The
// message names option and type, and no value.
gcal::Result<> check_options(const Manifest& manifest,
                             const std::map<std::string, std::string>& values);
// The values, and the declared defaults of those that were not set.
std::map<std::string, std::string> with_defaults(const Manifest& manifest,
                                                 std::map<std::string, std::string> values);

}  // namespace hosting
