#include "src/engine/google/repaired_json.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "src/common/base/utf8.hpp"

namespace gcal::google {
namespace {

constexpr std::size_t kEscape = 6;  // \\uXXXX

// The code unit of a \\u escape at the begin of the text; nothing if there is none.
std::optional<unsigned> code_unit(std::string_view text) {
  if (text.size() < kEscape || !text.starts_with("\\u")) return std::nullopt;
  unsigned value = 0;
  const char* const end = text.data() + kEscape;
  const auto [stop, error] = std::from_chars(text.data() + 2, end, value, 16);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

bool is_high(std::optional<unsigned> unit) {
  return unit && *unit >= 0xD800 && *unit <= 0xDBFF;
}

bool is_low(std::optional<unsigned> unit) {
  return unit && *unit >= 0xDC00 && *unit <= 0xDFFF;
}

// Appends the escape at the begin of the text; returns its length.
std::size_t append_escape(std::string& out, std::string_view text) {
  const std::optional<unsigned> unit = code_unit(text);
  std::size_t length = unit ? kEscape : std::min<std::size_t>(text.size(), 2);
  if (is_high(unit) && is_low(code_unit(text.substr(kEscape)))) length += kEscape;
  if (length == kEscape && (is_high(unit) || is_low(unit)))
    out += base::kReplacementCharacter;
  else
    out += text.substr(0, length);
  return length;
}

}  // namespace

std::string repaired_json(std::string_view body) {
  std::string out;
  out.reserve(body.size());
  bool inside = false;  // a string
  while (!body.empty()) {
    const char c = body.front();
    std::size_t length = 1;
    if (inside && c == '\\') {
      length = append_escape(out, body);
    } else if (inside &&
               (static_cast<unsigned char>(c) < 0x20 || base::character_length(body) == 0)) {
      out += base::kReplacementCharacter;
    } else {
      if (c == '"') inside = !inside;
      if (inside) length = base::character_length(body);
      out += body.substr(0, length);
    }
    body.remove_prefix(length);
  }
  return out;
}

}  // namespace gcal::google
