// What crosses the service tables of the contract, as types: users, calendars, records, pages of
// the feeds, operations and their results, each with its JSON form. SqlValues without any thread;
// used by the tables, PluginCalendars, PluginAppointments and by the CRM for records.
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
#include "src/hosting/crm_hosting/port.hpp"

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

  Json to_json() const;  // as host_api/services/accounts.h defines it
};

// A calendar as a plugin describes it. (account, remote_id) identifies it.
struct RemoteCalendar {
  std::string account, remote_id, name;
  std::string color;  // "#rrggbb"
  std::string role;   // "owner" | "writer" | "reader" | "free_busy"
  std::string mode;   // "two_way" | "view_only"

  // From the members of schema/calendar.json#/$defs/put.
  static RemoteCalendar of(std::string account, const Json& json);
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
std::optional<RecordKind> record_kind_of(std::string_view text);

// The ids of records, sorted: those an appointment is linked with, or those with an address.
struct LinkedRecords {
  std::vector<std::string> leads, contacts;
  friend bool operator==(const LinkedRecords&, const LinkedRecords&) = default;

  Json to_json() const;                                            // {leads: [id], contacts: [id]}
  static LinkedRecords of(const Json& json);                       // what to_json wrote
  static LinkedRecords of(const std::vector<CrmRecord>& records);  // of a known kind; sorted
  std::vector<CrmRecord> records() const;
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

// What host_api/schema/event_document.json allows as id of an appointment, as record_kind, and as
// notify, whom a change shall inform ("": as is usual).
bool is_event_id(std::string_view text);
bool is_record_kind(std::string_view text);
bool is_wish(std::string_view notify);
inline constexpr const char* kNoEventId = "id: 1 to 128 letters, digits, - and _";

// An appointment as a plugin reads it: schema/event_document.json.
struct EventDocument {
  std::string id, calendar, revision;
  Json event;
  LinkedRecords records;
  std::string split_of;  // "": none
  // As in schema/event_document.json; "": as is usual.
  std::string notify = {};

  Json to_json() const;
  // Of what CrmPort::load answers. internal: it is no schema/event_document.json; the message names
  // the appointment and the member.
  static Result<EventDocument> parse(std::string_view text);
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

// Whether a run with this fence may still write. Called inside a write
// transaction.
using FenceCheck = std::function<bool(std::string_view plugin, std::int64_t fence)>;

}  // namespace hosting
