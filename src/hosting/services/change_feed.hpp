// What changed in the CRM, in the order of the commits: the feed of appointments, one list per
// calendar, and the feed of records. Its tables are in the CRM's database, and every row is written
// in the transaction of the change that it tells of. Used by the CRM, which notes its changes, and
// by PluginAppointments, which reads them for plugins.
//
// The order is that of one counter row: the number of a change is drawn by an UPDATE of that row,
// whose lock is held until the transaction has become visible. So nothing becomes visible before a
// number that was read already, with any number of writers. Nothing is lost when the process dies:
// before the commit neither the change nor its row exists, after it both do. What may be lost is
// the hint to running plugins, which then find the change at their next look.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/result.hpp"
#include "src/hosting/crm_hosting/port.hpp"
#include "src/hosting/services/change_bus.hpp"

namespace hosting {

using gcal::Code;
using gcal::Error;
using gcal::Result;

// Where a reader of a feed is. For clients "<epoch>-<seq>-<start>-<mark>", and during a first
// reading by the ids of a calendar "<epoch>-l-<start>-<mark>-<id>". The mark is of the calendar's
// id, so that a cursor is good for one calendar only; that of records, and those of former
// versions, have none.
struct FeedPosition {
  std::int64_t seq = 0;    // everything up to it was read
  std::int64_t start = 0;  // the counter when this listing began; seq once it is complete
  bool listing = false;    // the ids up to `after` were read
  std::string after = {};
};

// An epoch, and the number of the newest change in it.
struct FeedMark {
  std::string epoch;
  std::int64_t seq = 0;
  friend bool operator==(const FeedMark&, const FeedMark&) = default;
};

// A row of the feed of a calendar.
struct ChangedAppointment {
  std::string id;
  std::int64_t seq = 0;
  AppointmentChange::Kind kind = AppointmentChange::Kind::saved;
  std::string moved_to;
  std::string notify;  // of what was done after the reader's position, see event_document.json
};

struct ChangedAppointments {
  std::vector<ChangedAppointment> rows;  // the oldest first
  FeedPosition position;                 // after them
  std::string epoch;
  std::int64_t counter = 0;  // the newest number of any change
};

struct ChangedRecords {
  std::vector<RecordNote> rows;
  FeedPosition position;
  std::string epoch;
  bool more = false;
};

// How long deletions stay in a feed.
inline constexpr std::int64_t kDeletionsKeptMs = std::int64_t{90} * 24 * 3600 * 1000;

class ChangeFeed {
 public:
  // Both outlive the object.
  ChangeFeed(ChangeBus& bus, const gcal::base::Clock& clock) : bus_(bus), clock_(clock) {}

  // --- for the CRM; [any thread, inside the transaction of the change] ---

  // Writes the row of a change, and tells plugins after the commit (except the plugin that wrote
  // it, CrmTransaction::origin). Call it after the change was written and as late as possible:
  // other writers wait from here to the commit. Errors: those of check_note and of
  // CrmTransaction::execute; the transaction must then be rolled back.
  Result<> note_changed(CrmTransaction& transaction, const AppointmentChange& change);
  // The same for a record. Addresses of earlier changes that a reader may not have seen stay, at
  // most 200.
  Result<> note_record_changed(CrmTransaction& transaction, const RecordNote& change);

  // Creates the library's tables in the CRM's database where they do not exist, and names a new
  // database `epoch` (1 to 64 bytes, no '-'). Call it before the first transaction.
  static Result<> create_tables(CrmTransaction& transaction, std::string_view epoch);
  // From here on all cursors are foreign, and plugins read everything again. Call it after a backup
  // was restored: what is counted a second time must not be taken for what was read.
  static Result<> begin_epoch(CrmTransaction& transaction, std::string_view epoch);

  // --- for the library ---

  // Tells plugins after the commit, without a row: of links.
  Result<> announce(CrmTransaction& transaction, const AppointmentChange& change);
  // The place that a cursor names; text "": the beginning, by the ids of the calendar. gone: the
  // cursor is of another calendar, foreign, newer than this database or older than the deletions
  // that are remembered.
  static Result<FeedPosition> position(CrmTransaction& transaction, std::string_view calendar,
                                       std::string_view text);
  // calendar "": a cursor of the feed of records.
  static std::string cursor(std::string_view epoch, std::string_view calendar,
                            const FeedPosition& position);
  // At most `count` changes after the position, in one statement and so of one moment.
  static Result<ChangedAppointments> appointments(CrmTransaction& transaction,
                                                  std::string_view calendar,
                                                  const FeedPosition& position,
                                                  std::uint32_t count);
  // An appointment's newest change, for a reader at `position`; its number is 0 when none is known.
  static Result<ChangedAppointment> newest(CrmTransaction& transaction, std::string_view calendar,
                                           std::string_view id, std::int64_t position);
  // text "": from the first record that ever changed.
  static Result<ChangedRecords> records(CrmTransaction& transaction, std::string_view text,
                                        std::uint32_t limit);
  static Result<FeedMark> head(CrmTransaction& transaction);
  // Forgets deletions, changes of records and answers that are older than 90 days.
  Result<> purge(CrmTransaction& transaction);

 private:
  // The plugin whose calendar this is; "": a user's own. A calendar stays with its plugin for ever,
  // so that one that was found is looked up once.
  Result<std::string> plugin_of(CrmTransaction& transaction, const std::string& calendar);

  ChangeBus& bus_;
  const gcal::base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::string> plugins_;  // by calendar
};

}  // namespace hosting
