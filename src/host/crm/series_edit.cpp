#include "src/host/crm/series_edit.hpp"

#include <algorithm>
#include <array>

#include "src/host/crm/guest_changes.hpp"
#include "src/host/crm/occurrences.hpp"
#include "src/host/crm/series_shift.hpp"
#include "src/host/crm/series_split.hpp"

namespace host {
namespace {

using std::chrono::days;
using std::chrono::local_seconds;
using std::chrono::seconds;

Error invalid(std::string message) {
  return {Code::invalid, std::move(message), {}};
}

constexpr std::array<std::string_view, 10> kEditable = {
    "summary",    "description", "location",  "status",    "transparency",
    "visibility", "color",       "attendees", "reminders", "start"};
constexpr std::array<std::string_view, 3> kSeriesMembers = {"recurrence", "occurrences", "facts"};

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

void apply_members(Json& event, const Json& changes) {
  for (const auto& [name, value] : changes.members()) {
    if (value.is_null())
      event.erase(name);
    else
      event.set(name, value);
  }
}

// The times of one occurrence.
struct Times {
  EventTime start, end;
};

// The times of the occurrence that the series has at `original`, moved or not.
Result<Times> times_of(const EventView& view, const EventTime& original) {
  if (!has_occurrence(view, original))
    return invalid("original_start: the series has no such occurrence");
  if (const auto found = view.exceptions.find(original); found != view.exceptions.end())
    return Times{found->second.fields.start, found->second.fields.end};
  const auto length = view.master.end.instant - view.master.start.instant;
  return Times{{original.all_day, original.instant, view.master.start.zone},
               {original.all_day, original.instant + length, view.master.end.zone}};
}

// Replaces or adds one entry of `occurrences`, which stays sorted by original start.
Result<> put_exception(Json& event, const EventTime& original, Json entry) {
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
  TRY(const Times times, times_of(view, original));
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
  apply_members(content, changes);
  Json result = event;
  TRY_VOID(put_exception(result, original,
                         Json::object({{"original_start", original_start_json(original)},
                                       {"event", std::move(content)}})));
  return result;
}

// Removes the exceptions whose occurrence the new rule no longer has.
Result<> erase_orphaned_exceptions(Json& event) {
  Json* list = event.find("occurrences");
  if (event["recurrence"].items().empty()) {
    event.erase("recurrence");
    event.erase("occurrences");
    return {};
  }
  if (!list) return {};
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

// The times after the change. A new start keeps the length unless there is a new end too.
Result<Times> changed_times(const Times& before, const Json& changes) {
  Times after = before;
  if (const Json* new_start = changes.find("start")) {
    auto start = event_time_of(*new_start);
    if (!start) return invalid("start: " + start.error().message);
    const auto length = before.end.instant - before.start.instant;
    after.end = {start->all_day, start->instant + length, start->zone};
    after.start = *std::move(start);
  }
  if (const Json* new_end = changes.find("end")) {
    auto end = event_time_of(*new_end);
    if (!end) return invalid("end: " + end.error().message);
    after.end = *std::move(end);
  }
  if (after.start.all_day != after.end.all_day)
    return invalid("end: start and end must both be days or both be times");
  const seconds length = after.end.instant - after.start.instant;
  if (length < seconds(0) || (after.start.all_day && length == seconds(0)))
    return invalid("end: must be after start");
  return after;
}

// Moves rule, dates and exceptions of a series by `shift`. `by_days`: in whole days, which
// exceptions follow when times become days.
Result<> move_series(Json& event, const EventView& view, const SeriesShift& shift, days by_days,
                     seconds length, bool keeps_rule) {
  const EventTime& old_start = view.master.start;
  if (keeps_rule) TRY_VOID(shift_recurrence(event, old_start, shift));
  SeriesShift entries = shift;
  if (shift.to_all_day && !shift.from_all_day) entries.by = by_days;
  return shift_occurrences(event, old_start, entries, view.master.end.instant - old_start.instant,
                           length);
}

// Gives the exception at `original` these times; an occurrence without one has those of its series.
Result<> set_own_times(Json& event, const EventTime& original, const Times& times) {
  Json* list = event.find("occurrences");
  if (!list) return {};
  for (Json& item : list->mutable_items()) {
    TRY(const EventTime here, event_time_of(item["original_start"]));
    Json* content = item.find("event");
    if (here.instant != original.instant || !content || item["cancelled"].as_bool()) continue;
    content->set("start", to_json(times.start));
    content->set("end", to_json(times.end));
  }
  return {};
}

// Sets new start and end of an event. `original` names the occurrence whose times `changes` holds:
// the series moves by as many days as that occurrence, and has its time of day. Absent: the first
// one. Exceptions move along and keep what is their own.
Result<> change_times(Json& event, const EventView& view, const std::optional<EventTime>& original,
                      const Json& changes) {
  const EventTime& old_start = view.master.start;
  const bool names_occurrence = original && view.recurring();
  Times shown{old_start, view.master.end};
  if (names_occurrence) {
    TRY(shown, times_of(view, *original));
  }
  TRY(const Times after, changed_times(shown, changes));
  TRY(const local_seconds old_wall, wall_of(shown.start));
  TRY(const local_seconds new_wall, wall_of(after.start));
  TRY(const local_seconds series_start, wall_of(old_start));
  const auto new_day = std::chrono::floor<days>(new_wall);
  const days by_days = new_day - std::chrono::floor<days>(old_wall);
  const local_seconds moved_start =
      std::chrono::floor<days>(series_start) + by_days + (new_wall - new_day);
  const SeriesShift shift{moved_start - series_start, old_start.all_day, after.start.all_day,
                          after.start.zone, series_start};
  const seconds length = after.end.instant - after.start.instant;
  EventTime moved = after.start;
  if (names_occurrence) {
    TRY(moved, shift.moved(old_start));
  }
  event.set("start", to_json(moved));
  event.set("end", to_json(EventTime{moved.all_day, moved.instant + length, after.end.zone}));
  // Another length alone leaves the times of exceptions as they are.
  const bool moves =
      shift.by != seconds(0) || shift.changes_kind() || after.start.zone != old_start.zone;
  if (!view.recurring() || !moves) return {};
  TRY_VOID(move_series(event, view, shift, by_days, length, !changes.contains("recurrence")));
  if (!names_occurrence) return {};
  TRY(const EventTime named, shift.moved(*original));
  return set_own_times(event, named, after);
}

// Changes one event in all that belongs to every date: everything but times and rule.
void apply_to_date(Json& event, const Json& changes, const GuestChanges& guests) {
  for (const auto& [name, value] : changes.members()) {
    if (name == "start" || name == "end" || name == "recurrence") continue;
    if (name == "attendees") {
      Json list = guests.applied_to(event["attendees"]);
      if (value.is_null() && list.items().empty())
        event.erase(name);
      else
        event.set(name, std::move(list));
    } else if (value.is_null()) {
      event.erase(name);
    } else {
      event.set(name, value);
    }
  }
}

Result<Json> edit_all(const Json& event, const EventView& view,
                      const std::optional<EventTime>& original, const Json& changes) {
  Json result = event;
  if (changes.contains("start") || changes.contains("end"))
    TRY_VOID(change_times(result, view, original, changes));
  if (const Json* rule = changes.find("recurrence")) {
    if (rule->is_null())
      result.erase("recurrence");
    else
      result.set("recurrence", *rule);
  }
  if (changes.contains("recurrence") || !view.recurring())
    TRY_VOID(erase_orphaned_exceptions(result));
  return edit_everywhere(result, guests_shown(event, original), changes);
}

// Edits the series from `cut` on. The cut at the first occurrence leaves no series before it: then
// the whole series is edited.
Result<Edited> edit_following(const Json& event, const EventView& view, const EventTime& cut,
                              const Json& changes) {
  Edited edited;
  TRY(edited.event, series_before(event, view, cut));
  if (!edited.event) {
    TRY(edited.event, edit_all(event, view, cut, changes));
    return edited;
  }
  TRY(Json rest, series_from(event, view, cut, !changes.contains("recurrence")));
  forget_identity(rest);
  TRY(const EventView rest_view, view_of(rest));
  TRY(edited.new_event, edit_all(rest, rest_view, cut, changes));
  edited.is_part = (*edited.new_event)["start"] == rest["start"];
  return edited;
}

// The occurrence that the caller names, in the zone of the series. invalid: there is none.
Result<EventTime> named_occurrence(const EventView& view,
                                   const std::optional<EventTime>& original) {
  if (!original) return invalid("original_start: names the occurrence that is meant");
  EventTime named = *original;
  if (!named.all_day) named.zone = view.master.start.zone;
  if (!has_occurrence(view, named))
    return invalid("original_start: the series has no such occurrence");
  return named;
}

// Expands the whole span: cancelled occurrences count against the limit of an expansion, so with a
// limit of one a series whose first occurrence is cancelled would look empty.
bool is_empty(const EventView& view) {
  const Span span = span_of(view);
  if (!span.last) return false;
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

Json guests_shown(const Json& event, const std::optional<EventTime>& original) {
  if (original)
    for (const Json& item : event["occurrences"].items()) {
      const auto here = event_time_of(item["original_start"]);
      if (here && here->instant == original->instant && !item["cancelled"].as_bool())
        return item["event"]["attendees"];
    }
  return event["attendees"];
}

bool changes_every_date(const Json& changes) {
  return std::ranges::any_of(changes.members(), [](const auto& member) {
    return member.first != "start" && member.first != "end" && member.first != "recurrence";
  });
}

Json edit_everywhere(const Json& event, const Json& guests_seen, const Json& changes) {
  const GuestChanges guests(guests_seen, changes["attendees"]);
  Json result = event;
  apply_to_date(result, changes, guests);
  if (Json* list = result.find("occurrences"))
    for (Json& item : list->mutable_items())
      if (Json* own = item.find("event"); own && !item["cancelled"].as_bool())
        apply_to_date(*own, changes, guests);
  return result;
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
      TRY(edited, edit_following(event, view, named, changes));
    }
  }
  if (edited.event) TRY_VOID(view_of(*edited.event));
  if (edited.new_event) TRY_VOID(view_of(*edited.new_event));
  return edited;
}

Result<Edited> erase_occurrences(const Json& event, Scope scope,
                                 const std::optional<EventTime>& original_start) {
  TRY(const EventView view, view_of(event));
  Edited edited;
  if (!view.recurring() || scope == Scope::all) return edited;
  TRY(const EventTime named, named_occurrence(view, original_start));
  if (scope == Scope::following) {
    TRY(edited.event, series_before(event, view, named));
  } else {
    Json result = event;
    TRY_VOID(put_exception(
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
