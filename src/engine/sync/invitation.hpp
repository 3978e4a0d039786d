// What a guest is informed by the CRM's mailer: a value of the journal (ports.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/engine/calendar/event.hpp"
#include "src/engine/calendar/plan_mails.hpp"

namespace gcal::sync {

// What one guest is informed by the CRM's mailer of one act: a row, made in the commit in which it
// is known that the remote side holds the act. Rows of one guest and one UID that have not left yet
// are joined to what is left to tell, see invitations.hpp.
struct Invitation {
  // waiting: made. ready: joined with what the guest was not informed yet, not handed over for
  // certain. queued: the mailer has it. The others are ends: replaced by a newer one, withdrawn
  // because there is nothing left to tell, expired because the appointment was over before it could
  // leave. The numbers are stored in the journal.
  enum class State { waiting, ready, queued, sent, failed, expired, withdrawn, replaced };

  std::string id;  // of the write, its request, the guest and the date: the key at the mailer
  std::string pair;
  std::string link;                             // may be gone
  std::string crm_id;                           // of the appointment
  std::string uid;                              // RFC 5545 UID at the remote side
  std::string guest;                            // icalendar::normalised_address
  std::optional<calendar::OriginalStart> date;  // one occurrence; nullopt: the whole appointment
  calendar::Mail::Kind kind = calendar::Mail::Kind::invite;  // never `answer`
  State state = State::waiting;
  // SEQUENCE and DTSTAMP: as the remote side answered; from `ready` on as they are sent.
  std::int64_t sequence = 0;
  base::Instant stamp{};
  base::Instant acted_at{};  // when it became known that the act is at the remote side
  bool attempted = false;    // the mailer has tried to deliver it: it cannot be taken back
  std::string first_key;     // from `ready` on: the guest's first message about this, "" = this one
  std::string error;         // failed: why, in the words of the mailer
  // What the remote side held before and after; nullopt: nothing.
  std::optional<calendar::Series> before;
  std::optional<calendar::Series> after;

  friend bool operator==(const Invitation&, const Invitation&) = default;
};

}  // namespace gcal::sync
