// The plain text of a message: labels in a column, values beside them.
#include <algorithm>

#include "src/common/base/utf8.hpp"
#include "src/engine/invitations/page.hpp"

namespace gcal::invitations {
namespace {

constexpr std::size_t kLeastColumn = 7;

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(std::max<std::size_t>(base::character_length(text), 1));
    ++count;
  }
  return count;
}

void append_row(std::string& out, const Row& row, std::size_t column) {
  std::vector<std::string> lines = row.lines;
  if (!row.was.empty()) lines.push_back("(" + row.was + ")");
  if (!row.note.empty()) lines.push_back(row.note);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string label = i == 0 ? row.label + ":" : "";
    if (!lines[i].empty()) out += label + std::string(column - columns(label), ' ') + lines[i];
    out += '\n';
  }
}

void append_page(std::string& out, const Page& page) {
  out += page.kind + ": " + page.title + "\n";
  if (!page.title_was.empty()) out += "(" + page.title_was + ")\n";
  out += '\n';
  if (!page.remark.empty()) out += page.remark + "\n\n";
  std::size_t column = kLeastColumn;
  for (const Row& row : page.rows) column = std::max(column, columns(row.label) + 2);
  for (const Row& row : page.rows) append_row(out, row, column);
  if (!page.answer.empty()) {
    out += "\n" + page.answer + "\n";
    for (const AnswerLink& link : page.links) out += link.label + ": " + link.address + "\n";
  }
  if (!page.footer.empty()) out += "\n" + page.footer + "\n";
}

}  // namespace

std::string plain_text(const std::vector<Page>& pages) {
  std::string out;
  for (const Page& page : pages) {
    if (!out.empty()) out += "\n-- -- --\n\n";
    append_page(out, page);
  }
  return out;
}

}  // namespace gcal::invitations
