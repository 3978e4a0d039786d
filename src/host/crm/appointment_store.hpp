// The rows of appointments: documents with revisions and their links with records. Every change is
// noted in the feed of the hosting library. Used inside the transactions of AppointmentEditor,
// AppointmentQueries and CrmAdapter. It must never check permissions (appointment_access does), nor
// use a revision twice.
#pragma once

#include <cstdint>
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
#include "src/host/crm/event_view.hpp"
#include "src/hosting/services/change_feed.hpp"
#include "src/hosting/services/documents.hpp"

namespace host {

using hosting::LinkedRecords;

// A document of the table, parsed once.
struct ParsedAppointment {
  Json event;  // host_api/schema/event.json
  EventView view;
};

struct StoredAppointment {
  std::int64_t row = 0;
  std::string id, revision;
  std::string split_of;  // the series that "this and following" took it from; "" if none
  std::string part_of;   // the first part of the series that it is a part of; "" if never split
  Calendar calendar;
  std::shared_ptr<const ParsedAppointment> parsed;
};

class AppointmentStore {
 public:
  // All references outlive the object.
  AppointmentStore(hosting::ChangeFeed& feed, const gcal::base::Clock& clock,
                   gcal::base::Random& random)
      : feed_(feed), clock_(clock), random_(random) {}

  // Every function works inside the caller's transaction `c`. Those that write note the change in
  // it; origin: the plugin that writes, "" for a user; notify: whom the act of a user shall inform,
  // as in event_document.json, "" as is usual.

  // Nothing when there is no appointment with this id. internal: the stored document is damaged.
  Result<std::optional<StoredAppointment>> load(Connection& c, std::string_view id) const;
  // Inserts the appointment, or replaces `before`, which moves when it was in another calendar.
  // Without `records` its links stay as they are. Returns the new revision.
  Result<std::string> save(Connection& c, const Calendar& calendar, std::string_view id,
                           const Json& event, const EventView& view,
                           const std::optional<LinkedRecords>& records,
                           const StoredAppointment* before, std::string_view origin,
                           std::string_view notify = {});
  // Moves the appointment to another calendar and returns the new revision.
  Result<std::string> move_to_calendar(Connection& c, const StoredAppointment& appointment,
                                       const Calendar& target, std::string_view origin);
  // Records that the appointment, just saved, has dates that `origin` gave up; `is_part`: at their
  // times, so that both remain parts of one series.
  static Result<> set_split_of(Connection& c, std::string_view id, const StoredAppointment& origin,
                               bool is_part);
  // The other parts of a series that was split, in the same calendar.
  Result<std::vector<StoredAppointment>> other_parts(Connection& c,
                                                     const StoredAppointment& appointment) const;
  // Deletes the appointment.
  Result<> erase(Connection& c, const StoredAppointment& appointment, std::string_view origin,
                 std::string_view notify = {});

  // The records that an appointment is linked with.
  static Result<LinkedRecords> links_of(Connection& c, std::int64_t row);
  // Replaces the links. Records that do not exist (any more) are left out.
  static Result<> write_links(Connection& c, std::int64_t row, const LinkedRecords& records);
  // The same for an appointment that has none yet.
  static Result<> add_links(Connection& c, std::int64_t row, const LinkedRecords& records);
  // The records that hold the address of a guest: not of rooms, nor of the calendar's own account
  // or its owner.
  static Result<LinkedRecords> records_of_guests(Connection& c, const Calendar& calendar,
                                                 const EventView& view);

  // The document of a row, from a cache by revision. internal: it is damaged. [any thread]
  Result<std::shared_ptr<const ParsedAppointment>> parse(std::string_view id,
                                                         std::string_view revision,
                                                         std::string_view json) const;

 private:
  std::string new_revision();

  hosting::ChangeFeed& feed_;
  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  mutable std::mutex mutex_;  // guards cache_
  mutable std::unordered_map<std::string, std::shared_ptr<const ParsedAppointment>> cache_;
};

Error no_appointment();  // not_found
Error stale_revision();  // conflict

}  // namespace host
