#include "src/common/icalendar/address.hpp"

#include <idn2.h>

#include <algorithm>
#include <array>

#include "src/common/icalendar/ascii.hpp"

namespace gcal::icalendar {
namespace {

constexpr std::size_t kMaxAddress = 320;  // RFC 5321: 64 + @ + 255
constexpr std::string_view kMailto = "mailto:";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// Both forms of an international domain ("пример.example", "xn--e1afmkfd.example") are one.
std::string ascii_domain(std::string_view domain) {
  const bool ascii = std::ranges::all_of(domain, [](unsigned char c) { return c < 0x80; });
  if (ascii) return lower(domain);
  char* converted = nullptr;
  const int status = idn2_to_ascii_8z(std::string(domain).c_str(), &converted,
                                      IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  if (status != IDN2_OK) return lower(domain);  // no domain that DNS could have
  std::string out = lower(converted);
  idn2_free(converted);
  return out;
}

}  // namespace

std::string normalised_address(std::string_view text) {
  text = trimmed(text);
  if (lower(text.substr(0, kMailto.size())) == kMailto) text.remove_prefix(kMailto.size());
  const std::size_t at = text.rfind('@');
  if (text.size() > kMaxAddress || at == std::string_view::npos || at == 0 || at + 1 == text.size())
    return {};
  const bool quoted = text.front() == '"';
  const bool refused = std::ranges::any_of(
      text, [&](unsigned char c) { return c < ' ' || c == 0x7F || (c == ' ' && !quoted); });
  if (refused) return {};
  return lower(text.substr(0, at + 1)) + ascii_domain(text.substr(at + 1));
}

std::string mailbox_of(std::string_view address) {
  // Each documents "plus addressing" or "subaddresses" for its users.
  static constexpr std::array<std::string_view, 12> kIgnoreTags{
      "gmail.com", "googlemail.com", "outlook.com",  "hotmail.com", "live.com",       "icloud.com",
      "me.com",    "mac.com",        "fastmail.com", "proton.me",   "protonmail.com", "pm.me"};
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || address.front() == '"') return {};
  const std::string_view domain = address.substr(at + 1);
  if (std::ranges::find(kIgnoreTags, domain) == kIgnoreTags.end()) return {};
  std::string local(address.substr(0, std::min(at, address.find('+'))));
  const bool google = domain == "gmail.com" || domain == "googlemail.com";
  if (google) std::erase(local, '.');
  return local.empty() ? local : local + "@" + std::string(google ? "gmail.com" : domain);
}

std::string person_address(std::string_view text) {
  constexpr std::string_view kMachinery = "calendar.google.com";
  std::string address = normalised_address(text);
  const std::string_view domain = std::string_view(address).substr(address.rfind('@') + 1);
  const bool below = domain.ends_with(kMachinery) && domain.size() > kMachinery.size() &&
                     domain[domain.size() - kMachinery.size() - 1] == '.';
  return domain == kMachinery || below ? std::string() : address;
}

}  // namespace gcal::icalendar
