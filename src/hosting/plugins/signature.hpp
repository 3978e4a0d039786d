// Who made a package: the Ed25519 signature over its manifest, and the keys that this host trusts.
// The manifest holds size and SHA-256 of every other file, so the signature covers the package.
// Used by Plugins before anything of a package is copied or opened. It must never accept a second
// spelling of a signature: each file has one form.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/result.hpp"

namespace hosting {

struct PackageKey {
  std::string key;   // 64 lower-case hex digits
  std::string name;  // whose it is, for the administrator
  bool revoked = false;
};

// One key per line: "trusted ed25519:<64 hex digits> NAME" or "revoked ed25519:<...> NAME". Empty
// lines and lines that begin with '#' are skipped. A key that is listed twice is revoked if one
// line says so. Pure. invalid: names the line.
gcal::Result<std::vector<PackageKey>> parse_package_keys(std::string_view text);
// Of a file; no keys when there is none.
gcal::Result<std::vector<PackageKey>> read_package_keys(const std::filesystem::path& file);

// What is known of a package's origin, as the page and the API name it.
enum class Origin {
  valid,      // signed with a trusted key
  unsigned_,  // without a signature
  altered,    // a signature that does not fit the manifest, or a file that does not fit either
  refused     // signed with a key that is unknown or revoked
};
std::string_view name_of(Origin origin);  // "valid" | "unsigned" | "altered" | "refused"

struct SignatureCheck {
  Origin origin = Origin::unsigned_;
  std::string signed_by;  // the name of the key, if it is known
  std::string reason;     // "" when valid or unsigned; a sentence for the administrator
};

// signature: the bytes of <name>.sig, "ed25519:<64 hex> <128 hex>\n"; nothing without one. Pure.
SignatureCheck check_signature(std::string_view manifest,
                               const std::optional<std::string>& signature,
                               std::span<const PackageKey> keys);

}  // namespace hosting
