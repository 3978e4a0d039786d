#include "src/hosting/plugins/package_check.hpp"

#include <utility>

#include "host_api/capabilities/calendar.h"
#include "host_api/capabilities/settings.h"
#include "src/hosting/plugins/signature.hpp"

namespace hosting {
namespace {

namespace fs = std::filesystem;
using gcal::Code;
using gcal::Error;
using gcal::Result;

void describe(const Manifest& manifest, PluginInfo& info) {
  info.id = manifest.id;
  info.version = manifest.version;
  info.name_key = manifest.name_key;
  info.add_key = manifest.add_key;
  info.icon = manifest.icon;
  info.has_settings = manifest.provides(CRM_SETTINGS);
  info.has_calendar = manifest.provides(CRM_CALENDAR);
}

Result<> check_origin(const PackageText& text, const PluginsOptions& options, PluginInfo& info) {
  TRY(const auto keys, read_package_keys(options.package_keys));
  const SignatureCheck check = check_signature(text.manifest, text.signature, keys);
  info.origin = name_of(check.origin);
  info.signed_by = check.signed_by;
  // Without any key it is rather the list that is missing.
  if (check.origin == Origin::refused && keys.empty())
    return Error{Code::denied,
                 check.reason + " (" + options.package_keys.string() +
                     " is missing or holds no key)",
                 {}};
  if (!check.reason.empty()) return Error{Code::denied, check.reason, {}};
  if (check.origin == Origin::unsigned_ && !options.dev_unsigned)
    return Error{Code::denied,
                 "the package is not signed: install one that is signed with a trusted key, or "
                 "allow unsigned ones for development (crm_host --dev-unsigned, "
                 "Options::dev_unsigned)",
                 {}};
  return {};
}

fs::path records(const fs::path& data) {
  return data / "plugins";
}

}  // namespace

Result<Package> check_package(const fs::path& folder, const fs::path& data,
                              const PluginsOptions& options, PluginInfo& info,
                              const IdCheck& may_install, const fs::path& in_use) {
  TRY(const PackageText text, read_package_text(folder));
  // Nothing of a manifest is believed before its signature; that it has an id and a version, for
  // the page, changes nothing.
  auto manifest = manifest_of(folder, text);
  if (manifest) describe(*manifest, info);
  if (const auto trusted = check_origin(text, options, info); !trusted) return trusted.error();
  if (!manifest) return std::move(manifest).error();
  TRY_VOID(may_install(manifest->id));
  TRY(const VersionRecord record, read_version_record(records(data), manifest->id));
  TRY_VOID(check_not_older(record, {manifest->version, package_hash(text)}));
  TRY_VOID(check_contract(*manifest));
  auto package = stage_package(folder, text, *std::move(manifest), data / "run", in_use);
  // The manifest is what its maker signed, and the files are not what it says.
  if (!package && package.error().code == Code::invalid && info.origin == "valid")
    info.origin = name_of(Origin::altered);
  if (package) TRY_VOID(read_texts(*package));
  return package;
}

PackageVersion version_of(const Package& package) {
  return {package.manifest.version, package.hash};
}

Result<> remember_start(const fs::path& data, const std::string& plugin,
                        const PackageVersion& version) {
  TRY(const VersionRecord record, read_version_record(records(data), plugin));
  return write_version_record(records(data), plugin, after_start(record, version));
}

Result<> remember_health(const fs::path& data, const std::string& plugin,
                         const PackageVersion& version) {
  TRY(VersionRecord record, read_version_record(records(data), plugin));
  if (record.newest != version || record.is_healthy) return {};
  record.is_healthy = true;
  return write_version_record(records(data), plugin, record);
}

}  // namespace hosting
