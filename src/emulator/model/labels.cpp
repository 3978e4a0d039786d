#include "src/emulator/model/labels.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace emulator {
namespace {

constexpr std::size_t kMaxLabels = 200;
constexpr std::size_t kMaxNameLength = 50;  // characters

bool all_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isxdigit(c) != 0; });
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !all_hex(text.substr(i, 1))) return false;
  }
  return true;
}

std::string new_uuid(gcal::base::Random& random) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx";
  for (char& c : text)
    if (c == 'x') c = kDigits[random.below(16)];
  return text;
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool is_text_or_absent(const Json& object, const char* name) {
  return object[name].is_null() || object[name].is_string();
}

}  // namespace

Outcome<Json> read_labels(const Json& properties, gcal::base::Random& random) {
  if (!properties.is_object() ||
      !(properties["eventLabels"].is_array() || properties["eventLabels"].is_null()))
    return bad_request("parseError", "Parse Error");
  const auto& sent = properties["eventLabels"].items();
  if (sent.size() > kMaxLabels)
    return bad_request("invalid", "The number of event labels exceeds the limit of 200.");
  std::set<std::string> seen;
  Json labels = Json::array();
  for (const Json& label : sent) {
    if (!label.is_object() || !is_text_or_absent(label, "id") ||
        !is_text_or_absent(label, "name") || !is_text_or_absent(label, "backgroundColor"))
      return bad_request("parseError", "Parse Error");
    const std::string& color = label.string("backgroundColor");
    if (color.empty()) return bad_request("required", "Required");
    if (color.size() != 7 || color.front() != '#' || !all_hex(std::string_view(color).substr(1)))
      return bad_request("invalid", "Invalid background color.");
    if (characters(label.string("name")) > kMaxNameLength)
      return bad_request("invalid", "The name of an event label has at most 50 characters.");
    const std::string id = label.string("id").empty() ? new_uuid(random) : label.string("id");
    if (!is_uuid(id) || !seen.insert(id).second)
      return bad_request("invalid", "Invalid event label id.");
    Json stored = Json::object({{"id", id}, {"backgroundColor", color}});
    if (!label.string("name").empty()) stored.set("name", label.string("name"));
    labels.push(std::move(stored));
  }
  return labels;
}

bool has_label(const Json& labels, const std::string& id) {
  return std::any_of(labels.items().begin(), labels.items().end(),
                     [&](const Json& label) { return label.string("id") == id; });
}

}  // namespace emulator
