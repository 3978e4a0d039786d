#include "src/engine/google/broken_items.hpp"

#include <algorithm>
#include <optional>

#include "src/common/base/json.hpp"

namespace gcal::google {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// Walks JSON text by brackets and strings alone, so that damaged contents do not matter.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  char look() const { return at_end() ? '\0' : text_[at_]; }
  std::size_t position() const { return at_; }
  void skip(std::size_t count = 1) { at_ += count; }
  void skip_spaces() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }

  // The string that begins here, without its quotes; nullopt: there is none, or it has no end.
  std::optional<std::string_view> string() {
    if (look() != '"') return std::nullopt;
    const std::size_t begin = ++at_;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\')
        ++at_;
      else if (text_[at_] == '"')
        return text_.substr(begin, at_++ - begin);
    }
    return std::nullopt;
  }

  // The value that begins here; nullopt: it has no end.
  std::optional<std::string_view> value() {
    const std::size_t begin = at_;
    int depth = 0;
    while (!at_end()) {
      const char c = look();
      if (c == '"') {
        if (!string()) return std::nullopt;
        continue;
      }
      const bool opens = c == '{' || c == '[';
      const bool closes = c == '}' || c == ']';
      if (depth == 0 && (closes || c == ',')) break;
      depth += opens ? 1 : closes ? -1 : 0;
      ++at_;
    }
    return at_end() ? std::nullopt : std::optional(text_.substr(begin, at_ - begin));
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

// The text of a member of the object; nullopt: it has none, or the text is no object.
std::optional<std::string_view> member(std::string_view object, std::string_view wanted) {
  Scanner scan(object);
  scan.skip_spaces();
  if (scan.look() != '{') return std::nullopt;
  scan.skip();
  for (;;) {
    scan.skip_spaces();
    const std::optional<std::string_view> name = scan.string();
    scan.skip_spaces();
    if (!name || scan.look() != ':') return std::nullopt;
    scan.skip();
    scan.skip_spaces();
    const std::optional<std::string_view> value = scan.value();
    if (!value) return std::nullopt;
    if (*name == wanted) return value;
    if (scan.look() != ',') return std::nullopt;
    scan.skip();
  }
}

// The id in a member, if it has the form of Google's ids.
std::optional<std::string> id_in(std::string_view item, std::string_view name) {
  const std::optional<std::string_view> value = member(item, name);
  if (!value) return std::nullopt;
  const std::optional<std::string_view> id = Scanner(*value).string();
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  if (!id || id->empty() || !std::ranges::all_of(*id, plain)) return std::nullopt;
  return std::string(*id);
}

// What remains of an item that cannot be parsed; nullopt: not even its id.
std::optional<std::string> placeholder(std::string_view item) {
  const std::optional<std::string> id = id_in(item, "id");
  if (!id) return std::nullopt;
  base::Json left = base::Json::object({{"id", *id}});
  if (const std::optional<std::string> series = id_in(item, "recurringEventId"))
    left.set("recurringEventId", *series);
  return left.dump();
}

}  // namespace

std::string without_broken_items(std::string_view body) {
  std::string unchanged(body);
  const std::optional<std::string_view> items = member(body, "items");
  if (!items || !items->starts_with('[')) return unchanged;
  std::string kept = "[";
  Scanner scan(*items);
  scan.skip();
  for (scan.skip_spaces(); scan.look() != ']'; scan.skip_spaces()) {
    const std::optional<std::string_view> item = scan.value();
    if (!item || item->empty()) return unchanged;
    if (kept.size() > 1) kept += ',';
    if (base::Json::parse(*item)) {
      kept += *item;
    } else if (const std::optional<std::string> left = placeholder(*item)) {
      kept += *left;
    } else {
      return unchanged;
    }
    if (scan.look() == ',') scan.skip();
  }
  const auto begin = static_cast<std::size_t>(items->data() - body.data());
  return unchanged.substr(0, begin) + kept + unchanged.substr(begin + scan.position());
}

}  // namespace gcal::google
