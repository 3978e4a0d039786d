#include "src/hosting/storage/postgres_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <span>
#include <utility>

#include "src/common/base/fnv.hpp"

namespace hosting {
namespace {

// The length of the quoted text or comment that begins at `at`; 0: none does.
std::size_t quoted_length(std::string_view sql, std::size_t at) {
  const auto up_to = [&](std::string_view end) {
    const std::size_t found = sql.find(end, at + (end.size() == 1 ? 1 : 2));
    return found == std::string_view::npos ? sql.size() - at : found + end.size() - at;
  };
  if (sql[at] == '\'') return up_to("'");
  if (sql[at] == '"') return up_to("\"");
  if (sql.substr(at).starts_with("--")) return up_to("\n");
  if (sql.substr(at).starts_with("/*")) return up_to("*/");
  return 0;
}

bool is_word(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

std::string in_quotes(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

// Words, and what is written instead of them.
using Words = std::pair<std::string_view, std::string_view>;
constexpr Words kUser{"user", "\"user\""};

// The text with other words and with $ for ?, both outside of quotes and comments.
std::string with_words(std::string_view sql, std::span<const Words> all) {
  std::string out;
  out.reserve(sql.size() + 16);
  for (std::size_t i = 0; i < sql.size();) {
    if (const std::size_t length = quoted_length(sql, i); length > 0) {
      out += sql.substr(i, length);
      i += length;
      continue;
    }
    const bool begins = i == 0 || !is_word(sql[i - 1]);
    const auto word = std::ranges::find_if(all, [&](const Words& words) {
      const std::size_t end = i + words.first.size();
      return begins && sql.substr(i).starts_with(words.first) &&
             (end == sql.size() || !is_word(sql[end]));
    });
    if (word != all.end()) {
      out += word->second;
      i += word->first.size();
    } else {
      out += sql[i] == '?' ? '$' : sql[i];
      ++i;
    }
  }
  return out;
}

}  // namespace

std::string postgres_statement(std::string_view sql) {
  return with_words(sql, std::array{kUser});
}

bool only_writes(std::string_view sql) {
  const auto begins = [sql](std::string_view word) { return sql.starts_with(word); };
  return (begins("INSERT ") || begins("UPDATE ") || begins("DELETE ")) &&
         sql.find(" RETURNING ") == std::string_view::npos;
}

std::string quoted_name(std::string_view name) {
  return in_quotes(name, '"');
}

std::string quoted_text(std::string_view text) {
  return in_quotes(text, '\'');
}

std::string plugin_schema(std::string_view plugin) {
  constexpr std::size_t kLongest = 63;  // of a name in PostgreSQL
  std::string name = "plugin_";
  for (const char c : plugin) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    name += is_word(lower) ? lower : '_';
  }
  if (name.size() <= kLongest) return name;
  std::array<char, 16> number{};
  std::snprintf(number.data(), number.size(), "_%08x", gcal::base::fnv1a(plugin));
  return name.substr(0, kLongest - 9) + number.data();
}

std::string postgres_schema_step(std::string_view sql) {
  constexpr std::array<Words, 4> kAll{
      {kUser, {"INTEGER", "BIGINT"}, {"BLOB", "BYTEA"}, {"WITHOUT ROWID", ""}}};
  return with_words(sql, kAll);
}

}  // namespace hosting
