// What users see of appointments: the occurrences of a range, one appointment, the card of a lead
// or contact. Used by the web server. It must never show more of another user's appointment than
// sight_of allows, nor expand series without a bound for all of them together.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/host/crm/appointment_access.hpp"
#include "src/host/crm/appointment_store.hpp"
#include "src/host/crm/occurrences.hpp"
#include "src/host/crm/records.hpp"

namespace host {

struct GuestWithRecords {
  Guest guest;
  RecordsOfAddress records;
  std::string colleague;  // the name of the CRM user with this address; "" if there is none
};

// GET /api/events/{id}
struct EventPage {
  hosting::EventDocument document;  // masked: only times, {"summary": ""}; calendar "": foreign
  std::vector<GuestWithRecords> guests;
  Permission permission;
  bool masked = false;
  // "local": in the user's own calendar; "google": in a plugin's; "gone": in one that disappeared.
  std::string source;

  Json to_json() const;
};

// One occurrence as a calendar page or a card shows it.
struct OccurrenceRow {
  std::string event, original_start, owner;
  std::string calendar;  // "" when it is another user's and not shared
  EventTime start, end;
  std::string summary, location, status, transparency, visibility, color, type, ical_uid;
  bool recurring = false, exception = false, editable = false, masked = false;
  bool similar = false;  // on a card: by another spelling of the record's address alone
  std::vector<Guest> guests;
  std::string answer;  // the viewer's own, to an invitation that is in their calendar; else ""

  // unusual: without what is as in most appointments, such as `status` confirmed and no guests
  enum class Members { all, unusual };

  // `guests` as {email, name, partstat, role}; `similar` if set
  Json to_json(Members members = Members::all) const;
};

// Which occurrences, and how many at once.
struct OccurrenceQuery {
  std::chrono::sys_seconds start{}, end{};
  std::string_view calendar = {};  // "": the viewer's visible ones
  std::string_view after = {};     // `more` of the page before
  std::size_t rows = 5'000;
};

struct OccurrencePage {
  std::vector<OccurrenceRow> rows;  // by start; at most 4 MiB
  std::string more;                 // for `after`; "" when these were the last ones
};

struct Card {
  std::vector<OccurrenceRow> upcoming, past;  // nearest first
  std::int64_t upcoming_total = 0, past_total = 0;
};

class AppointmentQueries {
 public:
  // All references outlive the object.
  AppointmentQueries(Database& database, AppointmentStore& store, Records& records,
                     const gcal::base::Clock& clock)
      : database_(database), store_(store), records_(records), clock_(clock) {}

  // All functions: [any thread, blocks]. `viewer` is the user who asks.

  // The occurrences that touch [start, end), by start: of the viewer's visible calendars, or of
  // `calendar` alone when given, which may be a colleague's. A rule that repeats below an hour
  // shows 24 on each day. invalid: an empty range, more than ten years, or a foreign `after`.
  Result<OccurrencePage> occurrences(std::string_view viewer, const OccurrenceQuery& query) const;
  // The first page, of default size.
  Result<std::vector<OccurrenceRow>> occurrences(std::string_view viewer,
                                                 std::chrono::sys_seconds start,
                                                 std::chrono::sys_seconds end,
                                                 std::string_view calendar = {}) const {
    TRY(auto page, occurrences(viewer, {start, end, calendar}));
    return std::move(page.rows);
  }
  // One appointment, with the leads and contacts of its guests.
  Result<EventPage> get(std::string_view viewer, std::string_view id) const;
  // The card of a lead or contact: one row per meeting. Copies of a meeting in several users'
  // calendars, which share (iCalUID, original start), are one row, preferably the viewer's own.
  Result<Card> card(std::string_view viewer, RecordKind kind, std::string_view record,
                    std::size_t upcoming = 20, std::size_t past = 20) const;

 private:
  class CardAddresses;
  // An occurrence for a card, before it becomes a row. Of several copies of a meeting the lowest
  // rank is shown: 0 the viewer's own, 1 the organiser's, 2 any other.
  struct CardEntry {
    std::shared_ptr<const ParsedAppointment> parsed;
    std::shared_ptr<const Calendar> calendar;
    std::shared_ptr<const std::string> event;
    Instance instance;
    int rank = 0;
  };

  Result<std::vector<CardEntry>> card_entries(std::string_view viewer, const Record& record,
                                              const CardAddresses& addresses,
                                              std::chrono::sys_seconds now) const;
  Result<std::vector<GuestWithRecords>> with_records(const std::vector<Guest>& guests) const;
  Result<> name_colleagues(std::vector<GuestWithRecords>& guests) const;

  Database& database_;
  AppointmentStore& store_;
  Records& records_;
  const gcal::base::Clock& clock_;
};

}  // namespace host
