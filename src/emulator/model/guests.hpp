// What a write means for the other participants of an event: their copies in calendars of this
// emulator, the mails Google would send, and what a guest may not change. Used by GoogleModel
// before and after each write. Sends nothing: mails are recorded only.
#pragma once

#include "src/emulator/model/google_model.hpp"

namespace emulator {

class Guests {
 public:
  explicit Guests(GoogleModel& google) : google_(google) {}

  // Refuses (403 forbiddenForNonOrganizer) when a guest changes what belongs to the organizer. When
  // the organizer writes, restores the responses that belong to guests with an account.
  Outcome<> check_write(const Calendar& calendar, const Event& before, Event& after) const;
  // Copies the change to the other participants' calendars and records the mails.
  void after_write(const std::string& email, Calendar& calendar, const Event& event,
                   const Event* before, const WriteOptions& options);

 private:
  void propagate_from_organizer(Calendar& calendar, const Event& event, const Event* before);
  void propagate_response(Calendar& calendar, const Event& event);
  void update_copy(Calendar& target, const Event& source, bool cancelled);
  void record_mails(const std::string& email, const Calendar& calendar, const Event& event,
                    const Event* before, const WriteOptions& options);

  GoogleModel& google_;
};

}  // namespace emulator
