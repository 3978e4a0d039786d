// What a write means for the other participants of an event: their copies in calendars of this
// emulator, the mails Google would send, and what a guest may not change. Used by GoogleModel
// before and after each write. Sends nothing: mails are recorded only.
//
// After each write the calendars of all guests are brought to what guest_copy.hpp says of the
// organizer's series as it is now. A guest has
// - the series, if its master invites them; then each occurrence that the organizer cancelled or
//   that does not invite them is a cancelled exception of the copy;
// - else the occurrences that invite them, each as an exception without its series;
// - in both cases without what they deleted themselves.
// An occurrence belongs to the part of a split series to which it belongs in the organizer's
// calendar (occurrences.hpp), also for a guest who does not have this part.
// A guest's own changes of one occurrence make an exception in their calendar only.
#pragma once

#include <set>

#include "src/emulator/model/google_model.hpp"

namespace emulator {

class Guests {
 public:
  explicit Guests(GoogleModel& google) : google_(google) {}

  // Refuses (403 forbiddenForNonOrganizer) when a guest changes what belongs to the organizer.
  // Restores in `after` the responses that belong to others, and of a write with attendeesOmitted
  // takes the writer's own response only.
  Outcome<> check_write(const Calendar& calendar, const Event& before, Event& after) const;
  // `event` is being deleted. For a guest, it is marked so that it stays deleted, and as declined.
  void mark_deleted(const Calendar& calendar, Event& event) const;
  // Copies the change to the other participants' calendars and records the mails.
  void after_write(const std::string& email, Calendar& calendar, const Event& event,
                   const Event* before, const WriteOptions& options);
  // The same after an event moved: the former organizer keeps a copy as a guest, or a tombstone.
  void after_move(const std::string& email, const Calendar& from, Calendar& to, const Event& event,
                  const Event& before, const WriteOptions& options);
  // Brings the calendars of the guests of `event` and of `before` to what the organizer's calendar
  // `home` holds now. Of a series, with all of its occurrences.
  void update_copies(Calendar& home, const Event& event, const Event* before);
  // The organizer's calendar, when `calendar` is that of a guest who may change all of the event.
  Calendar* modifiable_home(const Calendar& calendar, const Event& event) const;

 private:
  Calendar* home_of(const Event& event) const;  // the organizer's; nullptr without an account
  void take_guests_write(const std::string& email, const Calendar& calendar, const Event& event,
                         const WriteOptions& options);
  void decline_exceptions(Calendar& home, const std::string& series_id, const std::string& guest);
  void update_series(Calendar& home, Calendar& target, const std::string& series_id);
  void update_master(Calendar& target, const Event& original);
  // A series as the organizer and the guest have it.
  struct CopiedSeries {
    const StoredEvent* master = nullptr;
    bool invites = false;  // the guest, to the whole series
    const StoredEvent* copied = nullptr;
    Event copy;  // of `copied`, read once for all occurrences
  };
  CopiedSeries read_series(const StoredEvent& master, const Calendar& target) const;
  // `series` is read again when the occurrence belongs to another one.
  void update_occurrence(Calendar& home, Calendar& target, const std::string& event_id,
                         CopiedSeries& series);
  void leave_to_other_part(Calendar& target, const std::string& event_id);
  void reset_copy(Calendar& target, const Event& was, bool of_series);
  // `was`: what the calendar holds; nullptr when it has nothing of this id.
  void store_copy(Calendar& target, Event copy, const Event* was);
  void record_mails(const std::string& email, const Calendar& calendar, const Event& event,
                    const Event* before, const WriteOptions& options);
  void record_response(const std::string& email, const Calendar& calendar, const Event& event,
                       const Event* before, const WriteOptions& options);
  void record(const char* kind, const std::string& email, const Calendar& calendar,
              const Event& event, const std::set<std::string>& to, const WriteOptions& options);

  GoogleModel& google_;
};

}  // namespace emulator
