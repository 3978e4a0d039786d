#include "src/emulator/load/large_document.hpp"

#include <optional>
#include <string>

namespace emulator {
using gcal::base::Json;
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kLongArray = "\"events\"";

// Behind the string that begins at `at`; npos when it has no end.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  at = text.find_first_of("\"\\", at + 1);
  while (at != std::string_view::npos && text[at] == '\\') at = text.find_first_of("\"\\", at + 2);
  return at == std::string_view::npos ? at : at + 1;
}

// Where the value of the member begins whose name ends before `at`, if it is an array.
std::optional<std::size_t> array_behind_name(std::string_view text, std::size_t at) {
  at = text.find_first_not_of(kSpace, at);
  if (at == std::string_view::npos || text[at] != ':') return std::nullopt;
  at = text.find_first_not_of(kSpace, at + 1);
  return at != std::string_view::npos && text[at] == '[' ? std::optional(at) : std::nullopt;
}

// Splits the array that begins at `at`, which moves behind it. False when it has no end.
bool split_array(std::string_view text, std::size_t& at, std::vector<std::string_view>& items) {
  int depth = 0;
  std::size_t begin = at + 1;
  for (; at < text.size(); ++at) {
    at = text.find_first_of("\"[]{},", at);
    if (at == std::string_view::npos) return false;
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      if (at == std::string_view::npos) return false;
      --at;
      continue;
    }
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > 1 || (depth == 1 && c != ',')) continue;
    // An empty array has no item; any other item without text is an error that item() finds.
    const std::string_view item = text.substr(begin, at - begin);
    if (depth == 1 || !items.empty() || item.find_first_not_of(kSpace) != std::string_view::npos)
      items.push_back(item);
    begin = at + 1;
    if (depth > 0) continue;
    ++at;
    return true;
  }
  return false;
}

}  // namespace

gcal::Result<LargeDocument> LargeDocument::parse(std::string_view text) {
  LargeDocument document;
  std::string rest;
  std::size_t copied = 0;
  for (std::size_t at = 0; (at = text.find('"', at)) != std::string_view::npos;) {
    const std::size_t end = end_of_string(text, at);
    if (end == std::string_view::npos) break;  // Json::parse names the place
    const bool is_long = text.substr(at, end - at) == kLongArray;
    at = end;
    const auto array = is_long ? array_behind_name(text, end) : std::nullopt;
    if (!array) continue;
    Texts items;
    std::size_t behind = *array;
    if (!split_array(text, behind, items)) break;
    rest.append(text.substr(copied, *array - copied));
    rest += "[{\"\":" + std::to_string(document.arrays_.size()) + "}]";
    document.arrays_.push_back(std::move(items));
    at = copied = behind;
  }
  rest.append(text.substr(copied));
  auto root = Json::parse(rest);
  if (!root) return root.error();
  document.root_ = *std::move(root);
  return document;
}

LargeDocument LargeDocument::of(const Json& tree) {
  LargeDocument document;
  document.tree_ = &tree;
  return document;
}

// nullptr when the array is in the tree: its name was written with an escape.
const LargeDocument::Texts* LargeDocument::texts_of(const Json& events) const {
  const Json* const number = events.items().size() == 1 ? events.items().front().find("") : nullptr;
  const std::int64_t index = number ? number->as_integer(-1) : -1;
  const bool known = index >= 0 && index < static_cast<std::int64_t>(arrays_.size());
  return known ? &arrays_[static_cast<std::size_t>(index)] : nullptr;
}

std::size_t LargeDocument::count(const Json& events) const {
  const Texts* const texts = texts_of(events);
  return texts ? texts->size() : events.items().size();
}

gcal::Result<Json> LargeDocument::item(const Json& events, std::size_t index) const {
  const Texts* const texts = texts_of(events);
  if (!texts) return events.items()[index];
  return Json::parse((*texts)[index]);
}

}  // namespace emulator
