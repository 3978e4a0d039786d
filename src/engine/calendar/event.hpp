// The neutral event model: what the CRM and Google both are translated to. A Series is the unit
// that is compared, merged and written: a master, the occurrences that differ from it, and the
// occurrences that were cancelled; a single appointment is a Series without recurrence. Pure
// values: never I/O, never the clock, never expansion of a rule.
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

// An instant and the IANA zone in which a person reads it and in which a rule is expanded.
struct ZonedTime {
  std::chrono::sys_seconds instant{};
  std::string zone;  // "Europe/Berlin"; "UTC" where the source gave none

  friend bool operator==(const ZonedTime&, const ZonedTime&) = default;
};

using EventTime = std::variant<Date, ZonedTime>;  // RFC 5545 DTSTART with VALUE=DATE or DATE-TIME

inline bool is_all_day(const EventTime& time) {
  return std::holds_alternative<Date>(time);
}

// Identifies an occurrence of a series wherever it was moved to: RFC 5545 RECURRENCE-ID. The zone
// plays no part in it.
struct OriginalStart {
  bool all_day = false;
  std::chrono::sys_seconds instant{};  // all_day: midnight UTC of the date

  static OriginalStart of(const EventTime& time);
  friend auto operator<=>(const OriginalStart&, const OriginalStart&) = default;
};

enum class Status { confirmed, tentative };       // RFC 5545 STATUS; cancelled is absence here
enum class Transparency { opaque, transparent };  // RFC 5545 TRANSP
enum class Visibility {
  standard,
  open,
  private_,
  confidential
};  // Google: default, public, private, confidential
enum class PartStat { needs_action, accepted, declined, tentative };  // RFC 5545 PARTSTAT
enum class EventType {
  standard,
  from_gmail,
  focus_time,
  out_of_office,
  working_location,
  birthday,
  unknown
};

struct Attendee {
  std::string email;  // as written by its author; compare with people::normalised
  std::string name;
  PartStat partstat = PartStat::needs_action;
  bool optional = false;
  bool resource = false;  // a room or a device
  bool organizer = false;
  bool self = false;  // the account on whose calendar this copy stands
  std::string comment;

  friend bool operator==(const Attendee&, const Attendee&) = default;
};

// RFC 5545 VALARM, as Google has it: minutes before the start.
struct Reminder {
  std::string method;  // "popup" | "email"
  std::int32_t minutes = 0;

  friend auto operator<=>(const Reminder&, const Reminder&) = default;
};

// What a person sees and edits of one event.
struct Event {
  std::string summary;
  std::string description;  // may hold HTML; stored as it came, sanitised where it is shown
  std::string location;
  EventTime start;
  EventTime end;  // exclusive
  Status status = Status::confirmed;
  Transparency transparency = Transparency::opaque;
  Visibility visibility = Visibility::standard;
  std::string color;  // Google's colorId "1".."11", "" = the calendar's own
  std::vector<Attendee> attendees;
  std::optional<std::vector<Reminder>>
      reminders;  // nullopt: the calendar's default; compared as a set

  friend bool operator==(const Event&, const Event&) = default;
};

struct Occurrence {
  bool cancelled = false;
  Event event;  // meaningless when cancelled

  friend bool operator==(const Occurrence& a, const Occurrence& b) {
    return a.cancelled == b.cancelled && (a.cancelled || a.event == b.event);
  }
};

// Facts that come from the organiser's system and are shown, never merged and never written back.
struct Facts {
  std::string ical_uid;       // RFC 5545 UID: equal on all copies of a meeting
  std::int64_t sequence = 0;  // RFC 5545 SEQUENCE
  EventType type = EventType::standard;
  std::string organizer_email;
  std::string organizer_name;
  bool organized_by_self = true;  // false: a copy of someone else's meeting
  bool guests_can_modify = false;
  bool locked = false;
  std::string html_link;       // the event's page at Google
  std::string conference_uri;  // video entry point
  std::string
      link_mark;  // our private property; a hint that counts only if it points back to this event

  friend bool operator==(const Facts&, const Facts&) = default;
};

struct Series {
  Event master;
  std::vector<std::string>
      recurrence;  // RRULE, RDATE, EXDATE, EXRULE lines, verbatim, without DTSTART; empty: single
  std::map<OriginalStart, Occurrence> occurrences;  // only those that differ from the rule
  Facts facts;

  bool recurring() const { return !recurrence.empty(); }
  friend bool operator==(const Series&, const Series&) = default;
};

}  // namespace gcal::calendar
