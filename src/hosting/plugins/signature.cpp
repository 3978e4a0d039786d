#include "src/hosting/plugins/signature.hpp"

#include <algorithm>
#include <memory>

#include "src/common/base/bytes.hpp"
#include "src/common/base/ed25519.hpp"
#include "src/common/base/whole_file.hpp"

namespace hosting {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;

constexpr std::string_view kAlgorithm = "ed25519:";
constexpr std::size_t kKeyDigits = 64, kSignatureDigits = 128, kMaxKeys = 64, kMaxName = 100;
constexpr std::size_t kMaxKeysFile = 64 * 1024;

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

struct ParsedSignature {
  std::string key, signature;
};

std::optional<ParsedSignature> parse_signature(std::string_view text) {
  constexpr std::size_t kSize = kAlgorithm.size() + kKeyDigits + 1 + kSignatureDigits + 1;
  if (text.size() != kSize || !text.starts_with(kAlgorithm) || text.back() != '\n')
    return std::nullopt;
  text.remove_prefix(kAlgorithm.size());
  const std::string_view key = text.substr(0, kKeyDigits);
  const std::string_view signature = text.substr(kKeyDigits + 1, kSignatureDigits);
  if (text[kKeyDigits] != ' ' || !is_hex(key, kKeyDigits) || !is_hex(signature, kSignatureDigits))
    return std::nullopt;
  return ParsedSignature{std::string(key), std::string(signature)};
}

bool verify(const ParsedSignature& parsed, std::string_view message) {
  const auto key = gcal::base::from_hex(parsed.key);
  const auto signature = gcal::base::from_hex(parsed.signature);
  if (!key || !signature) return false;
  return gcal::base::is_ed25519_signature(*key, *signature, gcal::base::as_bytes(message));
}

Error wrong_line(std::size_t number, std::string_view expected) {
  return {Code::invalid,
          "line " + std::to_string(number) + " of the keys of packages: " + std::string(expected),
          {}};
}

Result<PackageKey> parse_key(std::string_view line, std::size_t number) {
  PackageKey key;
  if (line.starts_with("revoked "))
    key.revoked = true;
  else if (!line.starts_with("trusted "))
    return wrong_line(number, "'trusted' or 'revoked' is expected");
  line.remove_prefix(std::string_view("trusted ").size());
  if (!line.starts_with(kAlgorithm) ||
      !is_hex(line.substr(kAlgorithm.size(), kKeyDigits), kKeyDigits))
    return wrong_line(number, "ed25519:<64 hex digits in lower case> is expected");
  key.key = line.substr(kAlgorithm.size(), kKeyDigits);
  line.remove_prefix(kAlgorithm.size() + kKeyDigits);
  if (line.size() < 2 || line.front() != ' ' || line.size() > kMaxName)
    return wrong_line(number, "after the key, the name of its owner is expected");
  key.name = line.substr(1);
  return key;
}

std::string short_form(const std::string& key) {
  return key.substr(0, 16) + "...";
}

}  // namespace

std::string_view name_of(Origin origin) {
  switch (origin) {
    case Origin::valid: return "valid";
    case Origin::unsigned_: return "unsigned";
    case Origin::altered: return "altered";
    case Origin::refused: return "refused";
  }
  return "refused";
}

Result<std::vector<PackageKey>> parse_package_keys(std::string_view text) {
  std::vector<PackageKey> keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    TRY(PackageKey key, parse_key(line, number));
    const auto known =
        std::ranges::find_if(keys, [&](const PackageKey& one) { return one.key == key.key; });
    if (known != keys.end())
      known->revoked = known->revoked || key.revoked;
    else if (keys.size() == kMaxKeys)
      return wrong_line(number, "there are more than 64 keys");
    else
      keys.push_back(std::move(key));
  }
  return keys;
}

Result<std::vector<PackageKey>> read_package_keys(const std::filesystem::path& file) {
  std::error_code failure;
  if (file.empty() || !std::filesystem::exists(file, failure)) {
    if (failure && failure != std::errc::no_such_file_or_directory)
      return Error{
          Code::unavailable, "cannot read " + file.string() + ": " + failure.message(), {}};
    return std::vector<PackageKey>();
  }
  if (const auto size = std::filesystem::file_size(file, failure); failure || size > kMaxKeysFile)
    return Error{Code::invalid, file.string() + " is no file of at most 64 KiB", {}};
  TRY(const std::string text, gcal::base::read_whole_file(file));
  return parse_package_keys(text);
}

SignatureCheck check_signature(std::string_view manifest,
                               const std::optional<std::string>& signature,
                               std::span<const PackageKey> keys) {
  if (!signature) return {};
  const auto parsed = parse_signature(*signature);
  if (!parsed)
    return {Origin::altered, "",
            "its signature file is damaged: install the package again from its maker"};
  const auto known =
      std::ranges::find_if(keys, [&](const PackageKey& one) { return one.key == parsed->key; });
  if (known == keys.end())
    return {Origin::refused, "",
            "it is signed with the key " + short_form(parsed->key) +
                ", which this host does not trust: install a package of a maker whose key is in "
                "the list of trusted keys, or add the key there"};
  if (known->revoked)
    return {Origin::refused, known->name,
            "it is signed with a key of " + known->name +
                " that was revoked: install a package that is signed with the new key"};
  if (!verify(*parsed, manifest))
    return {Origin::altered, known->name,
            "its signature does not fit its manifest: the package was changed after " +
                known->name + " signed it; install it again from its maker"};
  return {Origin::valid, known->name, ""};
}

}  // namespace hosting
