#include "src/emulator/http/pretty_print.hpp"

namespace emulator {
namespace {

// Behind the closing quote of the string that begins at `at`, or the end of the text.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;  // and what it escapes
  }
  return text.size();
}

class Layout {
 public:
  explicit Layout(std::string_view json) : json_(json) { out_.reserve(json.size() * 5 / 4); }

  std::string text() && {
    while (at_ < json_.size()) next();
    return std::move(out_ += '\n');
  }

 private:
  void next() {
    const char c = json_[at_++];
    switch (c) {
      case '"': {
        const std::size_t end = end_of_string(json_, at_ - 1);
        out_.append(json_.substr(at_ - 1, end - at_ + 1));
        at_ = end;
        return;
      }
      case '{':
      case '[': return open(c);
      case '}':
      case ']': return close(c);
      case ',': out_ += c; return break_line();
      case ':': out_ += ": "; return;
      case ' ':
      case '\t':
      case '\r':
      case '\n': return;
      default: out_ += c;
    }
  }
  void open(char c) {
    out_ += c;
    if (at_ < json_.size() && json_[at_] == (c == '{' ? '}' : ']')) {
      out_ += json_[at_++];
      return;
    }
    ++depth_;
    break_line();
  }
  void close(char c) {
    depth_ -= depth_ > 0 ? 1 : 0;
    break_line();
    out_ += c;
  }
  void break_line() {
    out_ += '\n';
    out_.append(depth_, ' ');
  }

  std::string_view json_;
  std::string out_;
  std::size_t at_ = 0, depth_ = 0;
};

}  // namespace

std::string indented(std::string_view json) {
  return Layout(json).text();
}

}  // namespace emulator
