// The cursor of the mailer's change feed and the counter behind it. Used by the queue of mails;
// what changes in the CRM has a feed of its own (change_feed.hpp). It must never accept a cursor of
// another database, or one that is older than the deletions which are still remembered.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "src/hosting/storage/database.hpp"

namespace hosting {

// "<epoch>-<seq>-<start>" for clients. seq: everything up to it has been read. start: the counter
// when this listing began; it equals seq once the listing is complete. Without start, a listing of
// old rows would look like an old cursor.
struct FeedCursor {
  std::int64_t seq = 0, start = 0;
};

// Increments the counter inside a write transaction and returns it: the order of the commits.
Result<std::int64_t> next_seq(Connection& c);
Result<std::int64_t> current_seq(Connection& c);

// text "": the start of a new listing. floor_key: the row of `meta` with the newest seq whose
// deletion was forgotten. gone: the cursor is foreign, too old, or newer than this database (which
// was then restored from a backup).
Result<FeedCursor> read_cursor(Connection& c, std::string_view text, std::string_view floor_key);
Result<std::string> write_cursor(Connection& c, FeedCursor cursor);

}  // namespace hosting
