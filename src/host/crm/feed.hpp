// The cursor of a change feed and the counter behind it. Used by Events and Records.
// It must never accept a cursor of another database or one whose deletions were forgotten.
#pragma once

#include <charconv>
#include <string>

#include "src/hosting/storage/sqlite_database.hpp"

namespace refhost {

// "<epoch>-<seq>-<start>": read up to seq; start: where the feed stood when this listing began
// (equal to seq once it is complete). Without start, a listing of old rows would look like an old
// cursor.
struct FeedCursor {
  std::int64_t seq = 0, start = 0;
};

inline Result<std::int64_t> next_seq(Connection& c) {
  TRY(const auto seq, c.integer("UPDATE meta SET value=value+1 WHERE key='seq' RETURNING value"));
  if (!seq) return Error{Code::internal, "the database has no change counter", {}};
  return *seq;
}

inline Result<std::int64_t> current_seq(Connection& c) {
  TRY(const auto seq, c.integer("SELECT value FROM meta WHERE key='seq'"));
  return seq.value_or(0);
}

// floor_key: the meta row that holds the newest seq whose tombstone was forgotten.
inline Result<FeedCursor> read_cursor(Connection& c, std::string_view text,
                                      std::string_view floor_key) {
  TRY(const std::int64_t now, current_seq(c));
  if (text.empty()) return FeedCursor{0, now};
  const Error foreign{Code::gone, "the cursor is foreign or too old: list everything again", {}};
  TRY(const auto epoch, c.text("SELECT value FROM meta WHERE key='epoch'"));
  TRY(const auto floor, c.integer("SELECT value FROM meta WHERE key=?1", floor_key));
  const auto first = text.find('-'),
             second = text.find('-', first == text.npos ? first : first + 1);
  if (second == text.npos || text.substr(0, first) != epoch.value_or("")) return foreign;
  FeedCursor cursor;
  const char* end = text.data() + text.size();
  const auto seq = std::from_chars(text.data() + first + 1, end, cursor.seq);
  const auto start = std::from_chars(text.data() + second + 1, end, cursor.start);
  if (seq.ec != std::errc{} || start.ec != std::errc{} || seq.ptr != text.data() + second ||
      start.ptr != end)
    return foreign;
  // A seq from the future: the database was restored from a backup.
  if (cursor.seq < 0 || cursor.seq > now || cursor.start > now || cursor.start < floor.value_or(0))
    return foreign;
  return cursor;
}

inline Result<std::string> write_cursor(Connection& c, FeedCursor cursor) {
  TRY(const auto epoch, c.text("SELECT value FROM meta WHERE key='epoch'"));
  return epoch.value_or("") + "-" + std::to_string(cursor.seq) + "-" +
         std::to_string(std::max(cursor.seq, cursor.start));
}

inline constexpr std::int64_t kFeedMemoryMs = std::int64_t{90} * 24 * 3600 * 1000;

}  // namespace refhost
