// Who learns of a change of an appointment, and in which form. Pure. The engine lets the remote
// service mail if there is anyone to mail, and stores the recipients with the write (decision
// 0042).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::calendar {

struct Mail {
  // answer: the organiser of a meeting of another organiser learns what this account's user
  // answered. The others are RFC 5546 REQUEST to a new guest, REQUEST to one who was invited, and
  // CANCEL.
  enum class Kind { invite, update, cancel, answer };

  std::string guest;  // icalendar::normalised_address
  Kind kind = Kind::invite;
  std::optional<OriginalStart> scope;  // one occurrence; nullopt: the whole appointment

  friend bool operator==(const Mail&, const Mail&) = default;
};

// Whether the appointment, with all its occurrences, ended before `now`. false where the end of a
// rule is not known.
bool is_over(const Series& series, base::Instant now);

// `before` is what the guests know, `after` what they are to know; null: it does not exist. `own`:
// the normalised addresses of the account. Ordered by guest; a guest gets one mail, or one for each
// occurrence if the series itself does not change for him and only a single date of it does.
//
// - Nothing about what ended before `now` and still does: neither an appointment nor an occurrence.
// - Of fields, only title, description, place, times, rule and status are worth a mail.
// - In another organiser's meeting the user's answer goes to the organiser. Other changes are
//   mailed only where guests may make them.
// - Rooms, the organiser of an own meeting and the account itself get no mail.
std::vector<Mail> plan_mails(const Series* before, const Series* after,
                             const std::set<std::string>& own, base::Instant now);

}  // namespace gcal::calendar
