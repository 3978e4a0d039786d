// The event model of the engine: the CRM's and Google's events are both translated to it. A Series
// is the unit that is compared, merged and written: a master, the occurrences that differ from it,
// and the cancelled occurrences. A single appointment is a Series without recurrence. Plain values
// without I/O, clock or expansion of rules; they may be used from any thread.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "src/common/base/clock.hpp"

namespace gcal::calendar {

// A day without a zone. All-day events are pairs of dates, never instants: they cannot move to
// another day in any zone.
using Date = std::chrono::year_month_day;

// An instant and the IANA zone in which it is displayed and in which a rule is expanded.
struct ZonedTime {
  std::chrono::sys_seconds instant{};
  std::string zone;  // "Europe/Berlin"; "UTC" where the source gave none

  friend bool operator==(const ZonedTime&, const ZonedTime&) = default;
};

using EventTime = std::variant<Date, ZonedTime>;  // RFC 5545 DTSTART with VALUE=DATE or DATE-TIME

inline bool is_all_day(const EventTime& time) {
  return std::holds_alternative<Date>(time);
}

// Identifies an occurrence of a series, also after it was moved: RFC 5545 RECURRENCE-ID, as an
// instant without a zone.
struct OriginalStart {
  bool all_day = false;
  std::chrono::sys_seconds instant{};  // all_day: midnight UTC of the date

  static OriginalStart of(const EventTime& time);
  friend auto operator<=>(const OriginalStart&, const OriginalStart&) = default;
};

enum class Status { confirmed, tentative };       // RFC 5545 STATUS; cancelled is absence here
enum class Transparency { opaque, transparent };  // RFC 5545 TRANSP
enum class Visibility { default_, public_, private_, confidential };  // Google's visibility
enum class PartStat { needs_action, accepted, declined, tentative };  // RFC 5545 PARTSTAT
// Google's eventType; unknown: one that this version does not know.
enum class EventType {
  default_,
  from_gmail,
  focus_time,
  out_of_office,
  working_location,
  birthday,
  unknown
};

struct Attendee {
  std::string email;  // as it was entered; compare icalendar::normalised_address
  std::string name;
  PartStat partstat = PartStat::needs_action;
  bool optional = false;
  bool resource = false;  // a room or a device
  bool organizer = false;
  bool self = false;  // the account whose calendar contains this copy
  std::string comment;

  friend bool operator==(const Attendee&, const Attendee&) = default;
};

// RFC 5545 VALARM, as Google has it: minutes before the start.
struct Reminder {
  std::string method;  // "popup" | "email"
  std::int32_t minutes = 0;

  friend auto operator<=>(const Reminder&, const Reminder&) = default;
};

// The content of one event that users see and edit.
struct Event {
  std::string summary;
  std::string description;  // may contain HTML; stored as received, sanitised for display
  std::string location;
  EventTime start;
  EventTime end;  // exclusive
  Status status = Status::confirmed;
  Transparency transparency = Transparency::opaque;
  Visibility visibility = Visibility::default_;
  std::string color;  // Google's colorId "1".."11", "" = the calendar's own
  std::vector<Attendee> attendees;
  // The remote side reported only some of the guests: one that is missing was not removed.
  bool attendees_omitted = false;
  // nullopt: the calendar's default reminders. The order has no meaning.
  std::optional<std::vector<Reminder>> reminders;

  friend bool operator==(const Event&, const Event&) = default;
};

struct Occurrence {
  bool cancelled = false;
  Event event;  // meaningless when cancelled

  friend bool operator==(const Occurrence& a, const Occurrence& b) {
    return a.cancelled == b.cancelled && (a.cancelled || a.event == b.event);
  }
};

// Properties that the organiser's system sets. They are shown, never merged and never written back.
struct Facts {
  std::string ical_uid;       // RFC 5545 UID: equal on all copies of a meeting
  std::int64_t sequence = 0;  // RFC 5545 SEQUENCE
  EventType type = EventType::default_;
  std::string organizer_email;
  std::string organizer_name;
  bool organized_by_self = true;  // false: a copy of someone else's meeting
  // Who made the event, where that is not the account itself.
  std::string creator_email;
  std::string creator_name;
  bool guests_can_modify = false;
  bool locked = false;
  std::string html_link;       // the event's page at Google
  std::string conference_uri;  // video entry point
  std::string link_mark;  // our private property, a link id; copies of an event contain it too, so
                          // it counts only if that link refers to this event
  bool guests_see_guests = true;  // false: a guest learns of no other guest
  // When the organiser's system last wrote the event; {}: it did not say. Not stored and not
  // compared: it changes with every write, also with those that change nothing that is shown.
  base::Instant updated{};

  friend bool operator==(const Facts& a, const Facts& b) {
    return a.ical_uid == b.ical_uid && a.sequence == b.sequence && a.type == b.type &&
           a.organizer_email == b.organizer_email && a.organizer_name == b.organizer_name &&
           a.organized_by_self == b.organized_by_self && a.creator_email == b.creator_email &&
           a.creator_name == b.creator_name && a.guests_can_modify == b.guests_can_modify &&
           a.locked == b.locked && a.html_link == b.html_link &&
           a.conference_uri == b.conference_uri && a.link_mark == b.link_mark &&
           a.guests_see_guests == b.guests_see_guests;
  }
};

struct Series {
  Event master;
  // RRULE, RDATE, EXDATE and EXRULE lines, verbatim, without DTSTART; empty: a single appointment.
  std::vector<std::string> recurrence;
  std::map<OriginalStart, Occurrence> occurrences;  // only those that differ from the rule
  Facts facts;

  bool recurring() const { return !recurrence.empty(); }
  friend bool operator==(const Series&, const Series&) = default;
};

}  // namespace gcal::calendar
