#include "src/engine/invitations/calendar_part.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "src/common/icalendar/address.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/content_line.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/common/icalendar/vtimezone.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/invitations/written_text.hpp"

namespace gcal::invitations {
namespace {

using calendar::Attendee;
using calendar::Event;
using calendar::EventTime;
using calendar::OriginalStart;
using calendar::ZonedTime;
using icalendar::append_line;
using icalendar::escaped_text;
using icalendar::quoted_parameter;
using std::chrono::local_seconds;
using std::chrono::sys_seconds;

constexpr std::size_t kMaxPart = 120 * 1024;  // the host takes 128 KiB
constexpr std::size_t kMaxDescription = 32 * 1024;
constexpr std::size_t kMaxLine = 1'000;  // characters of a title or a place
constexpr auto kHorizon = std::chrono::days{3'653};

// How much is written, from all to what a calendar cannot do without.
struct Detail {
  std::size_t description;
  std::size_t description_of_dates;
  bool guests_of_dates;
  bool past_dates;
  bool is_last;
};

constexpr Detail kDetails[] = {{kMaxDescription, kMaxDescription, true, true, false},
                               {kMaxDescription, 1'024, false, true, false},
                               {8 * 1024, 0, false, false, true}};

// "20261210T140000"
std::string wall_text(local_seconds wall) {
  return icalendar::basic_format(
             icalendar::format_rfc3339(sys_seconds{wall.time_since_epoch()}, "UTC"))
      .substr(0, 15);
}

std::string utc_text(sys_seconds instant) {
  return icalendar::basic_format(icalendar::format_rfc3339(instant, "UTC"));
}

std::string date_text(calendar::Date date) {
  return icalendar::basic_format(icalendar::format_date(date));
}

std::string mailto(const std::string& email) {
  // What RFC 6068 does not allow is percent-encoded; a domain that is not ASCII is written as DNS
  // has it.
  constexpr std::string_view kRefused = " \"<>\\^`{|}%#?";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const bool ascii = std::ranges::all_of(email, [](unsigned char c) { return c < 0x80; });
  const std::string address = ascii ? email : icalendar::normalised_address(email);
  std::string out = "mailto:";
  for (const char c : address) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && kRefused.find(c) == std::string_view::npos)
      out += c;
    else
      ((out += '%') += kDigits[byte >> 4]) += kDigits[byte & 15];
  }
  return out;
}

std::string_view partstat_text(calendar::PartStat partstat) {
  switch (partstat) {
    case calendar::PartStat::accepted: return "ACCEPTED";
    case calendar::PartStat::declined: return "DECLINED";
    case calendar::PartStat::tentative: return "TENTATIVE";
    case calendar::PartStat::needs_action: break;
  }
  return "NEEDS-ACTION";
}

std::string_view class_text(calendar::Visibility visibility) {
  if (visibility == calendar::Visibility::private_) return "PRIVATE";
  if (visibility == calendar::Visibility::confidential) return "CONFIDENTIAL";
  return "PUBLIC";
}

class CalendarPart {
 public:
  CalendarPart(const View& view, const Detail& detail) : view_(view), detail_(detail) {}

  std::string text() {
    const bool cancels = view_.invitation.kind == Kind::cancel;
    add_event(view_.event(), view_.recurrence_id, Role::master);
    for (const auto& [start, occurrence] : view_.content.occurrences) {
      // What is too long already is written again with less.
      if (cancels || (events_.size() > kMaxPart && !detail_.is_last)) break;
      if (is_written(occurrence))
        add_event(occurrence.event, calendar::time_of(start, view_.event()), Role::date);
    }
    std::string out;
    append_line(out, "BEGIN:VCALENDAR");
    append_line(out, "PRODID:-//Example//Google Calendar for CRM " +
                         escaped_text(view_.invitation.sender.product_version) + "//EN");
    append_line(out, "VERSION:2.0");
    append_line(out, "CALSCALE:GREGORIAN");
    append_line(out, cancels ? "METHOD:CANCEL" : "METHOD:REQUEST");
    for (const auto& [zone, times] : zones_)
      out +=
          icalendar::vtimezone(zone, times, std::max(times, view_.invitation.dtstamp) + kHorizon);
    out += events_;
    append_line(out, "END:VCALENDAR");
    return out;
  }

 private:
  enum class Role { master, date };

  void add(const std::string& line) { append_line(events_, line); }

  // The guest of a series who is not invited to one date has it not.
  bool is_his(const Event& event) const {
    const std::string& guest = view_.invitation.guest;
    return event.attendees_omitted || find_guest(event, guest) || !find_guest(view_.event(), guest);
  }

  bool is_written(const calendar::Occurrence& occurrence) const {
    return !occurrence.cancelled && is_his(occurrence.event) &&
           (detail_.past_dates ||
            OriginalStart::of(occurrence.event.end).instant > view_.invitation.dtstamp);
  }

