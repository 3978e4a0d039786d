// The order of commits behind the fake change feeds, their cursors, and the notifications about
// changes. Used by the parts of the fake host, under its lock. It rejects a cursor of another
// epoch, of the future, or older than the deletions that are still known.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host_api/cpp/result.hpp"

namespace crm::fakes {

struct Cursor {
  std::int64_t seq = 0;  // read up to here
  // The feed's position when this listing began: earlier deletions are not reported.
  std::int64_t start = 0;
};

// One counter for all changes in the host.
class Feed {
 public:
  std::int64_t next() { return ++seq_; }
  std::int64_t now() const { return seq_; }
  void new_epoch() { ++epoch_; }

  // Parses a cursor; gone if it cannot be continued. floor: the newest deletion that was removed.
  // calendar: of the feed, "" for a feed of everything.
  Result<Cursor> read(std::string_view text, std::int64_t floor,
                      std::string_view calendar = {}) const {
    if (text.empty()) return Cursor{0, seq_};
    std::int64_t epoch = 0;
    Cursor cursor;
    if (!take(text, 'e', epoch) || !take(text, '-', cursor.seq) || !take(text, '-', cursor.start) ||
        text != behind(calendar) || epoch != epoch_ || cursor.seq < 0 || cursor.seq > seq_ ||
        cursor.start > seq_ || cursor.start < floor)
      return Error{Code::gone, "the cursor is foreign or too old: list everything again", {}};
    return cursor;
  }
  std::string write(Cursor cursor, std::string_view calendar = {}) const {
    return "e" + std::to_string(epoch_) + "-" + std::to_string(cursor.seq) + "-" +
           std::to_string(std::max(cursor.seq, cursor.start)) + behind(calendar);
  }

 private:
  static std::string behind(std::string_view calendar) {
    return calendar.empty() ? "" : "-" + std::string(calendar);
  }
  static bool take(std::string_view& text, char mark, std::int64_t& value) {
    if (!text.starts_with(mark)) return false;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), value);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
  }
  std::int64_t seq_ = 0;
  std::int64_t epoch_ = 1;
};

// A call of crm.hooks/0. Only changes by a user cause notifications, not the plugin's own writes.
struct Notification {
  enum class Kind { event, account, record };
  Kind kind = Kind::event;
  std::string first;   // event: the calendar; account: its id; record: "lead" or "contact"
  std::string second;  // event, record: its id
  friend bool operator==(const Notification&, const Notification&) = default;
};
using Notifications = std::vector<Notification>;

}  // namespace crm::fakes
