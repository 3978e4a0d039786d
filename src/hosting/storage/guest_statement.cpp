#include "src/hosting/storage/guest_statement.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace hosting {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;

constexpr std::array<std::string_view, 13> kAllowed{
    "SELECT", "INSERT", "UPDATE",  "DELETE",  "WITH",    "VALUES", "CREATE",
    "ALTER",  "DROP",   "EXPLAIN", "ANALYZE", "REINDEX", "REPLACE"};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool in_name(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// The end of the text that `quote` begins at `at`; the end of `sql` if it is not closed. A doubled
// quote is two texts side by side, which ends at the same place.
std::size_t after_quote(std::string_view sql, std::size_t at, char quote) {
  const std::size_t end = sql.find(quote, at + 1);
  return end == std::string_view::npos ? sql.size() : end + 1;
}

// The end of a comment that begins at `at`; `at` if there is none.
std::size_t after_comment(std::string_view sql, std::size_t at) {
  const std::string_view rest = sql.substr(at);
  if (rest.starts_with("--")) {
    const std::size_t end = sql.find('\n', at);
    return end == std::string_view::npos ? sql.size() : end + 1;
  }
  if (rest.starts_with("/*")) {
    const std::size_t end = sql.find("*/", at + 2);
    return end == std::string_view::npos ? sql.size() : end + 2;
  }
  return at;
}

std::size_t skip_blank(std::string_view sql, std::size_t at) {
  while (at < sql.size()) {
    const std::size_t after = is_space(sql[at]) ? at + 1 : after_comment(sql, at);
    if (after == at) return at;
    at = after;
  }
  return at;
}

// The place of the first ';' outside texts, names and comments; the size if there is none.
std::size_t end_of_statement(std::string_view sql, std::size_t at) {
  while (at < sql.size() && sql[at] != ';') {
    const std::size_t after = after_comment(sql, at);
    if (after != at)
      at = after;
    else if (sql[at] == '\'' || sql[at] == '"')
      at = after_quote(sql, at, sql[at]);
    else
      ++at;
  }
  return at;
}

}  // namespace

Result<> check_guest_statement(std::string_view sql) {
  if (sql.find('\0') != std::string_view::npos)
    return Error{Code::invalid, "a statement must not contain NUL", {}};
  const std::size_t begin = skip_blank(sql, 0);
  std::size_t end = begin;
  std::string word;
  for (; end < sql.size() && in_name(sql[end]); ++end)
    word += is_letter(sql[end]) ? static_cast<char>(sql[end] & ~0x20) : sql[end];
  if (begin == sql.size() || sql[begin] == ';')
    return Error{Code::invalid, "there is no statement", {}};
  if (std::ranges::find(kAllowed, word) == kAllowed.end())
    return Error{Code::invalid,
                 "a statement of a plugin cannot begin with '" + word.substr(0, 40) +
                     "': it may read and change its own tables, and nothing of the transaction, "
                     "the session or another database",
                 {}};
  const std::size_t semicolon = end_of_statement(sql, end);
  if (semicolon < sql.size() && skip_blank(sql, semicolon + 1) < sql.size())
    return Error{Code::invalid, "exactly one statement is expected", {}};
  return {};
}

bool is_blank_sql(std::string_view sql) {
  return skip_blank(sql, 0) == sql.size();
}

Result<> check_nothing_follows(std::string_view rest) {
  std::size_t at = skip_blank(rest, 0);
  while (at < rest.size() && rest[at] == ';') at = skip_blank(rest, at + 1);
  if (at == rest.size()) return {};
  return Error{Code::invalid,
               "exactly one statement is expected, and another one follows: execute each by itself",
               {}};
}

Result<> check_one_statement(std::string_view sql) {
  const std::size_t begin = skip_blank(sql, 0);
  if (begin == sql.size() || sql[begin] == ';')
    return Error{Code::invalid, "there is no statement", {}};
  return check_nothing_follows(sql.substr(end_of_statement(sql, begin)));
}

Result<> check_guest_text(std::string_view text, std::size_t number) {
  if (text.find('\0') == std::string_view::npos) return {};
  return Error{Code::invalid,
               "argument " + std::to_string(number) +
                   " is a text with a NUL, which a database cannot keep: pass it as a BLOB",
               {}};
}

Result<> check_guest_texts(std::span<const Value> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i].type == Value::Type::text)
      TRY_VOID(check_guest_text(arguments[i].text, i + 1));
  return {};
}

Error result_too_large() {
  return {Code::invalid, "the result is larger than 64 MiB: use LIMIT", {}};
}

}  // namespace hosting