  // NAME:VALUE with the parameters that the kind of time needs. A wall clock that comes twice is
  // its first time (RFC 5545 section 3.3.5): the second has no name but UTC's.
  void add_time(const std::string& name, const EventTime& time, bool keeps_zone) {
    if (const auto* date = std::get_if<calendar::Date>(&time))
      return add(name + ";VALUE=DATE:" + date_text(*date));
    const ZonedTime& timed = std::get<ZonedTime>(time);
    const auto zone = icalendar::Zone::find(timed.zone);
    if (!zone || icalendar::is_utc(timed.zone)) return add(name + ":" + utc_text(timed.instant));
    const local_seconds wall = zone->to_local(timed.instant);
    if (!keeps_zone && zone->to_instant(wall) != timed.instant)
      return add(name + ":" + utc_text(timed.instant));
    const auto [known, added] = zones_.emplace(timed.zone, timed.instant);
    if (!added) known->second = std::min(known->second, timed.instant);
    add(name + ";TZID=" + timed.zone + ":" + wall_text(wall));
  }

  void add_event(const Event& event, const std::optional<EventTime>& recurrence_id, Role role) {
    const Invitation& invitation = view_.invitation;
    const bool cancels = invitation.kind == Kind::cancel;
    add("BEGIN:VEVENT");
    add("UID:" + escaped_uid());
    if (recurrence_id) add_time("RECURRENCE-ID", *recurrence_id, true);
    add("SEQUENCE:" + std::to_string(invitation.sequence));
    add("DTSTAMP:" + utc_text(invitation.dtstamp));
    const bool repeats = role == Role::master && view_.content.recurring();
    add_time("DTSTART", event.start, repeats);
    if (OriginalStart::of(event.end) > OriginalStart::of(event.start))
      add_time("DTEND", event.end, repeats);
    if (repeats) add_recurrence();
    add_text("SUMMARY", one_line(event.summary, kMaxLine));
    if (!cancels) add_content(event, role);
    add_people(event, role);
    add_state(event);
    add("END:VEVENT");
  }

  void add_text(const std::string& name, const std::string& value) {
    if (!value.empty()) add(name + ":" + escaped_text(value));
  }

  // A UID is copied byte for byte; only what cannot be in a line is left out.
  std::string escaped_uid() const { return escaped_text(view_.facts().ical_uid); }

  void add_content(const Event& event, Role role) {
    add_text("LOCATION", one_line(event.location, kMaxLine));
    const std::size_t most =
        role == Role::master ? detail_.description : detail_.description_of_dates;
    if (most == 0) return;
    std::string description = text_of_html(event.description);
    const std::string& video = view_.facts().conference_uri;
    if (is_web_address(video) && description.find(video) == std::string::npos)
      description += (description.empty() ? "Video: " : "\nVideo: ") + video;
    add_text("DESCRIPTION", shortened(description, most));
  }

  void add_people(const Event& event, Role role) {
    const Invitation& invitation = view_.invitation;
    const Sender& sender = invitation.sender;
    const std::string organizer = organizer_address(view_.facts());
    if (!organizer.empty()) {
      std::string line = "ORGANIZER";
      if (const std::string name = one_line(view_.facts().organizer_name, 100); !name.empty())
        line += ";CN=" + quoted_parameter(name);
      if (!sender.is_organizer_domain && !sender.from_address.empty() &&
          icalendar::normalised_address(sender.from_address) !=
              icalendar::normalised_address(organizer))
        line += ";SENT-BY=\"" + mailto(sender.from_address) + "\"";
      add(line + ":" + mailto(organizer));
    }
    const bool alone = (invitation.kind == Kind::cancel && !view_.is_over_for_all) ||
                       (role == Role::date && !detail_.guests_of_dates);
    for (const Attendee& guest : visible_guests(event, view_.facts(), invitation.guest).guests) {
      const std::string address = icalendar::normalised_address(guest.email);
      if (address.empty() || (alone && address != invitation.guest)) continue;
      add(attendee(guest, address == invitation.guest));
    }
  }

  std::string attendee(const Attendee& guest, bool himself) const {
    std::string line = "ATTENDEE;CUTYPE=";
    line += guest.resource ? "ROOM" : "INDIVIDUAL";
    line += guest.optional ? ";ROLE=OPT-PARTICIPANT" : ";ROLE=REQ-PARTICIPANT";
    line += ";PARTSTAT=" + std::string(partstat_text(guest.partstat));
    if (himself && asks_for_answer(guest)) line += ";RSVP=TRUE";
    if (const std::string name = one_line(guest.name, 100); !name.empty())
      line += ";CN=" + quoted_parameter(name);
    return line + ":" + mailto(one_line(guest.email));
  }

