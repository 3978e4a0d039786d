#include "src/host/crm/edit.hpp"

#include <algorithm>
#include <array>

#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/host/crm/occurrences.hpp"
#include "src/host/crm/recurrence_lines.hpp"

namespace host {
namespace icalendar = gcal::icalendar;
namespace {

using std::chrono::days;
using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

Error invalid(std::string message) {
  return {Code::invalid, std::move(message), {}};
}

constexpr std::array<std::string_view, 10> kEditable = {
    "summary",    "description", "location",  "status",    "transparency",
    "visibility", "color",       "attendees", "reminders", "start"};
constexpr std::array<std::string_view, 3> kSeriesMembers = {"recurrence", "occurrences", "facts"};
constexpr std::array<std::string_view, 7> kWeekdays = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

Result<> check_members(const Json& changes) {
  if (!changes.is_object()) return invalid("changes: an object is expected");
  for (const auto& [name, value] : changes.members()) {
    if (name == "end" || name == "recurrence" ||
        std::ranges::find(kEditable, name) != kEditable.end())
      continue;
    return invalid(name + ": cannot be changed");
  }
  return {};
}

void apply_members(Json& event, const Json& changes, bool with_times) {
  for (const auto& [name, value] : changes.members()) {
    if (!with_times && (name == "start" || name == "end")) continue;
    if (value.is_null())
      event.erase(name);
    else
      event.set(name, value);
  }
}

Result<local_seconds> wall_of(const EventTime& time) {
  if (time.all_day) return local_seconds(time.instant.time_since_epoch());
  return icalendar::to_local(time.instant, time.zone);
}

Result<EventTime> at_wall(local_seconds wall, bool all_day, const std::string& zone) {
  if (all_day)
    return EventTime{true, sys_seconds(std::chrono::floor<days>(wall).time_since_epoch()), ""};
  TRY(const sys_seconds instant, icalendar::to_instant(wall, zone));
  return EventTime{false, instant, zone};
}

Json original_start_json(const EventTime& time) {
  return time.all_day ? Json::object({{"date", occurrence_key(time)}})
                      : Json::object({{"date_time", occurrence_key(time)}});
}

// The times of one occurrence, as it is shown.
struct Shown {
  EventTime start, end;
};

Result<Shown> shown(const EventView& view, const EventTime& original) {
  if (!has_occurrence(view, original))
    return invalid("original_start: the series has no such occurrence");
  if (const auto found = view.exceptions.find(original); found != view.exceptions.end())
    return Shown{found->second.fields.start, found->second.fields.end};
  const auto length = view.master.end.instant - view.master.start.instant;
  return Shown{{original.all_day, original.instant, view.master.start.zone},
               {original.all_day, original.instant + length, view.master.end.zone}};
}

// Replaces or adds one entry of `occurrences`, which stays sorted by original start.
Result<> put_occurrence(Json& event, const EventTime& original, Json entry) {
  Json& list = event.member("occurrences");
  if (!list.is_array()) list = Json::array();
  auto& items = list.mutable_items();
  std::size_t at = 0;
  for (; at < items.size(); ++at) {
    TRY(const EventTime here, event_time_of(items[at]["original_start"]));
    if (here.instant == original.instant) {
      items[at] = std::move(entry);
      return {};
    }
    if (original < here) break;
  }
  items.insert(items.begin() + static_cast<std::ptrdiff_t>(at), std::move(entry));
  return {};
}

Result<Json> edit_one(const Json& event, const EventView& view, const EventTime& original,
                      const Json& changes) {
  if (changes.contains("recurrence"))
    return invalid("recurrence: belongs to the whole series, not to one occurrence");
  TRY(const Shown times, shown(view, original));
  Json content = Json::object();
  bool found = false;
  for (const Json& item : event["occurrences"].items()) {
    TRY(const EventTime here, event_time_of(item["original_start"]));
    if (here.instant != original.instant) continue;
    content = item["event"];
    found = true;
  }
  if (!found) {
    for (const auto& [name, value] : event.members()) {
      if (std::ranges::find(kSeriesMembers, name) == kSeriesMembers.end()) content.set(name, value);
    }
    content.set("start", to_json(times.start));
    content.set("end", to_json(times.end));
  }
  apply_members(content, changes, true);
  Json result = event;
  TRY_VOID(put_occurrence(result, original,
                          Json::object({{"original_start", original_start_json(original)},
                                        {"event", std::move(content)}})));
  return result;
}

// How the wall clock of a series moves: by `by`, into another zone, or between days and times.
struct Shift {
  seconds by{};
  bool from_all_day = false, to_all_day = false;
  std::string zone;      // of the series afterwards
  local_seconds base{};  // wall-clock start of the series before, for days that become times

