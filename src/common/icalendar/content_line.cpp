#include "src/common/icalendar/content_line.hpp"

#include <algorithm>

#include "src/common/base/utf8.hpp"

namespace gcal::icalendar {
namespace {

constexpr std::size_t kMaxOctets = 75;

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7F;
}

// Calls `each` with every character of the text, as bytes.
template <class Each>
void for_each_character(std::string_view text, const Each& each) {
  while (!text.empty()) {
    const std::size_t length = base::character_length(text);
    each(length == 0 ? base::kReplacementCharacter : text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

}  // namespace

std::string escaped_text(std::string_view text) {
  std::string out;
  char last = 0;
  for_each_character(text, [&](std::string_view character) {
    const char c = character.front();
    if (c == '\n' && last == '\r') {
      last = c;
      return;
    }
    last = c;
    if (c == '\n' || c == '\r')
      out += "\\n";
    else if (c == '\\' || c == ';' || c == ',')
      (out += '\\') += c;
    else if (!is_control(c))
      out += character;
  });
  return out;
}

std::string quoted_parameter(std::string_view text) {
  std::string out = "\"";
  bool after_caret = false;
  for_each_character(text, [&](std::string_view character) {
    const char c = character.front() == '"' ? '\'' : character.front();
    const bool is_space = c == '\n' || c == '\r' || c == '\t';
    if (is_control(c) && !is_space) return;
    if (after_caret && (c == 'n' || c == '^' || c == '\'')) out += '^';
    after_caret = c == '^';
    if (is_space)
      out += ' ';
    else if (c == '\'')
      out += c;
    else
      out += c == '\\' ? std::string_view("/") : character;
  });
  return out += '"';
}

void append_line(std::string& out, std::string_view line) {
  std::size_t octets = 0;
  for_each_character(line, [&](std::string_view character) {
    if (is_control(character.front())) return;
    if (octets + character.size() > kMaxOctets) {
      out += "\r\n ";
      octets = 1;
    }
    out += character;
    octets += character.size();
  });
  out += "\r\n";
}

}  // namespace gcal::icalendar
