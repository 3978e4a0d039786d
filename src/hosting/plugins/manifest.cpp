#include "src/hosting/plugins/manifest.hpp"

#include <algorithm>
#include <set>

#include "host_api/crm_plugin.h"
#include "src/common/base/json.hpp"
#include "src/hosting/services/plugin_host.hpp"

namespace hosting {
namespace {

constexpr std::size_t kMaxList = 64, kMaxFiles = 1000, kMaxText = 256, kMaxBody = 1 << 20;

Error damaged(std::string_view member, std::string_view expected) {
  return {Code::invalid, std::string(member) + ": " + std::string(expected), {}};
}

bool only(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}
constexpr std::string_view kIdLetters = "abcdefghijklmnopqrstuvwxyz0123456789_.",
                           kDigits = "0123456789";

// It becomes a file name, hence the narrow alphabet.
bool is_plugin_id(std::string_view text) {
  return text.size() >= 3 && text.size() <= 100 && only(text, kIdLetters) &&
         text.find('.') != std::string_view::npos && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos;
}

bool is_version(std::string_view text) {
  int parts = 0;
  while (true) {
    const auto dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    if (part.empty() || part.size() > 9 || !only(part, kDigits)) return false;
    ++parts;
    if (dot == std::string_view::npos) return parts == 3;
    text.remove_prefix(dot + 1);
  }
}

// Also "": no header.
bool is_header_name(std::string_view text) {
  return text.size() <= 64 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-';
         });
}