  // Not of a guest who answered, if only words changed.
  bool asks_for_answer(const Attendee& guest) const {
    if (view_.invitation.kind == Kind::cancel) return false;
    return guest.partstat == calendar::PartStat::needs_action || !view_.before ||
           !calendar::equal(*view_.before, view_.content, calendar::Field::schedule);
  }

  void add_state(const Event& event) {
    if (view_.invitation.kind == Kind::cancel) {
      if (view_.is_over_for_all) add("STATUS:CANCELLED");
      return;
    }
    const bool tentative = event.status == calendar::Status::tentative;
    const bool free = event.transparency == calendar::Transparency::transparent;
    add(tentative ? "STATUS:TENTATIVE" : "STATUS:CONFIRMED");
    add(free ? "TRANSP:TRANSPARENT" : "TRANSP:OPAQUE");
    add("CLASS:" + std::string(class_text(event.visibility)));
    add(std::string("X-MICROSOFT-CDO-BUSYSTATUS:") + (free        ? "FREE"
                                                      : tentative ? "TENTATIVE"
                                                                  : "BUSY"));
    if (calendar::is_all_day(event.start)) add("X-MICROSOFT-CDO-ALLDAYEVENT:TRUE");
    if (is_web_address(view_.facts().conference_uri))
      add("X-GOOGLE-CONFERENCE:" + view_.facts().conference_uri);
  }

  // The rules as they are, with an UNTIL of the kind that the start asks for, then the dates.
  void add_recurrence() {
    std::set<OriginalStart> listed, excluded;
    for (const std::string& text : view_.content.recurrence) {
      if (!icalendar::check_line(text)) continue;
      const auto line = icalendar::parse_line(text);
      if (!line) continue;
      if (line->is_rule())
        add(line->name + ":" + rule_text(line->value));
      else
        read_dates(*line, line->name == "RDATE" ? listed : excluded);
    }
    for (const auto& [start, occurrence] : view_.content.occurrences)
      if (occurrence.cancelled || !is_his(occurrence.event)) excluded.insert(start);
    for (const OriginalStart& start : listed)
      add_time("RDATE", calendar::time_of(start, view_.event()), true);
    for (const OriginalStart& start : excluded)
      add_time("EXDATE", calendar::time_of(start, view_.event()), true);
  }

  std::string rule_text(const std::string& value) const {
    icalendar::RuleParts parts = icalendar::parse_rule(value);
    const std::string* const until = icalendar::find_part(parts, "UNTIL");
    if (!until) return icalendar::format_rule(parts);
    const auto end = icalendar::parse_date_or_time(*until);
    if (!end) {
      icalendar::erase_part(parts, "UNTIL");
      return icalendar::format_rule(parts);
    }
    const auto* timed = std::get_if<ZonedTime>(&view_.event().start);
    if (!timed) {
      icalendar::set_part(parts, "UNTIL", wall_text(end->wall).substr(0, 8));
      return icalendar::format_rule(parts);
    }
    const auto zone = icalendar::Zone::find(timed->zone);
    const local_seconds wall =
        end->is_date ? end->wall + std::chrono::days{1} - std::chrono::seconds{1} : end->wall;
    const sys_seconds instant =
        end->is_utc || !zone ? sys_seconds{wall.time_since_epoch()} : zone->to_instant(wall);
    icalendar::set_part(parts, "UNTIL", utc_text(instant));
    return icalendar::format_rule(parts);
  }

  // RDATE and EXDATE: a day in a series of times is the date of that day.
  void read_dates(const icalendar::RecurrenceLine& line, std::set<OriginalStart>& out) const {
    const auto* timed = std::get_if<ZonedTime>(&view_.event().start);
    const auto zone = timed ? icalendar::Zone::find(line.zone_or(timed->zone)) : std::nullopt;
    for (const std::string_view text : icalendar::split(line.value, ',')) {
      const auto value = icalendar::parse_date_or_time(text);
      if (!value) continue;
      if (!timed) {
        const auto day = std::chrono::floor<std::chrono::days>(value->wall);
        out.insert({true, sys_seconds{day.time_since_epoch()}});
      } else if (value->is_utc || !zone) {
        out.insert({false, sys_seconds{value->wall.time_since_epoch()}});
      } else if (value->is_date) {
        const local_seconds first = zone->to_local(timed->instant);
        const auto time = first - std::chrono::floor<std::chrono::days>(first);
        out.insert({false, zone->to_instant(value->wall + time)});
      } else {
        out.insert({false, zone->to_instant(value->wall)});
      }
    }
  }

  const View& view_;
  const Detail& detail_;
  std::string events_;
  std::map<std::string, sys_seconds> zones_;  // with the first time that each is used for
};

}  // namespace

std::string calendar_part(const View& view) {
  std::string text;
  for (const Detail& detail : kDetails) {
    text = CalendarPart(view, detail).text();
    if (text.size() <= kMaxPart) break;
  }
  return text;
}

}  // namespace gcal::invitations
