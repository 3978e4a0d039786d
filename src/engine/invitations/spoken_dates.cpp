#include "src/engine/invitations/spoken_dates.hpp"

#include <array>

#include "src/common/icalendar/vtimezone.hpp"
#include "src/common/icalendar/zone.hpp"

namespace gcal::invitations {
namespace {

using calendar::Event;
using calendar::EventTime;
using std::chrono::days;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

using Names7 = std::array<std::string_view, 7>;
using Names12 = std::array<std::string_view, 12>;

constexpr Names7 kTage{"Sonntag",    "Montag",  "Dienstag", "Mittwoch",
                       "Donnerstag", "Freitag", "Samstag"};
constexpr Names7 kDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                       "Thursday", "Friday", "Saturday"};
constexpr Names7 kTageShort{"So.", "Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa."};
constexpr Names7 kDaysShort{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr Names12 kMonate{"Januar", "Februar", "März",      "April",   "Mai",      "Juni",
                          "Juli",   "August",  "September", "Oktober", "November", "Dezember"};
constexpr Names12 kMonths{"January", "February", "March",     "April",   "May",      "June",
                          "July",    "August",   "September", "October", "November", "December"};
constexpr Names12 kMonateShort{"Jan.", "Feb.", "März",  "Apr.", "Mai",  "Juni",
                               "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."};
constexpr Names12 kMonthsShort{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_english(Language language) {
  return language == Language::english;
}

local_days day_of(local_seconds wall) {
  return std::chrono::floor<days>(wall);
}

unsigned weekday_of(local_days day) {
  return std::chrono::weekday{day}.c_encoding();
}

std::string two(long long number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

// The last day of an appointment of whole days, or the day on which one with times ends.
local_days last_day(const Event& event, std::string_view zone) {
  const local_days end = day_of(wall_of(event.end, zone));
  return calendar::is_all_day(event.end) ? end - days{1} : end;
}

}  // namespace

std::string_view weekday_name(unsigned weekday, Language language) {
  return (is_english(language) ? kDays : kTage)[weekday % 7];
}

std::string_view month_name(unsigned month, Language language) {
  return (is_english(language) ? kMonths : kMonate)[(month + 11) % 12];
}

std::string plain_date(local_days day, Language language) {
  const year_month_day date{day};
  const auto month = static_cast<unsigned>(date.month());
  return std::to_string(static_cast<unsigned>(date.day())) + (is_english(language) ? " " : ". ") +
         std::string(month_name(month, language)) + " " +
         std::to_string(static_cast<int>(date.year()));
}

std::string long_date(local_days day, Language language) {
  return std::string(weekday_name(weekday_of(day), language)) + ", " + plain_date(day, language);
}

std::string short_date(local_days day, Language language, ShortDate parts) {
  const bool english = is_english(language);
  const year_month_day date{day};
  const auto month = static_cast<unsigned>(date.month()) - 1;
  std::string text;
  if (parts.weekday) text = std::string((english ? kDaysShort : kTageShort)[weekday_of(day)]) + " ";
  text += std::to_string(static_cast<unsigned>(date.day())) + (english ? " " : ". ");
  text += (english ? kMonthsShort : kMonateShort)[month];
  if (parts.year) text += " " + std::to_string(static_cast<int>(date.year()));
  return text;
}

std::string time_of_day(local_seconds wall) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(wall - day_of(wall)).count();
  return two(minutes / 60) + ":" + two(minutes % 60);
}

std::string offset_text(seconds offset) {
  const long long all = offset.count() < 0 ? -offset.count() : offset.count();
  std::string text = (offset.count() < 0 ? "UTC-" : "UTC+") + std::to_string(all / 3600);
  if (all % 3600 != 0) text += ":" + two(all / 60 % 60);
  return text;
}

local_seconds wall_of(const EventTime& time, std::string_view zone) {
  if (const calendar::Date* date = std::get_if<calendar::Date>(&time)) return local_days{*date};
  const sys_seconds instant = std::get<calendar::ZonedTime>(time).instant;
  const auto wall = icalendar::to_local(instant, zone);
  return wall ? *wall : local_seconds{instant.time_since_epoch()};
}

std::string zone_of(const EventTime& time) {
  const auto* zoned = std::get_if<calendar::ZonedTime>(&time);
  if (!zoned) return "";
  return icalendar::is_zone(zoned->zone) ? zoned->zone : "UTC";
}

std::string hours_text(const Event& event, std::string_view zone, Language language) {
  const bool english = is_english(language);
  if (calendar::is_all_day(event.start)) return english ? "all day" : "ganztägig";
  const local_seconds start = wall_of(event.start, zone), end = wall_of(event.end, zone);
  std::string text = time_of_day(start);
  if (start != end && day_of(start) == day_of(end)) text += "–" + time_of_day(end);
  return english ? text : text + " Uhr";
}

std::string span_text(const Event& event, std::string_view zone, Language language) {
  const local_seconds start = wall_of(event.start, zone);
  const local_days first = day_of(start), last = last_day(event, zone);
  const std::string hours = hours_text(event, zone, language);
  const std::string begin = long_date(first, language);
  if (last <= first) return begin + ", " + hours;
  if (calendar::is_all_day(event.start))
    return begin + " – " + long_date(last, language) + ", " + hours;
  return begin + ", " + hours + " – " + long_date(last, language) + ", " +
         time_of_day(wall_of(event.end, zone)) + (is_english(language) ? "" : " Uhr");
}

std::string zone_text(std::string_view zone, sys_seconds instant) {
  if (icalendar::is_utc(zone)) return "UTC";
  const auto known = icalendar::Zone::find(zone);
  if (!known) return "UTC";
  return std::string(zone) + ", " + offset_text(known->offset(instant));
}

std::string short_start(const Event& event, Language language) {
  const std::string zone = zone_of(event.start);
  const local_seconds start = wall_of(event.start, zone);
  const local_days first = day_of(start), last = last_day(event, zone);
  if (!calendar::is_all_day(event.start))
    return short_date(first, language, {}) + " " + time_of_day(start);
  if (last <= first) return short_date(first, language, {});
  const bool same_year = year_month_day{first}.year() == year_month_day{last}.year();
  return short_date(first, language, {true, !same_year}) + " – " + short_date(last, language, {});
}

std::string short_move(const Event& from, const Event& to, Language language) {
  const std::string zone = zone_of(to.start);
  const local_seconds before = wall_of(from.start, zone), after = wall_of(to.start, zone);
  if (calendar::is_all_day(from.start) != calendar::is_all_day(to.start))
    return short_start(from, language) + " → " + short_start(to, language);
  if (day_of(before) == day_of(after))
    return before == after ? short_start(to, language)
                           : short_date(day_of(after), language, {}) + " " + time_of_day(before) +
                                 " → " + time_of_day(after);
  const bool same_year =
      year_month_day{day_of(before)}.year() == year_month_day{day_of(after)}.year();
  return short_date(day_of(before), language, {true, !same_year}) + " → " +
         short_start(to, language);
}

}  // namespace gcal::invitations
