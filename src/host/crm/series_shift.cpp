#include "src/host/crm/series_shift.hpp"

#include <algorithm>
#include <array>

#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/host/crm/recurrence_lines.hpp"

namespace host {
namespace icalendar = gcal::icalendar;
namespace {

using std::chrono::days;
using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> kWeekdays = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

Error cannot_follow() {
  return {Code::invalid,
          "recurrence: the days of this rule cannot follow the move; change the rule as well",
          {}};
}

Result<EventTime> at_wall(local_seconds wall, bool all_day, const std::string& zone) {
  if (all_day)
    return EventTime{true, sys_seconds(std::chrono::floor<days>(wall).time_since_epoch()), ""};
  TRY(const sys_seconds instant, icalendar::to_instant(wall, zone));
  return EventTime{false, instant, zone};
}

bool is_weekday(std::string_view text) {
  return std::ranges::find(kWeekdays, text) != kWeekdays.end();
}

std::string shifted_weekday(std::string_view day, std::int64_t by) {
  const auto at = std::ranges::find(kWeekdays, day) - kWeekdays.begin();
  return std::string(kWeekdays[static_cast<std::size_t>(((at + by) % 7 + 7) % 7)]);
}

// "2" of 2TU, or "-1" of -1FR, for the date that the series moves to.
std::string shifted_ordinal(std::string_view ordinal, year_month_day date) {
  const unsigned day_of_month = static_cast<unsigned>(date.day());
  if (ordinal.front() != '-') return std::to_string((day_of_month - 1) / 7 + 1);
  const unsigned length = static_cast<unsigned>(
      std::chrono::year_month_day_last(date.year() / date.month() / std::chrono::last).day());
  return "-" + std::to_string((length - day_of_month) / 7 + 1);
}

// BYDAY: all days of a weekly rule move; an ordinal day only alone and in a monthly rule.
Result<std::string> shifted_by_day(const std::string& by_day, std::string_view frequency,
                                   std::int64_t by, year_month_day date) {
  std::string out;
  for (std::size_t at = 0; at <= by_day.size();) {
    const auto comma = std::min(by_day.find(',', at), by_day.size());
    const std::string item = by_day.substr(at, comma - at);
    at = comma + 1;
    if (item.size() < 2) return cannot_follow();
    const std::string_view day = std::string_view(item).substr(item.size() - 2);
    if (!is_weekday(day)) return cannot_follow();
    std::string ordinal = item.substr(0, item.size() - 2);
    if (!ordinal.empty()) {
      if (by_day.find(',') != std::string::npos || frequency != "MONTHLY") return cannot_follow();
      ordinal = shifted_ordinal(ordinal, date);
    } else if (frequency != "WEEKLY" && by_day.size() != 20) {  // 20: all seven days, none moves
      return cannot_follow();
    }
    out += (out.empty() ? "" : ",") + ordinal + shifted_weekday(day, by);
  }
  return out;
}

// The days that a rule names follow the series: a weekly Monday that is dragged to Tuesday becomes
// a weekly Tuesday.
Result<> shift_rule_days(RuleParts& parts, const SeriesShift& shift) {
  const std::int64_t by = shift.whole_days();
  if (by == 0) return {};
  const std::string frequency =
      icalendar::find_part(parts, "FREQ") ? *icalendar::find_part(parts, "FREQ") : "";
  const year_month_day date(std::chrono::floor<days>(shift.start + shift.by));
  if (const std::string* by_day = icalendar::find_part(parts, "BYDAY")) {
    TRY(std::string moved, shifted_by_day(*by_day, frequency, by, date));
    icalendar::set_part(parts, "BYDAY", std::move(moved));
  }
  if (const std::string* by_month_day = icalendar::find_part(parts, "BYMONTHDAY")) {
    if (by_month_day->find(',') != std::string::npos || by_month_day->starts_with('-'))
      return cannot_follow();
    icalendar::set_part(parts, "BYMONTHDAY", std::to_string(static_cast<unsigned>(date.day())));
  }
  if (const std::string* by_month = icalendar::find_part(parts, "BYMONTH")) {
    if (by_month->find(',') != std::string::npos) {
      const year_month_day before(std::chrono::floor<days>(shift.start));
      if (before.month() != date.month()) return cannot_follow();
    } else if (icalendar::find_part(parts, "BYMONTHDAY") || frequency == "YEARLY") {
      icalendar::set_part(parts, "BYMONTH", std::to_string(static_cast<unsigned>(date.month())));
    }
  }
  if (icalendar::find_part(parts, "BYYEARDAY") || icalendar::find_part(parts, "BYWEEKNO") ||
      icalendar::find_part(parts, "BYSETPOS"))
    return cannot_follow();
  return {};
}

Result<> shift_rule(RecurrenceLine& line, const EventTime& old_start, const SeriesShift& shift) {
  RuleParts parts = icalendar::parse_rule(line.value);
  TRY_VOID(shift_rule_days(parts, shift));
  if (const std::string* until = icalendar::find_part(parts, "UNTIL")) {
    TRY(local_seconds wall, until_of(*until, old_start));
    if (shift.from_all_day && !shift.to_all_day)
      wall += days(1) - seconds(1) - shift.by;  // the whole last day
    TRY(const EventTime last, at_wall(wall + shift.by, shift.to_all_day, shift.zone));
    icalendar::set_part(parts, "UNTIL", basic_text(last));
  }
  line.value = icalendar::format_rule(parts);
  return {};
}

}  // namespace

Result<local_seconds> wall_of(const EventTime& time) {
  if (time.all_day) return local_seconds(time.instant.time_since_epoch());
  return icalendar::to_local(time.instant, time.zone);
}

Json original_start_json(const EventTime& time) {
  return time.all_day ? Json::object({{"date", occurrence_key(time)}})
                      : Json::object({{"date_time", occurrence_key(time)}});
}

Result<EventTime> SeriesShift::moved(const EventTime& time) const {
  TRY(const local_seconds wall, wall_of(time));
  return at_wall(wall + by, to_all_day, zone);
}

std::int64_t SeriesShift::whole_days() const {
  return std::chrono::floor<days>(start + by).time_since_epoch().count() -
         std::chrono::floor<days>(start).time_since_epoch().count();
}

Result<> shift_recurrence(Json& event, const EventTime& old_start, const SeriesShift& shift) {
  const Json* lines = event.find("recurrence");
  if (!lines) return {};
  Json out = Json::array();
  for (const Json& text : lines->items()) {
    TRY(RecurrenceLine line, icalendar::parse_line(text.as_string()));
    if (line.is_rule()) {
      TRY_VOID(shift_rule(line, old_start, shift));
    } else {
      TRY(std::vector<EventTime> dates, dates_of(line, old_start));
      for (auto& date : dates) {
        TRY(date, shift.moved(date));
      }
      if (dates.empty()) continue;
      line = line_of_dates(line.name, dates);
    }
    out.push(line.text());
  }
  event.set("recurrence", std::move(out));
  return {};
}

// Original starts are written in UTC, but they move on the wall clock of the series.
Result<> shift_occurrences(Json& event, const EventTime& old_start, const SeriesShift& shift,
                           seconds old_length, seconds length) {
  Json* list = event.find("occurrences");
  if (!list) return {};
  for (Json& item : list->mutable_items()) {
    TRY(EventTime original, event_time_of(item["original_start"]));
    original.zone = old_start.zone;
    TRY(const EventTime moved, shift.moved(original));
    item.set("original_start", original_start_json(moved));
    Json* content = item.find("event");
    if (!content || item["cancelled"].as_bool()) continue;
    TRY(const EventTime start, event_time_of((*content)["start"]));
    TRY(const EventTime end, event_time_of((*content)["end"]));
    const bool by_rule =
        start.instant == original.instant && end.instant - start.instant == old_length;
    if (by_rule || shift.changes_kind()) {
      content->set("start", to_json(moved));
      content->set("end", to_json(EventTime{moved.all_day, moved.instant + length, moved.zone}));
      continue;
    }
    for (const auto& [name, time] : {std::pair("start", start), std::pair("end", end)}) {
      TRY(const local_seconds wall, wall_of(time));
      TRY(const EventTime after, at_wall(wall + shift.by, time.all_day, time.zone));
      content->set(name, to_json(after));
    }
  }
  return {};
}

}  // namespace host
