#include "src/emulator/http/field_mask.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace emulator {
namespace {

using gcal::base::Json;

// A mask as a tree: `a/b` and `a(b)` mean the same. A node without parts keeps everything below it.
struct Mask {
  std::map<std::string, Mask, std::less<>> parts;
};

// list = part ("," part)*, part = name ("/" name)* ["(" list ")"]. Reads a list from `at` on and
// moves `at` behind it. False when the text is not a mask.
bool read_mask(std::string_view text, std::size_t& at, Mask& into, int depth) {
  if (depth > 20) return false;
  while (true) {
    Mask* node = &into;
    while (true) {
      const std::size_t end = std::min(text.find_first_of(",/()", at), text.size());
      if (end == at) return false;  // an empty name
      node = &node->parts[std::string(text.substr(at, end - at))];
      at = end;
      if (at >= text.size() || text[at] != '/') break;
      ++at;
    }
    if (at < text.size() && text[at] == '(') {
      if (!read_mask(text, ++at, *node, depth + 1)) return false;
      if (at >= text.size() || text[at] != ')') return false;
      ++at;
    }
    if (at >= text.size() || text[at] != ',') return true;
    ++at;
  }
}

// The part of the value that the mask selects; nullopt when it selects members of a value that has
// none.
std::optional<Json> apply_mask(const Json& value, const Mask& mask) {
  if (mask.parts.empty()) return value;
  if (const auto star = mask.parts.find("*");
      star != mask.parts.end() && star->second.parts.empty())
    return value;
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value.items())
      if (auto kept = apply_mask(item, mask)) out.push(*std::move(kept));
    return out;
  }
  if (!value.is_object()) return std::nullopt;
  Json out = Json::object();
  for (const auto& [name, member] : value.members()) {
    auto part = mask.parts.find(name);
    if (part == mask.parts.end()) part = mask.parts.find("*");
    if (part == mask.parts.end()) continue;
    if (auto kept = apply_mask(member, part->second);
        kept && !(kept->is_object() && kept->members().empty() && !part->second.parts.empty()))
      out.set(name, *std::move(kept));
  }
  return out;
}

// Whether all members that the mask selects are among `members`.
bool is_covered(const Mask& mask, const Mask& members) {
  return std::all_of(mask.parts.begin(), mask.parts.end(), [&](const auto& part) {
    const auto& [name, inner] = part;
    const auto covers = [&inner = inner](const auto& member) {
      return is_covered(inner, member.second);
    };
    if (name == "*") return std::any_of(members.parts.begin(), members.parts.end(), covers);
    auto member = members.parts.find(name);
    if (member == members.parts.end()) member = members.parts.find("*");
    return member != members.parts.end() && covers(*member);
  });
}

std::optional<Mask> parse_mask(std::string_view text) {
  Mask tree;
  std::size_t at = 0;
  if (!read_mask(text, at, tree, 0) || at != text.size()) return std::nullopt;
  return tree;
}

}  // namespace

std::optional<Json> apply_field_mask(const Json& value, std::string_view mask) {
  const std::optional<Mask> tree = parse_mask(mask);
  return tree ? apply_mask(value, *tree) : std::nullopt;
}

bool is_field_mask(std::string_view mask, std::string_view members) {
  const std::optional<Mask> tree = parse_mask(mask);
  if (!tree || members.empty()) return tree.has_value();
  const std::optional<Mask> allowed = parse_mask(members);
  return allowed && is_covered(*tree, *allowed);
}

}  // namespace emulator
