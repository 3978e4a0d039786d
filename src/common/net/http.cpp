#include "src/common/net/http.hpp"

#include <algorithm>

namespace gcal::net {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [key, value] : fields_)
    if (same_name(key, name)) return value;
  return {};
}

bool Headers::contains(std::string_view name) const {
  return count(name) != 0;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      fields_, [name](const Field& field) { return same_name(field.first, name); }));
}

void Headers::set(std::string name, std::string value) {
  std::erase_if(fields_, [&name](const Field& field) { return same_name(field.first, name); });
  add(std::move(name), std::move(value));
}

}  // namespace gcal::net
