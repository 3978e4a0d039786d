// What a write means for the other people of an event: their copies on calendars of this emulator,
// the mails Google would send, and what a guest may not change. Used by Google after and before
// each write. It must never send anything itself.
#pragma once

#include "src/emulator/model/google.hpp"

namespace emulator {

class Guests {
 public:
  explicit Guests(Google& google) : google_(google) {}

  // 403 forbiddenForNonOrganizer when a guest changes what belongs to the organizer.
  Outcome<> check_write(const Calendar& calendar, const Event& before, Event& after) const;
  // Spreads the change to the other copies and records the mails.
  void after_write(const std::string& email, Calendar& calendar, const Event& event,
                   const Event* before, const WriteOptions& options);

 private:
  void spread_from_organizer(Calendar& calendar, const Event& event, const Event* before);
  void spread_response(Calendar& calendar, const Event& event);
  void put_copy(Calendar& target, const Event& source, bool cancelled);
  void record_mails(const std::string& email, const Calendar& calendar, const Event& event,
                    const Event* before, const WriteOptions& options);

  Google& google_;
};

}  // namespace emulator
