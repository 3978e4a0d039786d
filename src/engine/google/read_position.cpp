#include "src/engine/google/read_position.hpp"

#include <charconv>
#include <string_view>

namespace gcal::google {
namespace {

constexpr std::string_view kListing = "list:";
constexpr std::string_view kPaging = "page:";

}  // namespace

ReadPosition ReadPosition::parse(const std::string& cursor) {
  if (cursor.starts_with(kListing)) return {cursor.substr(kListing.size()), {}, false};
  if (!cursor.starts_with(kPaging)) return {{}, cursor, true};
  const std::size_t colon = cursor.find(':', kPaging.size());
  if (colon == std::string::npos) return {};
  std::size_t length = 0;
  std::from_chars(cursor.data() + kPaging.size(), cursor.data() + colon, length);
  if (length == 0 || length >= cursor.size() - colon) return {};
  return {cursor.substr(colon + 1, length), cursor.substr(colon + 1 + length), false};
}

std::string ReadPosition::at_page(const std::string& next_page_token) const {
  if (listing()) return std::string(kListing) + next_page_token;
  return std::string(kPaging) + std::to_string(next_page_token.size()) + ":" + next_page_token +
         sync_token;
}

}  // namespace gcal::google
