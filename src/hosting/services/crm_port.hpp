// The CRM as the hosting library sees it: users, calendars, appointments and records, behind one
// abstract class that the CRM implements (src/host/crm/crm_adapter). Used by the service tables. It
// must never hold what belongs to the hosting library itself: accounts, tasks, secrets and flows.
//
// 12 functions: user; plugin_calendars, put_calendar, set_calendar_state, set_default_calendar,
// own_calendar; records_by_address, record_changes; event_changes, events, apply, acknowledge.
//
// Every function blocks and may be called by any thread. `plugin` is the id of the plugin on whose
// behalf it is called; what that plugin may not see is answered not_found. The codes of errors are
// those that host_api/services promises to plugins.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/common/base/result.hpp"

namespace hosting {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::base::Json;

// A user of the CRM, as far as a plugin may see them.
struct PluginUser {
  std::string id, email, name, role, locale;
  std::string time_zone;         // IANA name
  std::string default_calendar;  // id of the calendar for new appointments
  bool locked = false;           // may not log in at present
  bool removed = false;          // only what its data needs is left of it

  Json to_json() const;  // as host_api/services/accounts.h defines it
};

// A calendar as a plugin describes it. (account, remote_id) identifies it.
struct RemoteCalendar {
  std::string account, remote_id, name;
  std::string color;  // "#rrggbb"
  std::string role;   // "owner" | "writer" | "reader" | "free_busy"
  std::string mode;   // "two_way" | "view_only"
};

// A calendar of a plugin as the CRM keeps it.
struct PluginCalendar {
  std::string id, user;
  RemoteCalendar remote;
  std::string state;  // "live" | "hidden" | "gone"
  bool is_default = false;

  Json to_json() const;  // schema/calendar.json
};

enum class RecordKind { lead = 0, contact = 1 };
std::string_view to_text(RecordKind kind);  // "lead" | "contact"

// The ids of records, sorted: those an appointment is linked with, or those with an address.
struct LinkedRecords {
  std::vector<std::string> leads, contacts;
  friend bool operator==(const LinkedRecords&, const LinkedRecords&) = default;

  Json to_json() const;  // {leads: [id], contacts: [id]}
};

// The records of an address.
struct FoundRecords {
  LinkedRecords exact;
  LinkedRecords similar;  // have another spelling of the same mailbox

  Json to_json() const;  // schema/contacts_found.json
};

struct RecordChange {
  RecordKind kind;
  std::string id;
  std::vector<std::string> addresses;  // before and after the change, normalised
};

// A page of crm.contacts/0 changes.
struct RecordChanges {
  std::vector<RecordChange> changes;
  std::string cursor;
  bool more = false;
};

// An appointment as a plugin reads it: schema/event_document.json.
struct EventDocument {
  std::string id, calendar, revision;
  Json event;
  LinkedRecords records;
  std::string split_of;  // "": none
  // As in schema/event_document.json; "": as is usual.
  std::string notify = {};

  Json to_json() const;
};

struct FeedEntry {
  enum class Kind { changed, deleted, moved };
  Kind kind = Kind::changed;
  std::string id;
  EventDocument document;  // changed
  std::string moved_to;    // moved: the id of the other calendar
  std::string notify;      // deleted: as of a document
};

// A page of crm.events/0 changes.
struct FeedPage {
  std::vector<FeedEntry> changes;
  std::string cursor;
  bool more = false;

  Json to_json() const;
};

// One conditional write of crm.events/0 apply.
struct Operation {
  enum class Kind { put, erase, link, move };
  Kind kind = Kind::put;
  std::string op_id, id, calendar;
  std::optional<std::string> if_revision;  // absent: create
  Json event;
  std::optional<LinkedRecords> records;
};

struct OperationResult {
  Code status = Code::internal;
  std::string revision, message;

  Json to_json() const;
};

// Whether a run with this fence may still write. Called inside the CRM's write transaction.
using FenceCheck = std::function<bool(std::string_view plugin, std::int64_t fence)>;

class CrmPort {
 public:
  virtual ~CrmPort() = default;

  // --- users ---

  // not_found: there is no such user.
  virtual Result<PluginUser> user(std::string_view id) const = 0;

  // --- calendars ---

  // The calendars of the plugin's accounts, oldest first; account "": of all of them.
  virtual Result<std::vector<PluginCalendar>> plugin_calendars(std::string_view plugin,
                                                               std::string_view account) const = 0;
  // Creates or updates a calendar and returns its id. invalid: a member is malformed; not_found:
  // the plugin has no such account.
  virtual Result<std::string> put_calendar(std::string_view plugin,
                                           const RemoteCalendar& calendar) = 0;
  // invalid: unknown state; not_found: the plugin has no such calendar.
  virtual Result<> set_calendar_state(std::string_view plugin, std::string_view calendar,
                                      std::string_view state) = 0;
  // calendar "": the user's own one. invalid: read-only or gone; not_found: not the user's.
  virtual Result<> set_default_calendar(std::string_view plugin, std::string_view user,
                                        std::string_view calendar) = 0;
  // The id of the calendar that the user has in the CRM without any plugin. not_found: no such
  // user.
  virtual Result<std::string> own_calendar(std::string_view user) const = 0;

  // --- records ---

  // By normalised address, the records that hold one of the addresses (at most 1000).
  // not_found: there is no such user.
  virtual Result<std::map<std::string, FoundRecords>> records_by_address(
      std::string_view user, const std::vector<std::string>& addresses) const = 0;
  // In commit order, each record once per page. limit: 1 to 2500. gone: the cursor is foreign or
  // older than 90 days.
  virtual Result<RecordChanges> record_changes(std::string_view cursor,
                                               std::uint32_t limit) const = 0;

  // --- appointments ---

  // In commit order. limit: 1 to 2500. gone: as above.
  virtual Result<FeedPage> event_changes(std::string_view plugin, std::string_view calendar,
                                         std::string_view cursor, std::uint32_t limit) const = 0;
  // At most 500 ids; those that the plugin may not see are left out.
  virtual Result<std::vector<EventDocument>> events(std::string_view plugin,
                                                    const std::vector<std::string>& ids) const = 0;
  // Performs the operations in one transaction, each for itself, and returns one result for each.
  // At most 500. conflict: the fence is stale, nothing was written.
  virtual Result<std::vector<OperationResult>> apply(std::string_view plugin, std::int64_t fence,
                                                     const std::vector<Operation>& operations,
                                                     const FenceCheck& fence_is_current) = 0;
  // Forgets the stored results of these operations: the plugin has recorded them.
  virtual Result<> acknowledge(std::string_view plugin, const std::vector<std::string>& op_ids) = 0;
};

}  // namespace hosting
