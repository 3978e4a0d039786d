// Dates and times in words: "Donnerstag, 10. Dezember 2026, 14:00–15:00 Uhr". Pure. Language::both
// is German here; the 24-hour clock in both languages, which cannot be misread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "src/engine/calendar/event.hpp"
#include "src/engine/invitations/invitation.hpp"

namespace gcal::invitations {

// "Montag" | "Monday"; 0 is Sunday.
std::string_view weekday_name(unsigned weekday, Language language);
// "Januar" | "January"; 1 is January.
std::string_view month_name(unsigned month, Language language);

// "Donnerstag, 10. Dezember 2026" | "Thursday, 10 December 2026"
std::string long_date(std::chrono::local_days day, Language language);
// "10. Dezember 2026" | "10 December 2026"
std::string plain_date(std::chrono::local_days day, Language language);
// "Do. 10. Dez. 2026" | "Thu 10 Dec 2026"; both parts may be left out.
struct ShortDate {
  bool weekday = true;
  bool year = true;
};
std::string short_date(std::chrono::local_days day, Language language, ShortDate parts);
// "14:00"
std::string time_of_day(std::chrono::local_seconds wall);
// "UTC+1", "UTC-3:30"
std::string offset_text(std::chrono::seconds offset);

// The wall clock of a time in a zone; an unknown zone is UTC. A date has its midnight.
std::chrono::local_seconds wall_of(const calendar::EventTime& time, std::string_view zone);
// The zone of a time; "" of a date.
std::string zone_of(const calendar::EventTime& time);

// The times of day of an appointment: "14:00–15:00 Uhr", "14:00 Uhr", "ganztägig"; of one that ends
// on another day only its start.
std::string hours_text(const calendar::Event& event, std::string_view zone, Language language);
// Date and time of an appointment on the clock of `zone`, without the zone's name.
std::string span_text(const calendar::Event& event, std::string_view zone, Language language);
// "Europe/Berlin, UTC+1"; "UTC"
std::string zone_text(std::string_view zone, std::chrono::sys_seconds instant);

// For a subject: "Do. 10. Dez. 2026 14:00"; several days without times: "Do. 10. – Sa. 12. Dez.".
std::string short_start(const calendar::Event& event, Language language);
// "Mo. 11. Jan. → Di. 12. Jan. 2027 11:00"; on the same day "Di. 12. Jan. 2027 09:00 → 11:00".
std::string short_move(const calendar::Event& from, const calendar::Event& to, Language language);

}  // namespace gcal::invitations
