#include "src/hosting/services/address.hpp"

#include <algorithm>

namespace hosting {

std::string normalised_address(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  constexpr std::size_t kMaxAddress = 320;
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  text = text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
  const auto at = text.rfind('@');
  if (at == text.npos || at == 0 || at + 1 == text.size() || text.size() > kMaxAddress) return {};
  const bool has_space =
      std::ranges::any_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7F; });
  if (has_space && text.front() != '"') return {};
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

}  // namespace hosting