  Result<EventTime> of(const EventTime& time) const {
    TRY(local_seconds wall, wall_of(time));
    return at_wall(wall + by, to_all_day, zone);
  }
  bool kind_changes() const { return from_all_day != to_all_day; }
  std::int64_t whole_days() const {
    return std::chrono::floor<days>(base + by).time_since_epoch().count() -
           std::chrono::floor<days>(base).time_since_epoch().count();
  }
};

std::string shifted_weekday(std::string_view day, std::int64_t by) {
  const auto at = std::ranges::find(kWeekdays, day) - kWeekdays.begin();
  return std::string(kWeekdays[static_cast<std::size_t>(((at + by) % 7 + 7) % 7)]);
}

// Days named in a rule follow the series: a weekly Monday that is dragged to Tuesday becomes a
// weekly Tuesday.
Result<> shift_days(RuleParts& parts, const Shift& shift) {
  const std::int64_t by = shift.whole_days();
  if (by == 0) return {};
  const Error unclear =
      invalid("recurrence: the days of this rule cannot follow the move; change the rule as well");
  const std::string frequency =
      icalendar::find_part(parts, "FREQ") ? *icalendar::find_part(parts, "FREQ") : "";
  const local_seconds target = shift.base + shift.by;
  const std::chrono::year_month_day date(std::chrono::floor<days>(target));
  if (const std::string* by_day = icalendar::find_part(parts, "BYDAY")) {
    std::string out;
    for (std::size_t at = 0; at <= by_day->size();) {
      const auto comma = std::min(by_day->find(',', at), by_day->size());
      const std::string item = by_day->substr(at, comma - at);
      at = comma + 1;
      if (item.size() < 2 || std::ranges::find(kWeekdays, std::string_view(item).substr(
                                                              item.size() - 2)) == kWeekdays.end())
        return unclear;
      const std::string day = shifted_weekday(std::string_view(item).substr(item.size() - 2), by);
      std::string ordinal = item.substr(0, item.size() - 2);
      if (!ordinal.empty()) {
        if (by_day->find(',') != std::string::npos || frequency != "MONTHLY") return unclear;
        const unsigned day_of_month = static_cast<unsigned>(date.day());
        const bool last = ordinal.front() == '-';
        const unsigned length = static_cast<unsigned>(
            std::chrono::year_month_day_last(date.year() / date.month() / std::chrono::last).day());
        ordinal = last ? "-" + std::to_string((length - day_of_month) / 7 + 1)
                       : std::to_string((day_of_month - 1) / 7 + 1);
      } else if (frequency != "WEEKLY" && by_day->size() != 20) {  // all seven days: nothing moves
        return unclear;
      }
      out += (out.empty() ? "" : ",") + ordinal + day;
    }
    icalendar::set_part(parts, "BYDAY", out);
  }
  if (const std::string* by_month_day = icalendar::find_part(parts, "BYMONTHDAY")) {
    if (by_month_day->find(',') != std::string::npos || by_month_day->starts_with('-'))
      return unclear;
    icalendar::set_part(parts, "BYMONTHDAY", std::to_string(static_cast<unsigned>(date.day())));
  }
  if (const std::string* by_month = icalendar::find_part(parts, "BYMONTH")) {
    if (by_month->find(',') != std::string::npos) {
      const std::chrono::year_month_day before(std::chrono::floor<days>(shift.base));
      if (before.month() != date.month()) return unclear;
    } else if (icalendar::find_part(parts, "BYMONTHDAY") || frequency == "YEARLY") {
      icalendar::set_part(parts, "BYMONTH", std::to_string(static_cast<unsigned>(date.month())));
    }
  }
  if (icalendar::find_part(parts, "BYYEARDAY") || icalendar::find_part(parts, "BYWEEKNO") ||
      icalendar::find_part(parts, "BYSETPOS"))
    return unclear;
  return {};
}

Result<> shift_recurrence(Json& event, const EventTime& old_start, const Shift& shift) {
  const Json* lines = event.find("recurrence");
  if (!lines) return {};
  Json out = Json::array();
  for (const Json& text : lines->items()) {
    TRY(RecurrenceLine line, icalendar::parse_line(text.as_string()));
    if (line.is_rule()) {
      RuleParts parts = icalendar::parse_rule(line.value);
      TRY_VOID(shift_days(parts, shift));
      if (const std::string* until = icalendar::find_part(parts, "UNTIL")) {
        TRY(local_seconds wall, until_of(*until, old_start));
        if (shift.from_all_day && !shift.to_all_day)
          wall += days(1) - seconds(1) - shift.by;  // the whole last day
        TRY(const EventTime last, at_wall(wall + shift.by, shift.to_all_day, shift.zone));
        icalendar::set_part(parts, "UNTIL", basic_text(last));
      }
      line.value = icalendar::format_rule(parts);
    } else {
      TRY(std::vector<EventTime> dates, dates_of(line, old_start));
      for (auto& date : dates) {
        TRY(date, shift.of(date));
      }
      if (dates.empty()) continue;
      line = line_of_dates(line.name, dates);
    }
    out.push(line.text());
  }
  event.set("recurrence", std::move(out));
  return {};
}

Result<> shift_occurrences(Json& event, const Shift& shift, seconds length) {
  Json* list = event.find("occurrences");
  if (!list) return {};
  for (Json& item : list->mutable_items()) {
    // Original starts are written in UTC, but they move on the wall clock of the series.
    TRY(EventTime named, event_time_of(item["original_start"]));
    if (!named.all_day) named.zone = shift.zone;
    TRY(const EventTime moved, shift.of(named));
    item.set("original_start", original_start_json(moved));
    Json* content = item.find("event");
    if (!content || item["cancelled"].as_bool()) continue;
    if (shift.kind_changes()) {
      content->set("start", to_json(moved));
      content->set("end", to_json(EventTime{moved.all_day, moved.instant + length, moved.zone}));
      continue;
    }
    for (const std::string_view name : {"start", "end"}) {
      TRY(const EventTime time, event_time_of((*content)[name]));
      TRY(const local_seconds wall, wall_of(time));
      TRY(const EventTime after, at_wall(wall + shift.by, time.all_day, time.zone));
      content->set(name, to_json(after));
    }
  }
  return {};
}

// Exceptions of days that the new rule no longer has go; those that still have their day stay.
Result<> drop_orphans(Json& event) {
  Json* list = event.find("occurrences");
  if (!list) return {};
  if (event["recurrence"].items().empty()) {
    event.erase("occurrences");
    event.erase("recurrence");
    return {};
  }
  Json bare = event;
  bare.erase("occurrences");
  TRY(const EventView view, view_of(bare));
  std::erase_if(list->mutable_items(), [&](const Json& item) {
    const auto original = event_time_of(item["original_start"]);
    return !original || !has_occurrence(view, *original);
  });
  if (list->items().empty()) event.erase("occurrences");
  return {};
}

Result<Json> edit_all(const Json& event, const EventView& view,
                      const std::optional<EventTime>& original, const Json& changes) {
  Json result = event;
  const Json* new_start = changes.find("start");
  const Json* new_end = changes.find("end");
  Shown before{view.master.start, view.master.end};
  if (original && view.recurring() && (new_start || new_end)) {
    TRY(before, shown(view, *original));
  }
  if (new_start || new_end) {
    EventTime start = before.start, end = before.end;
    if (new_start) {
      auto read = event_time_of(*new_start);
      if (!read) return invalid("start: " + read.error().message);
      start = *std::move(read);
      end = {start.all_day, start.instant + (before.end.instant - before.start.instant),
             start.zone};
    }
    if (new_end) {
      auto read = event_time_of(*new_end);
      if (!read) return invalid("end: " + read.error().message);
      end = *std::move(read);
    }
    if (start.all_day != end.all_day)
      return invalid("end: start and end must both be days or both be times");
    const seconds length = end.instant - start.instant;
    if (length < seconds(0) || (start.all_day && length == seconds(0)))
      return invalid("end: must be after start");
    TRY(const local_seconds old_wall, wall_of(before.start));
    TRY(const local_seconds new_wall, wall_of(start));
    TRY(const local_seconds base, wall_of(view.master.start));
    const Shift shift{new_wall - old_wall, view.master.start.all_day, start.all_day, start.zone,
                      base};
    if (!original || !view.recurring()) {
      result.set("start", to_json(start));
      result.set("end", to_json(end));
    } else {
      TRY(const EventTime moved, shift.of(view.master.start));
      result.set("start", to_json(moved));
      result.set("end", to_json(EventTime{moved.all_day, moved.instant + length, end.zone}));
    }
    const bool moves =
        shift.by != seconds(0) || shift.kind_changes() || start.zone != view.master.start.zone;
    if (view.recurring() && moves) {
      if (!changes.contains("recurrence"))
        TRY_VOID(shift_recurrence(result, view.master.start, shift));
      // Original starts are read in the zone they were made in.
      Json* list = result.find("occurrences");
      if (list && !view.master.start.all_day) {
        for (Json& item : list->mutable_items()) {
          TRY(EventTime here, event_time_of(item["original_start"]));
          here.zone = view.master.start.zone;
          TRY(const local_seconds wall, wall_of(here));
          if (!shift.to_all_day) {
            TRY(const sys_seconds in_new_zone, icalendar::to_instant(wall, shift.zone));
            item.set("original_start", original_start_json({false, in_new_zone, "UTC"}));
          } else {
            item.set(
                "original_start",
                original_start_json(
                    {true, std::chrono::floor<days>(sys_seconds(wall.time_since_epoch())), ""}));
          }
        }
      }
      Shift entries = shift;
      if (shift.to_all_day && !shift.from_all_day)
        entries.by = std::chrono::floor<days>(new_wall) - std::chrono::floor<days>(old_wall);
      TRY_VOID(shift_occurrences(result, entries, length));
    }
  }
  apply_members(result, changes, false);
  if (changes.contains("recurrence") || !view.recurring()) TRY_VOID(drop_orphans(result));
  return result;
}

// The series without the occurrences from the cut on; nothing when no occurrence is left.
Result<std::optional<Json>> truncated(const Json& event, const EventView& view,
                                      const EventTime& cut) {
  if (starts_before(view, cut) == 0) return std::optional<Json>();
  Json result = event;
  Json lines = Json::array();
  for (const auto& text : view.recurrence) {
    TRY(RecurrenceLine line, icalendar::parse_line(text));
    if (line.is_rule()) {
      RuleParts parts = icalendar::parse_rule(line.value);
      icalendar::erase_part(parts, "COUNT");
      TRY(const local_seconds wall, wall_of(cut));
      EventTime last;
      if (cut.all_day)
        last = {true, cut.instant - days(1), ""};
      else
        last = {false, cut.instant - seconds(1), "UTC"};
      bool earlier = false;  // the rule may have ended before the cut already
      if (const std::string* until = icalendar::find_part(parts, "UNTIL")) {
        TRY(const local_seconds ends, until_of(*until, view.master.start));
        earlier = ends < wall;
      }
      if (!earlier) icalendar::set_part(parts, "UNTIL", basic_text(last));
      line.value = icalendar::format_rule(parts);
    } else {
      TRY(std::vector<EventTime> dates, dates_of(line, view.master.start));
      const auto before = dates.size();
      std::erase_if(dates, [&](const EventTime& date) { return date.instant >= cut.instant; });
      if (dates.empty()) continue;
      if (dates.size() != before) line = line_of_dates(line.name, dates);
    }
    lines.push(line.text());
  }
  result.set("recurrence", std::move(lines));
  if (Json* list = result.find("occurrences")) {
    std::erase_if(list->mutable_items(), [&](const Json& item) {
      const auto original = event_time_of(item["original_start"]);
      return original && original->instant >= cut.instant;
    });
    if (list->items().empty()) result.erase("occurrences");
  }
  return std::optional(std::move(result));
}

// The part of the series from the cut on, as a series of its own that begins with the cut.
Result<Json> remainder(const Json& event, const EventView& view, const EventTime& cut) {
  Json result = event;
  const auto length = view.master.end.instant - view.master.start.instant;
  result.set("start", to_json(EventTime{cut.all_day, cut.instant, view.master.start.zone}));
  result.set("end", to_json(EventTime{cut.all_day, cut.instant + length, view.master.end.zone}));
  Json lines = Json::array();
  for (const auto& text : view.recurrence) {
    TRY(RecurrenceLine line, icalendar::parse_line(text));
    if (line.is_rule()) {
      RuleParts parts = icalendar::parse_rule(line.value);
      if (const std::string* count = icalendar::find_part(parts, "COUNT")) {
        const std::int64_t left = std::max<std::int64_t>(
            1, std::atoll(count->c_str()) -
                   static_cast<std::int64_t>(rule_starts_before(view, line, cut)));
        icalendar::set_part(parts, "COUNT", std::to_string(left));
        line.value = icalendar::format_rule(parts);
      }
    } else {
      TRY(std::vector<EventTime> dates, dates_of(line, view.master.start));
      const auto before = dates.size();
      std::erase_if(dates, [&](const EventTime& date) { return date.instant < cut.instant; });
      if (dates.empty()) continue;
      if (dates.size() != before) line = line_of_dates(line.name, dates);
    }
    lines.push(line.text());
  }
  result.set("recurrence", std::move(lines));
  if (Json* list = result.find("occurrences")) {
    std::erase_if(list->mutable_items(), [&](const Json& item) {
      const auto original = event_time_of(item["original_start"]);
      return original && original->instant < cut.instant;
    });
    if (list->items().empty()) result.erase("occurrences");
  }
  forget_identity(result);
  return result;
}

Result<EventTime> named_occurrence(const EventView& view,
                                   const std::optional<EventTime>& original) {
  if (!original) return invalid("original_start: names the occurrence that is meant");
  EventTime named = *original;
  if (!named.all_day) named.zone = view.master.start.zone;
  if (!has_occurrence(view, named))
    return invalid("original_start: the series has no such occurrence");
  return named;
}

bool is_empty(const EventView& view) {
  const Span span = span_of(view);
  if (!span.last) return false;
  // Not with a limit of one: cancelled starts count against it, and a series whose first day was
  // cancelled would look empty.
  return expand(view, span.first - days(2), *span.last + days(2)).empty();
}

}  // namespace

Result<Scope> scope_of(std::string_view text) {
  if (text.empty() || text == "all") return Scope::all;
  if (text == "this") return Scope::this_one;
  if (text == "following") return Scope::following;
  return invalid("scope: this, following or all");
}

void forget_identity(Json& event) {
  Json* facts = event.find("facts");
  if (!facts) return;
  for (const std::string_view name :
       {"ical_uid", "sequence", "html_link", "conference_uri", "link_mark"})
    facts->erase(name);
  if (facts->members().empty()) event.erase("facts");
}

Result<Edited> edit_event(const Json& event, Scope scope,
                          const std::optional<EventTime>& original_start, const Json& changes) {
  TRY_VOID(check_members(changes));
  TRY(const EventView view, view_of(event));
  Edited edited;
  if (!view.recurring()) {
    TRY(edited.event, edit_all(event, view, std::nullopt, changes));
  } else if (scope == Scope::all) {
    std::optional<EventTime> named;
    if (original_start) {
      TRY(named, named_occurrence(view, original_start));
    }
    TRY(edited.event, edit_all(event, view, named, changes));
  } else {
    TRY(const EventTime named, named_occurrence(view, original_start));
    if (scope == Scope::this_one) {
      TRY(edited.event, edit_one(event, view, named, changes));
    } else {
      TRY(edited.event, truncated(event, view, named));
      if (!edited.event) {  // the cut is the first occurrence: there is nothing to keep apart
        TRY(edited.event, edit_all(event, view, named, changes));
      } else {
        TRY(const Json rest, remainder(event, view, named));
        TRY(const EventView rest_view, view_of(rest));
        TRY(edited.new_event, edit_all(rest, rest_view, named, changes));
      }
    }
  }
  for (const auto* result : {&edited.event, &edited.new_event}) {
    if (!*result) continue;
    TRY(const EventView checked, view_of(**result));
    static_cast<void>(checked);
  }
  return edited;
}

Result<Edited> erase_occurrences(const Json& event, Scope scope,
                                 const std::optional<EventTime>& original_start) {
  TRY(const EventView view, view_of(event));
  Edited edited;
  if (!view.recurring() || scope == Scope::all) return edited;
  TRY(const EventTime named, named_occurrence(view, original_start));
  if (scope == Scope::following) {
    TRY(edited.event, truncated(event, view, named));
  } else {
    Json result = event;
    TRY_VOID(put_occurrence(
        result, named,
        Json::object({{"original_start", original_start_json(named)}, {"cancelled", true}})));
    edited.event = std::move(result);
  }
  if (edited.event) {
    TRY(const EventView after, view_of(*edited.event));
    if (is_empty(after)) edited.event.reset();
  }
  return edited;
}

}  // namespace host
