// What the hosting library needs of a CRM and what only a CRM can answer: its users, appointments
// and records. A vendor implements CrmPort once; everything else (feeds with cursors, answers by
// op_id, fences, the calendars of plugins, accounts, tasks, secrets) is the library's. Only the
// standard library and host_api are included here.
//
// Twelve functions: user; write, read; owner, load, save, erase, link, appointments_of;
// records_by_address; calendar_changed; public_url.
//
// Every function blocks, and several threads call at the same time: those of plugins, of the
// library, and those that call Hosting. Inside a function, and while its thread has a transaction
// of the CRM open, of Hosting only note_changed, note_record_changed, admit, plugins, texts and
// reload_changed may be called; others wait for this thread. Ids are texts of 1 to 128
// bytes of [0-9A-Za-z_-]. Errors carry a code for the plugin and a message for a person;
// unavailable (repeat later) and internal (a defect) are possible everywhere and not repeated
// below. No exception may leave a function.
//
// What the CRM calls: Hosting::note_changed and note_record_changed wherever it stores a change,
// inside the transaction that stores it, for every origin: a user, an import, or the library
// through save and erase.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host_api/cpp/result.hpp"
#include "transaction.hpp"

namespace hosting {

struct CrmUser {
  std::string id;
  std::string email;      // "" if there is none
  std::string name;       // for people
  std::string role;       // "admin" | "sales"
  std::string locale;     // "de" | "en" | "": unknown
  std::string time_zone;  // IANA name
  std::string calendar;   // id of the calendar that the user has without any plugin
  bool locked = false;    // may not log in at present
  bool removed = false;   // has left: only what their appointments and records need is kept
};

// A record of the CRM that appointments are linked with.
struct CrmRecord {
  std::string kind;  // "lead" | "contact"
  std::string id;
  friend bool operator==(const CrmRecord&, const CrmRecord&) = default;
};

struct RecordsOfAddress {
  std::vector<CrmRecord> exact;  // hold the address
  // Hold another spelling of the same mailbox, not this one. Which are the same is yours to say:
  // crm_host leaves out dots before @gmail.com and @googlemail.com, which are one, and a "+tag".
  std::vector<CrmRecord> similar;
};

// A calendar that a plugin brought.
struct CrmCalendar {
  std::string id, user;
  std::string plugin, account, remote_id;
  std::string name;
  std::string color;  // "#rrggbb"
  std::string role;   // "owner" | "writer" | "reader" | "free_busy"
  // "two_way" | "view_only": offer no editing, whatever the role; the plugin sets edits back. In a
  // two-way calendar what is edited depends on the event, too: crm_hosting.md, "What users may not
  // edit".
  std::string mode;
  std::string state;  // "live" | "hidden": do not show | "gone": belongs to the user now
  // The user's choice for new appointments, which go there only while state is "live", mode
  // "two_way" and role "owner" or "writer"; otherwise into CrmUser::calendar. None has it: that one
  // is the default.
  bool is_default = false;
};

// A change of an appointment that the CRM stored.
struct AppointmentChange {
  enum class Kind { saved, erased, moved };
  Kind kind = Kind::saved;
  std::string id;
  std::string calendar;       // moved: the one that it left
  std::string user = {};      // owner of the calendar
  std::string moved_to = {};  // moved: the calendar where it is now, of the same user
  // saved, erased by a person: whom it shall inform, as the member notify of
  // event_document.json; "": as is usual. Not read when the library asked for the change.
  std::string notify = {};
};

// A change of a record: created, merged, deleted, or another address.
struct RecordNote {
  CrmRecord record;
  std::vector<std::string> addresses;  // before and after; trimmed, lower case
};

class CrmPort {
 public:
  using Work = std::function<crm::Result<>(CrmTransaction&)>;

  virtual ~CrmPort() = default;

  // --- users ---

  // not_found: there is no such user.
  virtual crm::Result<CrmUser> user(std::string_view id) const = 0;
  // --- transactions ---

