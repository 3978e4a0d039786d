// The appointments: documents with revisions, their change feed, what people see of them and do to
// them. Used by the web face (as a user) and by services/events (as a plugin). It must never show a
// private event of somebody else as more than "busy", nor reuse a revision.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/host/crm/calendars.hpp"
#include "src/host/crm/edit.hpp"
#include "src/host/crm/occurrences.hpp"
#include "src/host/crm/records.hpp"
#include "src/host/crm/users.hpp"
#include "src/hosting/services/change_bus.hpp"
#include "src/hosting/services/crm_port.hpp"

namespace host {

using hosting::Change;
using hosting::ChangeBus;
using hosting::Connection;
using hosting::Database;
using hosting::EventDocument;
using hosting::FeedEntry;
using hosting::FeedPage;
using hosting::FenceCheck;
using hosting::LinkedRecords;
using hosting::Operation;
using hosting::OperationResult;
using hosting::Row;

// What a viewer may do, and why not: a text key, "" when editable.
struct Permission {
  bool editable = false;
  std::string reason;  // "event.read_only.calendar" | ".not_organizer" | ".type" | ".locked" |
                       // ".other_user"
};

struct GuestWithRecords {
  Guest guest;
  std::vector<RecordName> leads, contacts;
};

// GET /api/events/{id}
struct EventPage {
  EventDocument document;  // masked: only times, {"summary": ""}
  std::vector<GuestWithRecords> guests;
  Permission permission;
  bool masked = false;
  std::string source;  // "local" | "google" | "gone": own calendar, a plugin's, a vanished one

  Json to_json() const;
};

// One occurrence as a calendar page or a card shows it.
struct OccurrenceRow {
  std::string event, original_start, calendar, owner;
  EventTime start, end;
  std::string summary, location, status, transparency, visibility, color, type, ical_uid;
  bool recurring = false, exception = false, editable = false, masked = false;
  std::vector<Guest> guests;

  Json to_json() const;  // `guests` as {email, name, partstat}
};

struct Card {
  std::vector<OccurrenceRow> upcoming, past;  // nearest first
  std::int64_t past_total = 0;
};

struct Saved {
  std::string id, revision;
  std::string new_id;  // of the second series after `following`
  std::string undo;    // token, 60 s
};

class Events {
 public:
  Events(Database& database, ChangeBus& bus, Calendars& calendars, Records& records,
         const gcal::base::Clock& clock, gcal::base::Random& random);
  ~Events();

  // For people. `viewer` is the user who asks. Times of all-day events are dates. [any thread,
  // blocks] Every occurrence that touches [start, end) in the viewer's visible calendars, or in
  // `calendar` alone when given.
  Result<std::vector<OccurrenceRow>> occurrences(std::string_view viewer,
                                                 std::chrono::sys_seconds start,
                                                 std::chrono::sys_seconds end,
                                                 std::string_view calendar = {}) const;
  Result<EventPage> get(std::string_view viewer, std::string_view id) const;
  // calendar "": the user's default. Guests are linked with leads and contacts by address.
  Result<Saved> create(std::string_view viewer, std::string_view calendar, const Json& event);
  // conflict: if_revision is stale; read again.  denied: not editable, the message is
  // Permission::reason.
  Result<Saved> edit(std::string_view viewer, std::string_view id, std::string_view if_revision,
                     Scope scope, const std::optional<EventTime>& original_start,
                     const Json& changes);
  Result<Saved> erase(std::string_view viewer, std::string_view id, std::string_view if_revision,
                      Scope scope, const std::optional<EventTime>& original_start);
  // Moves the whole series into another calendar of the viewer.
  Result<Saved> move(std::string_view viewer, std::string_view id, std::string_view if_revision,
                     std::string_view calendar);
  // gone: too late, used, or of somebody else; conflict: changed since. An erased appointment comes
  // back under a new id.
  Result<Saved> undo(std::string_view viewer, std::string_view token);
  // The card of a lead or contact: one row per meeting, copies of several users grouped by
  // (iCalUID, original start), the viewer's own first.
  Result<Card> card(std::string_view viewer, RecordKind kind, std::string_view record,
                    std::size_t upcoming = 20, std::size_t past = 20) const;

  // For plugins. `calendar` and ids outside of what the plugin may know are not_found. [any thread,
  // blocks]
  Result<FeedPage> changes(std::string_view plugin, std::string_view calendar,
                           std::string_view cursor, std::uint32_t limit) const;
  Result<std::vector<EventDocument>> get_documents(std::string_view plugin,
                                                   const std::vector<std::string>& ids) const;
  // fence 0: none. conflict: the fence is stale, nothing was done.
  Result<std::vector<OperationResult>> apply(std::string_view plugin, std::int64_t fence,
                                             const std::vector<Operation>& operations,
                                             const FenceCheck& fence_is_current);
  Result<> settle(std::string_view plugin, const std::vector<std::string>& op_ids);

  // Upkeep, once a day: forgets tombstones older than 90 days.
  Result<> purge();
  // For tests and a restored backup: makes every cursor foreign.
  Result<> new_epoch();

 private:
  struct Stored;
  struct Undo;
  struct Parsed;

  Result<std::optional<Stored>> load(Connection& c, std::string_view id) const;
  Result<Stored> load_for_edit(Connection& c, std::string_view viewer, std::string_view id,
                               std::string_view if_revision, bool erasing) const;
  Result<Saved> replace(std::string_view viewer, std::string_view id, std::string_view if_revision,
                        bool erasing, const std::function<Result<Edited>(const Json&)>& change);
  // `before`: the row to replace; records absent: the links stay. Answers the new revision.
  Result<std::string> store(Connection& c, const Calendar& calendar, std::string_view id,
                            const Json& event, const EventView& view,
                            const std::optional<LinkedRecords>& records, const Stored* before,
                            std::string_view origin);
  Result<std::string> relocate(Connection& c, const Stored& stored, const Calendar& target,
                               std::string_view origin);
  Result<> remove(Connection& c, const Stored& stored, std::string_view origin);
  Result<> bury(Connection& c, const Stored& stored, std::string_view moved_to);
  Result<> write_links(Connection& c, std::int64_t row, const LinkedRecords& records);
  Result<LinkedRecords> link_by_address(Connection& c, const Calendar& calendar,
                                        const EventView& view) const;
  Result<OperationResult> perform(Connection& c, std::string_view plugin,
                                  const Operation& operation);
  void announce(Connection& c, const Calendar& calendar, std::string_view id,
                std::string_view origin);
  std::string remember_undo(Undo undo);
  Result<std::shared_ptr<const Parsed>> parsed(std::string_view id, std::string_view revision,
                                               std::string_view json) const;
  std::string new_revision(std::int64_t seq);

  Database& database_;
  ChangeBus& bus_;
  Calendars& calendars_;
  Records& records_;
  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  mutable std::mutex mutex_;  // guards the two maps below
  mutable std::unordered_map<std::string, std::shared_ptr<const Parsed>>
      cache_;  // by revision, which is never reused
  std::unordered_map<std::string, std::shared_ptr<Undo>> undo_;
};

}  // namespace host
