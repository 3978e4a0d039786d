#include "tests/convergence/json_text.hpp"

namespace convergence {
namespace {

constexpr std::size_t kEnd = std::string_view::npos;

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r')) ++at;
  return at;
}

std::size_t end_of_string(std::string_view text, std::size_t at) {
  const std::size_t begin = at + 1;
  for (std::size_t quote = text.find('"', begin); quote != kEnd;
       quote = text.find('"', quote + 1)) {
    std::size_t escapes = quote;
    while (escapes > begin && text[escapes - 1] == '\\') --escapes;
    if ((quote - escapes) % 2 == 0) return quote + 1;
  }
  return kEnd;
}

// Behind the value that begins at `at`; kEnd when the text ends before it.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  if (at >= text.size()) return kEnd;
  if (text[at] == '"') return end_of_string(text, at);
  if (text[at] != '{' && text[at] != '[') {
    while (at < text.size() && std::string_view(",]} \n").find(text[at]) == kEnd) ++at;
    return at;
  }
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      if (at == kEnd) return kEnd;
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return kEnd;
}

}  // namespace

bool is_whole(std::string_view json) {
  return end_of_value(json, skip_space(json, 0)) != kEnd;
}

std::string_view member(std::string_view object, std::string_view name) {
  std::size_t at = skip_space(object, 0);
  if (at >= object.size() || object[at] != '{') return {};
  ++at;
  while (true) {
    at = skip_space(object, at);
    if (at >= object.size() || object[at] != '"') return {};
    const std::size_t name_end = end_of_string(object, at);
    if (name_end == kEnd) return {};
    const std::string_view found = object.substr(at + 1, name_end - at - 2);
    at = skip_space(object, skip_space(object, name_end) + 1);  // behind the colon
    const std::size_t end = end_of_value(object, at);
    if (end == kEnd) return {};
    if (found == name) return object.substr(at, end - at);
    at = skip_space(object, end);
    if (at >= object.size() || object[at] != ',') return {};
    ++at;
  }
}

std::string_view member(std::string_view object, std::string_view name, std::string_view inner) {
  return member(member(object, name), inner);
}

std::vector<std::string_view> elements(std::string_view array) {
  std::vector<std::string_view> found;
  std::size_t at = skip_space(array, 0);
  if (at >= array.size() || array[at] != '[') return found;
  ++at;
  while (true) {
    at = skip_space(array, at);
    if (at >= array.size() || array[at] == ']') return found;
    const std::size_t end = end_of_value(array, at);
    if (end == kEnd) return found;
    found.push_back(array.substr(at, end - at));
    at = skip_space(array, end);
    if (at >= array.size() || array[at] != ',') return found;
    ++at;
  }
}

std::string_view unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != '"') return {};
  return value.substr(1, value.size() - 2);
}

std::string_view text_member(std::string_view object, std::string_view name) {
  return unquoted(member(object, name));
}

std::vector<std::string> recurrence_lines(std::string_view event) {
  std::vector<std::string> lines;
  for (const std::string_view line : elements(member(event, "recurrence")))
    lines.emplace_back(unquoted(line));
  return lines;
}

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

}  // namespace convergence