// Below the package, written plainly: no way out, no second spelling of the same file.
bool is_package_path(std::string_view text) {
  if (text.empty() || text.size() > kMaxText || text.front() == '/' || text.back() == '/' ||
      text.find('\\') != std::string_view::npos || text.find('\0') != std::string_view::npos)
    return false;
  while (true) {
    const auto slash = text.find('/');
    const std::string_view part = text.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

Result<std::string> text_of(const Json& manifest, std::string_view name) {
  const Json& value = manifest[name];
  if (!value.is_string() || value.as_string().empty() || value.as_string().size() > kMaxText)
    return damaged(name, "a text of 1 to 256 bytes is expected");
  return value.as_string();
}

Result<std::vector<std::string>> texts_of(const Json& manifest, std::string_view name,
                                          bool needed) {
  std::vector<std::string> texts;
  const Json* list = manifest.find(name);
  if (!list && !needed) return texts;
  if (!list || !list->is_array() || list->items().size() > kMaxList)
    return damaged(name, "a list of at most 64 texts is expected");
  for (const Json& item : list->items()) {
    if (!item.is_string() || item.as_string().empty() || item.as_string().size() > kMaxText)
      return damaged(name, "every item must be a text of 1 to 256 bytes");
    texts.push_back(item.as_string());
  }
  return texts;
}

Result<std::vector<ManifestRoute>> routes_of(const Json& manifest) {
  std::vector<ManifestRoute> routes;
  const Json* list = manifest.find("routes");
  if (!list) return routes;
  if (!list->is_array() || list->items().size() > kMaxList)
    return damaged("routes", "a list of at most 64 routes is expected");
  for (const Json& item : list->items()) {
    ManifestRoute route;
    TRY(route.path, text_of(item, "path"));
    if (!is_package_path(route.path))
      return damaged("routes.path", "a path without a leading slash is expected");
    if (route.path == "callback") return damaged("routes.path", "'callback' belongs to the host");
    TRY(route.methods, texts_of(item, "methods", true));
    if (route.methods.empty() || !std::ranges::all_of(route.methods, [](const auto& m) {
          return m == "GET" || m == "POST";
        })) {
      return damaged("routes.methods", "GET and POST are possible");
    }
    const std::string& auth = item.string("auth");
    if (auth != "none" && auth != "session") return damaged("routes.auth", "none or session");
    route.needs_session = auth == "session";
    const std::int64_t max_body = item["max_body"].as_integer(-1);
    if (max_body < 0 || max_body > static_cast<std::int64_t>(kMaxBody))
      return damaged("routes.max_body", "0 to 1048576");
    route.max_body = static_cast<std::size_t>(max_body);
    route.sender = item.string("sender");
    if (!is_header_name(route.sender)) return damaged("routes.sender", "no name of a header");
    routes.push_back(std::move(route));
  }
  return routes;
}

bool is_option_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.front() >= 'a' && text.front() <= 'z' &&
         only(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

bool fits(const std::string& value, std::string_view type) {
  if (type == "boolean") return value == "true" || value == "false";
  if (type == "url") return value.starts_with("http://") || value.starts_with("https://");
  if (type != "integer") return true;
  const std::string_view digits = std::string_view(value).substr(value.starts_with('-') ? 1 : 0);
  return !digits.empty() && digits.size() <= 18 && only(digits, kDigits);
}

Result<std::map<std::string, ManifestOption>> options_of(const Json& manifest) {
  std::map<std::string, ManifestOption> options;
  const Json* list = manifest.find("options");
  if (!list) return options;
  if (!list->is_object() || list->members().size() > kMaxList)
    return damaged("options", "an object of at most 64 options is expected");
  for (const auto& [name, entry] : list->members()) {
    if (!is_option_name(name)) return damaged("options", "'" + name + "' is no name of an option");
    ManifestOption option{entry.string("type"), entry["required"].as_bool(), std::nullopt};
    if (option.type != "text" && option.type != "integer" && option.type != "boolean" &&
        option.type != "url" && option.type != "secret")
      return damaged("options." + name, "type: text, integer, boolean, url or secret is expected");
    if (const Json* value = entry.find("default")) {
      if (!value->is_string() || option.type == "secret" || !fits(value->as_string(), option.type))
        return damaged("options." + name, "default: a text of its type is expected");
      option.default_value = value->as_string();
    }
    options.emplace(name, std::move(option));
  }
  return options;
}

bool is_digest(std::string_view text) {
  return text.size() == 64 && only(text, "0123456789abcdef");
}

// {"sha256": "<64 hex digits>", "size": 123}, or the checksum alone as "sha256:<64 hex digits>".
std::optional<PackageFile> file_of(const Json& entry) {
  constexpr std::string_view kPrefix = "sha256:";
  if (entry.is_string()) {
    const std::string_view text = entry.as_string();
    if (!text.starts_with(kPrefix) || !is_digest(text.substr(kPrefix.size()))) return std::nullopt;
    return PackageFile{std::string(text.substr(kPrefix.size())), std::nullopt};
  }
  const std::int64_t size = entry["size"].as_integer(-1);
  if (!is_digest(entry.string("sha256")) || size < 0) return std::nullopt;
  return PackageFile{entry.string("sha256"), size};
}

Result<std::map<std::string, PackageFile>> files_of(const Json& manifest) {
  const Json& list = manifest["files"];
  if (!list.is_object() || list.members().empty() || list.members().size() > kMaxFiles)
    return damaged("files", "an object of 1 to 1000 files is expected");
  std::map<std::string, PackageFile> files;
  for (const auto& [path, entry] : list.members()) {
    if (!is_package_path(path))
      return damaged("files", "'" + path + "' is no path inside the package");
    auto file = file_of(entry);
    if (!file)
      return damaged("files", "'" + path +
                                  "' has no checksum and size of the form {\"sha256\": \"<64 hex "
                                  "digits>\", \"size\": <bytes>}");
    files.emplace(path, *std::move(file));
  }
  return files;
}

std::string version_text(std::int64_t major, std::int64_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

}  // namespace

bool Manifest::provides(std::string_view capability) const {
  return std::ranges::find(provided, capability) != provided.end();
}
bool Manifest::wants_hook(std::string_view name) const {
  return std::ranges::find(hooks, name) != hooks.end();
}

Result<Manifest> parse_manifest(std::string_view text) {
  TRY(const Json document, Json::parse(text));
  if (!document.is_object()) return damaged("the document", "a JSON object is expected");
  if (document["manifest_version"].as_integer() != 1)
    return damaged("manifest_version", "1 is expected");
  Manifest manifest;
  TRY(manifest.id, text_of(document, "id"));
  if (!is_plugin_id(manifest.id))
    return damaged("id", "a reversed domain name of a-z, 0-9, '_' and '.' is expected");
  TRY(manifest.version, text_of(document, "version"));
  if (!is_version(manifest.version)) return damaged("version", "MAJOR.MINOR.PATCH is expected");
  manifest.abi_major = document["abi"]["major"].as_integer(-1);
  manifest.abi_minor = document["abi"]["minor"].as_integer(-1);
  if (manifest.abi_major < 0 || manifest.abi_minor < 0)
    return damaged("abi", "{major, minor} is expected");
  TRY(manifest.name_key, text_of(document, "name_key"));
  manifest.add_key = document.string("add_key");
  manifest.icon = document.string("icon");
  manifest.vendor = document.string("vendor");
  TRY(manifest.library, text_of(document, "library"));
  TRY(manifest.required, texts_of(document, "requires", true));
  TRY(manifest.optional, texts_of(document, "optional", false));
  TRY(manifest.provided, texts_of(document, "provides", true));
  TRY(manifest.hooks, texts_of(document, "hooks", false));
  TRY(manifest.routes, routes_of(document));
  TRY(manifest.options, options_of(document));
  TRY(manifest.files, files_of(document));
  if (!manifest.files.contains(manifest.library))
    return damaged("library", "'" + manifest.library + "' is not among the files");
  return manifest;
}

Result<> check_contract(const Manifest& manifest) {
  if (manifest.abi_major != CRM_ABI_MAJOR || manifest.abi_minor > CRM_ABI_MINOR) {
    return Error{Code::invalid,
                 "it was built for contract " +
                     version_text(manifest.abi_major, manifest.abi_minor) +
                     " and this host speaks " + version_text(CRM_ABI_MAJOR, CRM_ABI_MINOR) +
                     ": install a version that fits this host",
                 {}};
  }
  std::string missing;
  for (const auto& service : manifest.required) {
    if (!offers_service(service)) missing += (missing.empty() ? "" : ", ") + service;
  }
  if (!missing.empty())
    return Error{Code::invalid,
                 "it needs " + missing + ", which this host does not offer: install a newer host",
                 {}};
  return {};
}

Result<> check_options(const Manifest& manifest, const std::map<std::string, std::string>& values) {
  for (const auto& [name, option] : manifest.options) {
    const auto found = values.find(name);
    const bool is_set = found != values.end() && !found->second.empty();
    if (!is_set && option.required && !option.default_value)
      return Error{Code::invalid,
                   "it needs the option " + name + ": set it with crm_host --plugin-option " +
                       manifest.id + ":" + name + "=VALUE, or in Options::plugin_options_of",
                   {}};
    if (is_set && !fits(found->second, option.type))
      return Error{Code::invalid,
                   "the option " + name + " is of the type " + option.type + ": correct it",
                   {}};
  }
  return {};
}

std::map<std::string, std::string> with_defaults(const Manifest& manifest,
                                                 std::map<std::string, std::string> values) {
  for (const auto& [name, option] : manifest.options)
    if (option.default_value) values.try_emplace(name, *option.default_value);
  return values;
}

}  // namespace hosting
