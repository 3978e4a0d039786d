#include "src/hosting/services/feed.hpp"

#include <algorithm>
#include <charconv>

namespace hosting {

Result<std::int64_t> next_seq(Connection& c) {
  TRY(const auto seq, c.integer("UPDATE meta SET value=CAST(value AS BIGINT)+1 WHERE key='seq' "
                                "RETURNING CAST(value AS BIGINT)"));
  if (!seq) return Error{Code::internal, "the database has no change counter", {}};
  return *seq;
}

Result<std::int64_t> current_seq(Connection& c) {
  TRY(const auto seq, c.integer("SELECT value FROM meta WHERE key='seq'"));
  return seq.value_or(0);
}

Result<FeedCursor> read_cursor(Connection& c, std::string_view text, std::string_view floor_key) {
  TRY(const std::int64_t now, current_seq(c));
  if (text.empty()) return FeedCursor{0, now};
  const Error foreign{Code::gone, "the cursor is foreign or too old: list everything again", {}};
  TRY(const auto epoch, c.text("SELECT value FROM meta WHERE key='epoch'"));
  TRY(const auto floor, c.integer("SELECT value FROM meta WHERE key=?1", floor_key));
  const auto first = text.find('-'),
             second = text.find('-', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos || text.substr(0, first) != epoch.value_or(""))
    return foreign;
  FeedCursor cursor;
  const char* end = text.data() + text.size();
  const auto seq = std::from_chars(text.data() + first + 1, end, cursor.seq);
  const auto start = std::from_chars(text.data() + second + 1, end, cursor.start);
  if (seq.ec != std::errc{} || start.ec != std::errc{} || seq.ptr != text.data() + second ||
      start.ptr != end)
    return foreign;
  if (cursor.seq < 0 || cursor.seq > now || cursor.start > now || cursor.start < floor.value_or(0))
    return foreign;
  return cursor;
}

Result<std::string> write_cursor(Connection& c, FeedCursor cursor) {
  TRY(const auto epoch, c.text("SELECT value FROM meta WHERE key='epoch'"));
  return epoch.value_or("") + "-" + std::to_string(cursor.seq) + "-" +
         std::to_string(std::max(cursor.seq, cursor.start));
}

}  // namespace hosting