  // Begins a transaction, calls `work` on this thread, commits when it succeeds (and then calls
  // committed()) and rolls back when it fails, returning its error. Durable when it answers. One
  // write at a time, as SQLite has it: on PostgreSQL take pg_advisory_xact_lock first; then READ
  // COMMITTED is enough. `work` may be called again when another transaction was in the way
  // (SQLSTATE 40001, 40P01). user, records_by_address, write and read are never called inside
  // `work`. timeout: whether it was committed is unknown; the library asks again with the same
  // op_ids.
  virtual crm::Result<> write(const Work& work) = 0;
  // The same for work that only reads (its statements are SELECTs): on a snapshot where the
  // database offers one.
  virtual crm::Result<> read(const Work& work) const = 0;

  // --- appointments, inside a transaction of write or read ---

  // The user whose own calendar this is: that of CrmUser::calendar. not_found: it is no user's own;
  // calendars of plugins, also gone ones, are known to the library.
  virtual crm::Result<std::string> owner(CrmTransaction& transaction,
                                         std::string_view calendar) const = 0;

  // The appointments with these ids (at most 2500) as host_api/schema/event_document.json in
  // text, in any order; those that do not exist are left out. split_of where a person split the
  // series off; never notify, which note_changed tells of.
  virtual crm::Result<std::vector<std::string>> load(CrmTransaction& transaction,
                                                     const std::vector<std::string>& ids) const = 0;
  // Stores an appointment and returns its new revision, which was never used for it before, not
  // even before a restored backup. document: event_document.json in text without revision and
  // split_of; without `records` the links stay as they are. The library has checked the members of
  // the event and their kinds, not what they mean: times, zones and rules are yours. Only the
  // members of event.json are replaced; what the CRM keeps beside them stays. Another calendar than
  // the stored one: it is moved there (one note_changed with Kind::moved, also when its content is
  // another). if_revision: absent to create (conflict: the id exists); otherwise conflict if the
  // stored revision is another, not_found if there is none. invalid: the CRM cannot take the event;
  // the message says why. After these errors the transaction goes on with other appointments, so
  // they leave no trace in it; after any other, such as that of note_changed, it is rolled back.
  virtual crm::Result<std::string> save(CrmTransaction& transaction, std::string_view document,
                                        const std::optional<std::string>& if_revision) = 0;
  // Deletes an appointment. conflict: its revision is another; not_found. Errors as of save.
  virtual crm::Result<> erase(CrmTransaction& transaction, std::string_view id,
                              std::string_view if_revision) = 0;
  // Replaces the records that an appointment is linked with; those that do not exist are left out.
  // The revision stays and note_changed is not called. not_found: there is no such appointment.
  virtual crm::Result<> link(CrmTransaction& transaction, std::string_view id,
                             const std::vector<CrmRecord>& records) = 0;
  // The ids of a calendar's appointments that are greater than `after` ("": all), in the order of
  // their bytes (on PostgreSQL: COLLATE "C"), at most `limit` (1 to 2501). For a plugin's first
  // reading.
  virtual crm::Result<std::vector<std::string>> appointments_of(CrmTransaction& transaction,
                                                                std::string_view calendar,
                                                                std::string_view after,
                                                                std::uint32_t limit) const = 0;

  // --- records ---

  // The records that the user may see and that hold one of the addresses (at most 1000), by
  // normalised address; addresses without a record are left out. invalid: more addresses;
  // not_found: there is no such user.
  virtual crm::Result<std::map<std::string, RecordsOfAddress>> records_by_address(
      std::string_view user, const std::vector<std::string>& addresses) const = 0;

  // --- for the pages of the CRM ---

  // A calendar of a plugin was created or is another one now: the CRM updates its list of
  // calendars, in this transaction. The id is the one that appointments name. Another default: once
  // for the calendar that was it, then for the one that is it; not for a user's own calendar.
  // Nothing for a CRM that shows the library's list.
  virtual crm::Result<> calendar_changed(CrmTransaction& transaction,
                                         const CrmCalendar& calendar) = 0;
  // Where browsers and other services reach this CRM, such as "https://crm.example", with the path
  // where the library is mounted and without a slash at the end. A CRM that is reached from this
  // machine only says "http://localhost:8080"; then there is no push. For plugins it is read once,
  // in Hosting::open, which refuses another text.
  virtual std::string public_url() const = 0;
};

}  // namespace hosting
