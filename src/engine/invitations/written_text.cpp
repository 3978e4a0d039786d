#include "src/engine/invitations/written_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "src/common/base/utf8.hpp"
#include "src/common/icalendar/ascii.hpp"

namespace gcal::invitations {
namespace {

constexpr std::size_t kMaxHtml = 64 * 1024;
constexpr std::size_t kMaxTag = 2'048;  // each "<" is looked at so far
constexpr std::string_view kEllipsis = "…";

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == 0x7F;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// C1 controls, line separators, and the marks and isolates of the bidirectional algorithm.
bool is_unwanted(std::string_view character) {
  if (character.size() == 2) return character[0] == '\xC2' && character[1] < '\xA0';
  if (character.size() != 3 || character[0] != '\xE2') return false;
  const auto last = static_cast<unsigned char>(character[2]);
  if (character[1] == '\x80') return last >= 0xA8 && last <= 0xAE;
  return character[1] == '\x81' && last >= 0xA6 && last <= 0xA9;
}

template <class Each>
void for_each_character(std::string_view text, const Each& each) {
  while (!text.empty()) {
    const std::size_t length = base::character_length(text);
    each(length == 0 ? base::kReplacementCharacter : text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

void append_character(std::string& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xC0 | (code >> 6));
    return byte(0x80 | (code & 0x3F));
  }
  if (code < 0x10000) {
    byte(0xE0 | (code >> 12));
  } else {
    byte(0xF0 | (code >> 18));
    byte(0x80 | ((code >> 12) & 0x3F));
  }
  byte(0x80 | ((code >> 6) & 0x3F));
  byte(0x80 | (code & 0x3F));
}

// The entity at the begin of the text: its characters and its length there; length 0: there is
// none.
std::pair<std::string, std::size_t> entity(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kNamed{
      {{"amp", "&"},    {"lt", "<"},    {"gt", ">"},     {"quot", "\""}, {"apos", "'"},
       {"nbsp", " "},   {"auml", "ä"},  {"ouml", "ö"},   {"uuml", "ü"},  {"Auml", "Ä"},
       {"Ouml", "Ö"},   {"Uuml", "Ü"},  {"szlig", "ß"},  {"ndash", "–"}, {"mdash", "—"},
       {"hellip", "…"}, {"euro", "€"},  {"bdquo", "„"},  {"ldquo", "“"}, {"rdquo", "”"},
       {"lsquo", "‘"},  {"rsquo", "’"}, {"eacute", "é"}, {"copy", "©"}}};
  const std::size_t end = text.substr(0, 12).find(';');
  if (end == std::string_view::npos || end < 2) return {"", 0};
  std::string_view name = text.substr(1, end - 1);
  if (name.front() != '#') {
    const auto known = std::ranges::find(kNamed, name, &decltype(kNamed)::value_type::first);
    return known == kNamed.end() ? std::pair(std::string(), std::size_t{0})
                                 : std::pair(std::string(known->second), end + 1);
  }
  name.remove_prefix(1);
  const bool hex = name.starts_with('x') || name.starts_with('X');
  if (hex) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [stop, error] =
      std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
  if (error != std::errc() || stop != name.data() + name.size() || code == 0 || code > 0x10FFFF ||
      (code >= 0xD800 && code <= 0xDFFF))
    return {"", 0};
  std::string character;
  append_character(character, code == 0xA0 ? ' ' : code);
  return {character, end + 1};
}

struct Tag {
  std::string name;  // lower case
  bool closes = false;
  std::string href;
  std::size_t length = 0;  // in the text; 0: no tag
};

bool is_known(std::string_view name) {
  static constexpr std::array<std::string_view, 54> kNames{
      "a",    "abbr", "b",      "big",   "blockquote", "body",  "br",   "button", "center",
      "code", "col",  "dd",     "del",   "div",        "dl",    "dt",   "em",     "font",
      "form", "h1",   "h2",     "h3",    "h4",         "h5",    "h6",   "head",   "hr",
      "html", "i",    "iframe", "img",   "input",      "ins",   "li",   "link",   "meta",
      "ol",   "p",    "pre",    "s",     "script",     "small", "span", "strong", "style",
      "sub",  "sup",  "svg",    "table", "td",         "th",    "tr",   "u",      "ul"};
  static constexpr std::array<std::string_view, 6> kMore{"tbody",  "thead", "title",
                                                         "strike", "wbr",   "html-blob"};
  return std::ranges::find(kNames, name) != kNames.end() ||
         std::ranges::find(kMore, name) != kMore.end();
}

// Where the tag ends, behind its '>', quotes respected; npos: it has no end.
std::size_t end_of_tag(std::string_view text) {
  char quote = 0;
  for (std::size_t i = 1; i < std::min(text.size(), kMaxTag); ++i) {
    if (quote != 0)
      quote = text[i] == quote ? char{0} : quote;
    else if ((text[i] == '"' || text[i] == '\'') && text[i - 1] == '=')
      quote = text[i];
    else if (text[i] == '>')
      return i + 1;
  }
  return std::string_view::npos;
}

std::string attribute(std::string_view tag, std::string_view name) {
  const std::string lower = icalendar::lower(tag);
  std::size_t at = lower.find(std::string(name) + "=");
  if (at == std::string::npos) return "";
  at += name.size() + 1;
  std::string_view rest = tag.substr(at);
  std::string_view raw;
  if (rest.starts_with('"') || rest.starts_with('\''))
    raw = rest.substr(1, rest.find(rest.front(), 1) - 1);
  else
    raw = rest.substr(0, rest.find_first_of(" \t\r\n>"));
  std::string value;
  for (std::size_t i = 0; i < raw.size();) {
    const auto [character, length] =
        raw[i] == '&' ? entity(raw.substr(i)) : std::pair(std::string(), std::size_t{0});
    value += length == 0 ? std::string(1, raw[i]) : character;
    i += std::max<std::size_t>(length, 1);
  }
  return value;
}

Tag tag_at(std::string_view text) {
  Tag tag;
  if (text.starts_with("<!--")) {
    const std::size_t end = text.find("-->");
    tag.length = end == std::string_view::npos ? text.size() : end + 3;
    return tag;
  }
  std::size_t i = 1;
  if (i < text.size() && text[i] == '/') {
    tag.closes = true;
    ++i;
  }
  const std::size_t begin = i;
  while (i < text.size() && (is_letter(text[i]) || is_digit(text[i]) || text[i] == '-')) ++i;
  tag.name = icalendar::lower(text.substr(begin, i - begin));
  const bool ends_name = i < text.size() && (text[i] == '>' || text[i] == '/' || text[i] == ' ' ||
                                             text[i] == '\n' || text[i] == '\t');
  if (!ends_name || !is_known(tag.name)) return {};
  const std::size_t end = end_of_tag(text);
  if (end == std::string_view::npos) return {};
  tag.length = end;
  if (tag.name == "a" && !tag.closes) tag.href = attribute(text.substr(0, end), "href");
  return tag;
}

bool is_block(std::string_view name) {
  static constexpr std::array<std::string_view, 18> kBlocks{
      "p",  "div", "h1", "h2", "h3", "h4",    "h5",         "h6",  "tr",
      "ul", "ol",  "dl", "dd", "dt", "table", "blockquote", "pre", "hr"};
  return std::ranges::find(kBlocks, name) != kBlocks.end();
}

// Lines without spaces at their ends, at most one empty one between two, none around all.
std::string tidied(std::string_view text) {
  std::string out;
  int empty = 0;
  for (std::string_view line : icalendar::split(text, '\n')) {
    while (line.ends_with(' ')) line.remove_suffix(1);
    if (line.empty()) {
      ++empty;
      continue;
    }
    if (!out.empty()) out += empty > 0 ? "\n\n" : "\n";
    empty = 0;
    out += line;
  }
  return out;
}

// Collects the text of an HTML fragment.
class TextOfHtml {
 public:
  void add(std::string_view character) {
    const char c = character.front();
    if (c == '\n' || !(is_control(c) || is_unwanted(character)))
      out_ += c == '\t' ? std::string_view(" ") : character;
    else if (c == '\t')
      out_ += ' ';
  }

  void apply(const Tag& tag) {
    if (tag.name == "br") {
      out_ += '\n';
    } else if (is_block(tag.name)) {
      if (!out_.empty() && !out_.ends_with('\n')) out_ += '\n';
      if (tag.name == "p" && tag.closes) out_ += '\n';
    } else if (tag.name == "li" && !tag.closes) {
      if (!out_.empty() && !out_.ends_with('\n')) out_ += '\n';
      out_ += "- ";
    } else if ((tag.name == "td" || tag.name == "th") && tag.closes) {
      out_ += ' ';
    } else if (tag.name == "a") {
      if (tag.closes)
        end_link();
      else
        begin_link(tag.href);
    }
  }

  std::string text() { return tidied(out_); }

 private:
  void begin_link(const std::string& href) {
    end_link();
    link_ = one_line(href);
    link_begin_ = out_.size();
  }

  void end_link() {
    const std::string_view shown =
        std::string_view(out_).substr(std::min(link_begin_, out_.size()));
    if (is_web_address(link_) && shown.find(link_) == std::string_view::npos)
      out_ += (shown.empty() ? "" : " (") + link_ + (shown.empty() ? "" : ")");
    link_.clear();
  }

  std::string out_;
  std::string link_;
  std::size_t link_begin_ = 0;
};

// The address of http or https at the begin of a text; "" if there is none.
std::string_view address_at(std::string_view text) {
  constexpr std::string_view kEndsNoAddress = ".,;:!?)'";
  if (icalendar::lower(text.substr(0, 4)) != "http") return {};
  std::string_view address = text.substr(0, text.substr(0, kMaxTag).find_first_of(" \n\"<>\\"));
  while (!address.empty() && kEndsNoAddress.find(address.back()) != std::string_view::npos)
    address.remove_suffix(1);
  return is_web_address(address) ? address : std::string_view();
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string out;
  for_each_character(text, [&](std::string_view character) {
    const char c = character.front();
    const bool breaks = c == '\n' || c == '\r' || c == '\t' || c == ' ' || character == "\u2028" ||
                        character == "\u2029" || character == "\u0085";
    if (breaks) {
      if (!out.empty() && !out.ends_with(' ')) out += ' ';
    } else if (!is_control(c) && !is_unwanted(character)) {
      out += character;
    }
  });
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string one_line(std::string_view text, std::size_t characters) {
  std::string line = one_line(text);
  std::size_t count = 0, bytes = 0, cut = 0;
  for_each_character(line, [&](std::string_view character) {
    if (count + 1 == characters) cut = bytes;
    ++count;
    bytes += character.size();
  });
  if (count <= characters) return line;
  return line.substr(0, cut) + std::string(kEllipsis);
}

std::string text_of_html(std::string_view html) {
  html = base::beginning(html, kMaxHtml);
  TextOfHtml text;
  std::string hidden;  // the element whose content is no text
  while (!html.empty()) {
    std::size_t length = 0;
    if (html.front() == '<') {
      const Tag tag = tag_at(html);
      length = tag.length;
      if (length > 0 && hidden.empty()) text.apply(tag);
      if (!tag.closes && length > 0 && (tag.name == "script" || tag.name == "style"))
        hidden = tag.name;
      else if (tag.closes && tag.name == hidden)
        hidden.clear();
    } else if (html.front() == '&') {
      const auto [character, size] = entity(html);
      length = size;
      if (length > 0 && hidden.empty()) text.add(character);
    }
    if (length == 0) {
      const std::size_t size = base::character_length(html);
      length = std::max<std::size_t>(size, 1);
      if (hidden.empty() && html.front() != '\r')
        text.add(size == 0 ? base::kReplacementCharacter : html.substr(0, size));
    }
    html.remove_prefix(length);
  }
  return text.text();
}

std::string shortened(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  return std::string(base::beginning(text, bytes - kEllipsis.size() - 1)) + " " +
         std::string(kEllipsis);
}

bool is_web_address(std::string_view text) {
  const std::string scheme = icalendar::lower(text.substr(0, 8));
  const std::size_t length = scheme.starts_with("https://")  ? 8
                             : scheme.starts_with("http://") ? 7
                                                             : 0;
  return length > 0 && text.size() > length && text.size() <= 2'048 &&
         std::ranges::none_of(text, [](char c) {
           return is_control(c) || c == ' ' || c == '"' || c == '<' || c == '>' || c == '\\';
         });
}

std::string linked_html(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.front() == '\n') {
      out += "<br>";
      text.remove_prefix(1);
      continue;
    }
    const std::string_view address = address_at(text);
    if (!address.empty()) {
      const std::string shown = escaped_html(address);
      out += "<a href=\"" + shown + "\">" + shown + "</a>";
      text.remove_prefix(address.size());
      continue;
    }
    out += escaped_html(text.substr(0, 1));
    text.remove_prefix(1);
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    ((out += '%') += kDigits[byte >> 4]) += kDigits[byte & 15];
  }
  return out;
}

}  // namespace gcal::invitations
