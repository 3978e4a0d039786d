#include "src/common/icalendar/address.hpp"

#include <algorithm>

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
  return refused ? std::string() : lower(text);
}

}  // namespace gcal::icalendar
